"""An early-bird price on another day counts toward the lowest price, and is held against the planned ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from campaign_calendars.deciding.uses import use_rules
from campaign_calendars.findings.problem import Problem
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.time.resolving import resolve
from tests.warehouse.accounting.cases import DAY, HOUR, Shop
from warehouse.measurement.off_days import audit_off_days

GRANTED = datetime(2021, 11, 1, 2, tzinfo=UTC)
FIFTH = datetime(2021, 11, 5, 2, tzinfo=UTC)
EARLY = {
    "kind": "early_bird_price", "rate": 0.95, "unit_cost": 15, "goods": ["cream"],
    "days": ["2021-11-01", "2021-11-02", "2021-11-03", "2021-11-11"],
}  # fmt: skip
PLANNED = {"cream": {"planned": [{"phase": "eleven", "list": 300, "after_coupon": 290}]}}


def calendar(prices: dict[str, Any], **changes: Any) -> Calendar:
    phases = [
        {"id": "early", "kind": "burst", "window": {"from": "2021-11-01", "to": "2021-11-09"}},
        {"id": "eleven", "kind": "burst", "window": {"from": "2021-11-10", "to": "2021-11-12"}},
    ]
    return Calendar.model_validate(
        {
            "calendar": "c", "store": "s", "timezone": "Asia/Shanghai", "benefits": {"early": {**EARLY, **changes}},
            "phases": phases, "prices": prices,
        }
    )  # fmt: skip


def found(shop: Shop, made: Calendar) -> list[Problem]:
    timeline = resolve(made)
    shop.look(FIFTH + 30 * DAY, rules=list(use_rules(made, timeline)))
    return audit_off_days(shop.con, made, timeline)


def use(shop: Shop, at: datetime, line: tuple[str, int, int, int] = ("cream", 30000, 28500, 1)) -> None:
    shop.redeem("a", "early", at, calendar="c", order=shop.order("a", at, 28500, lines=[line]))


def test_a_use_on_another_day_counts_and_breaks_a_planned_price() -> None:
    shop = Shop()
    shop.grant("a", "early", 1500, at=GRANTED)
    use(shop, FIFTH)
    (problem,) = found(shop, calendar(PLANNED))
    assert (problem.code, problem.severity) == ("D418", "error")
    assert "early: cream was had at 285 on 2021-11-05" in problem.message
    assert "the 290 planned for eleven from 2021-11-10 lies above it" in problem.message
    assert "eleven 自 2021-11-10 起的计划价 290 高于它" in problem.zh
    (alone,) = found(shop, calendar({}))
    assert (alone.severity, "until 2021-11-20 it counts" in alone.message) == ("warning", True)


@pytest.mark.parametrize(
    ("at", "problems"),
    [
        (GRANTED + HOUR, 0),
        (datetime(2021, 11, 3, 15, 59, 59, tzinfo=UTC), 0),  # the last second of the third in Shanghai
        (datetime(2021, 11, 3, 16, tzinfo=UTC), 1),
    ],
)
def test_its_own_days_are_local_ones(at: datetime, problems: int) -> None:
    shop = Shop()
    shop.grant("a", "early", 1500, at=GRANTED)
    use(shop, at)
    assert len(found(shop, calendar(PLANNED))) == problems


def test_only_its_goods_and_only_prices_below_the_planned_one() -> None:
    shop = Shop()
    use(shop, FIFTH, ("soap", 30000, 28500, 1))
    assert found(shop, calendar(PLANNED)) == [], "other goods of the order"
    use(shop, FIFTH, ("cream", 31000, 58500, 2))
    low = {"cream": {"planned": [{"phase": "eleven", "after_coupon": 292.5}]}}
    assert [one.severity for one in found(shop, calendar(low))] == ["warning"], "the very price is not above it"
    assert found(shop, calendar(low, goods=[])) == [], "nobody knows which goods"
    short = calendar(PLANNED).model_copy(update={"price_rule": calendar(PLANNED).price_rule.model_copy(
        update={"look_back": 4 * DAY})})  # fmt: skip
    assert [one.severity for one in found(shop, short)] == ["warning"], "five days before, four are looked back"


def test_without_what_was_paid_its_rate_of_the_list_price_counts() -> None:
    shop = Shop()
    at = FIFTH
    order = shop.order("a", at, 28500)
    shop.con.execute("insert into snap.stg_order_items values (?, null, 1, 'cream', null)", [order])
    shop.redeem("a", "early", at, calendar="c", order=order)
    (problem,) = found(shop, calendar(PLANNED))
    assert "had at 285 on" in problem.message
    shop.refund(order, at + HOUR)
    assert len(found(shop, calendar(PLANNED))) == 1, "a price that was asked was asked"
