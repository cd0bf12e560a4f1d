"""From the cells of a source to canonical text: the rules of a map as SQL over Arrow batches.

A batch has its cells as text columns `c<position>` and `_row`. Words of a map are bound as
parameters, never written into the statement. A line that breaks a rule of reading goes to
`raw_rejects` with the rule's name, and from there to the quarantine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from warehouse.models.catalogue import staging_macros
from warehouse.sources.catalogue import DATASETS
from warehouse.sources.mapping import ColumnRule
from warehouse.sources.matching import Chosen, Match

ID_ROUNDED = "id-rounded"
WORD_UNKNOWN = "word-unknown"
# A number a spreadsheet made of an id: 2.02612E+17.
_SCIENTIFIC = "[0-9]([.][0-9]+)?[eE][+][0-9]+"
_WIDE, _PLAIN = "，；：（）！\u3000", ",;:()! "
_WORDED = frozenset({"status"})
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
    ids: list[int] = field(default_factory=list)

    def bind(self, value: object) -> str:
        """The placeholder of a value."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"


def is_id(column: str) -> bool:
    """Ids are text whatever digits they have."""
    return column.endswith("_id")


def make_plan(dataset: str, match: Match, target: str) -> Plan:
    """The plan for files with this header; `target` has the canonical columns, `_file`, `_row` (and `_line`)."""
    plan = Plan(dataset, target)
    plan.cells = [(match.header[position], position) for position in match.positions()]
    for name in DATASETS[dataset].columns:
        chosen = match.columns.get(name)
        plan.selects[name] = _expression(plan, name, chosen, match.columns) if chosen is not None else "null"
        if chosen is not None and chosen.position is not None and (chosen.rule.values or name in _WORDED):
            plan.worded[name] = chosen.position
        if chosen is not None and chosen.position is not None and is_id(name):
            cell = f'"c{chosen.position}"'
            plan.ids.append(chosen.position)
            plan.rejects.append(
                (ID_ROUNDED, f"contains({cell}, '+') and regexp_full_match(trim({cell}), '{_SCIENTIFIC}')")
            )
    if match.line is not None:
        plan.selects["_line"] = f'tidy_id("c{match.line}")'
    return plan


def append_cells(con: duckdb.DuckDBPyConnection, plan: Plan, batch: Any, place: str) -> None:
    """Append a batch (`c<position>` as text, `_row`) to the plan's table; broken lines to `raw_rejects`."""
    con.register("_incoming", batch)
    columns = ", ".join(f'"{name}"' for name in plan.selects)
    expressions = ", ".join(plan.selects.values())
    where = ""
    if plan.rejects and _suspicious(plan, batch):
        _reject(con, plan, place)
        where = "where " + " and ".join(f"not coalesce({condition}, false)" for _, condition in plan.rejects)
    statement = f"""
        insert into {plan.target} ({columns}, _file, _row)
        select {expressions}, $place, _row from _incoming {where}
    """
    con.execute(statement, {**_used(plan, statement), "place": place})
    con.unregister("_incoming")


def _suspicious(plan: Plan, batch: Any) -> bool:
    """Whether a rule may reject anything: looking for a plus sign costs far less than the rules."""
    import pyarrow.compute as pc

    if any(rule != ID_ROUNDED for rule, _ in plan.rejects):
        return True
    return any(pc.any(pc.match_substring(batch.column(f"c{place}"), "+")).as_py() for place in plan.ids)


def count_words(con: duckdb.DuckDBPyConnection, plan: Plan, batch: Any, into: dict[str, Counter[str]]) -> None:
    """Add how often each word stands in the columns whose words have a meaning, as it was written."""
    con.register("_incoming", batch)
    for name, position in plan.worded.items():
        found = con.execute(f'select tidy("c{position}") as word, count(*) from _incoming group by word').fetchall()
        into.setdefault(name, Counter()).update({word: count for word, count in found if word is not None})
    con.unregister("_incoming")


def _reject(con: duckdb.DuckDBPyConnection, plan: Plan, place: str) -> None:
    branches = " ".join(f"when {condition} then '{rule}'" for rule, condition in plan.rejects)
    headers = [header for header, _ in plan.cells]
    pairs = ", ".join(f'$h{n}::varchar, "c{position}"' for n, (_, position) in enumerate(plan.cells))
    statement = f"""
        insert into raw_rejects (dataset, _file, _row, line, rule)
        select $dataset, $place, _row, json_object({pairs})::varchar, rule
        from (select *, case {branches} end as rule from _incoming)
        where rule is not null
    """
    named: dict[str, object] = {f"h{n}": header for n, header in enumerate(headers)}
    con.execute(statement, {**_used(plan, statement), **named, "dataset": plan.dataset, "place": place})


def _used(plan: Plan, statement: str) -> dict[str, object]:
    # DuckDB refuses parameters a statement does not name.
    named = set(re.findall(r"[$](p\d+)", statement))
    return {name: value for name, value in plan.parameters.items() if name in named}


def _expression(plan: Plan, name: str, chosen: Chosen, columns: Mapping[str, Chosen]) -> str:
    rule = chosen.rule
    if chosen.position is None:
        return "null"
    cell = f'"c{chosen.position}"'
    if _plain(rule):
        return cell
    value = f"tidy({cell})"
    if rule.part:
        value = f"nullif(list_extract(regexp_split_to_array({value}, '\\s+'), {rule.part}), '')"
    if rule.empty:
        value = f"(case when not list_contains({plan.bind(list(rule.empty))}, {value}) then {value} end)"
    if rule.values:
        value = _translated(plan, rule, value)
    if rule.format:
        value = _dated(plan, rule.format, value)
    if chosen.less is not None:
        value = _difference(value, f'"c{chosen.less}"')
    for position, words in chosen.only:
        value = f'(case when list_contains({plan.bind(list(words))}, tidy("c{position}")) then {value} end)'
    if rule.when and rule.when != name and rule.when in columns:
        known = _expression(plan, rule.when, columns[rule.when], {})
        value = f"(case when tidy_value({known}) is not null then {value} end)"
    return value


def _plain(rule: ColumnRule) -> bool:
    return not (rule.part or rule.empty or rule.values or rule.format or rule.less or rule.only or rule.when)


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


def _dated(plan: Plan, written: str, value: str) -> str:
    if written == "excel":
        seconds = f"round(try_cast({value} as double) * 86400)::bigint"
        moment = f"{_EXCEL_EPOCH} + to_seconds({seconds})"
    else:
        moment = f"try_strptime({value}, {plan.bind(written)})"
    return f"coalesce(strftime({moment}, '%Y-%m-%d %H:%M:%S'), {value})"


def _difference(value: str, less: str) -> str:
    """An amount minus another; text that is no amount stays, so that a rule of staging finds it."""
    taken = f"tidy_value({less})"
    amount = f"tidy_value({value})"
    return (
        f"(case when {taken} is not null and as_cents({taken}) is null then {less} "
        f"when as_cents({amount}) is null then {value} "
        f"else ((as_cents({amount}) - as_cents({taken})) * 0.01)::decimal(18, 2)::varchar end)"
    )


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The macros the expressions use."""
    con.execute(staging_macros())
