"""Benefits that apply themselves: what their phases set aside, what orders of members use of it, what comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaign_calendars.deciding.blocks import Block, TierClock, announced, blocks_of
from campaign_calendars.deciding.uses import use_rules
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.programme import Ladder
from campaign_calendars.time.resolving import resolve
from warehouse.accounting.settling import settle

from .cases import DAY, HOUR, Shop

START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)
OVER = END + 3 * DAY
GIFT = {"kind": "member_extra_gift", "amount": 159, "item": "mug", "unit_cost": "9.00", "stock": 50}
CASHBACK = {"kind": "member_cashback", "amount": 149, "value": 20, "valid": "15d"}
BURST = ({"id": "burst", "kind": "burst", "window": {"from": "2026-03-01", "to": "2026-03-07"}},)
TIERS = TierClock(Ladder((0, 100000), (None, None)), 365 * DAY)
"""Gold from 1,000.00 on."""
FREIGHT = {"kind": "service", "offers": "free_shipping", "unit_cost": "5.00", "tiers": ["gold"]}
STAGES = (
    {"id": "deposit", "kind": "presale", "stage": "deposit", "window": {"from": "2021-10-20", "to": "2021-10-31"}},
    {"id": "balance", "kind": "burst", "stage": "balance", "window": {"from": "2021-11-01", "to": "2021-11-03"}},
)


def calendar(benefit: dict[str, Any], phases: tuple[dict[str, Any], ...] = BURST, told_in: int = 1) -> Calendar:
    """The first phases announce the benefit `b`."""
    play = {"id": "tell", "audience": "all", "announces": ["b"], "channels": ["sms"], "message": "m.txt"}
    rows = [
        {**phase, "plays": [{**play, "at": f"{phase['window']['from']} 10:00"}] if number < told_in else []}
        for number, phase in enumerate(phases)
    ]
    return Calendar.model_validate(
        {
            "calendar": "c", "store": "s", "timezone": "UTC", "audiences": {"all": {"where": "joined"}},
            "benefits": {"b": benefit}, "phases": rows,
        }
    )  # fmt: skip


def look(shop: Shop, made: Calendar, at: datetime, kept: tuple[Block, ...] = ()) -> tuple[Block, ...]:
    timeline = resolve(made)
    told = announced(made, timeline, ("basic", "gold"), kept)
    connected = ("redemptions", "points")
    found = settle(
        shop.con, "c", [], use_rules(made, timeline), known_at=at, connected=connected, announced=told, tiers=TIERS
    )
    return tuple(blocks_of(made, told, found.announced, kept=kept, known_at=at, now=at))


def used(shop: Shop, benefit: dict[str, Any], at: datetime = OVER, **how: Any) -> tuple[int, int]:
    (block,) = look(shop, calendar(benefit, **how), at)
    return block.uses, block.spent_cents


@pytest.mark.parametrize(("cents", "back", "uses"), [(15899, 0, 0), (15900, 0, 1), (20000, 5000, 0), (20000, 4100, 1)])
def test_an_order_of_the_amount_net_of_what_came_back_brings_the_gift(cents: int, back: int, uses: int) -> None:
    shop = Shop()
    shop.join("a")
    order = shop.order("a", START + HOUR, cents)
    if back:
        shop.refund(order, START + 2 * HOUR, back)
    assert used(shop, GIFT) == (uses, 900 * uses)


def test_two_pieces_of_one_line_are_two_items() -> None:
    shop = Shop()
    shop.join("a", "b")
    shop.order("a", START + HOUR, 1000, items=2)
    shop.order("b", START + HOUR, 99000, items=1)
    by_items = {"kind": "member_extra_gift", "items": 2, "item": "mug", "unit_cost": "9.00", "stock": 50}
    assert used(shop, by_items) == (1, 900)


def test_the_presale_gift_comes_with_the_balance_of_an_order_with_a_deposit_in_the_presale() -> None:
    shop, gift = Shop(), {**GIFT, "amount": 300, "sale": "presale"}
    shop.join("a", "b", "c", at=datetime(2021, 1, 1, tzinfo=UTC))
    deposit, balance = datetime(2021, 10, 22, 9, tzinfo=UTC), datetime(2021, 11, 2, 9, tzinfo=UTC)
    shop.order("a", balance, 32000, placed=deposit, deposit=deposit)
    shop.order("b", datetime(2021, 10, 25, tzinfo=UTC), 32000)  # not in stages
    shop.order("c", balance, 29900, placed=deposit, deposit=deposit)
    before, after = balance - HOUR, balance + HOUR
    assert used(shop, gift, before, phases=STAGES) == (0, 0), "the balance is not paid"
    assert used(shop, gift, after, phases=STAGES) == (1, 900)


def test_only_members_at_the_time_of_the_order_and_orders_paid_in_the_phase_count() -> None:
    shop = Shop()
    shop.join("a", "b")
    shop.join("late", at=START + 2 * HOUR)
    shop.order("late", START + HOUR, 20000)
    shop.order("guest", START + HOUR, 20000)
    shop.order("a", START - timedelta(seconds=1), 20000)
    shop.order("b", END - timedelta(seconds=1), 20000)
    shop.order("a", END, 20000)
    assert used(shop, GIFT) == (1, 900)
    shop.order("late", START + 3 * HOUR, 20000)
    assert used(shop, GIFT) == (2, 1800)


@pytest.mark.parametrize(("left", "counts"), [(-30, True), (-1, False), (4, True)])
def test_who_left_and_joined_again_is_a_member_again(left: int, counts: bool) -> None:
    """He joined 20 days before; days of leaving: before that (he is back), before the order (gone), after it."""
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    shop = Shop()
    shop.join("back", at=at - 20 * DAY, left=at + left * DAY)
    shop.order("back", at, 20000)
    assert used(shop, GIFT) == ((1, 900) if counts else (0, 0))
    shop.redeem("back", "b", at + DAY, order=shop.order("back", at + DAY, 5000), calendar="c")
    assert used(shop, CASHBACK, at + 2 * DAY)[0] == int(counts)


def test_one_per_member_and_the_stock_goes_in_the_order_of_payment() -> None:
    shop = Shop()
    shop.join(*"abc")
    for hour, member in enumerate("aabc"):
        shop.order(member, START + hour * HOUR, 20000)
    assert used(shop, {**GIFT, "stock": 2}) == (2, 1800)
    assert used(shop, {**GIFT, "per_member": 2}) == (4, 3600)


def test_the_gift_of_an_order_that_came_back_as_a_whole_stays_spent() -> None:
    shop = Shop()
    shop.join("a")
    shop.refund(shop.order("a", START + HOUR, 20000), START + DAY)
    assert used(shop, GIFT) == (1, 900)


def test_a_block_is_planned_then_owed_then_spent_and_the_rest_comes_back() -> None:
    shop = Shop()
    shop.join(*"abcd")
    for day, member in enumerate("abcd"):
        shop.order(member, START - (2 + day) * DAY, 20000)
        shop.order(member, START - (9 + day) * DAY, 20000)
    made = calendar({**GIFT, "per_member": 9})
    (planned,) = blocks = look(shop, made, START - HOUR)
    assert (planned.state, planned.expected, planned.pieces, planned.held_cents) == ("planned", 2, 2, 1800)
    assert look(shop, calendar({**GIFT, "per_member": 9, "stock": 1}), START - HOUR)[0].pieces == 1, (
        "no more than there is"
    )
    (online,) = blocks = look(shop, made, START, blocks)
    assert list(online.parts()) == [("open", 2, 1800), ("spent", 0, 0), ("difference", 0, 0)]
    shop.order("a", START + HOUR, 20000)
    dearer = calendar({**GIFT, "per_member": 9, "unit_cost": "12.00"})
    (one,) = blocks = look(shop, dearer, START + DAY, blocks)
    assert list(one.parts()) == [("open", 1, 900), ("spent", 1, 900), ("difference", 0, 0)], (
        "set aside at its cost of then"
    )
    (late,) = look(shop, made, OVER - timedelta(seconds=1), blocks)
    assert late.held_cents == 1800, "uses are written down late"
    (over,) = look(shop, made, OVER, blocks)
    assert list(over.parts()) == [("expired", 1, 900), ("spent", 1, 900), ("difference", 0, 0)]
    assert (over.held_pieces, over.held_cents) == (1, 900)


def test_more_uses_than_were_expected_are_all_held() -> None:
    shop = Shop()
    shop.join("a", "b")
    for member in "ab":
        shop.order(member, START + HOUR, 20000)
    (block,) = look(shop, calendar(GIFT), START + DAY)
    assert (block.pieces, block.held_pieces, block.held_cents) == (0, 2, 1800)
    assert list(block.parts()) == [("open", 0, 0), ("spent", 2, 1800), ("difference", 0, -1800)]


def test_announced_cash_back_is_issued_by_one_order_and_used_on_another() -> None:
    shop = Shop()
    shop.join("a", "b", "guest2")
    noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    first = {member: shop.order(member, noon, 15000) for member in "ab"}
    shop.redeem("a", "b", noon, order=first["a"], calendar="c")
    assert used(shop, CASHBACK, noon + DAY) == (0, 0), "not on the order it came with"
    second = shop.order("a", noon + 5 * timedelta(minutes=1), 3000, list_cents=5000)
    shop.redeem("a", "b", noon + 5 * timedelta(minutes=1), order=second, calendar="c")
    assert used(shop, CASHBACK, noon + DAY) == (1, 2000)
    shop.refund(first["b"], noon + HOUR, 1000)  # 140.00 are left
    shop.redeem("b", "b", noon + DAY, calendar="c")
    assert used(shop, CASHBACK, noon + 2 * DAY) == (1, 2000)


def test_announced_cash_back_lasts_as_long_as_it_is_valid() -> None:
    shop = Shop()
    shop.join("a", "b")
    noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    for member in "ab":
        shop.order(member, noon, 15000)
    shop.redeem("a", "b", datetime(2026, 3, 20, 23, 59, 59, tzinfo=UTC), calendar="c")
    shop.redeem("b", "b", datetime(2026, 3, 21, tzinfo=UTC), calendar="c")
    assert used(shop, CASHBACK, datetime(2026, 3, 22, tzinfo=UTC)) == (1, 2000)
    (block,) = look(shop, calendar(CASHBACK), datetime(2026, 3, 22, tzinfo=UTC))
    assert block.state == "open", "what was earned on the last day is valid still"


def test_cash_back_is_planned_by_the_orders_of_the_weeks_before() -> None:
    shop = Shop()
    shop.join(*"abcd")
    for day, member in enumerate("abcd"):
        shop.order(member, START - (1 + day) * DAY, 14900 if day else 14899)
    (block,) = look(shop, calendar(CASHBACK), START - HOUR)
    assert (block.expected, block.held_cents) == (1, 2000), "3 in 4 weeks, for one week"


def test_a_challenge_is_reserved_up_to_its_stock_and_spent_by_those_who_reach_it() -> None:
    shop = Shop()
    shop.join("a", "b")
    challenge = {"kind": "challenge", "item": "box", "spend": 1200, "unit_cost": 30, "stock": 5}
    for member, cents in (("a", 39999), ("b", 40000)):
        shop.order(member, START + HOUR, 80000)
        shop.order(member, START + DAY, cents)
    (block,) = look(shop, calendar(challenge), START + 2 * DAY)
    assert list(block.parts())[:2] == [("reserved", 4, 12000), ("spent", 1, 3000)]


def test_a_buyback_gift_goes_with_the_order_after_so_many() -> None:
    shop = Shop()
    shop.join("a", "b", "c")
    gift = {"kind": "buyback_gift", "item": "mug", "unit_cost": 9, "stock": 5, "since": "2026-02-21"}
    for member, first in (("a", START - 5 * DAY), ("b", START - 20 * DAY), ("c", START - 5 * DAY)):
        order = shop.order(member, first, 5000)
        if member == "c":
            shop.refund(order, first + DAY)
        shop.order(member, START + HOUR, 5000)
    assert used(shop, gift) == (1, 900), "a's: b bought too early, c gave it back"


def test_what_phases_set_aside_of_one_stock_never_adds_up_to_more_than_it() -> None:
    shop = Shop()
    shop.join(*"abcdef")
    for day, member in enumerate("abcdef"):
        shop.order(member, START - (1 + day) * DAY, 20000)
    phases = (
        {**BURST[0], "window": {"from": "2026-03-01", "to": "2026-03-28"}},
        {**BURST[0], "id": "later", "window": {"from": "2026-03-29", "to": "2026-04-25"}},
    )
    blocks = look(shop, calendar({**GIFT, "stock": 8}, phases, told_in=2), START - HOUR)
    assert [(block.phase, block.expected, block.pieces) for block in blocks] == [("burst", 6, 6), ("later", 6, 2)]


def test_only_orders_of_its_tiers_at_that_time_bring_it() -> None:
    shop = Shop()
    shop.join("a", "b", "c")
    shop.order("a", START - 60 * DAY, 100000)
    shop.refund(shop.order("c", START - 60 * DAY, 100000), START - 50 * DAY, 1)
    shop.order("b", START + HOUR, 100000)  # made gold by it, not before
    for member in "abc":
        shop.order(member, START + 2 * HOUR, 20000)
    assert used(shop, {**GIFT, "tiers": ["gold"], "per_member": 9}) == (2, 1800), "a's and the second of b"
    assert used(shop, {**GIFT, "tiers": ["basic"], "per_member": 9}) == (2, 1800), "c's and the first of b"


@pytest.mark.parametrize(("tiers", "expected"), [([], 2), (["gold"], 1), (["basic"], 1)])
def test_weeks_before_it_is_online_what_is_for_a_tier_is_sized_by_the_weeks_before_now(
    tiers: list[str], expected: int
) -> None:
    shop, now = Shop(), START - 14 * DAY
    shop.join("a", "b", at=START - 100 * DAY)
    shop.order("a", START - 90 * DAY, 100000)
    for day in range(4):
        shop.order("a", now - (20 + day) * DAY, 20000)
        shop.order("b", now - (20 + day) * DAY, 20000)
    made = calendar({**GIFT, "tiers": tiers, "per_member": 9})
    (block,) = look(shop, made, now)
    assert block.expected == expected, "as many in its week as in one of the four weeks before now"


def test_free_shipping_costs_with_every_order_of_its_tier() -> None:
    shop = Shop()
    shop.join("a", "b")
    shop.order("a", START - 60 * DAY, 100000)
    for hour in range(3):
        shop.order("a", START + hour * HOUR, 100)
        shop.order("b", START + hour * HOUR, 100)
    shop.order("a", START - DAY, 100)
    (block,) = look(shop, calendar(FREIGHT), START + DAY)
    assert (block.expected, block.uses, block.spent_cents) == (1, 3, 1500)
