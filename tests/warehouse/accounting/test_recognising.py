"""How uses of every kind of benefit are told, from the calendar's own words to what became of a grant."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaign_calendars.deciding.blocks import TierClock
from campaign_calendars.deciding.uses import UseRule, use_rules
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.programme import Ladder
from campaign_calendars.time.resolving import resolve
from warehouse.ledger.records import StrayUses

from .cases import COUPON, DAY, HOUR, SERVICE, T0, Shop

END = T0 + 40 * DAY
TEA = {"goods": ["t"]}
GIFT = {"item": "mug", "unit_cost": 9, "stock": 50}


def rules(**benefits: dict[str, Any]) -> list[UseRule]:
    """Of a calendar from 2026-03-01 to 04-30 UTC, whose deposit phase lasts from 03-10 to 03-12."""
    phases = [
        {"id": "all", "kind": "burst", "window": {"from": "2026-03-01", "to": "2026-04-30"}},
        {"id": "deposit", "kind": "presale", "stage": "deposit", "window": {"from": "2026-03-10", "to": "2026-03-12"}},
        {"id": "balance", "kind": "burst", "stage": "balance", "window": {"from": "2026-03-13", "to": "2026-03-14"}},
    ]
    made = Calendar.model_validate(
        {"calendar": "c", "store": "s", "timezone": "UTC", "benefits": benefits, "phases": phases}
    )
    return list(use_rules(made, resolve(made)))


def states(shop: Shop, benefit: dict[str, Any], at: datetime = END) -> dict[str, int]:
    """State → pieces, of a benefit `b`."""
    shop.look(at, rules=rules(b=benefit))
    return {state: pieces for (_, state), (pieces, _) in shop.sums().items() if pieces}


def test_an_extra_gift_for_presale_goes_with_staged_orders_whose_deposit_lies_in_a_deposit_window() -> None:
    gift = {"kind": "member_extra_gift", "amount": 300, "sale": "presale", **GIFT}
    shop, paid = Shop(), datetime(2026, 3, 13, 9, tzinfo=UTC)
    for member in "abcd":
        shop.grant(member, "b", 900)
    inside = datetime(2026, 3, 10, 8, tzinfo=UTC)
    shop.order("a", paid, 32000, placed=inside, deposit=inside)
    shop.order("b", paid, 32000)  # not staged
    before = datetime(2026, 3, 9, 8, tzinfo=UTC)
    shop.order("c", paid, 32000, placed=before, deposit=before)
    shop.order("d", paid, 29999, placed=inside, deposit=inside)
    assert states(shop, gift) == {"spent": 1, "open": 3}
    in_stock = {**gift, "sale": "in_stock"}
    assert states(shop, in_stock) == {"spent": 1, "open": 3}, "now b's"


@pytest.mark.parametrize(
    ("benefit", "fits", "does_not"),
    [
        ({"kind": "member_price", "item": "tea", "price": 50, **TEA}, ("t", 6000, 5000, 1), ("t", 6000, 5001, 1)),
        ({"kind": "member_price", "item": "tea", "price": 50, **TEA}, ("t", 6000, 9990, 2), ("u", 6000, 4000, 1)),
        ({"kind": "flash_sale", "item": "tea", "price": 5, **TEA}, ("t", 6000, 500, 1), ("t", 6000, 501, 1)),
        ({"kind": "group_buy", "item": "tea", "price": 5, "size": 2, **TEA}, ("t", 6000, 500, 1), ("t", 6000, 501, 1)),
        ({"kind": "half_price", "item": "tea", "price": 99.99, **TEA}, ("t", 9999, 4999, 1), ("t", 9999, 5000, 1)),
        ({"kind": "member_items_discount", "items": 3, "rate": 0.9}, ("t", 1001, 2703, 3), ("t", 1001, 2704, 3)),
        ({"kind": "member_items_discount", "items": 3, "rate": 0.9}, ("t", 1000, 3600, 4), ("t", 1000, 1800, 2)),
        ({"kind": "bundle_price", "items": 3, "price": 99, **TEA}, ("t", 5000, 9900, 3), ("t", 5000, 6600, 2)),
        ({"kind": "birthday_gift", "item": "mug", "sku": "g"}, ("g", 900, 0, 1), ("t", 900, 0, 1)),
        ({"kind": "lucky_bag", "item": "bag", "sku": "g"}, ("g", 900, 0, 1), ("t", 900, 0, 1)),
    ],
)  # fmt: skip
def test_lines_of_its_goods_at_its_price_are_its_uses(
    benefit: dict[str, Any], fits: tuple[str, int, int, int], does_not: tuple[str, int, int, int]
) -> None:
    shop = Shop()
    for member, line in (("a", fits), ("b", does_not)):
        shop.grant(member, "b", 900)
        shop.order(member, T0 + HOUR, 10000, lines=[line])
    shop.look(END, rules=rules(b={"unit_cost": 9, "stock": 9, **benefit}))
    used = [row.member_id for row in shop.ledger.given_rows("c") if row.state.used_at is not None]
    assert used == ["a"]


@pytest.mark.parametrize(
    ("benefit", "paid", "of_gold"),
    [
        ({"kind": "member_price", "item": "tea", "price": 170, **TEA}, 16000, False),
        ({"kind": "member_price", "item": "tea", "price": 160, **TEA}, 16000, True),
        ({"kind": "member_price", "item": "tea", "price": 150, **TEA}, 15000, True),
        ({"kind": "member_price", "item": "tea", "rate": 0.85, **TEA}, 16000, False),
        ({"kind": "member_price", "item": "tea", "rate": 0.8, **TEA}, 16000, True),
        ({"kind": "bundle_price", "items": 2, "price": 330, **TEA}, 16000, False),
        ({"kind": "birthday_gift", "item": "mug", "sku": "t"}, 16000, True),
    ],
)
def test_what_the_buyers_tier_made_cheaper_is_no_use_of_a_price(
    benefit: dict[str, Any], paid: int, of_gold: bool
) -> None:
    """List price 200.00, gold pays 80 %: the tier is that of the moment of the order, whatever came later."""
    shop, pieces = Shop(), benefit.get("items", 1)
    tiers = TierClock(Ladder((0, 100_000), (None, None)), timedelta(days=365), (10_000, 8_000))
    for member in ("gold", "later", "basic"):
        shop.grant(member, "b", 900)
        shop.order(member, T0 + HOUR, 20_000 * pieces, lines=[("t", 20_000, paid * pieces, pieces)])
    for member, before in (("gold", -HOUR), ("later", 2 * HOUR)):
        shop.order(member, T0 + before, 100_000, lines=[("u", 1, 1, 1)])
    shop.look(END, rules=rules(b={"unit_cost": 9, "stock": 9, **benefit}), tiers=tiers)
    used = {row.member_id for row in shop.ledger.given_rows("c") if row.state.used_at is not None}
    assert used == {"later", "basic"} | ({"gold"} if of_gold else set())


def test_a_price_of_unknown_goods_counts_at_its_rate_and_says_so() -> None:
    price = {"kind": "member_price", "item": "tea", "price": 50, "unit_cost": 9, "redemption_rate": "40%"}
    shop = Shop()
    shop.grant("a", "b", 900, valid=DAY)
    shop.look(END, rules=rules(b=price))
    assert shop.sums() == {("b", "assumed"): (1, 360), ("b", "difference"): (0, 540)}


def test_what_is_assumed_never_holds_more_than_it_reserved() -> None:
    shop = Shop()
    shop.grant("a", "service", 80, valid=DAY, costs=(200,))  # expected: 200 at 40%
    shop.look(END, rules=[replace(SERVICE, rate=4000)])
    assert shop.sums() == {("service", "assumed"): (1, 80)}


def test_a_challenge_is_reached_with_the_order_that_makes_the_sum() -> None:
    challenge = {"kind": "challenge", "item": "box", "spend": 1200, "unit_cost": 30}
    shop = Shop()
    for member in "abc":
        shop.grant(member, "b", 3000, at=T0 + HOUR)
        shop.order(member, T0, 80000)  # before the announcement, in the campaign
    shop.order("a", T0 + DAY, 39999)
    shop.order("b", T0 + DAY, 40000)
    back = shop.order("c", T0 + DAY, 40000)
    shop.refund(back, T0 + 2 * DAY, 10000)
    assert states(shop, challenge) == {"spent": 1, "open": 2}
    shop.order("a", T0 + 3 * DAY, 1)
    assert states(shop, challenge) == {"spent": 2, "open": 1}, "one cent more"


def test_a_challenge_counts_from_when_it_says_and_a_daily_one_each_day_anew() -> None:
    challenge = {"kind": "challenge", "item": "box", "spend": 1200, "unit_cost": 30}
    daily, later = {**challenge, "period": "day"}, {**challenge, "from": "2026-03-11"}
    shop, tenth = Shop(), datetime(2026, 3, 10, 9, tzinfo=UTC)
    for member in "ab":
        shop.grant(member, "b", 3000)
    shop.order("a", tenth, 70000)
    shop.order("a", tenth + DAY, 60000)
    assert states(shop, challenge) == {"spent": 1, "open": 1}
    assert states(shop, daily) == states(shop, later) == {"open": 2}
    shop.order("b", tenth + DAY, 70000)
    shop.order("b", tenth + DAY + HOUR, 50000)
    assert states(shop, daily) == states(shop, later) == {"spent": 1, "open": 1}


CASHBACK = {"kind": "member_cashback", "amount": 149, "value": 20, "valid": "15d"}
ISSUED = datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_cash_back_begins_with_its_order_and_is_used_on_another() -> None:
    shop = Shop()
    for member in "abc":
        shop.grant(member, "b", 2000, valid=DAY)
    first = shop.order("a", ISSUED, 15000)
    shop.redeem("a", "b", ISSUED + HOUR, order=first)
    shop.order("b", ISSUED, 14899)
    shop.look(ISSUED + DAY, rules=rules(b=CASHBACK))
    assert shop.sums() == {("b", "open"): (3, 6000)}, "not on the order that earned it, and b earned nothing"
    shop.redeem("a", "b", ISSUED + timedelta(minutes=5), order=shop.order("a", ISSUED + timedelta(minutes=5), 5000))
    late = shop.order("c", ISSUED, 14900)
    for days in (15, 16):  # valid to the end of 03-24
        shop.redeem("c", "b", ISSUED + days * DAY, order=late if days == 16 else None)
    shop.look(ISSUED + 20 * DAY, rules=rules(b=CASHBACK))
    assert shop.sums() == {("b", "spent"): (2, 4000), ("b", "open"): (1, 2000)}
    shop.look(datetime(2026, 5, 5, tzinfo=UTC), rules=rules(b=CASHBACK))
    assert shop.sums() == {("b", "spent"): (2, 4000), ("b", "expired"): (1, 2000)}


def test_cash_back_is_lost_when_its_order_falls_below_the_condition_before_it_is_used() -> None:
    shop = Shop()
    for member in "ab":
        shop.grant(member, "b", 2000)
        shop.refund(shop.order(member, ISSUED, 15000), ISSUED + DAY, 1000)
    shop.redeem("b", "b", ISSUED + HOUR)
    shop.look(ISSUED + DAY, rules=rules(b=CASHBACK))
    assert shop.sums() == {("b", "spent"): (1, 2000), ("b", "open"): (1, 2000)}, "not known yet"
    shop.look(ISSUED + 2 * DAY, rules=rules(b=CASHBACK))
    assert shop.sums() == {("b", "spent"): (1, 2000), ("b", "refunded"): (1, 2000)}


def test_a_free_order_is_given_back_as_a_whole_and_costs_what_it_was() -> None:
    free = {"kind": "free_order", "max_amount": 300, "stock": 9}
    shop = Shop()
    for member, back in (("a", None), ("b", 5000), ("c", None)):
        shop.grant(member, "b", 30000, costs=(30000,))
        order = shop.order(member, T0 + HOUR, 40000 if member == "c" else 12000)
        shop.refund(order, T0 + DAY, back)
    shop.look(END, rules=rules(b=free))
    assert shop.sums() == {
        ("b", "spent"): (2, 12000 + 30000), ("b", "difference"): (0, 18000), ("b", "open"): (1, 30000),
    }  # fmt: skip


def test_an_early_bird_used_on_another_day_is_flagged() -> None:
    days = [f"2026-03-{day:02d}" for day in (9, 10, 20)]
    bird = {"kind": "early_bird_price", "rate": 0.95, "unit_cost": 15, "days": days}
    shop = Shop()
    for member, day in (("a", 9), ("b", 11), ("c", 20)):
        shop.grant(member, "b", 1500)
        shop.redeem(member, "b", datetime(2026, 3, day, 12, tzinfo=UTC))
    found = shop.look(END, rules=rules(b=bird))
    assert found.strays == {"b": StrayUses(1, 1500, 1, 1500)}
    assert shop.sums()["b", "spent"] == (2, 3000)


def test_a_use_before_its_window_opens_is_outside() -> None:
    coupon = {"kind": "member_coupon", "value": 5, "valid": {"from": "2026-03-10", "to": "2026-03-12"}}
    shop = Shop()
    shop.grant("a", "b", 500, valid=5 * DAY)
    shop.redeem("a", "b", T0 + HOUR)
    assert shop.look(END, rules=rules(b=coupon)).strays == {"b": StrayUses(1, 500, 1, 500)}


def test_another_value_of_the_coupon_does_not_rewrite_what_its_uses_cost() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, costs=(500,))
    shop.grant("b", "coupon", 800, costs=(800,))
    for member in "ab":
        shop.redeem(member, "coupon", T0 + HOUR)
    shop.look(T0 + DAY, rules=[replace(COUPON, costs=(100,))])
    assert shop.sums() == {("coupon", "spent"): (2, 1300)}


def test_a_redemption_without_a_calendar_counts_once_for_the_grant_that_ends_first() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=5 * DAY)
    shop.grant("a", "coupon", 700, valid=2 * DAY, calendar="other", costs=(700,))
    shop.redeem("a", "coupon", T0 + HOUR)
    for calendar in ("c", "other"):
        shop.look(T0 + DAY, calendar=calendar)
    assert (shop.sums(), shop.sums("other")) == ({("coupon", "open"): (1, 500)}, {("coupon", "spent"): (1, 700)})
    shop.redeem("a", "coupon", T0 + 2 * HOUR)
    found = [shop.look(T0 + DAY, calendar=calendar).strays for calendar in ("c", "other")]
    assert (shop.sums(), found) == ({("coupon", "spent"): (1, 500)}, [{}, {}])


def test_a_stray_without_a_calendar_belongs_to_who_gave_the_benefit_last() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500)
    shop.grant("b", "coupon", 700, calendar="other", at=T0 + DAY)
    shop.redeem("x", "coupon", T0 + HOUR)
    shop.redeem("x", "coupon", T0 + 2 * DAY)
    shop.redeem("y", "coupon", T0 + 3 * DAY)
    mine, others = (shop.look(END, calendar=calendar).strays for calendar in ("c", "other"))
    assert (mine, others) == ({"coupon": StrayUses(1, 500)}, {"coupon": StrayUses(2, 1000)})


def test_the_same_coupon_granted_twice_is_charged_to_the_one_that_was_not_over() -> None:
    shop = Shop()
    first = shop.grant("a", "coupon", 500, at=T0, valid=5 * DAY)
    second = shop.grant("a", "coupon", 500, at=T0 + 10 * DAY, valid=timedelta(days=2))
    shop.redeem("a", "coupon", T0 + 11 * DAY)
    shop.look(T0 + 20 * DAY)
    told = {row.state.intent_key: row.state for row in shop.ledger.given_rows("c")}
    assert (told[first.intent_key].release, told[second.intent_key].spent_cents) == ("expired", 500)
