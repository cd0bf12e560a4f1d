"""What people filled into a sheet of positions or duties: done, by whom and when, read back into the ledger.

A sheet says what was done and never what was not: an empty cell undoes nothing. What cannot be taken is told row by
row, and the other rows count all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from campaign_calendars.duties.states import DutyState
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import nearest
from campaign_calendars.findings.problem import Location, Problem, SaidProblem
from campaign_calendars.findings.said import Said
from campaign_calendars.time.timeline import from_local, utc
from tasks.duties.ticking import tasks_of
from tasks.runtime import Runtime
from tasks.sheets import Line, sheets_of, text_of

_DUTY = frozenset({"duty", "事项", "编号", "任务编号"})
_DONE = frozenset({"done", "done at", "完成", "完成时间"})
_BY = frozenset({"done by", "完成人"})
_AT = frozenset({"done at", "完成时间"})
_YES = frozenset({"yes", "y", "true", "1", "done", "ok", "x", "✓", "✔", "√", "是", "完成", "已完成", "已上线", "对"})
_NO = frozenset({"", "no", "n", "false", "0", "not yet", "-", "–", "—", "否", "未", "未完成", "未上线", "无"})
_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日")
_Fault = tuple[Said, Said]
_Local = Callable[[datetime], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutiesRead:
    """What a filled sheet came to, in one language."""

    done: tuple[str, ...]
    """Duties that are done now and were not before, in the order in which they were taken."""
    known: int
    """Duties that the sheet says are done and that were known to be."""
    open: int
    """Duties of the sheet that nobody has marked."""
    problems: tuple[SaidProblem, ...]
    """Rows that were not taken, and why."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line about one duty; `done` and `at` as they are written."""

    sheet: str
    number: int
    duty: str
    done: str
    by: str
    at: str


@dataclass(slots=True)
class _Said:
    """What the rows of one sheet say about one duty: it is done once all of them are."""

    row: _Row
    by: str = ""
    at: datetime | None = None
    rows: int = 0
    marked: int = 0


@dataclass(slots=True)
class _Found:
    file: str
    said: dict[tuple[str, str], _Said] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, row: _Row, fault: _Fault) -> None:
        (message, zh), (hint, hint_zh) = fault
        place = Location(f"{self.file}:{row.sheet}" if row.sheet else self.file, row.number, 1)
        self.problems.append(Problem("S611", "error", message, hint, place, zh, hint_zh))


def read_duties(rt: Runtime, calendar_id: str, file: Path, *, by: str = "", lang: str) -> DutiesRead:
    """Tick what a sheet says is done, by whom it names there, else `by`, at the moment it names, else now.

    UsageError: no such file, or no column of duties and of what is done in it.
    """
    from warehouse.ledger.records import DutyTick

    loaded = rt.load_calendar(calendar_id)
    calendar, now, zone = loaded.calendar.calendar, rt.clock(), loaded.timeline.timezone
    known = {state.duty: state for state in tasks_of(rt, loaded)}
    found, source = _Found(str(file)), f"{file.name} {by.strip()}".strip()
    for row in _rows(file):
        _take(found, known, row, now=now, local=lambda moment: from_local(moment, zone))
    marked = _marked(found, known, by.strip())
    new: list[str] = []
    before = {name for name, state in known.items() if state.state == "done"}
    for name, said in _in_turn(found, known, marked, before):
        if rt.ledger.tick(DutyTick(calendar, name, said.by, said.at or now), source):
            new.append(name)
    return DutiesRead(
        done=tuple(new),
        known=sum(name in before for name in marked),
        open=len({duty for _, duty in found.said} - marked.keys()),
        problems=tuple(problem.said(lang) for problem in sorted(found.problems, key=lambda one: one.location)),
    )


def _take(found: _Found, known: Mapping[str, DutyState], row: _Row, *, now: datetime, local: _Local) -> None:
    """One row, into what its sheet says about its duty."""
    if row.duty not in known:
        guess = nearest(row.duty, known) or ", ".join(sorted(known)[:5])
        found.refuse(row, (
            (f"the calendar has no duty {row.duty!r}", f"日历中没有事项 {row.duty!r}"),
            (f"write its id as in the sheet that was exported, e.g. {guess}", f"请按导出的表写编号，例如 {guess}"),
        ))  # fmt: skip
        return
    said = found.said.setdefault((row.sheet, row.duty), _Said(row))
    said.rows += 1
    word, at = row.done.casefold(), _moment(row.at) or _moment(row.done)
    if word in _NO and at is None:
        return
    if at is None and (word not in _YES or row.at):
        found.refuse(row, (
            (f"{row.at or row.done!r} says neither that {row.duty} is done nor when",
             f"{row.at or row.done!r} 既未说明 {row.duty} 已完成，也不是时间"),
            ("write yes, or a moment such as 2026-03-08 10:00", "请写“是”，或时间，例如 2026-03-08 10:00"),
        ))  # fmt: skip
        return
    moment = local(at) if at is not None else None
    if moment is not None and utc(moment) > utc(now):
        found.refuse(row, (
            (f"{row.duty} is done on {moment:%Y-%m-%d %H:%M}, which is still to come",
             f"{row.duty} 的完成时间 {moment:%Y-%m-%d %H:%M} 尚未到来"),
            ("correct the moment, or read the sheet again then", "请改正时间，或届时再导入"),
        ))  # fmt: skip
        return
    said.marked += 1
    said.by = said.by or row.by
    if moment is not None:
        said.at = max(moment, said.at or moment, key=utc)


def _marked(found: _Found, known: Mapping[str, DutyState], by: str) -> dict[str, _Said]:
    """Duties that some sheet says are done as a whole, with who did them."""
    marked: dict[str, _Said] = {}
    for (_, duty), said in found.said.items():
        if 0 < said.marked < said.rows and known[duty].state != "done":
            found.refuse(said.row, (
                (f"{duty}: {said.marked} of its {said.rows} rows are done, so it is not",
                 f"{duty} 共 {said.rows} 行，只完成 {said.marked} 行，视为未完成"),
                ("mark every row once it is up", "全部上线后请逐行标注"),
            ))  # fmt: skip
        if said.marked != said.rows or not said.marked:
            continue
        who = said.by or by
        if not who and known[duty].state != "done":
            found.refuse(said.row, (
                (f"nobody is named who did {duty}", f"未写明 {duty} 由谁完成"),
                ("fill in `done by`, or add --by NAME", "请填写“完成人”，或添加 --by 姓名"),
            ))  # fmt: skip
            continue
        marked.setdefault(duty, said).by = who
    return marked


def _in_turn(
    found: _Found, known: Mapping[str, DutyState], marked: Mapping[str, _Said], before: set[str]
) -> Iterator[tuple[str, _Said]]:
    """Each once what comes before it is done, by the ledger or by this very sheet; the others are told."""
    done, waiting = set(before), {name: said for name, said in marked.items() if name not in before}
    while ready := [name for name in waiting if done.issuperset(known[name].after)]:
        for name in ready:
            done.add(name)
            yield name, waiting.pop(name)
    for name, said in waiting.items():
        first = next(one for one in known[name].after if one not in done)
        found.refuse(said.row, (
            (f"{name} comes after {first}, which is not done", f"{name} 须在 {first} 之后完成"),
            (f"mark {first} as well", f"请同时标注 {first}"),
        ))  # fmt: skip


def _moment(text: str) -> datetime | None:
    """A moment or a day as people and spreadsheets write it, on the calendar's clock."""
    tidy = " ".join(text.replace("/", "-").replace("T", " ").split())
    for form in _FORMS:
        try:
            return datetime.strptime(tidy, form)  # noqa: DTZ007 - the calendar's zone is added by the caller
        except ValueError:
            continue
    return None


def _rows(file: Path) -> Iterator[_Row]:
    """Every line about a duty, of every sheet that has such columns. UsageError when none has."""
    found = False
    for sheet, numbered in sheets_of(file, [*_DUTY, *_DONE, *_BY]):
        places = next((named for _, line in numbered if (named := _columns(line)) is not None), None)
        if places is None:
            continue
        found = True
        for number, line in numbered:
            row = _row(sheet, (number, line), places)
            if row.duty:
                yield row
    if not found:
        raise UsageError(
            (f"{file} has no columns of duties and of what is done", f"{file} 没有事项与完成列"),
            (
                "its header names duty and done, as in the sheets promocal export and duties export write",
                "表头须含“事项”与“完成”，与 promocal export、duties export 写出的表一致",
            ),
        )


def _row(sheet: str, numbered: Line, places: Sequence[int | None]) -> _Row:
    number, line = numbered
    duty, done, by, at = ("" if n is None or n >= len(line) else text_of(line[n])[0] for n in places)
    return _Row(sheet, number, duty, done, by, at)


def _columns(line: Sequence[object]) -> tuple[int | None, ...] | None:
    """Where duty, done, who and when stand, if the line is a header; a sheet may have one column for done and when."""
    names = [text_of(cell)[0].casefold() for cell in line]
    duty, done, by, at = (
        next((n for n, name in enumerate(names) if name in wanted), None) for wanted in (_DUTY, _DONE, _BY, _AT)
    )
    return None if duty is None or done is None else (duty, done, by, at)
