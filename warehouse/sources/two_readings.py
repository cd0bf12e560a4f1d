"""Cells that can be read in two ways: what was written, how it was read, and nothing that proves it right.

1,250 is more than a thousand to one shop and a little more than one to another; 03/04/2026 is in March or
in April. Such a cell is read as the settings say, and that is said, unless another cell of the column
proves the reading (1,250.00 or 25/04/2026), or the settings state it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import duckdb

from campaign_calendars.findings.problem import Location, Problem, Severity
from campaign_calendars.findings.said import Said
from warehouse.sources.batches import texts_of
from warehouse.sources.expressions import Plan, expression
from warehouse.sources.masking import shown_value
from warehouse.sources.matching import Chosen, Match

Kind = Literal["thousands", "decimals", "day-first", "offset"]
AMOUNTS = frozenset({"amount", "refunded", "price", "list_price", "paid", "deposit"})
FIGURES = AMOUNTS | {"items", "quantity", "points"}
_SHOWN = 3
_MONEY = "^[-+¥￥ ]*{figure}[ 元]*$"
_GROUP = "[0-9]{1,3}(?:[,，][0-9]{3})"
_PATTERNS: Mapping[Kind, tuple[str, str]] = {
    "thousands": ("[1-9][0-9]{0,2}[,，][0-9]{3}", f"(?:{_GROUP}+[.][0-9]{{1,2}}|{_GROUP}{{2,}})"),
    "decimals": ("[1-9][0-9]{0,2}[.][0-9]{3}", "(?:[0-9,，]+[.](?:[0-9]{1,2}|[0-9]{4,})|0?[.][0-9]+)"),
}
"""Kind → (a cell that can be read in two ways, a cell that proves the reading)."""


@dataclass(frozen=True, slots=True)
class _Rule:
    severity: Severity
    code: str
    says: Said
    hint: Said


RULES: Mapping[Kind, _Rule] = {
    "thousands": _Rule(
        "warning",
        "S136",
        (
            "{name}: a comma before three digits is read as a mark of thousands ({count} cells; no cell proves it)",
            "{name}：三位数字前的逗号按千位分隔符读取（{count} 格；没有其他单元格可以印证）",
        ),
        (
            "write decimal: '.' (or ',') for {name} in a column map: then it is stated, and not asked again",
            "请在列映射中为 {name} 写明 decimal: '.'（或 ','），写明后不再提示",
        ),
    ),
    "decimals": _Rule(
        "warning",
        "S136",
        (
            "{name}: a point before three digits is read as a decimal point ({count} cells; no cell proves it)",
            "{name}：三位数字前的点按小数点读取（{count} 格；没有其他单元格可以印证）",
        ),
        (
            "write decimal: '.' (or ',') for {name} in a column map: then it is stated, and not asked again",
            "请在列映射中为 {name} 写明 decimal: '.'（或 ','），写明后不再提示",
        ),
    ),
    "day-first": _Rule(
        "info",
        "S137",
        (
            "{name}: every day could be a month as well, so no date proves the format ({count} cells)",
            "{name}：所有日期的日与月都可互换，没有日期能印证 format（{count} 格）",
        ),
        ("compare with the shop; the format of the column map is followed", "请与店铺核对；目前按列映射的 format 读取"),
    ),
    "offset": _Rule(
        "info",
        "S137",
        (
            "{name}: the offset in the cell decides the moment, not the time zone of the source ({count} cells)",
            "{name}：以单元格中的时差为准，不用数据源的时区（{count} 格）",
        ),
        ("nothing has to be done if the moments are right", "若时间正确则无需处理"),
    ),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for in a column: conditions over the cells of a batch, and how such a cell is read."""

    column: str
    kind: Kind
    cell: str
    like: str
    """What every suspect cell is, and little else: quickly asked."""
    suspect: str
    proof: str
    read: str
    marks: tuple[int, str] | None = None
    """(position, text) without which no cell is suspect."""


@dataclass(slots=True)
class _Seen:
    count: int = 0
    proved: bool = False
    examples: list[str] = field(default_factory=list)


class TwoReadings:
    """What was met while the batches of a source were read."""

    def __init__(self, dataset: str) -> None:
        self._dataset = dataset
        self._seen: dict[tuple[str, Kind], _Seen] = {}

    def look(
        self, con: duckdb.DuckDBPyConnection, plan: Plan, questions: list[Question], batch: Any, place: str
    ) -> None:
        """Look at a batch (`c<position>` as text, `_row`); a column that has its proof is not looked at again."""
        open_ = [question for question in questions if not self._at(question).proved and _may_have(question, batch)]
        if not open_:
            return
        con.register("_incoming", batch)
        for question in open_:
            self._ask(con, plan, question, place)
        con.unregister("_incoming")

    def problems(self) -> Iterator[Problem]:
        """A finding for each column and kind without a proof."""
        for (column, kind), seen in self._seen.items():
            if seen.count and not seen.proved:
                rule, filled = RULES[kind], {"name": f"{self._dataset}.{column}", "count": f"{seen.count:,}"}
                (says, says_zh), (hint, hint_zh) = (
                    tuple(text.format(**filled) for text in pair) for pair in (rule.says, rule.hint)
                )
                at = Location(f"sources.{self._dataset}")
                yield Problem(rule.code, rule.severity, says, hint, at, says_zh, hint_zh, tuple(seen.examples))

    def _at(self, question: Question) -> _Seen:
        return self._seen.setdefault((question.column, question.kind), _Seen())

    def _ask(self, con: duckdb.DuckDBPyConnection, plan: Plan, question: Question, place: str) -> None:
        seen = self._at(question)
        statement = f"select bool_or({question.like}), bool_or({question.proof}) from _incoming"
        suspected, proved = con.execute(statement, plan.used(statement)).fetchall()[0]
        seen.proved = seen.proved or bool(proved)
        if not suspected:
            return
        # How a cell is read is long SQL: it is planned only where there is a cell to ask about.
        statement = f"""
            select count(*),
                list((_row, {question.cell}, {question.read}) order by _row)[:{_SHOWN}]
            from _incoming where {question.suspect}
        """
        count, found = con.execute(statement, plan.used(statement)).fetchall()[0]
        seen.count += count
        for row, written, read in (found or [])[: _SHOWN - len(seen.examples)]:
            shown = shown_value(self._dataset, question.column, written)
            seen.examples.append(f"{place}:{row} {question.column} '{shown}' → {read}")


def questions_of(plan: Plan, match: Match) -> list[Question]:
    """What can be asked about the columns of a source."""
    asked: list[Question] = []
    for name, chosen in match.columns.items():
        if chosen.position is None:
            continue
        if name in FIGURES and "decimal" not in chosen.rule.model_fields_set:
            asked += [
                _figure(name, chosen.position, kind) for kind in _PATTERNS if kind == "thousands" or name in AMOUNTS
            ]
        if chosen.rule.format:
            asked += _dates(plan, name, chosen, match.columns)
    return asked


def _figure(name: str, position: int, kind: Kind) -> Question:
    suspect, proof = (_MONEY.format(figure=figure) for figure in _PATTERNS[kind])
    cell = f'"c{position}"'
    number = "as_cents" if name in AMOUNTS else "as_count"
    value = f"{number}(tidy_value({cell}))"
    read = f"({value} * 0.01)::decimal(18, 2)::varchar" if name in AMOUNTS else f"{value}::varchar"
    known = f"{value} is not null"
    return Question(
        name,
        kind,
        cell,
        f"regexp_matches({cell}, '{suspect}')",
        f"regexp_matches({cell}, '{suspect}') and {known}",
        f"regexp_matches({cell}, '{proof}')",
        read,
        (position, ",") if kind == "thousands" else None,
    )


def _dates(plan: Plan, name: str, chosen: Chosen, columns: Mapping[str, Chosen]) -> Iterator[Question]:
    cell = f'tidy("c{chosen.position}")'
    formats = chosen.rule.format
    moments = [f"try_strptime({cell}, {plan.bind(written)})" for written in formats if written != "excel"]
    offsets = [moment for moment, written in zip(moments, _texts(formats), strict=True) if "%z" in written]
    read = expression(Plan(plan.dataset, "", parameters=plan.parameters), name, chosen, columns)
    if offsets:
        fits = " or ".join(f"{moment} is not null" for moment in offsets)
        yield Question(name, "offset", cell, f"({fits})", f"({fits})", "false", read)
    swapped = [other for written in formats if (other := _swapped(written))]
    if len(formats) == 1 and swapped:
        other = f"try_strptime({cell}, {plan.bind(swapped[0])})"
        # 05/05/2026 is the same day in both ways.
        both = f"{moments[0]} is not null and {other} is not null and {other} <> {moments[0]}"
        proof = f"({moments[0]} is not null and {other} is null)"
        yield Question(name, "day-first", cell, f"({both})", f"({both})", proof, read)


def _texts(formats: tuple[str, ...]) -> list[str]:
    return [written for written in formats if written != "excel"]


def _swapped(written: str) -> str:
    """The format with day and month changed round, if both are numbers and the year is not first."""
    first, second = written.find("%d"), written.find("%m")
    if min(first, second) < 0 or abs(first - second) != 3 or written.startswith("%Y"):  # noqa: PLR2004
        return ""
    return written.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")


def _may_have(question: Question, batch: Any) -> bool:
    if question.marks is None:
        return True
    position, text = question.marks
    marks = [mark.encode() for mark in (text, "，")]
    return any(mark in texts for texts in texts_of(batch, position) for mark in marks)
