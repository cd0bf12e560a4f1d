"""Redemptions are judged as the books tell them: never granted, not then, once too often."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from campaign_calendars.findings.problem import Problem
from tests.warehouse.accounting.cases import CALENDAR, DAY, HOUR, T0, Shop
from warehouse.measurement.redemptions import audit_redemptions


def judged(shop: Shop, at: datetime = T0 + 30 * DAY, *everybodys: str) -> list[Problem]:
    shop.look(at)
    return audit_redemptions(shop.con, calendar=CALENDAR, as_of=at, everybodys=everybodys)


def test_a_use_in_time_is_fine() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=DAY)
    shop.redeem("a", "coupon", T0)
    assert judged(shop) == []


def test_a_redemption_nobody_granted_is_d401() -> None:
    shop = Shop()
    shop.grant("member-a1", "gift", 300)
    for member in "gfedcba":
        shop.redeem(f"member-{member}1", "coupon", T0 + HOUR, calendar=CALENDAR)
    shop.redeem("member-a1", "coupon", T0 + DAY, calendar=CALENDAR)
    (problem,) = judged(shop)
    assert problem.code == "D401"
    assert "8 of 8 redemptions by 7 members (me***a1, me***b1, me***c1, me***d1, me***e1 …)" in problem.message
    assert "me***a1, me***b1, me***c1" in problem.zh, "a report is handed on: nobody is named in it"


def test_a_benefit_that_the_calendar_does_not_have_was_granted_to_nobody_unless_everybody_has_it() -> None:
    shop = Shop()
    shop.grant("a", "gift", 300)
    shop.redeem("a", "store-coupon", T0 + HOUR, calendar=CALENDAR)
    assert [problem.code for problem in judged(shop)] == ["D401"]
    assert judged(shop, T0 + 30 * DAY, "store-coupon") == []


@pytest.mark.parametrize("late", [timedelta(0), HOUR])
def test_a_redemption_after_its_end_is_d402(late: timedelta) -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=DAY)
    shop.redeem("a", "coupon", T0 + DAY + late)
    (problem,) = judged(shop)
    assert (problem.code, problem.severity) == ("D402", "warning")


def test_any_of_several_grants_may_cover_it() -> None:
    shop = Shop()
    for day in (0, 5):
        shop.grant("a", "coupon", 500, at=T0 + day * DAY, valid=DAY)
        shop.redeem("a", "coupon", T0 + day * DAY + HOUR)
    shop.redeem("a", "coupon", T0 + 20 * DAY)
    (problem,) = judged(shop)
    assert (problem.code, "1 of 3 redemptions" in problem.message) == ("D402", True)


def test_a_second_use_of_one_grant_is_d417() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=DAY)
    shop.redeem("a", "coupon", T0 + HOUR)
    shop.redeem("a", "coupon", T0 + 2 * HOUR)
    (problem,) = judged(shop)
    assert (problem.code, "1 of 2 redemptions" in problem.message) == ("D417", True)


def test_other_calendars_and_the_future_are_not_judged() -> None:
    shop = Shop()
    shop.grant("a", "gift", 300)
    shop.redeem("a", "coupon", T0 + HOUR, calendar="another")
    shop.redeem("b", "coupon", T0 + HOUR, calendar=CALENDAR)
    assert judged(shop, T0 + HOUR) == []
    assert len(judged(shop, T0 + DAY)) == 1
