"""A pool that pays for coupons and for a gift that applies itself, on a real project."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tasks.accounting.accounts import Account
from tasks.planning.budget import budget
from tasks.planning.plan import plan
from tests.flows.small_project import MEMBERS

from .two_phases import BURST, CALENDAR, TEASER, Shop

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_GIFT = "  mug: {kind: member_extra_gift, item: mug, amount: 60.00, stock: 8, unit_cost: 5.00, pool: coupons}\nphases:"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """The burst (3 days) announces the mug; four weeks before it have 20 fitting orders: 3 in the end."""
    made = Shop(tmp_path, pool="40.00", plan="first_come")
    announce_mug(made)
    for number in range(20):
        made.order(f"past-{number}", MEMBERS[number % 8], BURST - DAY - number * DAY - 20 * HOUR, "80.00")
    return made


def announce_mug(shop: Shop) -> None:
    path = shop.root / "calendars" / "two-phases.yaml"
    text = path.read_text("utf-8").replace("phases:", _GIFT.replace("pool", "per_member: 9, pool"), 1)
    head, burst = text.split("  - id: burst")
    told = burst.replace("benefits: [coupon_10]", "benefits: [coupon_10], announces: [mug]")
    path.write_text(f"{head}  - id: burst{told}", "utf-8")


def lines(shop: Shop, unit: str = "cents") -> dict[str, Account]:
    return {line.name: line for line in budget(shop.rt, CALENDAR, ahead=False).accounts if line.unit == unit}


def states(line: Account) -> tuple[int | None, ...]:
    """Spent, owed or reserved, planned and free."""
    return (line.spent, line.open + line.reserved, line.planned, line.free)


def test_what_is_set_aside_for_a_later_phase_is_not_given_away(shop: Shop) -> None:
    shop.pull(TEASER - HOUR)
    (block,) = plan(shop.rt, CALENDAR).blocks
    assert (block.phase, block.state, block.pieces, block.held_cents) == ("burst", "planned", 2, 1000)
    assert states(lines(shop)["pool coupons"]) == (0, 0, 1000, 3000)
    teaser = shop.run("teaser", TEASER)
    assert (teaser.chosen, teaser.plays[0].excluded) == (3, {"benefit_budget": 5}), "30.00 are free"
    assert states(lines(shop)["pool coupons"]) == (0, 3000, 1000, 0)
    assert states(lines(shop)["phase burst"]) == (0, 0, 1000, None)
    assert lines(shop, "pieces")["benefit mug"].free == 6


def test_it_is_owed_while_online_spent_by_orders_and_the_rest_comes_back(shop: Shop) -> None:
    shop.run("teaser", TEASER)
    shop.run("burst", BURST)
    assert lines(shop)["benefit mug"].open == 1500
    assert lines(shop)["benefit mug"].planned is None
    shop.order("now", MEMBERS[0], BURST + HOUR, "60.00")
    shop.pull(BURST + 2 * HOUR)
    mug = lines(shop)["benefit mug"]
    assert (mug.spent, mug.open) == (500, 1000), "he was sent no message, and needed none"
    assert lines(shop, "pieces")["benefit mug"].spent == 1
    found = budget(shop.rt, CALENDAR, ahead=False)
    assert found.blocks[0].uses == 1
    shop.pull(BURST + 9 * DAY)
    mug = lines(shop)["benefit mug"]
    assert (mug.spent, mug.open, mug.expired) == (500, 0, 1000)
    assert lines(shop)["pool coupons"].free == 4000 - 500 - lines(shop)["benefit coupon_10"].held


def tell(shop: Shop, benefit: str, given: str = "benefits: [coupon_10], announces: [box]") -> None:
    """The calendar with one more benefit, told in the burst."""
    path = shop.root / "calendars" / "two-phases.yaml"
    shop.write("40.00", "first_come")
    text = path.read_text("utf-8").replace("phases:", f"  {benefit}\nphases:", 1)
    head, burst = text.split("  - id: burst")
    path.write_text(f"{head}  - id: burst{burst.replace('benefits: [coupon_10]', given)}", "utf-8")


_BOX = "box: {kind: member_coupon, threshold: 50, value: 8.00, stock: 3, pool: coupons}"


def claim(shop: Shop, member: str, at: str) -> None:
    number = len(shop.redemptions)
    shop.redemptions.append(f"r{number},{member},box,{CALENDAR},{at},")
    shop._write_redemptions()


def test_what_is_claimed_holds_stock_and_money_from_before_it_is_announced_and_gives_the_rest_back(shop: Shop) -> None:
    tell(shop, _BOX)
    shop.pull(TEASER - HOUR)
    (block,) = plan(shop.rt, CALENDAR).blocks
    assert (block.benefit, block.state, block.pieces, block.held_cents) == ("box", "planned", 3, 2400)
    teaser = shop.run("teaser", TEASER)
    assert teaser.chosen == 1, "of 40.00 the claims to come hold 24.00: one coupon of 10.00 is left"
    shop.run("burst", BURST)
    box = lines(shop)["benefit box"]
    assert (box.spent, box.open, box.planned) == (0, 2400, None)
    claim(shop, MEMBERS[0], "2026-03-14 12:00:00")
    shop.pull(BURST + DAY)
    box = lines(shop)["benefit box"]
    assert (box.spent, box.open) == (800, 1600), "he claimed it, told or not"
    shop.order("big", MEMBERS[1], BURST + DAY, "500.00")
    shop.pull(BURST + DAY + HOUR)
    assert lines(shop)["benefit box"].spent == 800, "an order above the threshold is no proof of a claim"
    shop.pull(BURST + 9 * DAY)
    box = lines(shop)["benefit box"]
    assert (box.spent, box.open, box.expired) == (800, 0, 1600)


def test_claims_of_what_plays_give_too_lower_the_stock_and_hold_nothing_before(shop: Shop) -> None:
    """Shown in public: whoever claims it there takes of the same stock as those who are given it."""
    public = _BOX.replace("stock", "exposed_in: [private, public], stock")
    tell(shop, public, "benefits: [box]")
    shop.pull(TEASER - HOUR)
    (block,) = plan(shop.rt, CALENDAR).blocks
    assert (block.pieces, block.held_cents) == (0, 0)
    claim(shop, MEMBERS[0], "2026-03-13 09:00:00")
    claim(shop, MEMBERS[1], "2026-03-13 09:30:00")
    burst = shop.run("burst", BURST)
    assert (burst.chosen, burst.plays[0].excluded) == (1, {"benefit_stock": 7}), "two of three are gone"
    box = lines(shop, "pieces")["benefit box"]
    assert (box.spent, box.open + box.reserved, box.free) == (2, 1, 0)
    assert not budget(shop.rt, CALENDAR, ahead=False).strays


def test_points_cost_what_the_store_says_a_point_costs(shop: Shop) -> None:
    """Double points on the last day of the burst: planned by the weeks before, owed online, spent as orders earn."""
    store, calendar = shop.root / "stores" / "corner.yaml", shop.root / "calendars" / "two-phases.yaml"
    store.write_text(store.read_text("utf-8") + "points: {per_unit: 1, point_value: 0.02}\n", "utf-8")
    shop.write("400.00", "first_come")
    twice = "  twice: {kind: points_double, days: [2026-03-15], pool: coupons}\nphases:"
    head, burst = calendar.read_text("utf-8").replace("phases:", twice, 1).split("  - id: burst")
    told = burst.replace("benefits: [coupon_10]", "announces: [twice]")
    calendar.write_text(f"{head}  - id: burst{told}", "utf-8")
    orders = shop.root / "data" / "orders.csv"
    rows = orders.read_text("utf-8").splitlines()
    paid = [",succeeded_at", *(f",{row.split(',')[3]}" for row in rows[1:])]
    orders.write_text("\n".join(row + more for row, more in zip(rows, paid, strict=True)) + "\n", "utf-8")
    shop.pull(TEASER - HOUR)
    (block,) = plan(shop.rt, CALENDAR).blocks
    # 20 orders of 80.00 in 28 days before the burst: one on the day to come, 80 points more, at 0.02 each.
    assert (block.benefit, block.state, block.expected) == ("twice", "planned", 1)
    assert (block.pieces, block.held_cents) == (1, 160)
    shop.run("burst", BURST)
    assert lines(shop)["benefit twice"].open == 160
    sunday = BURST + DAY
    with orders.open("a") as file:
        file.write(
            f"s1,{MEMBERS[0]},{sunday:%Y-%m-%d %H:%M:%S},{sunday:%Y-%m-%d %H:%M:%S},55.50,{sunday:%Y-%m-%d} 11:00:00\n"
        )
        file.write(
            f"s2,{MEMBERS[1]},{BURST:%Y-%m-%d %H:%M:%S},{BURST:%Y-%m-%d %H:%M:%S},90.00,{sunday:%Y-%m-%d} 11:00:00\n"
        )
    shop.pull(sunday + 9 * HOUR)
    twice_now = lines(shop)["benefit twice"]
    assert (twice_now.spent, twice_now.open) == (110, 0), "55 points more; what was paid on Saturday earns no more"
    shop.pull(BURST + 9 * DAY)
    assert (lines(shop)["benefit twice"].spent, lines(shop)["pool coupons"].free) == (110, 40_000 - 110)
