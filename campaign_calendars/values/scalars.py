"""Scalar types of the calendar language: money, shares, durations, times of day, texts.

YAML scalars reach the models as the text the operator wrote (see `source.py`), so every type
here parses text, and says in one sentence what it wants when it cannot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

_AMOUNT = re.compile(r"[+-]?\d[\d_]{0,14}(\.\d{1,6})?")
_SHARE = re.compile(r"[+-]?\d{1,3}(\.\d{1,6})?%?")
_DURATION = re.compile(r"(?P<n>\d{1,5})\s*(?P<unit>s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
FULL_SHARE = 10_000
LONGEST = timedelta(days=3_650)
_SIZE = re.compile(r"(\d{1,5})\s*[x×X*]\s*(\d{1,5})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


class UnfitError(ValueError):
    """A value that does not fit, said in English and Chinese; pydantic makes a finding of it."""

    def __init__(self, message: str, zh: str) -> None:
        super().__init__(message)
        self.zh = zh


def parse_money(value: Any) -> int:
    """`199.00` (currency units, at most two decimals) → 19900 (minor units, cents or fen)."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        # pydantic turns a ValueError, not a TypeError, into a finding.
        raise UnfitError("an amount of money is a number such as 199.00", "金额应为数字，例如 199.00")
    text = str(value).strip()
    if _AMOUNT.fullmatch(text) is None:
        if step := _STEP.fullmatch(unicodedata.normalize("NFKC", text)):
            raise _coupon(value, step)
        raise UnfitError(
            f"{value!r} is not an amount of money; write a number such as 199.00",
            f"{value!r} 不是金额；请写数字，例如 199.00",
        )
    cents = Decimal(text.replace("_", "")) * 100
    if cents != cents.to_integral_value():
        raise UnfitError(
            f"{value!r} has a part of a cent; money has at most two decimals",
            f"{value!r} 超过两位小数；金额最多两位小数",
        )
    if cents < 0:
        raise UnfitError(
            f"{value!r} is negative; an amount of money is zero or more", f"{value!r} 为负；金额须为零或正数"
        )
    return int(cents)


def parse_share(value: Any) -> int:
    """`5%` or `0.05` → 500 basis points (1/10,000)."""
    text = str(value).strip()
    if _SHARE.fullmatch(text) is None:
        raise UnfitError(f"{value!r} is not a share; write 5% or 0.05", f"{value!r} 不是比例；请写 5% 或 0.05")
    share = Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
    basis_points = share * FULL_SHARE
    if not text.endswith("%") and FULL_SHARE < basis_points <= FULL_SHARE * 100:
        raise UnfitError(
            f"{value!r} is more than the whole; write {text}% or {share / 100}",
            f"{value!r} 超过 100%；请写 {text}% 或 {share / 100}",
        )
    if not 0 <= basis_points <= FULL_SHARE or basis_points != basis_points.to_integral_value():
        raise UnfitError(
            f"{value!r} is not a share between 0% and 100%; write for instance 5% or 0.05, in steps of 0.01%",
            f"{value!r} 不是 0% 到 100% 之间的比例；例如 5% 或 0.05，步长 0.01%",
        )
    return int(basis_points)


_FOLD = re.compile(r"(?:打\s*)?(\d{1,2}(?:\.\d{1,2})?)\s*折")
_OFF = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)\s*%\s*off|(?:减|省|降)\s*(\d{1,2}(?:\.\d{1,2})?)\s*%", re.IGNORECASE)
_STEP = re.compile(r"满\s*(\d+(?:\.\d{1,2})?)\s*元?\s*减\s*(\d+(?:\.\d{1,2})?)\s*元?")
_HALF = re.compile(r"第?\s*[二2]\s*件\s*(?:半价|5折|五折)")
_FOLDS_OF_ONE = 10


def parse_rate(value: Any) -> int:
    """What is paid of a price: `0.85`, `85%`, `8.5折` or `85折` → 8,500 basis points.

    A fold (折) of one digit counts tenths, of two digits hundredths. A bare number above 1 is a fold to one reader
    and a percentage to another, so it is answered, not read.
    """
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if fold := _FOLD.fullmatch(text):
        return parse_share(_of_fold(fold[1]))
    if off := _OFF.fullmatch(text):
        paid = 1 - Decimal(off[1] or off[2]) / 100
        raise UnfitError(f"{value!r} is what is taken off; write {paid}", f"{value!r} 是减去的比例；请写 {paid}")
    if step := _STEP.fullmatch(text):
        raise _coupon(value, step)
    if _HALF.fullmatch(text):
        raise UnfitError(
            f"{value!r} is a benefit of its own; write kind: half_price",
            f"{value!r} 是单独的权益；请写 kind: half_price",
        )
    if re.fullmatch(r"\d{1,2}(\.\d{1,2})?", text) and 1 < Decimal(text) < 100:  # noqa: PLR2004
        rate = _of_fold(text)
        raise UnfitError(
            f"{value!r} is no share of a price; write {rate} or {text}折 if members pay {Decimal(rate) * 100:f}% of it",
            f"{value!r} 不是实付比例；若实付 {Decimal(rate) * 100:f}%，请写 {rate} 或 {text}折",
        )
    return parse_share(value)


def _of_fold(digits: str) -> str:
    folds = Decimal(digits)
    # 8折 and 8.5折 count tenths, 85折 hundredths; 10折 is the whole price.
    return f"{folds / (_FOLDS_OF_ONE if folds <= _FOLDS_OF_ONE else 100):f}"


def _coupon(value: Any, step: re.Match[str]) -> UnfitError:
    keys = f"kind: member_coupon, threshold: {step[1]}, value: {step[2]}"
    return UnfitError(f"{value!r} is a coupon; write {keys}", f"{value!r} 是优惠券；请写 {keys}")


def parse_duration(value: Any) -> timedelta:
    """`2h`, `7d`, `90m`, `1d 12h` → timedelta."""
    if isinstance(value, timedelta):
        return value
    text = str(value).strip()
    parts = list(_DURATION.finditer(text))
    if not parts or _DURATION.sub("", text).strip():
        raise UnfitError(
            f"{value!r} is not a duration; write 30m, 2h, 7d or 1d 12h",
            f"{value!r} 不是时长；请写 30m、2h、7d 或 1d 12h",
        )
    length = sum((timedelta(**{_UNITS[p["unit"]]: int(p["n"])}) for p in parts), timedelta())
    if length > LONGEST:
        raise UnfitError(f"{value!r} is longer than ten years; shorten it", f"{value!r} 超过十年；请缩短")
    return length


CapWord = Literal["day", "phase", "campaign"]
_CAP_WORDS: dict[Any, CapWord] = {"day": "day", "phase": "phase", "campaign": "campaign"}


def parse_cap_span(value: Any) -> timedelta | CapWord:
    """A rolling span such as `7d`, or the local `day`, the `phase`, the `campaign`."""
    text = value.strip() if isinstance(value, str) else ""
    if text in _CAP_WORDS:
        return _CAP_WORDS[text]
    try:
        return parse_duration(value)
    except UnfitError as error:
        if "ten years" in str(error):
            raise
        raise UnfitError(
            f"{value!r} is no span of a cap; write a duration such as 7d, or day, phase or campaign",
            f"{value!r} 不是频次的时间范围；请写时长（如 7d），或 day、phase、campaign",
        ) from None


def parse_figure(value: Any) -> float:
    """A figure to reach: `1200`, `3000000.00`, or a share such as `6%` (0.06)."""
    text = str(value).strip()
    if _AMOUNT.fullmatch(text.removesuffix("%")) is None:
        raise UnfitError(f"{value!r} is not a figure; write 1200 or 6%", f"{value!r} 不是数值；请写 1200 或 6%")
    figure = Decimal(text.removesuffix("%").replace("_", ""))
    return float(figure / 100 if text.endswith("%") else figure)


def parse_time_of_day(value: Any) -> time:
    """`10:00` or `21:59:59` → time."""
    if isinstance(value, time):
        return value
    match = _TIME.fullmatch(str(value).strip())
    if match is None:
        raise UnfitError(
            f"{value!r} is not a time of day; write 10:00 or 21:59:59", f"{value!r} 不是时刻；请写 10:00 或 21:59:59"
        )
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        raise UnfitError(
            f"{value!r} is not a time of day; the last second of a day is 23:59:59",
            f"{value!r} 不是时刻；一天的最后一秒是 23:59:59",
        ) from None


def parse_day(value: Any) -> date:
    """`2026-03-08` → date."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise UnfitError(f"{value!r} is not a day; write 2026-03-08", f"{value!r} 不是日期；请写 2026-03-08") from None


def parse_size(value: Any) -> str:
    """`702x110` or `702×110` (width and height in pixels) → `702x110`."""
    match = _SIZE.fullmatch(str(value).strip())
    if match is None:
        raise UnfitError(
            f"{value!r} is not a size of a picture; write 702x110", f"{value!r} 不是图片尺寸；请写 702x110"
        )
    return f"{int(match[1])}x{int(match[2])}"


_UNITS_EN = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_UNITS_ZH = {"d": "天", "h": "小时", "m": "分钟", "s": "秒"}


def format_duration(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts) or "0s"


def format_cap_span(value: timedelta | str) -> str:
    """As it is written: `7d`, or the word."""
    return value if isinstance(value, str) else format_duration(value)


def duration_in_words(value: timedelta, lang: str) -> str:
    """For members rather than for calendars: 14d → `14 days`, `14 天`."""
    words = _UNITS_ZH if lang == "zh" else _UNITS_EN
    parts = []
    for part in format_duration(value).split():
        count, word = part[:-1], words[part[-1]]
        parts.append(f"{count} {word}" if lang == "zh" or count != "1" else f"{count} {word.removesuffix('s')}")
    return " ".join(parts)


def format_money(cents: int) -> float:
    """Minor units as written in a calendar: 19900 → 199.0 (JSON only; models keep integers)."""
    return cents / 100


def format_share(basis_points: int) -> str:
    return f"{basis_points / 100:g}%"


@dataclass(frozen=True, eq=False, slots=True)
class Parsed:
    """A type whose values one function parses, with its JSON Schema and how it is written out again.

    Does what a validator, a serializer and a schema side by side would do. Those look at signatures and
    at the type behind them for every field, which takes longer than reading a calendar.
    """

    parse: Callable[[Any], Any]
    schema: dict[str, Any]
    show: Callable[[Any], Any] | None = None
    when: Literal["always", "json"] = "always"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        shown = None
        if self.show is not None:
            shown = core_schema.plain_serializer_function_ser_schema(self.show, when_used=self.when)
        return core_schema.no_info_plain_validator_function(self.parse, serialization=shown)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)


Money = Annotated[
    int,
    Parsed(parse_money, show=format_money, when="json", schema={"type": "number", "minimum": 0, "examples": [199.00]}),
]
Share = Annotated[
    int,
    Parsed(
        parse_share,
        show=format_share,
        when="json",
        schema={
            "anyOf": [
                {"type": "string", "pattern": r"^\d+(\.\d{1,2})?%$"},
                {"type": "number", "minimum": 0, "maximum": 1},
            ],
            "examples": ["5%"],
        },
    ),
]
PriceRate = Annotated[
    int,
    Parsed(
        parse_rate,
        show=format_share,
        when="json",
        schema={
            "anyOf": [
                {"type": "string", "pattern": r"^(\d+(\.\d{1,2})?%|打?\d{1,2}(\.\d{1,2})?折)$"},
                {"type": "number", "minimum": 0, "maximum": 1},
            ],
            "examples": [0.85, "8.5折"],
        },
    ),
]
Duration = Annotated[
    timedelta,
    Parsed(
        parse_duration,
        show=format_duration,
        schema={"type": "string", "pattern": r"^(\d+\s*[smhdw]\s*)+$", "examples": ["2h", "7d"]},
    ),
]
CapSpan = Annotated[
    timedelta | CapWord,
    Parsed(
        parse_cap_span,
        show=format_cap_span,
        schema={
            "anyOf": [
                {"type": "string", "pattern": r"^(\d+\s*[smhdw]\s*)+$"},
                {"type": "string", "enum": ["day", "phase", "campaign"]},
            ],
            "examples": ["7d", "day"],
        },
    ),
]
TimeOfDay = Annotated[
    time,
    Parsed(parse_time_of_day, schema={"type": "string", "pattern": r"^\d{1,2}:\d{2}(:\d{2})?$", "examples": ["10:00"]}),
]

Day = Annotated[
    date,
    Parsed(parse_day, schema={"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "examples": ["2026-03-08"]}),
]
Size = Annotated[
    str,
    Parsed(parse_size, schema={"type": "string", "pattern": r"^\d+\s*[x×]\s*\d+$", "examples": ["702x110"]}),
]


Figure = Annotated[
    float,
    Parsed(
        parse_figure,
        schema={
            "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\d+(\.\d+)?%$"}],
            "examples": [1200, "6%"],
        },
    ),
]


def or_text(schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
    """JSON Schema of a model that may also be written as one text."""
    made = handler.resolve_ref_schema(handler(schema))
    mapping = dict(made)
    description = mapping.pop("description", "")
    made.clear()
    made.update({"anyOf": [{"type": "string"}, mapping], "description": description})
    return made


class Text(BaseModel):
    """A text in Chinese and English; a plain string stands for both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: str = Field(default="", description="Chinese.")
    en: str = Field(default="", description="English.")

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, value: Any) -> Any:
        return {"zh": value, "en": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return or_text(schema, handler)

    def get(self, lang: str = "en") -> str:
        first, second = (self.zh, self.en) if lang == "zh" else (self.en, self.zh)
        return first or second


NO_TEXT = Text()
"""Nothing said, in either language."""
