"""From the cells of a source to canonical text: the rules of a map as SQL over Arrow batches.

A batch has its cells as text columns `c<position>` and `_row`. Words of a map are bound as
parameters, never written into the statement. A line that breaks a rule of reading goes to
`raw_rejects` with the rule's name, and from there to the quarantine.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb

from warehouse.engines.sql_files import define_once
from warehouse.models.catalogue import macros_of
from warehouse.sources.batches import has_empty, texts_of
from warehouse.sources.catalogue import DATASETS
from warehouse.sources.expressions import Plan, condition, expression
from warehouse.sources.matching import Match

ID_ROUNDED = "id-rounded"
TOTALS = "totals-row"
HEADER_AGAIN = "header-repeated"
BLANK = "blank-line"
LEFT_OUT = "left-out-by-the-map"
# Reports close with a line that adds the others up; it has the word where others have their id or first cell.
_TOTALS = (
    "(?i)(本页|本日|本周|本月|本年|全部|订单|金额)?(合计|小计|总计|共计|累计|汇总)([ （(：:].*)?"
    "|(grand |sub)?totals?[:：]?"
    "|共 ?[0-9,]+ ?[条行笔单人个件].*|[(（]?[0-9,]+ (rows?|records?)( affected| selected)?[)）]?"
)
_RARE = {
    ID_ROUNDED: ("+",),
    TOTALS: ("计", "汇总", "otal", "OTAL", "共", " row", " record"),
    HEADER_AGAIN: (),
    BLANK: (),
}
"""Rule → texts without which no cell breaks it: looking for them costs far less than the rule."""
# A number a spreadsheet made of an id: 2.02612E+17.
_SCIENTIFIC = "[0-9]([.][0-9]+)?[eE][+][0-9]+"
_WORDED = frozenset({"status"})


def is_id(column: str) -> bool:
    """Ids are text whatever digits they have."""
    return column.endswith("_id")


def make_plan(dataset: str, match: Match, target: str) -> Plan:
    """The plan for files with this header; `target` has the canonical columns, `_file`, `_row` (and `_line`)."""
    plan = Plan(dataset, target, currency=match.currency)
    plan.cells = [(match.header[position], position) for position in match.positions()]
    for name in DATASETS[dataset].columns:
        chosen = match.columns.get(name)
        plan.selects[name] = expression(plan, name, chosen, match.columns) if chosen is not None else "null"
        if chosen is not None and chosen.position is not None and (chosen.rule.values or name in _WORDED):
            plan.worded[name] = chosen.position
        if chosen is not None and chosen.position is not None and is_id(name):
            cell = f'"c{chosen.position}"'
            plan.looked_at.append(chosen.position)
            plan.rejects.append(
                (ID_ROUNDED, f"contains({cell}, '+') and regexp_full_match(trim({cell}), '{_SCIENTIFIC}')")
            )
    _leave_out(plan, match)
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
    con.execute(statement, {**plan.used(statement), "place": place})
    con.unregister("_incoming")


def _leave_out(plan: Plan, match: Match) -> None:
    """Lines that are no rows of data: totals of a report, and what the map does not want."""
    plan.looked_at = sorted({*plan.looked_at, *match.positions()[:1]})
    totals = [f"regexp_full_match(trim(\"c{position}\"), '{_TOTALS}')" for position in plan.looked_at]
    if totals:
        headers = [f'tidy_text("c{position}") = {plan.bind(match.header[position])}' for position in plan.looked_at]
        # Exports put one behind the other bring their headers along; a spreadsheet saves rows it thinks are its own.
        blank = [f'"c{position}" is null or trim("c{position}") = \'\'' for position in match.positions()]
        plan.rejects += [
            (HEADER_AGAIN, " and ".join(headers)),
            (BLANK, f"({') and ('.join(blank)})"),
            (TOTALS, " or ".join(totals)),
        ]
    for wanted, negation in ((match.keep, "not "), (match.drop, "")):
        for position, meant in wanted:
            plan.rejects.append((LEFT_OUT, f"{negation}coalesce({condition(plan, position, meant)}, false)"))


def _suspicious(plan: Plan, batch: Any) -> bool:
    """Whether a rule may reject anything of this batch."""
    if any(rule not in _RARE for rule, _ in plan.rejects):
        return True
    marks = [text.encode() for texts in _RARE.values() for text in texts]
    headers = {position: header.encode() for header, position in plan.cells}
    return all(has_empty(batch, place) for place in plan.looked_at) or any(
        mark in written
        for place in plan.looked_at
        for written in texts_of(batch, place)
        for mark in (*marks, headers[place])
    )


def count_words(con: duckdb.DuckDBPyConnection, plan: Plan, batch: Any, into: dict[str, Counter[str]]) -> None:
    """Add how often each word stands in the columns whose words have a meaning, as it was written."""
    con.register("_incoming", batch)
    for name, position in plan.worded.items():
        found = con.execute(f'select tidy("c{position}") as word, count(*) from _incoming group by word').fetchall()
        into.setdefault(name, Counter()).update({word: count for word, count in found if word is not None})
    con.unregister("_incoming")


def count_currencies(con: duckdb.DuckDBPyConnection, plan: Plan, batch: Any, into: Counter[str]) -> None:
    """Add how many lines name each currency, of those that belong to the data."""
    if plan.currency is None:
        return
    con.register("_incoming", batch)
    where = " and ".join(["word is not null", *(f"not coalesce({condition}, false)" for _, condition in plan.rejects)])
    statement = f"""
        select word, count(*) from (select *, upper(tidy_id("c{plan.currency}")) as word from _incoming)
        where {where} group by word
    """
    into.update(dict(con.execute(statement, plan.used(statement)).fetchall()))
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
    con.execute(statement, {**plan.used(statement), **named, "dataset": plan.dataset, "place": place})


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The macros the expressions use."""
    define_once(con, "staging", macros_of("staging"))
