"""Coupons of phases and tiers against each other, for every basket."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.checks.coupons import best_net, first_basket

from .examples import CALENDAR, patched, problems_of
from .test_checks import codes

coupons = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=1, max_size=3)


@given(own=coupons, other=coupons)
def test_looking_at_the_breakpoints_proves_every_basket(
    own: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    start = max(1, min(threshold for threshold, _ in other))
    worse = [basket for basket in range(start, 150) if best_net(basket, own) > best_net(basket, other)]
    assert first_basket(own, other, lambda a, b: a > b) == (worse[0] if worse else None)


@given(own=coupons, other=coupons)
def test_so_it_does_for_not_better(own: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    def is_wrong(mine: int, theirs: int) -> bool:
        return mine >= theirs and mine + theirs > 0

    start = max(1, min(threshold for threshold, _ in other))
    wrong = [b for b in range(start, 150) if is_wrong(best_net(b, own), best_net(b, other))]
    assert first_basket(own, other, is_wrong) == (wrong[0] if wrong else None)


def test_a_store_coupon_of_another_time_does_not_count() -> None:
    benefits = """\
benefits:
  s: {kind: store_coupon, threshold: 299, value: 40, valid: {from: %s, to: %s}}
  c: {kind: member_coupon, threshold: 199, value: 30}
"""
    assert "C192" in codes(problems_of(benefits % ("D-3", "D")))
    assert "C192" not in codes(problems_of(benefits % ("D+1", "D+2")))


def test_a_coupon_that_is_only_announced_is_compared_too() -> None:
    given = patched(CALENDAR, "benefits: {s: {kind: store_coupon, threshold: 299, value: 40}, c: "
                    "{kind: member_coupon, threshold: 199, value: 30}}\n")  # fmt: skip
    phases = given[given.index("phases:") :].replace("benefits: [c]", "announces: [c]")
    assert "C192" in codes(problems_of(given[: given.index("phases:")] + phases))


def test_the_message_names_the_basket_and_what_is_paid() -> None:
    problems = problems_of("benefits: {c: {kind: member_coupon, threshold: 199, value: 30, tiers: [basic]}}\n")
    (problem,) = [p for p in problems if p.code == "C193"]
    assert problem.message == "burst: of a basket of 199 gold pays 199, basic pays 169"
    assert "gold 付 199，basic 付 169" in problem.zh


def test_coupons_by_purchasing_power_are_not_prices() -> None:
    assert "C195" not in codes(problems_of("audiences: {everybody: joined and m_score <= 2}\n"))
