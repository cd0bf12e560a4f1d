"""How ids and free words are shown where nobody has to be known by them."""

from __future__ import annotations

import re

# Seven digits or more in a row, spaces and dashes between them: a phone number for all we know.
_NUMBER = re.compile(r"\+?\d(?:[ -]?\d){6,}")
_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_KEPT = 2


def masked_id(text: str) -> str:
    """An id with only its ends left: `m00000001` → `m0***01`; all of a short one goes."""
    return text[:_KEPT] + "***" + text[-_KEPT:] if len(text) > 2 * _KEPT else "***"


def masked_words(text: str) -> str:
    """A text without the numbers and mail addresses somebody wrote into it."""
    return _MAIL.sub("***", _NUMBER.sub("***", text))
