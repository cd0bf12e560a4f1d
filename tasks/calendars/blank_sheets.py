"""A sheet to fill in and name in a calendar: empty, or with what a calendar has, under the headings it is read by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import in_language
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.sheets.columns import KINDS_OF_SHEETS, Column, Kind
from tasks.sheets import Cell, Sheet, write_csv, write_workbook

_HOW = ("how to fill it in", "填写说明")
_HEADS = (("column", "列"), ("what to write", "填写内容"), ("for instance", "示例"), ("needed", "必填"))
_TEXTS = ("title", "name", "text", "owner")
"""Keys whose cells are in one language."""
_YES = ("yes", "是")
Filled = Mapping[str, object]
"""Key of a column → what stands in its cell."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet that a calendar may name, in one language."""

    head: str
    """Its heading."""
    also: tuple[str, ...]
    """Other headings it is known by, of both languages."""
    means: str
    """What to write into it."""
    example: str
    """A cell to copy."""
    required: bool
    """Whether each row needs it."""


@dataclass(frozen=True, slots=True)
class SheetShown:
    """A kind of sheet that a calendar may name."""

    kind: str
    """`prices`, `lists`, `items`, `targets`, `duties` or `peers`."""
    written: str
    """How a calendar names such a sheet."""
    columns: tuple[SheetColumn, ...]
    """Its columns, in the order in which they are written."""
    rows: int
    """Rows that were written into the file."""
    file: str
    """The file that was written; empty: none was asked for."""


def show_sheet(name: str, lang: str) -> SheetShown:
    """The columns of a kind of sheet."""
    kind = KINDS_OF_SHEETS[name]
    return SheetShown(kind.name, kind.written, tuple(_shown(one, lang) for one in kind.columns), 0, "")


def write_sheet(name: str, path: Path, calendar: Calendar | None, lang: str) -> int:
    """Write a sheet of a kind as .xlsx or .csv, with the rows of a calendar; how many there are.

    UsageError: another ending, or the file is there already.
    """
    kind = KINDS_OF_SHEETS[name]
    if path.suffix.lower() not in (".xlsx", ".csv"):
        raise UsageError(
            (f"{path} is no sheet", f"{path} 不是表格文件"), ("name it .xlsx or .csv", "请以 .xlsx 或 .csv 结尾")
        )
    if path.exists():
        raise UsageError(
            (f"{path} is there already", f"{path} 已存在"),
            ("choose another name; nothing is overwritten", "请换一个名称；不会覆盖任何文件"),
        )
    filled = list(_ROWS[name](calendar, lang)) if calendar is not None else []
    head = [in_language(one.head, lang) for one in kind.columns]
    rows = [[_cell(row.get(one.key)) for one in kind.columns] for row in filled]
    made = Sheet(in_language(kind.title, lang), head, rows)
    try:
        if path.suffix.lower() == ".csv":
            write_csv(path, made)
        else:
            write_workbook(path, [made, _how(kind, lang)])
    except OSError as error:
        raise UsageError(
            (f"{path} cannot be written: {error.strerror or error}", f"{path} 无法写入：{error.strerror or error}"),
            ("choose another folder", "请换一个文件夹"),
        ) from None
    return len(rows)


def loses_a_language(name: str, calendar: Calendar) -> bool:
    """Whether a calendar says something in two languages that a sheet holds in one only."""
    texts = [[[row.get(key) for key in _TEXTS] for row in _ROWS[name](calendar, lang)] for lang in ("en", "zh")]
    return texts[0] != texts[1]


def _shown(one: Column, lang: str) -> SheetColumn:
    head = in_language(one.head, lang)
    also = tuple(dict.fromkeys(name for name in (*one.head, *one.also) if name != head))
    return SheetColumn(head, also, in_language(one.means, lang), one.example, one.required)


def _how(kind: Kind, lang: str) -> Sheet:
    rows = [
        (
            in_language(one.head, lang),
            in_language(one.means, lang),
            one.example,
            in_language(_YES, lang) if one.required else "",
        )
        for one in kind.columns
    ]
    return Sheet(in_language(_HOW, lang), [in_language(one, lang) for one in _HEADS], rows)


def _cell(value: object) -> Cell:
    return value if isinstance(value, str | int | float | Decimal) else None if value is None else str(value)


def _amount(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents) / 100


def _word(kind: str, key: str, value: object, lang: str) -> str:
    """A choice as the sheet has it in a language: the first word of ours for it, else the value itself."""
    column = next(one for one in KINDS_OF_SHEETS[kind].columns if one.key == key)
    written = str(value).lower() if isinstance(value, bool) else str(value)
    words = [word for word in column.choices.get(written, ()) if word.isascii() == (lang != "zh")]
    return words[0] if words else written


def _prices(calendar: Calendar, lang: str) -> Iterator[Filled]:
    for name, goods in calendar.prices.items():
        title = {"goods": name, "title": goods.title.get(lang)}
        for past in goods.history:
            counts = "" if past.counts is None else _word("prices", "counts", past.counts, lang)
            yield {
                **title, "on": past.on, "list": _amount(past.list_), "after_coupon": _amount(past.after_coupon),
                "through": past.through or "", "counts": counts,
            }  # fmt: skip
        for one in goods.planned:
            yield {
                **title, "phase": one.phase, "list": _amount(one.list_), "after_coupon": _amount(one.after_coupon),
            }  # fmt: skip


def _lists(calendar: Calendar, lang: str) -> Iterator[Filled]:
    for name, listed in calendar.lists.items():
        for rank, item in enumerate(listed.items, 1):
            yield {
                "list": name, "name": listed.title.get(lang),
                "list_stage": _word("lists", "list_stage", listed.stage, lang) if listed.stage else "",
                "by": _word("lists", "by", listed.by, lang) if listed.by else "", "rank": rank, "item": item.item,
                "title": item.title.get(lang), "link": item.link, "price": _amount(item.price),
                "member_price": _amount(item.member_price), "stage": _word("lists", "stage", item.stage, lang),
                "until": item.until, "category": item.category,
            }  # fmt: skip


def _targets(calendar: Calendar, _lang: str) -> Iterator[Filled]:
    for phase in calendar.phases:
        for metric, figure in phase.targets.items():
            yield {"phase": phase.id, "metric": metric, "figure": figure}


def _duties(calendar: Calendar, lang: str) -> Iterator[Filled]:
    for phase in calendar.phases:
        for duty in phase.duties:
            yield {
                "phase": phase.id, "id": duty.id or "", "text": duty.text.get(lang), "owner": duty.owner.get(lang),
                "due": duty.due, "takes": duty.takes or None, "after": ", ".join(duty.after),
                "if_open": _word("duties", "if_open", duty.if_open, lang),
                "level": _word("duties", "level", duty.level, lang),
            }  # fmt: skip


def _peers(calendar: Calendar, _lang: str) -> Iterator[Filled]:
    for one in calendar.peers:
        yield {"metric": one.metric, "figure": one.figure, "source": one.source, "on": one.on}


_ROWS: Mapping[str, Callable[[Calendar, str], Iterator[Filled]]] = {
    "prices": _prices, "lists": _lists, "items": _lists, "targets": _targets, "duties": _duties,
    "peers": _peers,
}  # fmt: skip
