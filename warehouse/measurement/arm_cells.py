"""Cells of a file of arms: what a person or a spreadsheet wrote becomes a value, or is said to be none.

A cell that can be read in two ways is read in neither: `1.234` is a thousand here and one there, and a figure that is a
thousand times too large looks like any other.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from campaign_calendars.findings.said import Said

MOST_CENTS = 10**13
YES, NO = {"1", "1.0", "true", "yes", "y", "是", "t"}, {"", "0", "0.0", "false", "no", "n", "否", "f"}
_NOTHING = {"nan", "null", "#n/a", "n/a", "#ref!", "#value!"}
_SIGNS = re.compile(r"[¥￥$€£元'’\s\u00a0\u202f]|rmb|cny|eur|usd|gbp", re.IGNORECASE)
_PLAIN = re.compile(r"\d+(\.\d+)?")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_TWO_WAYS, _POINTED = re.compile(r"[1-9]\d{0,2}\.\d{3}"), re.compile(r".*\.(\d{1,2}|\d{4,})")
_COMMA = re.compile(r"(\d+|\d{1,3}(\.\d{3})+),\d{1,2}")
_ROUNDED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[T\s]*(?:(\d{1,2}):(\d{2})(.*))?")

Mark = Literal[".", ","]

COMMA_BEFORE_DECIMALS: Said = (
    "has an amount with a comma before its decimals",
    "金额用逗号作小数点",
)
WRITE_DECIMAL: Said = ("write --decimal , where amounts look like 1.234,50", "若金额写作 1.234,50，请加 --decimal ,")


@dataclass
class Amounts:
    """Amounts of one file. `stated`: what stands before the decimals; None: a point, unless a cell denies it."""

    stated: Mark | None = None
    two_ways: str = ""
    """A cell that would be another amount with a decimal comma; empty: there was none."""
    proven: bool = field(default=False)
    """Whether a cell shows that a point stands before decimals."""

    def cents(self, text: str) -> int | None:
        """An amount in cents; None where it is none. ValueError: it has a comma before its decimals."""
        bare = _SIGNS.sub("", unicodedata.normalize("NFKC", text))
        if not bare:
            return 0
        if self.stated == ",":
            bare = bare.replace(".", "\0").replace(",", ".").replace("\0", ",")
        elif _COMMA.fullmatch(bare):
            raise ValueError(text)
        if not (_PLAIN.fullmatch(bare) or _GROUPED.fullmatch(bare)):
            return None
        if _TWO_WAYS.fullmatch(bare):
            self.two_ways = self.two_ways or text
        self.proven = self.proven or bool(_POINTED.fullmatch(bare))
        cents = int((Decimal(bare.replace(",", "")) * 100).to_integral_value())
        return cents if cents <= MOST_CENTS else None

    @property
    def doubtful(self) -> str:
        """A cell by which amounts may be a thousand times as much, where nothing says what the point is; else empty."""
        return "" if self.stated is not None or self.proven else self.two_ways


@dataclass
class ArmNames:
    """Names of arms as they were written first: case, width and blanks make no arm of its own."""

    written: dict[str, str] = field(default_factory=dict)
    alike: set[str] = field(default_factory=set)
    """Other spellings of a name."""

    def named(self, text: str) -> str:
        """The arm of a cell; empty where it names none."""
        tidy = " ".join(text.split())
        key = unicodedata.normalize("NFKC", tidy).casefold()
        if key in _NOTHING:
            return ""
        name = self.written.setdefault(key, tidy)
        if name != tidy:
            self.alike.add(tidy)
        return name


def member_of(text: str) -> str:
    """The id of a member without the mark by which spreadsheets keep it text; empty where there is none.

    ValueError: a spreadsheet has rounded it, as 1.23457E+17.
    """
    member = text.removeprefix("'")
    if _ROUNDED.fullmatch(member) and not member.isdigit():
        raise ValueError(member)
    return "" if member.lower() in _NOTHING else member


def moment_of(text: str) -> datetime | None:
    """`2026-03-05 10:00`, `2026/3/5`, `2026年3月5日 10:00`, with or without an offset; None: it is no moment."""
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        if found is None:
            return datetime.fromisoformat(text)
        year, month, day, hour, minute, rest = found.groups()
        clock = f"T{int(hour):02}:{minute}{rest.strip().replace(' ', '')}" if hour else ""
        return datetime.fromisoformat(f"{year}-{int(month):02}-{int(day):02}{clock}")
    except ValueError:
        return None
