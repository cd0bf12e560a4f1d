"""Timed plays of groups, red packets, coupons that come after an order: what is set aside, used, and comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaign_calendars.deciding.blocks import Block

from .cases import DAY, HOUR, Shop
from .test_announced import END, OVER, START, calendar, look, used

SECOND = timedelta(seconds=1)
EVENING = datetime(2026, 3, 5, 20, tzinfo=UTC)
LATE = datetime(2026, 3, 6, tzinfo=UTC)
TIMED = {"stock": 4, "offered": {"from": "2026-03-05 20:00", "to": "2026-03-05 23:59:59"}}
PACKETS = {"kind": "red_packet", "group": "fans", "amount": "2.00", "per_group": 2, **TIMED}
OFFER = {"kind": "timed_offer", "item": "tea", "goods": ["t"], "price": 5, "unit_cost": 3, **TIMED}
LINE = [("t", 900, 500, 1)]


def parts(block: Block) -> list[tuple[str, int, int]]:
    return [part for part in block.parts() if part[1:] != (0, 0)]


def test_a_pool_is_set_aside_spent_by_pay_outs_and_what_is_left_comes_back() -> None:
    shop, made = Shop(), calendar(PACKETS)
    shop.join(*"ab")
    (planned,) = blocks = look(shop, made, START)
    assert (planned.state, parts(planned)) == ("planned", [("planned", 4, 800)]), "the pool, whatever was before"
    blocks = look(shop, made, EVENING, blocks)
    assert parts(blocks[0]) == [("open", 4, 800)]
    shop.redeem("a", "b", EVENING + SECOND, calendar="c", cents=200)
    shop.redeem("b", "b", EVENING + HOUR, calendar="c")
    blocks = look(shop, made, EVENING + 2 * HOUR, blocks)
    assert parts(blocks[0]) == [("open", 2, 400), ("spent", 2, 400)]
    (over,) = look(shop, made, LATE + 3 * DAY, blocks)
    assert parts(over) == [("expired", 2, 400), ("spent", 2, 400)]
    assert (over.held_pieces, over.held_cents) == (2, 400)
    dearer = {**PACKETS, "amount": "3.00"}
    assert used(shop, dearer) == (2, 500), "what was paid, else what a packet holds"


def test_the_luckiest_packet_costs_what_was_paid() -> None:
    shop = Shop()
    shop.join(*"abc")
    for number, cents in enumerate((1, 650, 149)):
        shop.redeem("abc"[number], "b", EVENING + number * HOUR, calendar="c", cents=cents)
    assert used(shop, {**PACKETS, "split": "lucky"}) == (3, 800)
    assert used(shop, PACKETS) == (3, 350), "an equal one holds no more than its amount"


def test_a_pay_out_beyond_the_pool_costs_no_more_than_the_pool() -> None:
    """A pay-out file with a slipped decimal point must not eat the campaign's budget unseen."""
    shop = Shop()
    shop.join("a")
    shop.redeem("a", "b", EVENING, calendar="c", cents=20_000)
    assert used(shop, {**PACKETS, "split": "lucky"}) == (1, 800)


def test_a_quota_is_set_aside_as_a_whole_whatever_was_sold_before() -> None:
    shop = Shop()
    shop.join("a")
    shop.order("a", START - DAY, 900, lines=[("t", 900, 900, 1)])
    (block,) = look(shop, calendar(OFFER), START)
    assert (block.pieces, block.held_cents) == (4, 1200)


def test_packets_opened_before_or_after_their_time_are_paid_by_no_pool() -> None:
    shop = Shop()
    shop.join("a", "b")
    shop.redeem("a", "b", EVENING - SECOND, calendar="c", cents=200)
    shop.redeem("b", "b", LATE, calendar="c", cents=200)
    assert used(shop, PACKETS) == (0, 0)


def test_a_timed_price_is_used_from_its_first_second_to_its_last() -> None:
    shop = Shop()
    shop.join(*"abcd")
    for member, at in zip("abcd", (EVENING - SECOND, EVENING, LATE - SECOND, LATE), strict=True):
        shop.order(member, at, 500, lines=LINE)
    assert used(shop, OFFER) == (2, 600)
    assert used(shop, {**OFFER, "stock": 1}) == (2, 600), "what lines tell was sold, whatever the limits"
    assert used(shop, {**OFFER, "price": "4.99"}) == (0, 0)
    low = {**OFFER, "kind": "haggle", "starts_at": 9, "helpers": 3, "unit_cost": None}
    assert used(shop, {key: value for key, value in low.items() if value is not None}) == (2, 800), "9.00 − 5.00"


def test_a_price_of_a_group_is_for_those_who_are_in_it() -> None:
    shop = Shop()
    shop.join(*"abc")
    for member in "abc":
        shop.order(member, EVENING + HOUR, 500, lines=LINE)
    offer = {**OFFER, "group": "fans"}
    assert used(shop, offer) == (3, 900), "nobody is known to be in it: the platform alone can tell"
    shop.bind("a", channel="fans", at=START)
    shop.bind("b", channel="fans", at=START, until=EVENING)
    shop.bind("c", channel="others", at=START)
    assert used(shop, offer) == (1, 300)
    assert used(shop, OFFER) == (3, 900)


AFTER = {"kind": "after_order_coupon", "threshold": 50, "value": 10, "valid": "15d"}


def _succeed(shop: Shop, order: str, at: datetime) -> None:
    shop.con.execute("update snap.stg_orders set succeeded_at = ? where order_id = ?", [at.replace(tzinfo=None), order])


def test_a_coupon_after_the_order_comes_with_its_success() -> None:
    shop = Shop()
    shop.join("a", "b")
    first = shop.order("a", START + HOUR, 6000)
    _succeed(shop, first, START + 3 * DAY)
    _succeed(shop, shop.order("b", START + HOUR, 6000), END)  # after the activity
    second = shop.order("a", START + 2 * DAY, 6000)
    _succeed(shop, second, END)
    shop.redeem("a", "b", START + 2 * DAY, calendar="c", order=second)
    shop.redeem("a", "b", START + 3 * DAY, calendar="c", order=first)
    shop.redeem("b", "b", END + HOUR, calendar="c")
    assert used(shop, AFTER) == (0, 0), "before the success, on its own order, without one"
    shop.redeem("a", "b", START + 3 * DAY + HOUR, calendar="c", order=second)
    assert used(shop, AFTER) == (1, 1000)


def test_cash_back_may_wait_for_the_success_of_its_order() -> None:
    shop = Shop()
    shop.join("a")
    _succeed(shop, shop.order("a", START + HOUR, 15000), START + 3 * DAY)
    shop.redeem("a", "b", START + DAY, calendar="c")
    cashback: dict[str, Any] = {"kind": "member_cashback", "amount": 149, "value": 20, "valid": "15d"}
    assert used(shop, cashback) == (1, 2000)
    assert used(shop, {**cashback, "issued_on": "success"}) == (0, 0)


def test_a_granted_coupon_begins_with_the_success_of_its_order() -> None:
    from .test_recognising import rules, states

    shop = Shop()
    shop.grant("a", "b", 1000, at=START)
    _succeed(shop, shop.order("a", START + HOUR, 6000), START + 3 * DAY)
    shop.redeem("a", "b", START + DAY, calendar="c")
    assert states(shop, AFTER, START + 2 * DAY) == {"open": 1}
    shop.redeem("a", "b", START + 4 * DAY, calendar="c")
    assert states(shop, AFTER, START + 5 * DAY) == {"spent": 1}
    assert [one.issue.on for one in rules(b=AFTER) if one.issue] == ["success"]


@pytest.mark.parametrize(("tiers", "uses"), [([], 3), (["gold"], 0)])
def test_a_sample_goes_with_every_order(tiers: list[str], uses: int) -> None:
    shop, sample = Shop(), {"kind": "order_sample", "item": "tea", "unit_cost": "1.50", "tiers": tiers}
    shop.join("a")
    for hour in range(3):
        shop.order("a", START + hour * HOUR, 100)
    shop.order("guest", START + HOUR, 9900)
    assert used(shop, sample, OVER) == (uses, 150 * uses)
