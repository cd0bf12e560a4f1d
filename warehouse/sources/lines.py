"""What can only be said when all lines are there: lines put together, and a whole column of ids rounded."""

from __future__ import annotations

import duckdb

from warehouse.engines.sql_files import literal
from warehouse.sources.catalogue import DATASETS
from warehouse.sources.cells import ID_ROUNDED, is_id
from warehouse.sources.mapping import ColumnRule, DatasetMap

# So many ids whose digits behind the fifteenth are all zero are no chance.
_ENOUGH = 5
_LOOKED_AT = 1_000
_LONG = "[1-9][0-9]{15,}"
NOBODY = "line-of-nobody"
_ROUNDED = "[1-9][0-9]{14}0+"


def target_of(con: duckdb.DuckDBPyConnection, dataset: str, rules: DatasetMap) -> str:
    """The table lines are read into: the raw table itself, or one of lines that `finish` puts together."""
    if not rules.per:
        return f"raw_{dataset}"
    columns = ", ".join(f'"{name}" varchar' for name in DATASETS[dataset].columns)
    con.execute(f"create or replace temp table lines_{dataset} ({columns}, _line varchar, _file varchar, _row bigint)")
    return f"lines_{dataset}"


def finish(con: duckdb.DuckDBPyConnection, dataset: str, rules: DatasetMap) -> None:
    """Put lines together to one row for each value of `per`. A line exported again counts as its last export says."""
    if not rules.per:
        return
    columns = DATASETS[dataset].columns
    names = ", ".join(f'"{name}"' for name in columns)
    if dataset == "members" and rules.guests is not False:
        _set_nobody_aside(con, rules.per)
    cells = ", ".join(_combined(name, rules.columns.get(name)) for name in columns)
    con.execute(
        f"""
        insert into raw_{dataset} ({names}, _file, _row)
        with lasting as (
            select * from lines_{dataset}
            qualify {_last_export(rules)}
        )
        select {cells}, min(_file), arg_min(_row, (_file, _row))
        from lasting
        group by coalesce(tidy_id("{rules.per}"), chr(0) || _file || chr(0) || _row)
        """
    )
    con.execute(f"drop table lines_{dataset}")


def _last_export(rules: DatasetMap) -> str:
    """Which lines count of those that were exported again: by the number of the line, or all of the last file."""
    last_line = "_line is null or row_number() over (partition by _line order by _file desc, _row desc) = 1"
    if not rules.whole:
        return last_line
    row = f'coalesce(tidy_id("{rules.per}"), chr(0) || _file || chr(0) || _row)'
    return f"({last_line}) and _file = max(_file) over (partition by {row})"


def _set_nobody_aside(con: duckdb.DuckDBPyConnection, per: str) -> None:
    """Lines of orders that name no buyer make no member: those of guests, and further lines of an order."""
    nobody = f'tidy_id("{per}") is null'
    con.execute(
        f"""
        insert into raw_rejects (dataset, _file, _row, line, rule)
        select 'members', _file, _row, to_json(lines_members)::varchar, ? from lines_members where {nobody}
        """,
        [NOBODY],
    )
    con.execute(f"delete from lines_members where {nobody}")


def reject_rounded(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    """Move rows aside whose ids a spreadsheet rounded: 18 digits, of which the last three are always zero.

    One such id may be chance; a column in which every long id ends like that is not.
    """
    ids = [name for name in DATASETS[dataset].columns if is_id(name)]
    if not ids:
        return
    lengths = ", ".join(f'coalesce(max(length("{name}")), 0) > 15' for name in ids)
    (has_long,) = con.execute(f"select {lengths} from raw_{dataset}").fetchall()
    for name in (name for name, long in zip(ids, has_long, strict=False) if long):
        long = f'length("{name}") > 15 and regexp_full_match(tidy_id("{name}"), \'{_LONG}\')'
        rounded = f"regexp_full_match(tidy_id(\"{name}\"), '{_ROUNDED}')"
        # One id with other digits settles it, and nearly always stands among the first.
        known = f'from (select "{name}" from raw_{dataset} limit {_LOOKED_AT}) where {long} and not {rounded}'
        if con.execute(f"select count(*) {known}").fetchall() != [(0,)]:
            continue
        counted = con.execute(
            f"select count(*), count(*) filter ({rounded}) from raw_{dataset} where {long}"
        ).fetchall()
        total, bad = counted[0]
        if bad >= _ENOUGH and bad == total:
            con.execute(
                f"""
                insert into raw_rejects (dataset, _file, _row, line, rule)
                select ?, _file, _row, json_object(?::varchar, "{name}")::varchar, ? from raw_{dataset} where {long}
                """,
                [dataset, name, ID_ROUNDED],
            )
            con.execute(f"delete from raw_{dataset} where {long}")


def _combined(name: str, rule: ColumnRule | None) -> str:
    cell = f'"{name}"'
    if rule is not None and rule.order:
        ranks = " ".join(f"when {literal(word)} then {rank}" for rank, word in enumerate(rule.order))
        return f"arg_min({cell}, case {cell} {ranks} else {len(rule.order)} end)"
    how = rule.combine if rule is not None else "first"
    if how in {"sum", "count"}:
        # A sum with an unreadable line is unreadable: its text stays, and the rule of staging finds it.
        # A sum of money is exact and rounded once: three lines of 0.333 are 1.00.
        value = f"{'exact_amount' if how == 'sum' else 'as_count'}(tidy_value({cell}))"
        bad = f"min({cell}) filter (tidy_value({cell}) is not null and {value} is null)"
        total = f"round(sum({value}), 2)::decimal(18, 2)" if how == "sum" else f"sum({value})::bigint"
        return f"coalesce({bad}, {total}::varchar)"
    if how in {"min", "max"}:
        return f"{how}({cell}) filter (tidy_value({cell}) is not null)"
    return f"arg_min({cell}, (_file, _row)) filter (tidy({cell}) is not null)"
