"""Points of a member's orders against the known answers of the policy (A6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaign_calendars.measuring.points import PointRules, Trade, earned_by, referral_reached
from campaign_calendars.model.programme import Ladder, Points

T0 = datetime(2026, 3, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
FIVE = Ladder((0, 100_000, 300_000, 1_000_000, 3_000_000), (None,) * 5)


def rules(**points: Any) -> PointRules:
    made = Points.model_validate(points)
    return PointRules(made, FIVE, (1, 1.5, 2, 2.5, 3), timedelta(days=365), ZoneInfo("Asia/Shanghai"))


def points_of(trades: list[Trade], **points: Any) -> list[tuple[float, float]]:
    return [(float(row.earned), float(row.taken_back)) for row in earned_by(trades, rules(**points))]


def test_parts_of_a_yuan_are_not_carried_over() -> None:
    assert points_of([Trade(T0, 60), Trade(T0 + DAY, 60)]) == [(0, 0), (0, 0)]


def test_the_factor_is_that_of_the_tier_reached_before() -> None:
    trades = [Trade(T0, 100_000), Trade(T0 + DAY, 19_990), Trade(T0 + 400 * DAY, 19_990)]
    assert points_of(trades) == [(1000, 0), (298, 0), (199, 0)]
    assert points_of(trades, rounding="half_up")[1] == (299, 0)
    assert points_of(trades, rounding="exact_half")[1] == (298.5, 0)


def test_a_refund_takes_back_the_difference() -> None:
    trades = [Trade(T0, 100_000), Trade(T0 + DAY, 19_990, 9_990), Trade(T0 + 2 * DAY, 5_000, 5_000)]
    assert points_of(trades) == [(1000, 0), (298, 148), (75, 75)]


def test_what_was_given_back_reaches_no_tier() -> None:
    assert points_of([Trade(T0, 100_000, 1), Trade(T0 + DAY, 10_000)]) == [(1000, 1), (100, 0)]


def test_the_member_day_is_local_and_doubles_again() -> None:
    late = datetime(2026, 3, 7, 16, 30, tzinfo=UTC)  # 00:30 of the 8th in Shanghai
    trades = [Trade(T0, 100_000), Trade(late - timedelta(hours=1), 1_000), Trade(late, 1_000)]
    assert points_of(trades, member_day={"monthly": [8]}) == [(1000, 0), (15, 0), (30, 0)]
    assert points_of(trades, member_day={"multiplier": 3, "on": ["2026-03-01"]})[0] == (3000, 0)


def test_a_referral_counts_when_the_friend_has_spent_it() -> None:
    rule = Points.model_validate({"referral": {"points": 300, "spend": 300}})
    trades = [Trade(T0 + DAY, 10_000), Trade(T0, 19_999)]
    assert referral_reached(trades, rule) is None
    assert referral_reached([*trades, Trade(T0 + 2 * DAY, 1)], rule) == T0 + 2 * DAY
    assert referral_reached([*trades, Trade(T0 + 2 * DAY, 90_000, 90_000)], rule) is None
    assert referral_reached(trades, Points()) is None
