"""How old the newest facts may be: shown at refresh, a warning in the plan, a gate of a run where the store says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from campaign_calendars.findings.errors import StaleDataError
from campaign_calendars.model.store import DatasetName
from tasks.data.freshness import stale_now
from tasks.data.refresh import Refreshed, refresh
from tasks.deciding.decide import decide
from tasks.runtime import Runtime, open_runtime
from warehouse.staging.freshness import FACTS

CASES = Path(__file__).parents[2] / "cases"
NOW = datetime.fromisoformat("2026-04-09T09:00:00+08:00")
DUE = datetime.fromisoformat("2026-04-10T10:00:00+08:00")
Shop = Callable[[str, str], tuple[Runtime, Refreshed]]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A shop whose newest order is of this moment, with these lines in its store."""

    def make(ordered_at: str, store: str = "") -> tuple[Runtime, Refreshed]:
        shutil.copytree(CASES / "base", tmp_path / "shop", dirs_exist_ok=True)
        header = "order_id,member_id,ordered_at,paid_at,amount"
        lines = [header, f"A1,0101,{ordered_at},,60.00", "A2,0102,2026-01-02 10:00:00,,60.00", ""]
        (tmp_path / "shop" / "data" / "orders.csv").write_text("\n".join(lines), "utf-8")
        with (tmp_path / "shop" / "stores" / "kiosk.yaml").open("a", encoding="utf-8") as file:
            file.write(store)
        rt = open_runtime(tmp_path / "shop", clock=lambda: DUE)
        return rt, refresh(rt, "spring", NOW)

    return make


def said(done: Refreshed) -> list[str]:
    return [finding.message for finding in done.findings if finding.code == "S139"]


def test_an_old_export_is_said_with_its_day_and_its_age(shop: Shop) -> None:
    rt, done = shop("2025-11-21 10:00:00", "")
    assert done.datasets["orders"].newest == datetime(2026, 1, 2, 2, tzinfo=UTC)
    assert done.datasets["events"].newest is None
    assert said(done) == [
        "orders: the newest fact is of 2026-01-02 10:00, 97 days before 2026-04-09 09:00; 2d are allowed"
    ]
    planned = stale_now(rt.load_calendar("spring"), rt.current_snapshot())
    assert [problem.text("zh") for problem in planned] == [
        "orders：最新一条为 2026-01-02 10:00，距 2026-04-09 09:00 已 97 天；最多容许 2 天"
    ]
    decided = decide(rt, "spring", "sale", DUE)
    assert decided is not None, "a run goes on unless the store says stop"
    assert decided.plays


@pytest.mark.parametrize(
    ("ordered_at", "store", "count"),
    [
        ("2026-04-08 10:00:00", "", 0),
        ("2026-04-07 08:59:59", "", 1),
        ("2026-04-07 08:59:59", "freshness: {limits: {orders: 3d}}\n", 0),
        ("2026-04-08 10:00:00", "freshness: {limits: {orders: 12h}}\n", 1),
        ("2026-04-08 10:00:00", "freshness: {limits: {contact_points: 2d}}\n", 1),
        ("2027-01-01 10:00:00", "", 1),
    ],
)
def test_each_limit_decides(shop: Shop, ordered_at: str, store: str, count: int) -> None:
    """What lies behind the snapshot's moment is not known yet, and makes nothing fresh."""
    assert len(said(shop(ordered_at, store)[1])) == count


def test_exports_that_are_rare_by_intent_are_not_old(shop: Shop) -> None:
    rt, done = shop("2026-04-05 10:00:00", "")
    assert len(said(done)) == 1
    store = rt.load_calendar("spring").store
    weekly = store.contact_policy.model_copy(update={"data_every": timedelta(days=7)})
    loaded = rt.load_calendar("spring")
    object.__setattr__(loaded, "store", store.model_copy(update={"contact_policy": weekly}))
    assert stale_now(loaded, rt.current_snapshot()) == []


def test_a_run_stops_where_the_store_says_so_and_is_judged_at_its_own_moment(shop: Shop) -> None:
    rt, _ = shop("2026-04-08 09:00:00", "freshness: {on_stale: stop}\n")
    with pytest.raises(StaleDataError) as stopped:
        decide(rt, "spring", "sale", DUE)
    assert [problem.code for problem in stopped.value.problems] == ["S139"]
    assert "49 hours" not in stopped.value.problems[0].message
    assert "2 days before 2026-04-10 10:00" in stopped.value.problems[0].message
    assert not list(rt.ledger.jobs()), "nothing was decided"


def test_fresh_data_passes_the_gate(shop: Shop) -> None:
    rt, _ = shop("2026-04-09 08:00:00", "freshness: {on_stale: stop}\n")
    decided = decide(rt, "spring", "sale", DUE)
    assert decided is not None
    assert decided.plays


def test_every_dataset_with_moments_can_have_a_limit() -> None:
    assert set(get_args(DatasetName)) == set(FACTS)
