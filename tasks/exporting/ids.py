"""Ids that come back from the platform: a sheet with benefit, part and id, held against the calendar.

What cannot be taken is told row by row, and the good rows count all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import nearest
from campaign_calendars.findings.problem import Location, Problem, SaidProblem
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.set_up.benefits import parts_of, without_ids
from tasks.exporting.sheets import BENEFIT, PART, PLATFORM_ID
from tasks.runtime import Runtime
from tasks.sheets import sheets_of, text_of

_BENEFIT = frozenset({*BENEFIT, "权益"})
_PART = frozenset(PART)
_ID = frozenset({*PLATFORM_ID, "platform id", "优惠券id", "活动id"})
_POWER = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_EXACT = 15
"""Digits a spreadsheet keeps of a number; longer ids lose theirs unless the cell is text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdsRead:
    """What a sheet of ids came to, in one language."""

    taken: int
    """Ids that are known now."""
    changed: int
    """Those of them that were not known before, or were others."""
    problems: tuple[SaidProblem, ...]
    """Rows that were not taken, and why."""
    missing: tuple[str, ...]
    """Benefits that the platform enforces and whose ids are not all known yet."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a sheet that has an id; `number` as a person counts it."""

    sheet: str
    number: int
    benefit: str
    part: str
    platform_id: str
    as_number: bool = False


def read_ids(rt: Runtime, calendar_id: str, file: Path, *, by: str, lang: str) -> IdsRead:
    """Take the ids of a file into the ledger. UsageError: nobody named, no such file, no column of ids in it."""
    from warehouse.ledger.audit import platform_ids_read
    from warehouse.ledger.records import PlatformId

    if not by.strip():
        raise UsageError(
            ("ids are brought by somebody", "平台编号须写明由谁导入"), ("add --by NAME", "请添加 --by 姓名")
        )
    loaded = rt.load_calendar(calendar_id)
    calendar, at = loaded.calendar, rt.clock()
    known = {(one.benefit, one.part): one.platform_id for one in rt.ledger.platform_ids(calendar.calendar)}
    taken, problems = _judged(calendar, list(_rows(file)), str(file), known)
    changed = {key: value for key, value in taken.items() if known.get(key) != value}
    if changed:
        rows = [PlatformId(calendar.calendar, benefit, part, value, at) for (benefit, part), value in changed.items()]
        rt.ledger.set_platform_ids(rows, platform_ids_read(calendar.calendar, file.name, len(rows), by.strip(), at))
    return IdsRead(
        taken=len(taken),
        changed=len(changed),
        problems=tuple(problem.said(lang) for problem in problems),
        missing=tuple(sorted(without_ids(calendar, known | taken))),
    )


def _judged(
    calendar: Calendar, rows: Sequence[_Row], file: str, known: Mapping[tuple[str, str], str]
) -> tuple[dict[tuple[str, str], str], list[Problem]]:
    """The rows that fit the calendar, and what is wrong with the others."""
    taken: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []
    named = {(row.benefit, row.part) for row in rows}
    # What the sheet names anew lets go of its id: two that were exchanged can be put right by one sheet.
    holders = {value: key for key, value in known.items() if key not in named}
    for row in rows:
        said = _fault(calendar, row, taken, holders)
        if said is None:
            taken[row.benefit, row.part] = row.platform_id
            holders[row.platform_id] = (row.benefit, row.part)
            continue
        (message, zh), (hint, hint_zh) = said
        place = Location(f"{file}:{row.sheet}" if row.sheet else file, row.number, 1)
        problems.append(Problem("S610", "error", message, hint, place, zh, hint_zh))
    return taken, problems


_Fault = tuple[tuple[str, str], tuple[str, str]]


def _fault(
    calendar: Calendar, row: _Row, taken: Mapping[tuple[str, str], str], holders: Mapping[str, tuple[str, str]]
) -> _Fault | None:
    """Why a row cannot be taken, and what to do; None when it can."""
    benefit = calendar.benefits.get(row.benefit)
    if benefit is None:
        guess = nearest(row.benefit, calendar.benefits) or ", ".join(sorted(calendar.benefits)[:5])
        return (
            (f"the calendar has no benefit {row.benefit!r}", f"日历中没有权益 {row.benefit!r}"),
            (f"write its id as in the calendar, e.g. {guess}", f"请按日历写权益 id，例如 {guess}"),
        )
    parts = [part for part, _, _ in parts_of(benefit)]
    if row.part and row.part not in parts:
        named = ", ".join(part or '""' for part in parts)
        return (
            (f"{row.benefit} has no part {row.part!r}", f"{row.benefit} 没有分项 {row.part!r}"),
            (f"its parts are {named}", f"其分项为 {named}"),
        )
    if _lost_digits(row):
        return (
            (
                f"the id {row.platform_id} is a number and has lost digits",
                f"编号 {row.platform_id} 为数字格式，已丢失位数",
            ),
            ("format the column as text and enter the id again", "请把该列设为文本格式后重新填写"),
        )
    holder = holders.get(row.platform_id)
    if holder is not None and holder != (row.benefit, row.part):
        other = " ".join(holder).strip()
        return (
            (f"the id {row.platform_id} is that of {other}", f"编号 {row.platform_id} 已属于 {other}"),
            ("every benefit and part has an id of its own", "每项权益与分项各有自己的编号"),
        )
    if taken.get((row.benefit, row.part), row.platform_id) != row.platform_id:
        return (
            (f"{row.benefit} {row.part} has two ids in this file", f"{row.benefit} {row.part} 在本文件中有两个编号"),
            ("keep the one that is in use", "请只保留使用中的一个"),
        )
    return None


def _lost_digits(row: _Row) -> bool:
    """Whether a spreadsheet took the id for a number: too long to be kept, or shown as 1.23E+18."""
    digits = len(re.sub(r"\D", "", row.platform_id))
    return (row.as_number and digits > _EXACT) or _POWER.fullmatch(row.platform_id) is not None


def _rows(file: Path) -> Iterator[_Row]:
    """Every line with an id, of every sheet that has such a column. UsageError when none has."""
    found = False
    for sheet, numbered in sheets_of(file, [*_BENEFIT, *_PART, *_ID]):
        columns = next((named for _, line in numbered if (named := _columns(line)) is not None), None)
        if columns is None:
            continue
        found = True
        benefit, part, platform_id = columns
        for number, line in numbered:
            cell = line[platform_id] if platform_id < len(line) else ""
            text, as_number = text_of(cell)
            name = text_of(line[benefit])[0] if benefit < len(line) else ""
            if text and name:
                yield _Row(sheet, number, name, text_of(line[part])[0] if part is not None else "", text, as_number)
    if not found:
        raise UsageError(
            (f"{file} has no columns of benefits and ids", f"{file} 没有权益与编号列"),
            (
                "its header names benefit and platform_id, as in the sheets promocal export writes",
                "表头须含“权益id”与“平台编号”，与 promocal export 写出的表一致",
            ),
        )


def _columns(line: Sequence[object]) -> tuple[int, int | None, int] | None:
    """Where benefit, part and id stand, if the line is a header."""
    names = [text_of(cell)[0].lower() for cell in line]
    places = [next((n for n, name in enumerate(names) if name in wanted), None) for wanted in (_BENEFIT, _PART, _ID)]
    benefit, part, platform_id = places
    return None if benefit is None or platform_id is None else (benefit, part, platform_id)
