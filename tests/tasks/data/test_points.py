"""Points of a generated store: its ledger follows the store's rules, but for the faults it is said to have."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from promocal.scaffold import create_project
from tasks.data.points import points
from tasks.data.refresh import refresh
from tasks.exporting.points_file import export_points
from tasks.runtime import open_runtime
from warehouse.sample.generate import generate
from warehouse.sample.point_ledger import FAULTS

AT = datetime.fromisoformat("2026-05-20T11:00:00+08:00")
CALENDAR = "daily-2026"
MEANT = {
    "not_recorded",
    "before_joining",
    "double_day",
    "refund",
    "expiry_follows",
    "play_not_recorded",
    "referral_not_recorded",
}
"""What `FAULTS` come to, and that the sample's ledger knows nothing of what promocal counts: plays and referrals."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("points") / "shop"
    create_project(root, CALENDAR)
    generate(root / "data", members=600, seed=5, as_of=AT)
    with (root / "promocal.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.points]\npath = "data/points*.csv"\ntimezone = "Asia/Shanghai"\n')
    with open_runtime(root, clock=lambda: AT) as rt:
        refresh(rt, CALENDAR, AT)
    return root


@pytest.mark.parametrize("before", [timedelta(), timedelta(days=90)])
def test_a_generated_ledger_differs_by_its_stated_faults_only(project: Path, before: timedelta) -> None:
    with open_runtime(project, clock=lambda: AT) as rt:
        found = points(rt, CALENDAR, AT - before)
    by_reason = {one.reason: one for one in found.reasons}
    assert set(by_reason) <= MEANT
    assert found.balance_recorded is not None
    assert sum(one.points for one in found.reasons) == found.balance_by_rules - found.balance_recorded
    others = sum(one.entries for one in found.reasons if one.reason in FAULTS)
    assert 0 < others < 0.02 * sum(1 for _ in (project / "data" / "points-0001.csv").open("rb"))
    assert found.liability_cents == found.balance_recorded


def test_what_the_calendar_gives_for_playing_is_booked_by_the_platform(project: Path, tmp_path: Path) -> None:
    with open_runtime(project, clock=lambda: AT) as rt:
        found = points(rt, CALENDAR, None)
        made = export_points(rt, CALENDAR, tmp_path / "points.csv", as_of=None, lang="en")
    (check_in,) = (one for one in found.benefits if one.benefit == "check-in-points")
    assert check_in.points == check_in.cents > 0
    with (tmp_path / "points.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (made.rows, made.members) == (len(rows), len({row["member"] for row in rows}))
    booked = dict.fromkeys(("signing in", "double points", "referral"), 0)
    for row in rows:
        booked[row["reason"]] += int(row["points"])
    assert booked == {
        "signing in": check_in.points,
        "double points": next((one.points for one in found.reasons if one.reason == "double_day"), 0),
        "referral": next((one.points for one in found.by_rules if one.reason == "referral"), 0),
    }
