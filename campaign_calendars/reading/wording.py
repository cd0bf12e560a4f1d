"""Pydantic's errors in an operator's words, English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pydantic_core import ErrorDetails

from campaign_calendars.findings.finding import suggestion

Texts = tuple[str, str]
"""A text in English and Chinese."""
Wording = tuple[str, Texts, Texts]
"""Code, sentence, remedy."""
_SHOWN = 60
_CORRECT = ("Correct the value.", "请改正。")


def wording(details: ErrorDetails, name: str) -> Wording:
    """Code, sentence and remedy of one error of the value called `name`."""
    kind = details["type"]
    if details["input"] is None or (kind == "string_too_short" and details["input"] == ""):
        return _nothing(name)
    for prefix, write in _WRITERS:
        if kind.startswith(prefix):
            return write(details, name)
    if kind in _SHAPES:
        return _shape(details, name)
    if kind in _LIMITS:
        return _limit(details, name)
    return "C022", (f"{name!r}: {details['msg']}", f"{name!r}：{details['msg']}"), _CORRECT


def _nothing(name: str) -> Wording:
    return (
        "C022",
        (f"nothing is written after {name!r}", f"{name!r} 之后没有内容"),
        ("Write a value, or delete the line.", "请填写内容，或删除该行。"),
    )


def _own(details: ErrorDetails, _name: str) -> Wording:
    error = details.get("ctx", {}).get("error")
    message, _, hint = str(error).partition("; ")
    zh, _, hint_zh = str(getattr(error, "zh", error)).partition("；")
    return (
        "C022",
        (message, zh),
        (
            _sentence(hint) or "`promocal explain C022` shows how values are written.",
            _sentence(hint_zh, "。") or "promocal explain C022 列出各种值的写法。",
        ),
    )


def _sentence(text: str, stop: str = ".") -> str:
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith(("?", "？", stop)) else stop)


def _literal(details: ErrorDetails, name: str) -> Wording:
    expected = str(details.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
    return "C024", *_choice(name, str(details["input"]), expected)


def _tag(details: ErrorDetails, _name: str) -> Wording:
    context = details.get("ctx", {})
    return "C023", *_choice("kind", str(context.get("tag", "")), str(context.get("expected_tags", "")))


def _choice(name: str, written: str, allowed: str) -> tuple[Texts, Texts]:
    written = written[:_SHOWN]
    texts = (f"{written!r} is not a possible {name}", f"{written!r} 不是可用的 {name}")
    return texts, suggestion(written, [part.strip(" '") for part in allowed.split(",")])


def _shape(details: ErrorDetails, name: str) -> Wording:
    (wanted, wanted_zh), (example, example_zh) = _SHAPES[details["type"]]
    shown, shown_zh = _show(details["input"])
    return (
        "C025",
        (f"{name!r} wants {wanted}, not {shown}", f"{name!r} 应为{wanted_zh}，而不是 {shown_zh}"),
        (f"Write {example}.", f"请写{example_zh}。"),
    )


def _limit(details: ErrorDetails, name: str) -> Wording:
    key, sign, sign_zh = _LIMITS[details["type"]]
    limit = details.get("ctx", {}).get(key, "")
    shown, shown_zh = _show(details["input"])
    if details["type"] in _COUNTS:
        (unit, unit_zh), few = _COUNTS[details["type"]], details["type"].endswith("short")
        count, need, need_zh = len(details["input"]), "at least" if few else "at most", "不少于" if few else "不超过"
        return (
            "C026",
            (
                f"{name!r} has {count} {unit}; it needs {need} {limit}",
                f"{name!r} 有 {count} {unit_zh}，应{need_zh} {limit}",
            ),
            ("Add what is missing." if few else "Shorten it.", "请补充。" if few else "请删减。"),
        )
    return (
        "C026",
        (f"{name!r} is {shown}; it has to be {sign} {limit}", f"{name!r} 为 {shown_zh}，应{sign_zh} {limit}"),
        (f"Write a figure that is {sign} {limit}.", f"请写{sign_zh} {limit} 的数。"),
    )


def _id(details: ErrorDetails, name: str) -> Wording:
    if str(details.get("ctx", {}).get("pattern", "")).startswith("^https"):
        return _address(details, name)
    shown, shown_zh = _show(details["input"])
    example = _as_id(details["input"]) or "warm-up"
    return (
        "C027",
        (f"{shown} is not an id", f"{shown_zh} 不是合法的 id"),
        (
            f"Use lower-case letters, digits, - and _, starting with a letter, e.g. {example}.",
            f"请用小写字母、数字、- 与 _，以字母开头，例如 {example}。",
        ),
    )


def _address(details: ErrorDetails, name: str) -> Wording:
    shown, shown_zh = _show(details["input"])
    return (
        "C025",
        (f"{name!r} wants an address of the web, not {shown}", f"{name!r} 应为网址，而不是 {shown_zh}"),
        ("Write it whole, e.g. https://example.com/sale.", "请写完整的网址，例如 https://example.com/sale。"),
    )


def _as_id(written: object) -> str:
    """Queens Day as queens-day; nothing where no letter is left to begin with."""
    words = re.sub(r"[^a-z0-9_]+", "-", str(written).lower()).strip("-_")
    return re.sub(r"^[^a-z]+", "", words)[:_SHOWN].rstrip("-_")


def _scalar(details: ErrorDetails, name: str) -> Wording:
    wanted, wanted_zh = _SCALARS[details["type"].partition("_")[0]]
    shown, shown_zh = _show(details["input"])
    return (
        "C022",
        (f"{name!r} is {shown}, not {wanted}", f"{name!r} 为 {shown_zh}，不是{wanted_zh}"),
        (f"Write {wanted}.", f"请写{wanted_zh}。"),
    )


def _url(_details: ErrorDetails, name: str) -> Wording:
    # The value itself may hold a password and is not repeated.
    return (
        "C022",
        (f"{name!r} is not an address of the web", f"{name!r} 不是网址"),
        ("Write it like https://host/path.", "请写成 https://host/path。"),
    )


def _show(value: Any) -> Texts:
    if isinstance(value, dict):
        return "keys and values", "键值结构"
    if isinstance(value, list):
        return f"a list of {len(value)}", f"{len(value)} 项的列表"
    text = repr(value)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return text, text


_WRITERS: tuple[tuple[str, Callable[[ErrorDetails, str], Wording]], ...] = (
    ("value_error", _own),
    ("literal_error", _literal),
    ("union_tag_invalid", _tag),
    ("string_pattern_mismatch", _id),
    ("int_", _scalar),
    ("float_", _scalar),
    ("finite_", _scalar),
    ("bool_", _scalar),
    ("url_", _url),
)
_MAPPING = (("keys and values", "键值结构"), ("indented `name: value` lines", "缩进的 name: value 行"))
_SHAPES: dict[str, tuple[Texts, Texts]] = {
    "string_type": (("a text", "文本"), ("one text", "一段文本")),
    "list_type": (("a list", "列表"), ("`- item` lines or [a, b]", " - item 行或 [a, b]")),
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
}
_LIMITS: dict[str, tuple[str, str, str]] = {
    "greater_than": ("gt", "more than", "大于"),
    "greater_than_equal": ("ge", "at least", "不小于"),
    "less_than": ("lt", "less than", "小于"),
    "less_than_equal": ("le", "at most", "不大于"),
    "string_too_long": ("max_length", "at most", "不超过"),
    "string_too_short": ("min_length", "at least", "不少于"),
    "too_long": ("max_length", "at most", "不超过"),
    "too_short": ("min_length", "at least", "不少于"),
}
_COUNTS: dict[str, Texts] = {
    "string_too_long": ("characters", "个字符"),
    "string_too_short": ("characters", "个字符"),
    "too_long": ("entries", "项"),
    "too_short": ("entries", "项"),
}
_SCALARS: dict[str, Texts] = {
    "int": ("a whole number", "整数"),
    "float": ("a number", "数值"),
    "finite": ("a number", "数值"),
    "bool": ("true or false", " true 或 false"),
}
