"""A sentence in both languages, side by side."""

from __future__ import annotations

from typing import Literal

Said = tuple[str, str]
"""English, Chinese."""

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
UNSAID: Said = ("", "")


def in_language(said: Said, lang: str) -> str:
    """The half of a pair that is read in `lang`."""
    return said[lang == "zh"]


def as_said(said: Said | str) -> Said:
    """A pair as it is; of a text by itself, the text for both."""
    return (said, said) if isinstance(said, str) else said
