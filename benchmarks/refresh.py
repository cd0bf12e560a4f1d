"""What a refresh costs, against a script written by hand for exactly these three exports.

5 orders and 10 events each. The script reads with DuckDB and pyarrow, casts and keeps one row a key, counts
broken rules in one statement a table, makes the features in one more, and leaves one DuckDB file. A refresh finds out
encodings and columns by itself, judges every rule with its failing rows, keeps what it refused and the raw
rows, carries a state for the next day and publishes. Both accept the same rows, which is checked. The next
day's file is read by a refresh alone; the script reads everything again.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks import harness
from benchmarks.features_job import table_by_hand
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import Expectation
from warehouse.snapshots.snapshot import build_snapshot, current_snapshot
from warehouse.sources import SourceSpec

AS_OF = datetime(2026, 3, 8, tzinfo=UTC)
PARAMS = FeatureParams("Asia/Shanghai", (30, 90, 180, 365), 365, (("regular", 0), ("gold", 300_000)))
EXPORTS = {
    "members": """
        select 'm' || i as member_id, '13800000000' as phone, '1990-01-01' as birth_on,
            '2024-05-01 10:00:00' as joined_at
        from range($members) as t(i)
    """,
    "orders": """
        select '="' || i || '"' as order_id, 'm' || i * 7919 % $members as member_id,
            timestamp '2025-03-01' + to_seconds(i * 131071 % 31000000) as ordered_at, ordered_at as paid_at,
            printf('%d,%03d.50', 1 + i % 5, i % 1000) as amount,
            case when i % 9 = 0 then '12.00元' else '无退款申请' end as refunded, 1 + i % 3 as items
        from range($members * 5) as t(i)
    """,
    "events": """
        select i as event_id, 'm' || i * 104729 % ($members + 5) as member_id, 'visit' as kind,
            timestamp '2025-06-01' + to_seconds(i * 65537 % 24000000) as "at"
        from range($members * 10) as t(i)
    """,
}


def write_exports(folder: Path, members: int) -> list[SourceSpec]:
    with duckdb.connect() as con:
        for name, query in EXPORTS.items():
            con.execute(f"copy ({query}) to '{folder}/{name}.csv' (header)", {"members": members})
    orders = folder / "orders.csv"
    orders.write_text(orders.read_text("utf-8"), "gb18030")
    encodings = {"orders": "gb18030"}
    return [SourceSpec(name, "csv", f"{name}.csv", encoding=encodings.get(name, "utf-8")) for name in EXPORTS]


def condition(rule: Expectation) -> str:
    """The rows that fail a rule, as plain SQL."""
    column = f'"{rule.column}"'
    literals = ", ".join(f"'{v}'" if isinstance(v, str) else str(v).lower() for v in rule.values)
    return {
        "not_null": f"{column} is null",
        "null": f"{column} is not null",
        "in_set": f"{column} not in ({literals})",
        "between": f"{column} < '{rule.min}'",
        "at_least": f'{column} < "{rule.other}"',
        "before_as_of": f"{column} >= timestamp '{AS_OF:%Y-%m-%d %H:%M:%S}'",
        "row_count": "false",
    }[rule.expect]


SCRIPT = """
create table stg_members as
select member_id, null::varchar as city, null::varchar as province, birth_on::date as birth_on,
    joined_at::timestamp as joined_at, null::timestamp as left_at
from read_csv('{base}/members*.csv')
qualify row_number() over (partition by member_id) = 1;

create table stg_orders as
select trim(order_id, '="') as order_id, member_id, ordered_at::timestamp as ordered_at, paid_at::timestamp as paid_at,
    paid_at::timestamp as succeeded_at, null::timestamp as closed_at,
    (replace(amount, ',', '')::decimal(18, 2) * 100)::bigint as amount_cents,
    case when refunded like '%元' then (rtrim(refunded, '元')::decimal(18, 2) * 100)::bigint
        when refunded <> '无退款申请' then (refunded::decimal(18, 2) * 100)::bigint else 0 end as refunded_cents,
    null::timestamp as refunded_at, items::bigint as items
from arrived
qualify row_number() over (partition by order_id order by refunded_cents desc) = 1; -- refunds only grow

create table stg_events as
select event_id, member_id, kind, "at"::timestamp as "at"
from read_csv('{base}/events*.csv')
semi join stg_members using (member_id)
qualify row_number() over (partition by event_id) = 1;
"""
CHECKS = (
    "select count(*) from stg_members where member_id is null or birth_on < '1900-01-01'",
    """
    select count(*) from stg_orders
    where order_id is null or ordered_at is null or amount_cents is null or amount_cents < 0 or refunded_cents < 0
        or refunded_cents > amount_cents or paid_at < ordered_at or items < 1
        or member_id not in (select member_id from stg_members)
    """,
    """select count(*) from stg_events where event_id is null or kind is null or "at" is null""",
)
ACCEPTED = """
select count(*), (select count(*) from {schema}stg_members), (select count(*) from {schema}stg_events),
    sum(amount_cents)::bigint, sum(refunded_cents)::bigint
from {schema}stg_orders
"""
Accepted = tuple[int, ...]
BY_HAND = (
    "a script by hand: pyarrow and DuckDB read and cast, one pass of checks a table, the features in one statement"
)


def by_hand(base: Path) -> Accepted:
    """The whole script, into a new database below `base`; what it accepted."""
    import pyarrow as pa
    from pyarrow import csv

    read = csv.ReadOptions(encoding="gb18030")
    cells = csv.ConvertOptions(column_types={"amount": pa.string(), "refunded": pa.string()})
    parts = [csv.read_csv(file, read, convert_options=cells) for file in base.glob("orders*.csv")]
    (base / "script.duckdb").unlink(missing_ok=True)
    with duckdb.connect(str(base / "script.duckdb"), config={"threads": 2}) as con:
        con.register("arrived", pa.concat_tables(parts, promote_options="permissive"))
        con.execute(SCRIPT.format(base=base))
        for check in CHECKS:
            if con.execute(check).fetchall()[0][0]:
                raise SystemExit("the script refuses the exports")
        table_by_hand(con)
        return _accepted(con, "")


def _accepted(con: duckdb.DuckDBPyConnection, schema: str) -> Accepted:
    return tuple(con.execute(ACCEPTED.format(schema=schema)).fetchall()[0])


def _published(directory: Path) -> Accepted:
    with duckdb.connect() as con:
        con.execute(f"attach '{current_snapshot(directory).path}' as snap (read_only)")
        return _accepted(con, "snap.")


def prepare(members: int) -> Callable[[], Accepted]:
    folder = tempfile.TemporaryDirectory()
    base = Path(folder.name)
    specs = write_exports(base, members)

    def work() -> Accepted:
        build_snapshot(specs, base_dir=base, directory=base / "w", as_of=AS_OF, params=PARAMS)
        accepted = _published(base / "w")
        folder.cleanup()
        return accepted

    return work


def prepare_script(members: int, *, day: bool = False) -> Callable[[], Accepted]:
    folder = tempfile.TemporaryDirectory()
    base = Path(folder.name)
    write_exports(base, members)
    if day:
        write_day(base, members)

    def work() -> Accepted:
        accepted = by_hand(base)
        folder.cleanup()
        return accepted

    return work


def write_day(base: Path, members: int) -> None:
    """One more file with a hundredth of the orders, each of them refunded meanwhile."""
    day = f"from (select * from ({EXPORTS['orders']})) where hash(order_id) % 100 = 0"
    with duckdb.connect() as con:
        query = f"select * replace ('15.00' as refunded) {day}"
        con.execute(f"copy ({query}) to '{base}/orders-2.csv' (header)", {"members": members})
    text = (base / "orders-2.csv").read_text("utf-8")
    (base / "orders-2.csv").write_text(text, "gb18030")


def prepare_day(members: int) -> Callable[[], Accepted]:
    """The refresh of the next day, after the first one was published."""
    folder = tempfile.TemporaryDirectory()
    base = Path(folder.name)
    specs = [replace(spec, path=f"{spec.dataset}*.csv") for spec in write_exports(base, members)]
    build_snapshot(specs, base_dir=base, directory=base / "w", as_of=AS_OF, params=PARAMS)
    write_day(base, members)

    def work() -> Accepted:
        later = AS_OF + timedelta(days=1)
        built = build_snapshot(specs, base_dir=base, directory=base / "w", as_of=later, params=PARAMS)
        if built.build.mode != "incremental":
            raise SystemExit(f"built {built.build.mode}: {built.build.reason}")
        accepted = _published(base / "w")
        folder.cleanup()
        return accepted

    return work


def prepare_unchanged(members: int) -> Callable[[], Accepted]:
    """A later refresh of sources in which nothing changed."""
    folder = tempfile.TemporaryDirectory()
    base = Path(folder.name)
    specs = write_exports(base, members)
    build_snapshot(specs, base_dir=base, directory=base / "w", as_of=AS_OF, params=PARAMS)

    def work() -> Accepted:
        later = AS_OF + timedelta(days=1)
        built = build_snapshot(specs, base_dir=base, directory=base / "w", as_of=later, params=PARAMS)
        if any(source.new_rows for source in built.build.sources.values()):
            raise SystemExit("there were new rows")
        accepted = _published(base / "w")
        folder.cleanup()
        return accepted

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    count = members * 16
    prepare(100)()  # importing the gate, and its first use, are paid once a process
    whole = harness.alternate(lambda: prepare(members), lambda: prepare_script(members), rounds=chosen.rounds)
    _check(whole)
    yield whole.row("refresh: whole", count, "rows", BY_HAND, peak_mb=harness.peak_mb(prepare, members))
    day = harness.alternate(
        lambda: prepare_day(members), lambda: prepare_script(members, day=True), rounds=chosen.rounds
    )
    _check(day)
    reference = f"{BY_HAND}; everything again"
    yield day.row("refresh: a day's file", count, "rows", reference, peak_mb=harness.peak_mb(prepare_day, members))
    same = harness.alternate(lambda: prepare_unchanged(members), lambda: prepare_script(members), rounds=chosen.rounds)
    _check(same)
    yield same.row(
        "refresh: nothing new", count, "rows", reference, peak_mb=harness.peak_mb(prepare_unchanged, members)
    )


def _check(both: harness.Compared[Accepted, Accepted]) -> None:
    if both.result != both.expected:
        raise SystemExit(f"the refresh accepted {both.result}, the script {both.expected}")


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=100_000, short=20_000, rounds=3), rows)
