"""What if: each form changes what it names, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from campaign_calendars.deciding.what_if import what_if
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from tasks.calendars.checking import read_calendar

LIBRARY = Path(__file__).parents[3] / "campaign_calendars" / "library"


@pytest.fixture(scope="module")
def loaded() -> tuple[Calendar, Store]:
    found, problems = read_calendar(LIBRARY / "queens-day-2020.yaml", stores=LIBRARY / "stores")
    assert found is not None, problems
    return found.calendar, found.store


def test_capacities_of_a_day_and_of_an_agent() -> None:
    found, problems = read_calendar(LIBRARY / "region-offline.yaml", stores=LIBRARY / "stores")
    assert found is not None, problems
    changes = (
        "channels.wecom.capacity_on.2026-10-16=500", "channels.wecom.agents.li.capacity_per_day=9",
        "channels.wecom.agents.li.capacity_on.2026-10-16=1",
    )  # fmt: skip
    _, store = what_if(found.calendar, found.store, changes)
    wecom, day = store.channels["wecom"], date(2026, 10, 16)
    assert (wecom.capacity_on, wecom.agents["li"].capacity_per_day) == ({day: 500}, 9)
    assert (wecom.agents["li"].capacity_on, wecom.agents["wang"]) == (
        {day: 1},
        found.store.channels["wecom"].agents["wang"],
    )
    for wrong in (
        "channels.wecom.agents.nobody.capacity_per_day=1",
        "channels.wecom.capacity_on.someday=1",
        "limits.a=off",
    ):
        with pytest.raises(UsageError):
            what_if(found.calendar, found.store, (wrong,))


def test_money_stock_and_capacity(loaded: tuple[Calendar, Store]) -> None:
    calendar, store = what_if(
        *loaded,
        (
            "budget.total=400000.00", "budget.pools.coupons=350000", "benefits.member-coupon-30.stock=900",
            "benefits.one-cent-sample.daily_cap=off", "channels.sms.capacity_per_day=10",
        ),
    )  # fmt: skip
    assert calendar.budget is not None
    assert (calendar.budget.total, calendar.budget.pools["coupons"].amount) == (40_000_000, 35_000_000)
    assert calendar.benefits["member-coupon-30"].stock == 900
    assert calendar.benefits["one-cent-sample"].daily_cap is None
    assert store.channels["sms"].capacity_per_day == 10
    assert loaded[0].benefits["member-coupon-30"].stock == 1500, "the calendar itself is left as it is"


def test_a_cap_takes_the_place_of_the_one_over_the_same_span(loaded: tuple[Calendar, Store]) -> None:
    before = {(tuple(cap.channels), cap.per): cap.max for cap in loaded[1].contact_policy.caps}
    caps = what_if(*loaded, ("caps.all=9/7d", "caps.push=1/1d"))[1].contact_policy.caps
    after = {(tuple(cap.channels), cap.per): cap.max for cap in caps}
    assert after == {**before, ((), timedelta(days=7)): 9, (("push",), timedelta(days=1)): 1}
    without = what_if(*loaded, ("caps.all=off",))[1].contact_policy.caps
    assert [cap.channels for cap in without] == [["sms"]]


def test_plays_get_a_priority_or_go(loaded: tuple[Calendar, Store]) -> None:
    calendar, _ = what_if(*loaded, ("plays.best-sellers=off", "plays.harvest-active.priority=300"))
    plays = {play.id: play for phase in calendar.phases for play in phase.plays}
    assert "best-sellers" not in plays
    assert plays["harvest-active"].priority == 300


@pytest.mark.parametrize(
    "change",
    [
        "", "budget", "budget.total", "budget.pools.nobody=1", "benefits.nothing.stock=1", "benefits.extra-gift.kind=x",
        "benefits.extra-gift.stock=-1", "benefits.extra-gift.stock=many", "channels.fax.capacity_per_day=1",
        "caps.all=2", "caps.fax=1/7d", "caps.all=x/7d", "plays.nothing=off", "plays.best-sellers=on",
        "plays.best-sellers.priority=0", "plays.best-sellers.priority=1001", "plays.best-sellers.priority=nan",
        "phases.burst=off", "budget.total=1e9999",
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_a_usage_error(loaded: tuple[Calendar, Store], change: str) -> None:
    with pytest.raises(UsageError) as found:
        what_if(*loaded, (change,))
    assert "plays.PLAY=off" in found.value.remedy


def test_the_other_policy_may_be_tried(loaded: tuple[Calendar, Store]) -> None:
    calendar, store = loaded
    assert what_if(calendar, store, ("plan=first_come",))[0].plan == "first_come"
    with pytest.raises(UsageError):
        what_if(calendar, store, ("plan=best",))
