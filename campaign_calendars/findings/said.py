"""A sentence in both languages, side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

Said = tuple[str, str]
"""English, Chinese."""

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
Tell = Callable[[Said], None]
"""Hears what is going on; a line on a terminal, or nothing."""

UNSAID: Said = ("", "")


def in_language(said: Said, lang: str) -> str:
    """The half of a pair that is read in `lang`."""
    return said[lang == "zh"]


def as_said(said: Said | str) -> Said:
    """A pair as it is; of a text by itself, the text for both."""
    return (said, said) if isinstance(said, str) else said


def translate_stored(english: str, templates: Sequence[Said], lang: str) -> str:
    """A sentence that was kept in English (by the ledger, by Prefect), told in `lang` by the templates it may be of.

    Templates have `{name}` fields; a sentence of none of them stays as it is.
    """
    if lang == "en":
        return english
    for template, chinese in templates:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template))
        if found := re.fullmatch(pattern, english):
            return chinese.format(**found.groupdict())
    return english
