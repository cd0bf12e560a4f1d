"""What `doctor` says of this machine: here of clocks that do not agree with what was written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.operations.findings import Finding
from tasks.operations.machine import machine
from tasks.running.phase import run_if_due
from tasks.runtime import open_runtime
from tests.flows.small_project import ZONE, write_project

TEN = datetime(2026, 3, 5, 10, tzinfo=ZONE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = write_project(tmp_path, [TEN])
    with open_runtime(root, clock=lambda: TEN.astimezone(UTC)) as rt:
        run_if_due(rt, "small-sale", "burst", TEN)
    return root


def looked(root: Path, now: datetime, part: str) -> list[Finding]:
    with open_runtime(root, clock=lambda: now.astimezone(UTC)) as rt:
        return [one for one in machine(rt) if one.part == part]


def test_a_clock_that_goes_on_is_no_news(project: Path) -> None:
    assert looked(project, TEN + timedelta(seconds=1), "clock") == []
    (snapshot,) = looked(project, TEN + timedelta(hours=3), "snapshot")
    assert (snapshot.level, "3 hour(s) old" in snapshot.message["en"]) == ("ok", True)


@pytest.mark.parametrize(("back", "level"), [(timedelta(seconds=30), "warning"), (timedelta(hours=1), "error")])
def test_a_clock_that_went_back_is_told_with_what_that_means(project: Path, back: timedelta, level: str) -> None:
    (clock,) = looked(project, TEN - back, "clock")
    assert clock.level == level
    assert "the ledger was written at 2026-03-05 02:00:00Z" in clock.message["en"]
    assert "ahead of this machine's clock" in clock.message["en"]
    assert "Nothing is sent twice" in clock.remedy["en"]
    assert clock.message["zh"] != clock.message["en"]
    (snapshot,) = looked(project, TEN - back, "snapshot")
    assert snapshot.level == "warning"
    assert "moment to come" in snapshot.message["en"]
