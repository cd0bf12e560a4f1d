"""Which order uses which coupon, and what it pays then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from warehouse.sample.coupons import Purse
from warehouse.sample.habits import OrderFacts
from warehouse.sample.journal import order_ids
from warehouse.sample.messages import Mailbox, play_code
from warehouse.sample.population import NEVER, to_aware
from warehouse.sample.response import BenefitEffect, WorldParams
from warehouse.sample.seasons import DAY

GRANTED = 18_000 * DAY
RECALL = play_code("burst", "recall")
ALWAYS = WorldParams(
    calendar="test",
    benefits={"coupon": BenefitEffect(threshold_cents=10_000, value_cents=3_000)},
    redeem_if_prompted=1.0,
    redeem_anyway=1.0,
)


def order(at: int, cents: int, *, cause: int = -1, paid: bool = True, member: int = 1) -> list[int]:
    return [member, at, cause, at + 60 if paid else int(NEVER), int(NEVER), int(NEVER), cents, 1, int(NEVER)]


def spend(orders: list[list[int]], params: WorldParams = ALWAYS) -> tuple[list[int], list[int], list[int]]:
    """(amounts after coupons, seconds of the redemptions, cents off) when member 1 was granted one coupon."""
    mailbox, purse = Mailbox(10), Purse(params, 1)
    message = ("m00000001", "sms", "recall", "burst", "coupon", to_aware(GRANTED))
    purse.grant(mailbox.collect([message], GRANTED, GRANTED + 1), mailbox)
    facts = OrderFacts(*np.array(orders, dtype=np.int64).T)
    placed, redemptions, discounts = purse.spend(facts, order_ids(1, facts.member, facts.ordered, facts.cause))
    assert all(row[:3] == (1, "coupon", "test") for row in redemptions)
    return placed.cents.tolist(), [row[3] for row in redemptions], discounts[0].tolist()


def test_a_large_enough_basket_uses_the_coupon_once() -> None:
    amounts, used, off = spend([order(GRANTED + 10, 10_000), order(GRANTED + 20, 20_000)])
    assert (amounts, used, off) == ([7_000, 20_000], [GRANTED + 10], [3_000, 0])


def test_a_small_basket_waits_unless_the_message_prompted_it() -> None:
    amounts, used, _ = spend([order(GRANTED + 10, 4_000), order(GRANTED + 20, 4_000, cause=RECALL)])
    assert (amounts, used) == ([4_000, 7_000], [GRANTED + 20])


@pytest.mark.parametrize(
    "unfit",
    [
        order(GRANTED, 20_000),  # not after the grant
        order(GRANTED + 15 * DAY + 1, 20_000),  # too late
        order(GRANTED + 10, 20_000, paid=False),
        order(GRANTED + 10, 20_000, member=2),
    ],
)
def test_other_orders_use_none(unfit: list[int]) -> None:
    assert spend([unfit]) == ([unfit[6]], [], [0])


@pytest.mark.parametrize("cause", [-1, RECALL])
def test_nobody_uses_a_coupon_outside_its_time(cause: int) -> None:
    """From the second day after the grant for a day, and while the grant lasts, which is until noon of that day."""
    span = (GRANTED + 2 * DAY, GRANTED + 3 * DAY)
    coupon = replace(ALWAYS.benefits["coupon"], spans=(span,))
    ends = span[0] + DAY // 2
    timed = replace(ALWAYS, benefits={"coupon": coupon}, grant_ends=lambda name, at, phase: ends)
    asked = [span[0] - 1, ends, span[1]]
    assert spend([order(at, 20_000, cause=cause) for at in asked], timed) == ([20_000] * 3, [], [0] * 3)
    assert spend([order(span[0], 20_000, cause=cause)], timed)[1] == [span[0]]
    assert spend([order(ends - 1, 20_000, cause=cause)], timed)[1] == [ends - 1]
    late = replace(ALWAYS, benefits={"coupon": coupon})
    assert spend([order(span[1] - 1, 20_000, cause=cause)], late)[1] == [span[1] - 1]


def test_nobody_has_to_redeem() -> None:
    never = WorldParams(benefits=ALWAYS.benefits, redeem_if_prompted=0.0, redeem_anyway=0.0)
    prompted = order(GRANTED + 10, 4_000, cause=RECALL)
    assert spend([prompted, order(GRANTED + 20, 20_000)], never) == ([4_000, 20_000], [], [0, 0])
