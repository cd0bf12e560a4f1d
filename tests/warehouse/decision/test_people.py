"""Persons of plans, counted and compared by moment whatever the machine's time zone is."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from warehouse.decision.people import changes_of, compare_people, persons_changed, persons_reached

NOW = datetime(2026, 3, 1, 4, tzinfo=UTC)
ROWS = (  # member, moment of UTC, status, channel
    ("a", "2026-03-01 03:59", "chosen", "sms"), ("b", "2026-03-01 04:00", "chosen", "sms"),
    ("c", "2026-03-01 05:00", "chosen", "sms"), ("c", "2026-03-02 05:00", "chosen", "sms"),
    ("d", "2026-03-01 06:00", "held_out", None), ("c", "2026-03-01 07:00", "held_out", None),
    ("e", "2026-03-01 06:00", "excluded", None),
)  # fmt: skip


def decided(path: Path, rows: tuple[tuple[str, str, str, str | None], ...]) -> Path:
    with duckdb.connect() as con:
        con.execute(
            "create table t (phase varchar, play varchar, occurrence_at timestamp, member_id varchar, status varchar,"
            " channel varchar, benefit varchar, reason varchar, cost_cents bigint)"
        )
        for member, at, status, channel in rows:
            con.execute(
                "insert into t values ('p', 'x', ?::timestamp, ?, ?, ?, null, null, 0)", [at, member, status, channel]
            )
        con.execute(f"copy t to '{path}' (format parquet)")
    return path


def test_persons_are_counted_once_over_all_moments_of_a_plan(tmp_path: Path) -> None:
    file = decided(tmp_path / "a.parquet", ROWS)
    assert persons_reached(file) == (3, 1)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def test_moments_to_come_are_the_same_in_every_zone_of_the_machine(tmp_path: Path, zone: str) -> None:
    before, after = decided(tmp_path / "b.parquet", ()), decided(tmp_path / "a.parquet", ROWS)
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from warehouse.decision.people import persons_changed\n"
        "b, a, now = Path(sys.argv[1]), Path(sys.argv[2]), datetime(2026, 3, 1, 4, tzinfo=UTC)\n"
        "print(persons_changed(b, a, now))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(before), str(after)], env={"TZ": zone, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout.split() == ["2"]
    assert persons_changed(before, after, NOW) == 2


def test_samples_of_changes_take_every_play_in_turn(tmp_path: Path) -> None:
    before, after = decided(tmp_path / "b.parquet", ROWS[:1]), decided(tmp_path / "a.parquet", ROWS[1:])
    compare_people(before, after, tmp_path / "changes.parquet")
    found = changes_of(tmp_path / "changes.parquet", 2)
    assert [(row[1], row[3], row[4]) for row in found] == [("x", "a", "removed"), ("x", "b", "added")]
    assert found[0][2] == datetime(2026, 3, 1, 3, 59, tzinfo=UTC)
