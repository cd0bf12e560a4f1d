"""The rules of points as whole numbers, and points as cash, against the known answers of the policy (A6, R5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from campaign_calendars.measuring.points import (
    DoubleDays,
    EarnRule,
    PointRules,
    ReferralTerm,
    liability_cents,
    rates,
    that_matter,
)
from campaign_calendars.model.programme import Ladder

T0 = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
FIVE = Ladder((0, 100_000, 300_000, 1_000_000, 3_000_000), (None,) * 5)


def rules(*doubles: DoubleDays, value_cents: int = 0) -> PointRules:
    factors = (1, 1.5, 2, 2.5, 3)
    return PointRules(1, "floor", FIVE, factors, 365 * DAY, doubles=doubles, value_cents=value_cents)


def test_factors_are_whole_numbers_over_one_scale() -> None:
    found = rates(rules())
    assert (found.factors, found.factor_scale) == ((2, 2, 3, 4, 5, 6), 2)
    assert [step.at for step in found.steps] == [None]


def test_of_several_days_the_larger_counts_and_only_for_its_tiers() -> None:
    member_day = DoubleDays(T0, T0 + DAY, 2)
    of_gold = DoubleDays(T0, T0 + 2 * DAY, 2.5, frozenset({3}))
    found = rates(rules(member_day, of_gold))
    assert found.scale == 2
    assert [(step.at, step.multipliers) for step in found.steps] == [
        (None, (2, 2, 2, 2, 2, 2)),
        (T0, (4, 4, 4, 5, 4, 4)),
        (T0 + DAY, (2, 2, 2, 5, 2, 2)),
        (T0 + 2 * DAY, (2, 2, 2, 2, 2, 2)),
    ]


def test_what_members_hold_costs_its_value_rounded_up() -> None:
    assert liability_cents(Fraction(3, 2), rules(value_cents=1)) == 2
    assert liability_cents(Fraction(100), rules(value_cents=3)) == 300


def test_to_what_a_calendar_gives_its_own_rules_matter_and_what_holds_on_its_days() -> None:
    own = DoubleDays(T0, T0 + DAY, 2, calendar="spring")
    over_it, long_before = DoubleDays(T0 - DAY, T0 + 2 * DAY, 2.5), DoubleDays(T0 - 9 * DAY, T0 - 8 * DAY, 4)
    signing = EarnRule("spring", "sign", "sign_in", 5, T0, T0 + DAY, "day")
    given = replace(
        rules(over_it, long_before, own),
        earning=(signing, replace(signing, calendar="summer")),
        referrals=(ReferralTerm(None), ReferralTerm(50, calendar="summer")),
    )
    found = that_matter(given, "spring")
    assert (found.doubles, found.earning, found.referrals) == ((over_it, own), (signing,), ())
    # Of several that bring the same friend the most counts: all of them are looked at, or none.
    assert that_matter(given, "summer").referrals == given.referrals
    assert that_matter(given, "summer").doubles == ()
