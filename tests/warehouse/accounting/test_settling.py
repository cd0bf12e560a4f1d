"""What became of grants, by the table of benefit rules: used, over, refunded, seen nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from warehouse.ledger.audit import platform_ids_read
from warehouse.ledger.records import PlatformId, StrayUses

from .cases import COUPON, DAY, HOUR, T0, Shop


def test_a_use_is_spent_and_what_is_not_used_in_time_comes_back() -> None:
    shop = Shop()
    for member in "abc":
        shop.grant(member, "coupon", 500, valid=2 * DAY)
    shop.grant("d", "coupon", 500, valid=2 * DAY, sent=False)
    shop.redeem("a", "coupon", T0 + HOUR)
    shop.redeem("b", "coupon", T0 + 2 * DAY)  # the first moment at which it is over
    shop.look(T0 + 5 * DAY - HOUR)  # three days after its end a use may still be written down
    assert shop.sums() == {
        ("coupon", "spent"): (1, 500), ("coupon", "open"): (2, 1000), ("coupon", "reserved"): (1, 500),
    }  # fmt: skip
    found = shop.look(T0 + 5 * DAY)
    assert shop.sums() == {
        ("coupon", "spent"): (1, 500), ("coupon", "expired"): (2, 1000), ("coupon", "reserved"): (1, 500),
    }, "what has not left yet does not end"  # fmt: skip
    assert found.strays == {"coupon": StrayUses(1, 500, 1, 500)}
    assert shop.look(T0 + 9 * DAY).states == (), "what is known already is no news"


def test_a_use_under_the_name_that_the_platform_has_for_the_benefit_counts() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=2 * DAY)
    shop.redeem("a", "7700123", T0 + HOUR)
    shop.look(T0 + DAY)
    assert shop.sums() == {("coupon", "open"): (1, 500)}
    ids = [PlatformId("c", "coupon", "", "7700123", T0)]
    shop.ledger.set_platform_ids(ids, platform_ids_read("c", "ids.xlsx", 1, "li", T0))
    shop.look(T0 + DAY)
    assert shop.sums() == {("coupon", "spent"): (1, 500)}


def test_the_coupon_of_an_order_that_was_closed_may_be_used_again_though_nobody_says_when_it_was() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=6 * DAY)
    order = shop.order("a", T0 + HOUR, 20000)
    shop.redeem("a", "coupon", T0 + HOUR, order=order)
    shop.close(order)
    shop.look(T0 + DAY)
    assert shop.sums() == {("coupon", "open"): (1, 500)}


def test_an_order_placed_before_a_gift_was_granted_does_not_use_it_whenever_it_is_paid() -> None:
    shop = Shop()
    shop.grant("a", "extra", 900)
    shop.grant("a", "extra", 900, at=T0 + 2 * DAY)
    for hour in (0, 1):
        shop.order("a", T0 + 3 * DAY, 20000, placed=T0 + DAY + hour * HOUR)
    shop.look(T0 + 4 * DAY)
    assert shop.sums() == {("extra", "spent"): (1, 900), ("extra", "open"): (1, 900)}


def test_a_gift_for_pieces_needs_so_many_pieces() -> None:
    shop = Shop()
    shop.grant("a", "two-pieces", 900)
    shop.order("a", T0 + HOUR, 20000, items=1)
    shop.look(T0 + DAY)
    assert shop.sums() == {("two-pieces", "open"): (1, 900)}
    shop.order("a", T0 + DAY, 20000, items=2)
    shop.look(T0 + 2 * DAY)
    assert shop.sums() == {("two-pieces", "spent"): (1, 900)}


def test_points_that_left_for_another_reason_buy_nothing() -> None:
    shop = Shop()
    shop.grant("a", "mug", 400)
    shop.pay_points("a", 300, T0 + HOUR, kind="expire")
    shop.look(T0 + DAY)
    assert shop.sums() == {("mug", "open"): (1, 400)}
    shop.pay_points("a", 300, T0 + DAY)
    shop.look(T0 + 2 * DAY)
    assert shop.sums() == {("mug", "spent"): (1, 400)}


def test_a_basket_with_a_line_of_no_price_bounds_no_coupon() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500)
    order = shop.order("a", T0 + HOUR, 300, list_cents=300)
    shop.redeem("a", "coupon", T0 + HOUR, order=order)
    shop.look(T0 + DAY)
    assert shop.sums()["coupon", "spent"] == (1, 300)
    shop.line_without_price(order)
    shop.look(T0 + 2 * DAY)
    assert shop.sums()["coupon", "spent"] == (1, 500)


def test_a_use_written_down_late_holds_its_money_again() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=DAY)
    shop.look(T0 + 9 * DAY)
    assert shop.sums() == {("coupon", "expired"): (1, 500)}
    assert list(shop.ledger.grant_rows("c")) == []
    shop.redeem("a", "coupon", T0 + HOUR)
    shop.look(T0 + 10 * DAY)
    assert shop.sums() == {("coupon", "spent"): (1, 500)}
    assert [row.held_cents for row in shop.ledger.grant_rows("c")] == [500]


def test_of_two_grants_the_one_that_ends_first_is_charged() -> None:
    shop = Shop()
    first = shop.grant("a", "coupon", 500, valid=5 * DAY)
    shop.grant("a", "coupon", 500, at=T0 + 10 * DAY, valid=2 * DAY)
    shop.redeem("a", "coupon", T0 + 11 * DAY)
    states = {state.intent_key: state.release for state in shop.look(T0 + 20 * DAY).states}
    assert states[first.intent_key] == "expired"
    assert sorted(states.values(), key=str) == [None, "expired"]


def test_of_two_that_could_be_meant_the_earlier_end_counts_and_of_ties_the_older_grant() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=5 * DAY)
    ending = shop.grant("a", "coupon", 500, at=T0 + HOUR, valid=2 * DAY)
    shop.redeem("a", "coupon", T0 + 2 * HOUR)
    older = shop.grant("b", "coupon", 500)
    shop.grant("b", "coupon", 500, at=T0 + HOUR)
    shop.redeem("b", "coupon", T0 + 2 * HOUR)
    used = {state.intent_key for state in shop.look(T0 + DAY).states if state.used_at is not None}
    assert used == {ending.intent_key, older.intent_key}


def test_a_coupon_of_a_refunded_order_may_be_used_again_until_it_is_over_and_a_gift_stays_given() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=6 * DAY)
    shop.grant("a", "gift", 300, valid=6 * DAY)
    order = shop.order("a", T0 + HOUR, 20000)
    for benefit in ("coupon", "gift"):
        shop.redeem("a", benefit, T0 + HOUR, order=order)
    shop.look(T0 + DAY)
    assert shop.sums() == {("coupon", "spent"): (1, 500), ("gift", "spent"): (1, 300)}
    shop.refund(order, T0 + 2 * DAY)
    shop.look(T0 + 2 * DAY)
    assert shop.sums()["coupon", "spent"] == (1, 500), "not known at that moment"
    shop.look(T0 + 3 * DAY)
    assert shop.sums() == {("coupon", "open"): (1, 500), ("gift", "spent"): (1, 300)}
    shop.look(T0 + 9 * DAY)
    assert shop.sums() == {("coupon", "refunded"): (1, 500), ("gift", "spent"): (1, 300)}


def test_a_part_of_an_order_given_back_leaves_its_coupon_used() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=DAY)
    order = shop.order("a", T0 + HOUR, 20000)
    shop.redeem("a", "coupon", T0 + HOUR, order=order)
    shop.refund(order, T0 + 2 * HOUR, 19999)
    shop.look(T0 + 9 * DAY)
    assert shop.sums() == {("coupon", "spent"): (1, 500)}


def test_a_coupon_takes_no_more_off_than_the_basket() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500)
    shop.redeem("a", "coupon", T0 + HOUR, order=shop.order("a", T0 + HOUR, 0, list_cents=320))
    shop.look(T0 + DAY)
    assert shop.sums() == {("coupon", "spent"): (1, 320), ("coupon", "difference"): (0, 180)}


def test_a_use_that_costs_more_than_was_reserved_says_so() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 200)  # expected: 500 at 40%
    shop.redeem("a", "coupon", T0 + HOUR)
    shop.look(T0 + DAY)
    assert shop.sums() == {("coupon", "spent"): (1, 500), ("coupon", "difference"): (0, -300)}


def test_a_pack_is_spent_part_by_part_the_dearest_first() -> None:
    shop = Shop()
    shop.grant("a", "pack", 1000, valid=5 * DAY)
    shop.redeem("a", "pack", T0 + HOUR)
    shop.look(T0 + DAY)
    assert shop.sums() == {("pack", "spent"): (1, 700), ("pack", "open"): (0, 300)}
    shop.look(T0 + 8 * DAY)
    assert shop.sums() == {("pack", "spent"): (1, 700), ("pack", "difference"): (0, 300)}
    shop.redeem("a", "pack", T0 + 2 * HOUR)
    shop.redeem("a", "pack", T0 + 3 * HOUR)
    assert shop.look(T0 + 9 * DAY).strays == {"pack": StrayUses(1, 700)}
    assert shop.sums() == {("pack", "spent"): (1, 1000)}


def test_what_nobody_can_see_counts_as_used_when_it_is_over() -> None:
    shop = Shop()
    shop.grant("a", "service", 200, valid=DAY)
    shop.grant("a", "coupon", 500, valid=DAY)
    shop.look(T0 + 2 * DAY, connected=())
    assert shop.sums() == {("service", "open"): (1, 200), ("coupon", "open"): (1, 500)}
    shop.look(T0 + 4 * DAY, connected=())
    assert shop.sums() == {("service", "assumed"): (1, 200), ("coupon", "assumed"): (1, 500)}
    shop.look(T0 + 5 * DAY)
    assert shop.sums() == {("service", "assumed"): (1, 200), ("coupon", "expired"): (1, 500)}, "now they are seen"


def test_an_extra_gift_goes_with_the_first_fitting_order_after_it_was_granted() -> None:
    shop = Shop()
    for member in "abcd":
        shop.grant(member, "extra", 900, valid=5 * DAY)
    shop.order("a", T0 - HOUR, 20000)  # before
    shop.order("b", T0 + HOUR, 15899)
    shop.order("c", T0 + HOUR, 15900)
    shop.refund(shop.order("d", T0 + HOUR, 20000), T0 + DAY, 5000)
    shop.look(T0 + 9 * DAY)
    assert shop.sums() == {("extra", "spent"): (1, 900), ("extra", "expired"): (3, 2700)}


def test_the_gift_of_an_order_that_came_back_as_a_whole_stays_spent() -> None:
    shop = Shop()
    shop.grant("a", "extra", 900, valid=5 * DAY)
    shop.refund(shop.order("a", T0 + HOUR, 20000), T0 + DAY)
    shop.look(T0 + 9 * DAY)
    assert shop.sums() == {("extra", "spent"): (1, 900)}


def test_a_redemption_that_names_it_goes_before_orders() -> None:
    shop = Shop()
    shop.grant("a", "extra", 900, valid=5 * DAY)
    shop.grant("b", "extra", 900, valid=5 * DAY)
    shop.order("a", T0 + HOUR, 20000)
    shop.redeem("b", "extra", T0 + HOUR)
    shop.look(T0 + 9 * DAY)
    assert shop.sums() == {("extra", "spent"): (1, 900), ("extra", "expired"): (1, 900)}


def test_points_paid_after_the_grant_are_its_use() -> None:
    shop = Shop()
    for member in "abc":
        shop.grant(member, "mug", 400, valid=5 * DAY)
    shop.pay_points("a", 300, T0 - HOUR)
    shop.pay_points("b", 300, T0 + HOUR)
    shop.pay_points("c", 200, T0 + HOUR)
    shop.look(T0 + 9 * DAY)
    assert shop.sums() == {("mug", "spent"): (1, 400), ("mug", "expired"): (2, 800)}


def test_uses_of_another_calendar_are_not_ours() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500)
    shop.redeem("a", "coupon", T0 + HOUR, calendar="other")
    assert shop.look(T0 + DAY).strays == {}
    assert shop.sums() == {("coupon", "open"): (1, 500)}


def test_a_member_with_thousands_of_redemptions_is_settled_at_once() -> None:
    shop = Shop()
    shop.grant("a", "coupon", 500, valid=DAY)
    shop.con.execute(
        "insert into snap.stg_redemptions select 'x' || i, 'a', 'coupon', null, ?, null, null from range(5000) as t(i)",
        [(T0 + timedelta(minutes=1)).replace(tzinfo=None)],
    )
    assert shop.look(T0 + 9 * DAY).strays == {"coupon": StrayUses(4999, 4999 * 500)}
    assert shop.sums() == {("coupon", "spent"): (1, 500)}


def _share(shop: Shop, *holders: tuple[str, str, datetime]) -> None:
    for calendar, benefit, at in holders:
        ids = [PlatformId(calendar, benefit, "", "7700123", at)]
        shop.ledger.set_platform_ids(ids, platform_ids_read(calendar, "ids.xlsx", 1, "li", at))


BOTH = (("c", "coupon", T0), ("spring", "welcome", T0 + 5 * DAY))
WELCOME = replace(COUPON, benefit="welcome")


def _counted(shop: Shop, at: datetime) -> tuple[int, int, int, int]:
    """Uses of grants of c, strays of c, and the same of the calendar that calls it otherwise."""
    found = shop.look(at), shop.look(at, calendar="spring", rules=[WELCOME])
    spent = [
        sum(pieces for (_, state), (pieces, _) in shop.sums(calendar).items() if state == "spent")
        for calendar in ("c", "spring")
    ]
    strays = [sum(stray.pieces for stray in one.strays.values()) for one in found]
    return spent[0], strays[0], spent[1], strays[1]


@pytest.mark.parametrize("order", [BOTH, BOTH[::-1]])
def test_a_use_under_an_id_that_two_calendars_have_counts_once(order: tuple[tuple[str, str, datetime], ...]) -> None:
    shop = Shop()
    _share(shop, *order)
    shop.grant("a", "coupon", 500)
    shop.grant("b", "welcome", 500, at=T0 + 6 * DAY, calendar="spring")
    shop.redeem("a", "7700123", T0 + 7 * DAY)
    assert _counted(shop, T0 + 8 * DAY) == (1, 0, 0, 0), "charged to the grant, whoever took the id last"
    shop.redeem("b", "7700123", T0 + 7 * DAY)
    assert _counted(shop, T0 + 8 * DAY) == (1, 0, 1, 0)
    shop.redeem("stranger", "7700123", T0 + HOUR)
    assert _counted(shop, T0 + 8 * DAY) == (1, 1, 1, 0), "without a grant it is of whoever had the id then"
    shop.redeem("stranger", "7700123", T0 + 7 * DAY)
    assert _counted(shop, T0 + 8 * DAY) == (1, 1, 1, 1)
    shop.redeem("early", "7700123", T0 - DAY)
    assert _counted(shop, T0 + 8 * DAY) == (1, 2, 1, 1), "before anybody had it: of the first"


def test_a_redemption_that_names_its_calendar_is_that_ones_under_a_shared_id_too() -> None:
    shop = Shop()
    _share(shop, *BOTH)
    for calendar in ("c", "spring"):
        shop.redeem("stranger", "7700123", T0 + HOUR, calendar=calendar)
    assert _counted(shop, T0 + DAY) == (0, 1, 0, 1)


def test_one_member_with_a_grant_of_each_calendar_uses_the_one_that_ends_first() -> None:
    shop = Shop()
    _share(shop, *BOTH)
    shop.grant("a", "coupon", 500, valid=20 * DAY)
    shop.grant("a", "welcome", 500, valid=10 * DAY, calendar="spring")
    shop.redeem("a", "7700123", T0 + DAY)
    assert _counted(shop, T0 + 2 * DAY) == (0, 0, 1, 0)
    shop.redeem("a", "7700123", T0 + 2 * HOUR)
    assert _counted(shop, T0 + 2 * DAY) == (1, 0, 1, 0)
