"""What a refresh costs: reading, typing, judging, features, publishing; and the gate against plain SQL.

    python benchmarks/refresh.py [members]      # default 20,000; 5 orders and 10 events each

The plain alternative counts the failing rows of every rule in one hand-written SQL pass per table.
It finds the same numbers, which is checked, but names no failing rows and keeps no evidence.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from warehouse.features import FeatureParams
from warehouse.model_files import Expectation, Outcome
from warehouse.snapshot import build_snapshot
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


class Clock:
    """Seconds between the steps a build reports, and the gate measured beside plain SQL."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self.rules = 0
        self.gate = self.plain = 0.0
        self._step, self._since = "", time.perf_counter()

    def report(self, step: str) -> None:
        now = time.perf_counter()
        kind = self._step.partition(" ")[0] or "starting"
        self.steps[kind] = self.steps.get(kind, 0.0) + now - self._since
        self._step, self._since = step, now

    def watch(self, validator: Any, con: duckdb.DuckDBPyConnection) -> None:
        check = validator.check

        def watched(table: str, rules: list[Expectation]) -> list[Outcome]:
            start = time.perf_counter()
            outcomes: list[Outcome] = check(table, rules)
            middle = time.perf_counter()
            counts = ", ".join(f"count(*) filter ({condition(rule)})" for rule in rules)
            plain = con.execute(f"select {counts} from {table}").fetchall()[0]
            self.gate += middle - start
            self.plain += time.perf_counter() - middle
            self.rules += len(rules)
            if list(plain) != [outcome.failing for outcome in outcomes]:
                raise SystemExit(f"{table}: plain SQL counts {plain}")
            return outcomes

        validator.check = watched


def main() -> None:
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    start = time.perf_counter()
    from warehouse import expectations

    imported = time.perf_counter() - start
    clock = Clock()
    opened = expectations.Validator.__init__

    def watched(self: Any, url: str, as_of: datetime) -> None:
        from warehouse import gx_dialect

        opened(self, url, as_of)
        clock.watch(self, gx_dialect._LIVE[url.rpartition("/")[2]])  # noqa: SLF001

    expectations.Validator.__init__ = watched  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        specs = write_exports(base, members)
        clock.report("")
        snapshot = build_snapshot(
            specs, base_dir=base, directory=base / "w", as_of=AS_OF, params=PARAMS, progress=clock.report
        )
        clock.report("")
    rows = sum(counts.rows_in for counts in snapshot.counts.values())
    quarantined = sum(counts.quarantined for counts in snapshot.counts.values())
    print(
        f"{members:,} members, {rows:,} rows in, {quarantined:,} quarantined; import of the gate {imported:.1f} s, once"
    )
    for step in ("reading", "checking", "computing", "publishing"):
        seconds = clock.steps[step] - (clock.plain if step == "checking" else 0)
        print(f"  {step:<11}{seconds:6.2f} s")
    print(
        f"  of which the gate: {clock.rules} rules {clock.gate:.2f} s; one plain SQL pass per table {clock.plain:.2f} s"
    )
    print(f"  the gate takes {clock.gate / clock.plain:.1f} times as long and names every failing row")


if __name__ == "__main__":
    main()
