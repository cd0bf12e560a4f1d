"""One column of ours as an expression over the cells of a line: what the rule of a map comes to in SQL.

Words of a map are bound as parameters, never written into the statement. Steps stand in the order in
which they are applied: a cell is filled, cut, emptied, translated, dated, multiplied, lessened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from warehouse.sources.mapping import ColumnRule
from warehouse.sources.matching import Chosen

WORD_UNKNOWN = "word-unknown"
DAY_UNSURE = "day-unsure"
_WIDE, _PLAIN = "，；：（）！\u3000", ",;:()! "
_EXCEL_EPOCH = "timestamp '1899-12-30'"


@dataclass
class Plan:
    """How lines become canonical rows: one expression a column, conditions that reject a line."""

    dataset: str
    target: str
    selects: dict[str, str] = field(default_factory=dict)
    rejects: list[tuple[str, str]] = field(default_factory=list)
    parameters: dict[str, object] = field(default_factory=dict)
    cells: list[tuple[str, int]] = field(default_factory=list)
    worded: dict[str, int] = field(default_factory=dict)
    looked_at: list[int] = field(default_factory=list)
    """Positions whose cells may break one of the rare rules."""

    def bind(self, value: object) -> str:
        """The placeholder of a value."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def used(self, statement: str) -> dict[str, object]:
        """The parameters a statement names: DuckDB refuses others."""
        named = set(re.findall(r"[$](p\d+)", statement))
        return {name: value for name, value in self.parameters.items() if name in named}


def expression(plan: Plan, name: str, chosen: Chosen, columns: Mapping[str, Chosen]) -> str:
    """The SQL of the column `name`; conditions that set a line aside are added to the plan."""
    rule = chosen.rule
    if rule.constant:
        return f"{plan.bind(rule.constant)}::varchar"
    if chosen.position is None:
        return "null"
    if _plain(rule):
        return _cell(chosen.position)
    value = _filled(chosen.position, chosen.filled)
    if rule.part:
        value = f"nullif(list_extract(regexp_split_to_array({value}, '\\s+'), {rule.part}), '')"
    if rule.empty:
        value = f"(case when not list_contains({plan.bind(list(rule.empty))}, {value}) then {value} end)"
    if rule.values:
        value = _translated(plan, rule, value)
    if rule.format:
        value = _dated(plan, rule.format, value)
    return _conditional(plan, name, chosen, columns, _calculated(chosen, value))


def _cell(position: int) -> str:
    return f'"c{position}"'


def _filled(position: int, others: Sequence[int]) -> str:
    cells = [f"tidy({_cell(place)})" for place in (position, *others)]
    return f"coalesce({', '.join(cells)})" if others else cells[0]


def _calculated(chosen: Chosen, value: str) -> str:
    if chosen.rule.decimal == ",":
        value = _pointed(value)
    if chosen.times is not None:
        value = _product(value, _cell(chosen.times), chosen.rule)
    return _difference(value, _cell(chosen.less)) if chosen.less is not None else value


def _conditional(plan: Plan, name: str, chosen: Chosen, columns: Mapping[str, Chosen], value: str) -> str:
    for position, words in chosen.only:
        value = f'(case when list_contains({plan.bind(list(words))}, tidy_text("c{position}")) then {value} end)'
    when = chosen.rule.when
    if when and when != name and when in columns:
        known = expression(plan, when, columns[when], {})
        value = f"(case when tidy_value({known}) is not null then {value} end)"
    return value


def _plain(rule: ColumnRule) -> bool:
    """Whether a cell is taken as it was written."""
    changed = (
        rule.filled,
        rule.part,
        rule.empty,
        rule.values,
        rule.format,
        rule.times,
        rule.less,
        rule.only,
        rule.when,
    )
    return not any(changed) and rule.decimal == "."


def plain_word(word: str) -> str:
    """A word without wide punctuation: 买家已付款，等待… and 买家已付款,等待… are one."""
    return word.translate(str.maketrans(_WIDE, _PLAIN))


def _translated(plan: Plan, rule: ColumnRule, value: str) -> str:
    words = plan.bind([plain_word(word) for word in rule.values])
    ours = plan.bind(list(rule.values.values()))
    found = f"list_position({words}, translate({value}, '{_WIDE}', '{_PLAIN}'))"
    if rule.unknown == "reject":
        plan.rejects.append((WORD_UNKNOWN, f"({value}) is not null and ({found}) is null"))
    return f"coalesce(list_extract({ours}, {found}), {value})"


def _dated(plan: Plan, formats: Sequence[str], value: str) -> str:
    """The moment by the first format that fits; with %z it is written in UTC, and says so.

    A text that fits several formats with different days is nobody's to decide: the line is set aside.
    """
    moments = [_moment(plan, written, value) for written in formats]
    if len(moments) > 1:
        days = ", ".join(f"substr({moment}, 1, 10)" for moment in moments)
        plan.rejects.append((DAY_UNSURE, f"len(list_distinct([{days}])) > 1"))
    return f"coalesce({', '.join(moments)}, {value})"


def _moment(plan: Plan, written: str, value: str) -> str:
    if written == "excel":
        seconds = f"round(try_cast({value} as double) * 86400)::bigint"
        return f"strftime({_EXCEL_EPOCH} + to_seconds({seconds}), '%Y-%m-%d %H:%M:%S')"
    moment = f"try_strptime({value}, {plan.bind(written)})"
    if "%z" in written:
        return f"strftime(timezone('UTC', {moment}), '%Y-%m-%d %H:%M:%SZ')"
    return f"strftime({moment}, '%Y-%m-%d %H:%M:%S')"


def _pointed(value: str) -> str:
    """1.234,50 as 1,234.50; what does not read as the first is left to be found unreadable."""
    return (
        f"(case when regexp_full_match({value}, '[-+¥￥ ]*[0-9]+,[0-9]{{3}}([.].*)?') and contains({value}, '.') "
        f"then {value} || ' ?' else translate({value}, ',.', '.,') end)"
    )


def _product(value: str, factor: str, rule: ColumnRule) -> str:
    """A price times a number, exact to the millionth; text that is no number stays, so that a rule finds it."""
    factor = _pointed(f"tidy({factor})") if rule.decimal == "," else factor
    amount, number = f"exact_amount(tidy_value({value}))", f"exact_amount(tidy_value({factor}))"
    return (
        f"(case when {amount} is null then {value} "
        f"when {number} is null then coalesce(tidy_value({factor}), '') "
        f"else round({amount} * {number}, 6)::decimal(18, 6)::varchar end)"
    )


def _difference(value: str, less: str) -> str:
    """An amount minus another; text that is no amount stays, so that a rule of staging finds it."""
    taken = f"tidy_value({less})"
    amount = f"tidy_value({value})"
    return (
        f"(case when {taken} is not null and as_cents({taken}) is null then {less} "
        f"when as_cents({amount}) is null then {value} "
        f"else ((as_cents({amount}) - as_cents({taken})) * 0.01)::decimal(18, 2)::varchar end)"
    )
