"""Work lists as a sheet: written for the people who do the work, read back with what came of it (A1#16).

The sheet has a column `result`, empty where an item is open. People fill it in, in any spreadsheet program, and the
file is read back: every line is one item, settled as if by `--done`. A line that cannot be understood leaves the others
alone. A line that says something else of an item that was settled before is a correction: it is told, and kept with who
says so, what was said before and when.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said
from tasks.outreach.work_lists import ANSWERS, Answer, WorkItem
from tasks.runtime import Runtime
from tasks.sheets import Sheet, write_csv, write_workbook

if TYPE_CHECKING:
    from warehouse.sources.lists import Line, Listing

_COLUMNS: Mapping[str, str] = {
    "item": "编号",
    "play": "玩法",
    "member": "会员",
    "channel": "渠道",
    "benefit": "权益",
    "event": "事件",
    "event_at": "事件时间",
    "due_at": "截止时间",
    "owner": "负责人",
    "words": "话术",
    "result": "结果",
    "by": "处理人",
}
_SPELT: Mapping[Answer, tuple[str, ...]] = {
    "done": ("done", "sent", "reached", "yes", "ok", "完成", "已完成", "已联系", "是"),
    "unreachable": ("unreachable", "no answer", "failed", "联系不上", "未接通", "无人接听", "空号"),
    "skip": ("skip", "skipped", "cancelled", "跳过", "不需要", "取消"),
}
_ENGLISH: Mapping[str, str] = {answer: answer for answer in ANSWERS}
_CHINESE: Mapping[str, str] = {"done": "完成", "unreachable": "联系不上", "skip": "跳过"}
_OPEN = frozenset({"", "open", "未完成", "待办"})


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of a sheet that was not taken, as the spreadsheet counts lines, and why."""

    line: int
    why: Said


@dataclass(frozen=True, slots=True)
class CorrectedLine:
    """A line that says otherwise what came of an item."""

    line: int
    before: str
    now: Answer
    by: str


@dataclass(slots=True)
class WorkRead:
    """What a sheet came to, in items."""

    settled: dict[Answer, int] = field(default_factory=dict)
    corrected: list[CorrectedLine] = field(default_factory=list)
    already: int = 0
    """Settled before with the same result."""
    left_open: int = 0
    """Without a result."""
    refused: list[RefusedLine] = field(default_factory=list)


def write_sheet(items: Sequence[WorkItem], path: Path, lang: str) -> None:
    """The items as a workbook (.xlsx) or CSV with headings in one language. Raises UsageError for other names."""
    chinese = lang == "zh"
    head = [zh if chinese else en for en, zh in _COLUMNS.items()]
    rows = [
        (
            item.id,
            item.play,
            item.member_id,
            item.channel,
            item.benefit or "",
            item.event,
            f"{item.event_at:%Y-%m-%d %H:%M}" if item.event_at is not None else "",
            f"{item.due_at:%Y-%m-%d %H:%M}" if item.due_at is not None else "",
            item.owner.get(lang),
            item.words,
            (_CHINESE if chinese else _ENGLISH).get(item.state, ""),
            "",
        )
        for item in items
    ]
    if path.suffix.casefold() not in (".xlsx", ".csv"):
        raise UsageError(
            (f"{path.name} is neither .xlsx nor .csv", f"{path.name} 既不是 .xlsx 也不是 .csv"),
            ("Name the file work.xlsx or work.csv.", "请将文件命名为 work.xlsx 或 work.csv。"),
        )
    sheet = Sheet("待办" if chinese else "work", head, rows)
    if path.suffix.casefold() == ".xlsx":
        write_workbook(path, [sheet])
    else:
        write_csv(path, sheet)


def read_sheet(rt: Runtime, items: Sequence[WorkItem], file: Path, by: str) -> WorkRead:
    """Settle what the sheet says of these items, and correct what it says otherwise than before.

    Raises SourceError and ProblemsFoundError for a file that is no sheet.
    `by`: who says so where the line does not. An item that stands twice with different results is not settled.
    """
    from warehouse.sources.lists import open_list

    listing = open_list(file, str(file), [*_COLUMNS, *_COLUMNS.values()])
    known = {item.id: item for item in items}
    read = WorkRead()
    answers: dict[str, tuple[int, Answer, str]] = {}
    contradicted: set[str] = set()
    for line, item_id, said, who in _lines(listing):
        judged = _judged(known, item_id, said)
        if judged is None:
            read.left_open += 1
        elif isinstance(judged, tuple):
            read.refused.append(RefusedLine(line, judged))
        elif known[item_id].state == judged:
            read.already += 1
        elif item_id in answers and answers[item_id][1] != judged:
            contradicted.add(item_id)
            read.refused.append(RefusedLine(line, ("the item has another result above", "该待办上文另有结果")))
        elif item_id not in answers:
            answers[item_id] = (line, judged, who or by)
    taken = {key: found for key, found in answers.items() if key not in contradicted}
    _settle(rt, {key: found for key, found in taken.items() if known[key].state == "open"}, read)
    for key, (line, answer, who) in taken.items():
        if known[key].state != "open":
            rt.ledger.correct([key], ANSWERS[answer], who, rt.clock())
            read.corrected.append(CorrectedLine(line, known[key].state, answer, who))
    return read


def _lines(listing: Listing) -> Iterator[tuple[int, str, str, str]]:
    """(line, item, result, by) of every line."""
    spelt = {zh: en for en, zh in _COLUMNS.items()}
    names = [spelt.get(name.strip(), name.strip().casefold()) for name in listing.header]
    places = {name: number for number, name in reversed(list(enumerate(names)))}

    def cell(line: Line, name: str) -> str:
        number = places.get(name)
        text = line.cells[number] if number is not None and number < len(line.cells) else ""
        return (text or "").strip().removeprefix("'").strip()

    for line in listing.lines:
        yield line.number, cell(line, "item"), cell(line, "result"), cell(line, "by")[:80]


def _judged(known: Mapping[str, WorkItem], item_id: str, said: str) -> Answer | Said | None:
    """The result of a line, why there is none, or None where it is left open."""
    if said.casefold() in _OPEN:
        return None
    item = known.get(item_id)
    if item is None:
        return "no item of this list has this id", "清单中没有该编号的待办"
    answer = next((each for each, words in _SPELT.items() if said.casefold() in words), None)
    if answer is None:
        return "the result is none of done, unreachable, skip", "结果不是 完成、联系不上、跳过 之一"
    if item.state != "open" and item.state not in ANSWERS:
        return f"its message is {item.state}: nothing came of it yet", f"其消息状态为 {item.state}：尚无结果"
    return answer


def _settle(rt: Runtime, answers: Mapping[str, tuple[int, Answer, str]], read: WorkRead) -> None:
    """One transaction for each result and person."""
    groups: dict[tuple[Answer, str], list[str]] = {}
    for key, (_, answer, who) in answers.items():
        groups.setdefault((answer, who), []).append(key)
    for (answer, who), keys in sorted(groups.items()):
        rt.ledger.settle(keys, ANSWERS[answer], who, rt.clock())
        read.settled[answer] = read.settled.get(answer, 0) + len(keys)
