"""Scalar types of the calendar language: money, shares, durations, times of day, texts.

YAML scalars reach the models as the text the operator wrote (see `source.py`), so every type
here parses text, and says in one sentence what it wants when it cannot.
"""

from __future__ import annotations

import re
from datetime import time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema, model_validator

_DURATION = re.compile(r"(?P<n>\d+)\s*(?P<unit>s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
FULL_SHARE = 10_000
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def parse_money(value: Any) -> int:
    """`199.00` (currency units, at most two decimals) → 19900 (minor units, cents or fen)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        # pydantic turns a ValueError, not a TypeError, into a finding.
        raise ValueError("an amount of money is a number such as 199.00")  # noqa: TRY004
    try:
        cents = Decimal(str(value).replace("_", "")) * 100
    except InvalidOperation:
        raise ValueError(f"{value!r} is not an amount of money; write a number such as 199.00") from None
    if not cents.is_finite() or cents != cents.to_integral_value():
        raise ValueError(f"{value!r} has a part of a cent; money has at most two decimals")
    if cents < 0:
        raise ValueError(f"{value!r} is negative; an amount of money is zero or more")
    return int(cents)


def parse_share(value: Any) -> int:
    """`5%` or `0.05` → 500 basis points (1/10,000)."""
    text = str(value).strip()
    try:
        share = Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a share; write 5% or 0.05") from None
    basis_points = share * FULL_SHARE
    if not 0 <= basis_points <= FULL_SHARE or basis_points != basis_points.to_integral_value():
        raise ValueError(f"{value!r} is not a share between 0% and 100% in steps of 0.01%")
    return int(basis_points)


def parse_duration(value: Any) -> timedelta:
    """`2h`, `7d`, `90m`, `1d 12h` → timedelta."""
    if isinstance(value, timedelta):
        return value
    text = str(value).strip()
    parts = list(_DURATION.finditer(text))
    if not parts or _DURATION.sub("", text).strip():
        raise ValueError(f"{value!r} is not a duration; write 30m, 2h, 7d or 1d 12h")
    return sum((timedelta(**{_UNITS[p["unit"]]: int(p["n"])}) for p in parts), timedelta())


def parse_time_of_day(value: Any) -> time:
    """`10:00` or `21:59:59` → time."""
    if isinstance(value, time):
        return value
    match = _TIME.fullmatch(str(value).strip())
    if match is None:
        raise ValueError(f"{value!r} is not a time of day; write 10:00 or 21:59:59")
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        raise ValueError(f"{value!r} is not a time of day; hours go to 23, minutes and seconds to 59") from None


def format_duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


def format_money(cents: int) -> float:
    """Minor units as written in a calendar: 19900 → 199.0 (JSON only; models keep integers)."""
    return cents / 100


def format_share(basis_points: int) -> str:
    return f"{basis_points / 100:g}%"


Money = Annotated[
    int,
    BeforeValidator(parse_money),
    PlainSerializer(format_money, return_type=float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "multipleOf": 0.01, "examples": [199.00]}),
]
Share = Annotated[
    int,
    BeforeValidator(parse_share),
    PlainSerializer(format_share, return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^\d+(\.\d{1,2})?%$"},
                {"type": "number", "minimum": 0, "maximum": 1},
            ],
            "examples": ["5%"],
        }
    ),
]
Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^(\d+\s*[smhdw]\s*)+$", "examples": ["2h", "7d"]}),
]
TimeOfDay = Annotated[
    time,
    BeforeValidator(parse_time_of_day),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}(:\d{2})?$", "examples": ["10:00"]}),
]


class Text(BaseModel):
    """A text in Chinese and English; a plain string stands for both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = ""
    en: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: Any) -> Any:
        return {"zh": value, "en": value} if isinstance(value, str) else value

    def get(self, lang: str = "en") -> str:
        first, second = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        return first or second
