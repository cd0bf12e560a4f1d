"""Points by the rules, with the known answers of the policy (A6, S3) and of R5."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from campaign_calendars.measuring.points import DoubleDays, EarnRule, ReferralTerm
from campaign_calendars.model.programme import PointsCash
from warehouse.measurement.points import compute, given_by, to_book

from .point_cases import DAY, NOW, T0, Programme, rules, totals

FOREVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
SILVER = 100_000


def silver(shop: Programme, member: str = "a") -> None:
    """A member whose order before has reached the second tier."""
    shop.member(member)
    shop.order(member, SILVER, T0 - 10 * DAY)


def points_of_last(shop: Programme, **changes: Any) -> float:
    return float(shop.entries(rules(**changes))[-1][2])


def doubling(multiplier: float, *, ranks: frozenset[int] = frozenset(), start: datetime = T0) -> DoubleDays:
    return DoubleDays(start, start + DAY, multiplier, ranks, "spring", "double")


def test_a_silver_order_on_a_double_day_and_on_another() -> None:
    shop = Programme()
    silver(shop)
    shop.order("a", 19_990, T0)
    assert points_of_last(shop, doubles=(doubling(2),)) == 597
    assert points_of_last(shop) == 298
    assert points_of_last(shop, doubles=(doubling(2), doubling(3))) == 895  # the larger, never their product
    assert points_of_last(shop, doubles=(doubling(2, ranks=frozenset({3})),)) == 298


@pytest.mark.parametrize(("rounding", "points"), [("floor", 298), ("half_up", 299), ("exact_half", 298.5)])
def test_rounding(rounding: str, points: float) -> None:
    shop = Programme()
    silver(shop)
    shop.order("a", 19_990, T0)
    assert points_of_last(shop, rounding=rounding) == points


def test_parts_of_a_unit_are_not_carried_over() -> None:
    shop = Programme()
    shop.member("a")
    shop.order("a", 60, T0)
    shop.order("a", 60, T0 + DAY)
    assert shop.entries(rules()) == []


def test_the_day_is_that_of_the_payment_not_of_the_success() -> None:
    shop = Programme()
    shop.member("a")
    shop.order("a", 10_000, T0 + DAY - timedelta(seconds=1), done=T0 + 5 * DAY)
    shop.order("a", 10_000, T0 + DAY, done=T0 + 6 * DAY)
    assert [row[2] for row in shop.entries(rules(doubles=(doubling(2),)))] == [200, 100]


def test_a_refund_takes_back_its_part_by_the_tier_of_the_order() -> None:
    shop = Programme()
    silver(shop)
    shop.order("a", 19_990, T0, back=(T0 + DAY, 9_990))
    shop.order("a", 5_000, T0 + 2 * DAY, back=(T0 + 3 * DAY, 5_000))
    found = shop.entries(rules())
    assert [(reason, points) for _, reason, points in found] == [
        ("order", 1000), ("order", 298), ("refund", -148), ("order", 75), ("refund", -75),
    ]  # fmt: skip


def test_the_window_of_the_tier_and_what_came_back_of_it() -> None:
    shop = Programme()
    silver(shop)
    shop.order("a", 10_000, T0 + 356 * DAY)
    silver(shop, "b")
    shop.orders[-1] = (*shop.orders[-1][:5], T0, 1, None, None)
    shop.order("b", 10_000, T0)
    assert totals(shop.entries(rules()))["a", "order"] == 1000 + 100
    assert totals(shop.entries(rules()))["b", "order"] == 1000 + 100


def test_points_wait_for_who_has_not_joined_without_tier_and_day() -> None:
    shop = Programme()
    shop.member("late", T0 + 9 * DAY)
    shop.member("never", None)
    shop.member("left", T0 - DAY, T0 + DAY)
    for member in ("late", "never", "left"):
        shop.order(member, 10_000, T0, done=T0 + 2 * DAY)
    given = rules(doubles=(doubling(2),))
    assert shop.entries(given) == [("late", "order", 100)]
    found = shop.found(given)
    assert found.waiting == (100, 1)
    assert shop.entries(rules(doubles=(doubling(2),), waits=False)) == []


def test_points_pay_part_of_an_order_and_come_back_with_it() -> None:
    shop = Programme()
    shop.member("a")
    order = shop.order("a", 4_000, T0, back=(T0 + 5 * DAY, 4_000))
    shop.entry("a", "redeem", -4_000, T0, order)
    shop.entry("a", "adjust", 4_000, T0 + 5 * DAY, order)
    shop.entry("a", "earn", 40, T0, order)
    shop.entry("a", "refund", -40, T0 + 5 * DAY, order)
    given = rules(cash=PointsCash(per_yuan=100, max_share="50%"))
    assert totals(shop.entries(given)) == {
        ("a", "order"): 40, ("a", "refund"): -40, ("a", "redeem"): -4_000, ("a", "cash_back"): 4_000,
    }  # fmt: skip
    assert shop.found(given).differences == []


def test_points_above_their_share_of_the_basket_are_told() -> None:
    shop = Programme()
    shop.member("a")
    order = shop.order("a", 3_000, T0)  # a basket of 80.00 after its coupon, 5,000 points used: 1,000 too many
    shop.entry("a", "redeem", -5_000, T0, order)
    shop.entry("a", "earn", 30, T0, order)
    found = shop.found(rules(cash=PointsCash(per_yuan=100, max_share="50%")))
    assert found.by_rules["redeem"] == -4_000
    assert [(reason, points) for reason, points, _, _ in found.differences] == [("cash_above_share", 1_000)]


def test_fewer_points_than_the_least_pay_nothing() -> None:
    shop = Programme()
    shop.member("a")
    order = shop.order("a", 9_900, T0)
    shop.entry("a", "redeem", -100, T0, order)
    assert shop.found(rules(cash=PointsCash(per_yuan=100, min=100))).by_rules["redeem"] == -100
    assert "redeem" not in shop.found(rules(cash=PointsCash(per_yuan=100, min=101))).by_rules


@pytest.mark.parametrize(("member", "points"), [("a", 300), ("b", 600)])
def test_a_referral_gives_both_what_the_first_order_earns_and_nothing_more(member: str, points: int) -> None:
    shop = Programme()
    shop.member("a")
    shop.member("b")
    shop.refer("a", "b")
    shop.order("b", 30_000, T0)
    given = rules(referrals=(ReferralTerm(None),))
    assert shop.balances(given)[member] == points
    shop.order("b", 30_000, T0 + DAY)
    assert totals(shop.entries(given))[member, "referral"] == 300
    shop.orders[0] = (*shop.orders[0][:5], T0 + 2 * DAY, 30_000, None, None)
    assert totals(shop.entries(given))[member, "referral"] == 0


def test_a_fixed_referral_counts_with_the_order_that_reaches_the_spend() -> None:
    shop = Programme()
    shop.member("a")
    shop.member("b")
    shop.refer("a", "b")
    shop.order("b", 19_999, T0)
    shop.order("b", 10_000, T0 + DAY)
    given = rules(referrals=(ReferralTerm(300, 30_000),))
    assert ("a", "referral") not in totals(shop.entries(given))
    shop.order("b", 1, T0 + 2 * DAY)
    assert totals(shop.entries(given))["a", "referral"] == 300
    in_march = ReferralTerm(500, 0, T0, T0 + DAY, "spring", "friends")
    assert totals(shop.entries(rules(referrals=(ReferralTerm(300, 30_000), in_march))))["b", "referral"] == 500


def test_who_bought_before_he_was_brought_is_no_new_friend() -> None:
    shop = Programme()
    shop.member("a")
    shop.member("b")
    shop.refer("a", "b", T0 + DAY)
    shop.order("b", 30_000, T0)
    shop.order("b", 30_000, T0 + 2 * DAY)
    assert ("a", "referral") not in totals(shop.entries(rules(referrals=(ReferralTerm(None),))))


def sign_in(**more: Any) -> EarnRule:
    return EarnRule("spring", "sign", "sign_in", 5, *FOREVER, "day", **more)


def test_signing_in_counts_once_a_local_day_and_only_for_members() -> None:
    shop = Programme()
    shop.member("a")
    shop.member("guest", None)
    evening = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    for at in (evening, evening - timedelta(hours=3), evening + timedelta(minutes=2)):
        shop.event("a", "sign_in", at)
        shop.event("guest", "sign_in", at)
    assert [row[:2] for row in shop.entries(rules(earning=(sign_in(),)))] == [("a", "sign_in")] * 2


def test_a_row_of_days_gives_more_and_begins_anew() -> None:
    shop = Programme()
    shop.member("a")
    for day in (0, 1, 2, 3, 4, 5, 8, 9):
        shop.event("a", "sign_in", T0 + day * DAY)
    earning = (sign_in(streak=((2, 1), (3, 20))),)
    assert [int(row[2]) for row in shop.entries(rules(earning=earning))] == [5, 6, 25, 5, 6, 25, 5, 6]


def test_caps_of_a_month_and_of_a_member() -> None:
    shop = Programme()
    shop.member("a")
    for day in range(29, 35):  # 30 and 31 March, then April
        shop.event("a", "sign_in", T0 + day * DAY)
    assert [int(row[2]) for row in shop.entries(rules(earning=(sign_in(month_cap=12),)))] == [5, 5, 5, 5, 2]
    assert len(shop.entries(rules(earning=(sign_in(most=3),)))) == 3


def test_a_review_counts_once_an_order_when_it_was_approved() -> None:
    shop = Programme()
    shop.member("a")
    for order, approved in (("o1", True), ("o1", True), ("o2", None), ("o3", False), (None, True)):
        shop.event("a", "review", T0, order, approved)
    review = EarnRule("spring", "review", "review", 10, *FOREVER, "order")
    assert len(shop.entries(rules(earning=(review,)))) == 3
    shop.event("a", "profile", T0)
    shop.event("a", "profile", T0 + 9 * DAY)
    profile = EarnRule("spring", "profile", "profile", 50, *FOREVER, "member")
    assert [row[2] for row in shop.entries(rules(earning=(profile,)))] == [50]


def test_what_is_left_is_void_after_its_time_the_oldest_first() -> None:
    shop = Programme()
    shop.member("a")
    shop.order("a", 10_000, T0)
    shop.order("a", 5_000, T0 + 20 * DAY)
    shop.entry("a", "redeem", -30, T0 + 25 * DAY)
    given = rules(valid=100 * DAY)
    assert shop.balances(given, T0 + 100 * DAY - timedelta(seconds=1))["a"] == 120
    assert shop.balances(given, T0 + 100 * DAY)["a"] == 50
    assert shop.balances(given, T0 + 121 * DAY)["a"] == 0


def reasons(shop: Programme, **changes: Any) -> dict[str, float]:
    return {reason: float(points) for reason, points, _, _ in shop.found(rules(**changes)).differences}


def test_every_difference_has_its_reason() -> None:
    shop = Programme()
    silver(shop)
    shop.entry("a", "earn", 1000, T0 - 10 * DAY, "o0")
    for number, booked in enumerate((597, 298, 398, 199, 7, None), 1):  # all right, no day, no tier, neither, odd, none
        shop.order("a", 19_990, T0 + timedelta(minutes=number))
        if booked is not None:
            shop.entry("a", "earn", booked, T0 + DAY, f"o{number}")
    shop.order("a", 10_000, T0 + 2 * DAY, back=(T0 + 3 * DAY, 10_000))
    shop.entry("a", "earn", 150, T0 + 2 * DAY, "o7")
    shop.entry("a", "earn", 11, T0 + 2 * DAY, "of another shop")
    shop.entry("a", "referral", 300, T0)
    shop.event("a", "sign_in", T0)
    assert reasons(shop, doubles=(doubling(2),), earning=(sign_in(),)) == {
        "not_recorded": 597, "amount": 590, "double_day": 299, "tier": 199, "double_day_and_tier": 398,
        "refund": -150, "no_order": -11, "referral_not_due": -300, "play_not_recorded": 5,
    }  # fmt: skip


def test_expiry_is_told_apart_from_the_expiry_of_what_differs() -> None:
    shop = Programme()
    shop.member("a")
    shop.member("b")
    for member in ("a", "b"):
        shop.order(member, 10_000, T0)
    shop.entry("a", "earn", 100, T0, "o0")  # the source lets nothing expire
    assert reasons(shop, valid=30 * DAY) == {"not_recorded": 100, "expiry": -100, "expiry_follows": -100}
    shop.entry("a", "expire", -100, T0 + 30 * DAY)
    assert reasons(shop, valid=30 * DAY) == {"not_recorded": 100, "expiry_follows": -100}


def test_a_source_of_balances_has_no_entries_to_compare() -> None:
    shop = Programme()
    shop.member("a")
    shop.order("a", 10_000, T0)
    shop.entry("a", "adjust", 70, T0 + DAY)
    assert reasons(shop) == {"not_recorded": 100, "balance_only": -70}


def test_what_a_benefit_gave_is_counted_beside_what_the_store_gives_anyway() -> None:
    shop = Programme()
    shop.member("a")
    shop.order("a", 10_000, T0)
    shop.order("a", 10_000, T0 + DAY)
    shop.event("a", "sign_in", T0)
    of_store = DoubleDays(T0, T0 + DAY, 2)
    given = rules(doubles=(of_store, doubling(2), doubling(3, start=T0 + DAY)), earning=(sign_in(),))
    assert shop.found(given).earned_by == {("spring", "double"): 200, ("spring", "sign"): 5}


def test_the_platform_books_what_it_lacks_the_oldest_are_booked_first() -> None:
    shop = Programme()
    for member in ("a", "b"):
        shop.member(member)
    shop.refer("a", "b")
    for day in range(3):
        shop.event("a", "sign_in", T0 + day * DAY)
    shop.order("b", 10_000, T0)
    shop.entry("b", "earn", 100, T0, "o0")
    shop.entry("a", "play", 7, T0 + 3 * DAY)
    given = rules(doubles=(doubling(2),), earning=(sign_in(),), referrals=(ReferralTerm(None),))
    with shop.session() as con:
        compute(con, as_of=NOW, rules=given)
        found = [(member, int(points), reason, order) for member, points, reason, order, _ in to_book(con, as_of=NOW)]
    assert sorted(found, key=str) == [
        ("a", 100, "referral", "o0"),
        ("a", 3, "sign_in", None),
        ("a", 5, "sign_in", None),
        ("b", 100, "double_day", "o0"),
        ("b", 100, "referral", "o0"),
    ]


def test_what_benefits_gave_needs_no_comparison_with_the_record() -> None:
    shop = Programme()
    silver(shop)
    shop.order("a", 19_990, T0 + DAY // 2)
    shop.event("a", "sign_in", T0 + DAY)
    shop.entry("a", "earn", 3, T0 + 2 * DAY, "o0")
    given = rules(doubles=(doubling(2),), earning=(sign_in(),))
    phases = [("before", "double", T0 - DAY), ("day", "double", T0), ("day", "sign", T0)]
    with shop.session() as con:
        alone = given_by(con, "spring", phases, as_of=NOW, rules=given)
        assert con.execute("select 1 from duckdb_tables() where table_name = 'point_differences'").fetchall() == []
    assert alone["day", "double"] == (1, Fraction(597 - 298))
