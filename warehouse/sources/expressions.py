"""One column of ours as an expression over the cells of a line: what the rule of a map comes to in SQL.

Words of a map are bound as parameters, never written into the statement. Steps stand in the order in
which they are applied: a cell is filled, cut, emptied, translated, dated, multiplied, lessened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from warehouse.sources.mapping import ColumnRule, Wanted
from warehouse.sources.matching import Chosen

WORD_UNKNOWN = "word-unknown"
DAY_UNSURE = "day-unsure"
_WIDE, _PLAIN = "，；：（）！\u3000", ",;:()! "
_SIMPLE = re.compile(r'(tidy\()?"c\d+"\)?')
_SIGNS = {"negative": -1, "zero": 0, "positive": 1}
_EXCEL_EPOCH = "timestamp '1899-12-30'"
# A product of two numbers of 18 digits is made in 18 digits, of which 12 stand behind the point: a million overflows.
_LONG = "decimal(38, 6)"


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
    currency: int | None = None
    """Position of the currency of its amounts, where it says one."""

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
    if rule.constant or rule.file:
        stated = f"{plan.bind(rule.constant or chosen.day)}::varchar"
        return _conditional(plan, name, chosen, columns, stated)
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


def condition(plan: Plan, position: int, wanted: Wanted) -> str:
    """Whether a cell is one of those that are meant; null for an empty one."""
    cell = f"tidy_text({_cell(position)})"
    found = [f"list_contains({plan.bind(list(wanted.words))}, {cell})"] if wanted.words else []
    found += [f"starts_with({cell}, {plan.bind(start)})" for start in wanted.starts]
    if wanted.sign:
        found.append(f"sign(exact_amount(tidy_value({_cell(position)}))) = {_SIGNS[wanted.sign]}")
    return f"({' or '.join(found)})"


def _calculated(chosen: Chosen, value: str) -> str:
    rule, made = chosen.rule, value
    factor, less = (_cell(place) if place is not None else "" for place in (chosen.times, chosen.less))
    if rule.decimal == ",":
        made = _pointed(value)
        factor, less = (_pointed(f"tidy({cell})") if cell else "" for cell in (factor, less))
    if factor:
        return _product(made, factor, less)
    return _difference(made, less) if less else made


def _once(expression: str, body: Callable[[str], str], name: str = "once") -> str:
    """The body over an expression that is computed once, however often the body (or a macro in it) names it."""
    if _SIMPLE.fullmatch(expression):
        return body(expression)
    return f"list_transform([{expression}], lambda {name}: {body(name)})[1]"


def _conditional(plan: Plan, name: str, chosen: Chosen, columns: Mapping[str, Chosen], value: str) -> str:
    for position, wanted in chosen.only:
        value = f"(case when {condition(plan, position, wanted)} then {value} end)"
    when = chosen.rule.when
    if when and when != name and when in columns:
        known = expression(plan, when, columns[when], {})
        there = _once(known, lambda cell: f"tidy_value({cell}) is not null")
        value = f"(case when {there} then {value} end)"
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

    def found(cell: str) -> str:
        return f"list_position({words}, translate({cell}, '{_WIDE}', '{_PLAIN}'))"

    if rule.unknown == "reject":
        unknown = _once(value, lambda cell: f"({cell} is not null and {found(cell)} is null)")
        plan.rejects.append((WORD_UNKNOWN, unknown))
    return _once(value, lambda cell: f"coalesce(list_extract({ours}, {found(cell)}), {cell})")


def _dated(plan: Plan, formats: Sequence[str], value: str) -> str:
    """The moment by the first format that fits; with %z it is written in UTC, and says so.

    A text that fits several formats with different days is nobody's to decide: the line is set aside.
    """
    if len(formats) > 1:
        plan.rejects.append((DAY_UNSURE, _once(value, lambda cell: _on_different_days(plan, formats, cell))))
    return _once(value, lambda cell: f"coalesce({', '.join(_moment(plan, w, cell) for w in formats)}, {cell})")


def _on_different_days(plan: Plan, formats: Sequence[str], cell: str) -> str:
    days = ", ".join(f"substr({_moment(plan, written, cell)}, 1, 10)" for written in formats)
    return f"len(list_distinct([{days}])) > 1"


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
    return _once(
        value,
        lambda cell: (
            f"(case when regexp_full_match({cell}, '[-+¥￥ ]*[0-9]+,[0-9]{{3}}([.].*)?') and contains({cell}, '.') "
            f"then {cell} || ' ?' else translate({cell}, ',.', '.,') end)"
        ),
    )


def _product(value: str, factor: str, less: str) -> str:
    """A price times a number, minus an amount if there is one, exact to the millionth.

    Text that is no number stays, so that a rule of staging finds it.
    """
    texts = _struct(price=value, number=factor, less=less or "null::varchar")
    read = {name: f"exact_amount(tidy_value(cells.{name}))" for name in ("price", "number", "less")}
    made = (
        "case when exact.price is null then cells.price "
        "when exact.number is null then coalesce(tidy_value(cells.number), '') "
        "when exact.less is null and tidy_value(cells.less) is not null then cells.less "
        f"else round(exact.price::{_LONG} * exact.number - coalesce(exact.less, 0), 6)::{_LONG}::varchar end"
    )
    within = f"list_transform([{_struct(**read)}], lambda exact: {made})[1]"
    return f"list_transform([{texts}], lambda cells: {within})[1]"


def _struct(**fields: str) -> str:
    return "{" + ", ".join(f"'{name}': {value}" for name, value in fields.items()) + "}"


def _difference(value: str, less: str) -> str:
    """An amount minus another; text that is no amount stays, so that a rule of staging finds it."""
    return _once(less, lambda taken: _once(value, lambda amount: _taken_off(amount, taken), "amount"), "taken")


def _taken_off(amount: str, taken: str) -> str:
    of, off = f"as_cents(tidy_value({amount}))", f"as_cents(tidy_value({taken}))"
    return (
        f"(case when tidy_value({taken}) is not null and {off} is null then {taken} "
        f"when {of} is null then {amount} "
        f"else (({of} - {off}) * 0.01)::decimal(18, 2)::varchar end)"
    )
