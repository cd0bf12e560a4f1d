"""What a refresh costs, against reading the same exports with pandas; and its gate, against plain SQL.

5 orders and 10 events each. A refresh reads, types and judges every row, computes the features and
publishes. The gate's plain alternative counts the failing rows of every rule in one hand-written SQL
pass per table: the same numbers, which is checked, but no failing rows named and no evidence kept.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from benchmarks import harness
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import Expectation, Outcome
from warehouse.snapshots.snapshot import build_snapshot
from warehouse.sources import SourceSpec
from warehouse.staging import expectations, gx_dialect

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


@dataclass(slots=True)
class Gate:
    """Seconds the rules took in a build, and one plain SQL pass per table beside them."""

    ours: float = 0.0
    plain: float = 0.0

    def watch(self, validator: Any, con: duckdb.DuckDBPyConnection) -> None:
        check = validator.check

        def watched(table: str, rules: list[Expectation]) -> list[Outcome]:
            start = time.perf_counter()
            outcomes: list[Outcome] = check(table, rules)
            middle = time.perf_counter()
            counts = ", ".join(f"count(*) filter ({condition(rule)})" for rule in rules)
            plain = con.execute(f"select {counts} from {table}").fetchall()[0]
            self.ours += middle - start
            self.plain += time.perf_counter() - middle
            if list(plain) != [outcome.failing for outcome in outcomes]:
                raise SystemExit(f"{table}: plain SQL counts {plain}")
            return outcomes

        validator.check = watched


def watched_gates() -> list[Gate]:
    """From now on every build in this process measures its gate; the list grows by one each."""
    gates: list[Gate] = []
    opened = expectations.Validator.__init__

    def watched(self: Any, url: str, as_of: datetime) -> None:
        opened(self, url, as_of)
        gates.append(Gate())
        gates[-1].watch(self, gx_dialect._LIVE[url.rpartition("/")[2]])  # noqa: SLF001

    expectations.Validator.__init__ = watched  # type: ignore[method-assign]
    return gates


def prepare(members: int) -> Callable[[], object]:
    folder = tempfile.TemporaryDirectory()
    base = Path(folder.name)
    specs = write_exports(base, members)

    def work() -> None:
        build_snapshot(specs, base_dir=base, directory=base / "w", as_of=AS_OF, params=PARAMS)
        folder.cleanup()

    return work


def prepare_pandas(members: int) -> Callable[[], object]:
    folder = tempfile.TemporaryDirectory()
    base = Path(folder.name)
    specs = write_exports(base, members)

    def work() -> None:
        for spec in specs:
            pd.read_csv(base / spec.path, encoding=spec.encoding)
        folder.cleanup()

    return work


def prepare_day(members: int, full: bool) -> Callable[[], object]:
    """The refresh of the next day: one more file with a hundredth of the orders, some of them refunds of old ones."""
    folder = tempfile.TemporaryDirectory()
    base = Path(folder.name)
    specs = [replace(spec, path=f"{spec.dataset}*.csv") for spec in write_exports(base, members)]
    build_snapshot(specs, base_dir=base, directory=base / "w", as_of=AS_OF, params=PARAMS)
    day = f"from (select * from ({EXPORTS['orders']})) where hash(order_id) % 100 = 0"
    with duckdb.connect() as con:
        query = f"select * replace ('3.00' as refunded) {day}"
        con.execute(f"copy ({query}) to '{base}/orders-2.csv' (header)", {"members": members})
    text = (base / "orders-2.csv").read_text("utf-8")
    (base / "orders-2.csv").write_text(text, "gb18030")

    def work() -> None:
        later = AS_OF + timedelta(days=1)
        built = build_snapshot(specs, base_dir=base, directory=base / "w", as_of=later, params=PARAMS, full=full)
        if built.build.mode != ("full" if full else "incremental"):
            raise SystemExit(f"built {built.build.mode}: {built.build.reason}")
        folder.cleanup()

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    prepare(100)()  # importing the gate, and its first use, are paid once a process
    gates = watched_gates()
    both = harness.alternate(lambda: prepare(members), lambda: prepare_pandas(members), rounds=chosen.rounds)
    ours, plain = min(gate.ours for gate in gates), min(gate.plain for gate in gates)
    peak = harness.peak_mb(prepare, members)
    # Counting the rules once more beside the gate is the benchmark's doing, not the build's.
    seconds = both.ours.least("wall") - plain
    yield harness.Row.of("refresh: whole, against pandas reading", members, seconds, both.reference.least("wall"), peak)
    yield harness.Row.of("refresh: gate, against one SQL pass", members, ours, plain, peak)
    day = harness.alternate(
        lambda: prepare_day(members, full=False), lambda: prepare_day(members, full=True), rounds=chosen.rounds
    )
    peak = harness.peak_mb(prepare_day, members, full=False)
    yield day.row("refresh: a day's file, against reading everything", members, peak)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=100_000, short=20_000), rows)
