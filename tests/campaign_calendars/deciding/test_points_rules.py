"""What store and calendars say of points, resolved to days, plays and terms."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaign_calendars.deciding.points_rules import point_rules
from campaign_calendars.measuring.points import PointRules
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.time.resolving import resolve

ZONE = ZoneInfo("Asia/Shanghai")
LEVELS = [{"id": "basic", "spend": 0}, {"id": "gold", "spend": 1000, "points": 2}]


def resolved(benefits: dict[str, Any], plays: list[dict[str, Any]], **points: Any) -> PointRules:
    store = Store.model_validate(
        {"store": "s", "tiers": {"window": "365d", "levels": LEVELS}, "points": points, "channels": {}}
    )
    written = {
        "calendar": "spring",
        "store": "s",
        "timezone": "Asia/Shanghai",
        "source": "test",
        "audiences": {"all": "joined"},
        "benefits": benefits,
        "phases": [
            {
                "id": "burst",
                "kind": "burst",
                "window": {"from": "2026-03-01 00:00", "to": "2026-03-03 23:59:59"},
                "plays": [{"audience": "all", **play} for play in plays],
            }
        ],
    }
    calendar = Calendar.model_validate(written)
    assert store.points is not None
    days = {"since": date(2026, 2, 1), "until": date(2026, 3, 10)}
    return point_rules(store, store.points, ZONE, [(calendar, resolve(calendar))], **days)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_a_double_day_is_the_day_of_its_plays_unless_it_says_which() -> None:
    double = {"kind": "points_double", "tiers": ["gold"], "multiplier": 3}
    play = {"id": "p", "benefits": ["d"], "at": "2026-03-02 10:00"}
    (found,) = resolved({"d": double}, [play]).doubles
    assert (found.start, found.end) == (moment("2026-03-02"), moment("2026-03-03"))
    assert (found.multiplier, found.ranks, found.calendar, found.benefit) == (3, frozenset({2}), "spring", "d")
    without = resolved({"d": double}, [{**play, "at": None, "positions": []}]).doubles
    assert [one.start.date() for one in without] == [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
    (own,) = resolved({"d": {**double, "days": ["2026-03-08"]}}, [play]).doubles
    assert own.start == moment("2026-03-08")
    assert resolved({"d": double}, []).doubles == ()


def test_member_days_of_the_store_are_laid_out() -> None:
    found = resolved({}, [], member_day={"monthly": [8], "on": ["2026-02-14"], "multiplier": 3}).doubles
    assert [one.start.date() for one in found] == [date(2026, 2, 8), date(2026, 2, 14), date(2026, 3, 8)]
    assert {one.multiplier for one in found} == {3}


def test_plays_earn_in_the_phases_that_name_them() -> None:
    sign = {"kind": "points_game", "game": "sign_in", "points": 5, "unit_cost": 0, "streak": {"7": 20}, "month_cap": 90}
    draw = {"kind": "points_game", "game": "draw", "points": 20, "unit_cost": 1}
    play = {"id": "p", "benefits": ["sign", "draw"], "at": "2026-03-02 10:00"}
    (found,) = resolved({"sign": sign, "draw": draw}, [play]).earning
    assert (found.start, found.end) == (moment("2026-03-01"), moment("2026-03-04"))
    assert (found.event, found.points, found.per, found.streak) == ("sign_in", 5, "day", ((7, 20),))
    assert (found.month_cap, found.most) == (90, None)
    (once,) = resolved({"sign": {**sign, "per_member": 1}}, [{**play, "benefits": ["sign"]}]).earning
    assert once.most == 1


def test_referrals_of_store_and_calendar() -> None:
    friends = {"kind": "referral_points", "points": "same_as_order", "unit_cost": 0}
    play = {"id": "p", "benefits": ["f"], "at": "2026-03-02 10:00"}
    of_store, of_calendar = resolved({"f": friends}, [play], referral={"points": 300, "spend": 300}).referrals
    assert (of_store.points, of_store.spend_cents, of_store.start) == (300, 30_000, None)
    assert (of_calendar.points, of_calendar.spend_cents, of_calendar.end) == (None, 0, moment("2026-03-04"))


def test_what_the_store_says_of_its_points() -> None:
    plain = resolved({}, [])
    assert (plain.waits, plain.value_cents, plain.cash, plain.valid) == (True, 0, None, None)
    given = resolved({}, [], before_joining="lost", point_value=0.02, cash={"per_yuan": 50, "max_share": "30%"})
    assert (given.waits, given.value_cents) == (False, 2)
    assert given.cash is not None
    assert (given.cash.per_yuan, given.cash.max_share, given.cash.min) == (50, 3_000, 0)


def test_points_of_a_tier_and_how_long_they_are_valid() -> None:
    plain, kept = resolved({}, []), resolved({}, [], valid="180d")
    assert (plain.valid, kept.valid) == (None, timedelta(days=180))
    assert plain.factors == (1, 2), "of gold: `points: 2`"
