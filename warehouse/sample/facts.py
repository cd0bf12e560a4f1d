"""What a block of members did up to the moment of the extract: orders, redemptions, behaviour.

Nothing here lies after `as_of`, and nothing says what happened later: an order that was unpaid
then has no `paid_at`, a refund that came later is not in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from warehouse.sample.behaviour import EVENT_KINDS, Acts
from warehouse.sample.draws import Floats, Ints
from warehouse.sample.files import empty_where, money, pick, table, times
from warehouse.sample.population import HISTORY_DAYS, NEVER, Population, prefixed
from warehouse.sample.presale import Stages, pay_in_stages
from warehouse.sample.profiles import JOIN_SOURCES
from warehouse.sample.seasons import DAY, intensities, seconds_of_day
from warehouse.sample.trade import Trades, completed, states

EVENT_DAYS = 120
EVENT_WEIGHTS = (0.44, 0.17, 0.13, 0.07, 0.10, 0.05, 0.03, 0.01)
_VISIT, _PAGE_VIEW, _SIGN_IN = 0, 1, 4
_DORMANT_VISITS = 0.15

UNPAID_SHARE = 0.055
CLOSE_AFTER = DAY
_REFUND_SHARE, _PARTIAL_SHARE = 0.035, 0.3
_SLOW_PAYMENT = 0.2
_BASKET_NOISE = 0.45
_COUPON_SHARE = 0.07
_COUPONS = ("store_coupon_10", "store_coupon_20", "member_coupon_30", "new_member_coupon_15", "birthday_gift")


@dataclass(frozen=True)
class Orders:
    """Orders of one block as arrays, by time; `member` is the member's number, times local seconds."""

    member: Ints
    ordered: Ints
    paid: Ints
    closed: Ints
    cents: Ints
    refunded_cents: Ints
    refunded: Ints
    items: Ints
    stages: Stages

    @property
    def trades(self) -> Trades:
        return Trades(
            self.member,
            self.ordered,
            self.paid,
            self.closed,
            self.cents,
            self.refunded,
            self.refunded_cents,
            self.items,
        )


@cache
def _cumulative(first_day: int, days: int) -> Floats:
    return np.concatenate(([0.0], np.cumsum(intensities(first_day, days))))


def _moments(
    rng: np.random.Generator, per_day: Floats, start: Ints, end: Ints, *, first_day: int, days: int
) -> tuple[Ints, Ints]:
    """A Poisson process per member between two local seconds, following the shop's season.

    Returns the position of the member and the local second of each point, in no order.
    """
    cumulative, grid = _cumulative(first_day, days), np.arange(days + 1, dtype=np.float64)
    low = np.interp(start / DAY - first_day, grid, cumulative)
    high = np.maximum(np.interp(end / DAY - first_day, grid, cumulative), low)
    counts = rng.poisson(per_day * (high - low))
    who = np.repeat(np.arange(len(per_day)), counts)
    mass = low[who] + rng.random(len(who)) * (high - low)[who]
    day = np.searchsorted(cumulative, mass, side="right") - 1
    at = (first_day + np.clip(day, 0, days - 1)) * DAY + seconds_of_day(rng.random(len(who)))
    inside = (at > start[who]) & (at < end[who])
    return who[inside], at[inside]


def draw_orders(rng: np.random.Generator, people: Population, as_of: int) -> Orders:
    """The orders of the last 400 days."""
    first_day = as_of // DAY - HISTORY_DAYS
    start = np.maximum(people.created, as_of - HISTORY_DAYS * DAY)
    end = np.minimum(people.active_until, as_of)
    who, ordered = _moments(rng, people.rate / 365.0, start, end, first_day=first_day, days=HISTORY_DAYS + 1)
    order = np.lexsort((who, ordered))
    who, ordered = who[order], ordered[order]
    cents, items = _baskets(rng, people.basket[who])
    paid, closed = _payments(rng, ordered, as_of)
    member = people.first + who
    paid, closed, stages = pay_in_stages(member, ordered, paid, closed, cents, as_of)
    refunded, refunded_cents = _refunds(rng, paid, cents, as_of)
    return Orders(member, ordered, paid, closed, cents, refunded_cents, refunded, items, stages)


def _baskets(rng: np.random.Generator, basket: Floats) -> tuple[Ints, Ints]:
    return price_baskets(basket, rng.normal(0.0, _BASKET_NOISE, len(basket)), rng.random(len(basket)))


def price_baskets(basket: Floats, noise: Floats, uniform: Floats) -> tuple[Ints, Ints]:
    """Amounts in cents that end like prices do (.00, .50, .80, .90), and the number of items."""
    yuan = np.maximum(np.exp(basket + noise), 5.0)
    endings = np.array([0, 50, 80, 90])[(uniform * 4).astype(np.int64)]
    cents: Ints = yuan.astype(np.int64) * 100 + endings
    items: Ints = 1 + np.minimum(yuan / 24.0 * (0.6 + 0.8 * uniform), 400).astype(np.int64)
    return cents, items


def _payments(rng: np.random.Generator, ordered: Ints, as_of: int) -> tuple[Ints, Ints]:
    """Most pay within minutes; who does not pay within a day finds the order closed."""
    count = len(ordered)
    seconds = np.where(rng.random(count) < _SLOW_PAYMENT, rng.exponential(7_200.0, count), rng.exponential(80.0, count))
    paid = ordered + 5 + np.minimum(seconds, CLOSE_AFTER - 60).astype(np.int64)
    unpaid = rng.random(count) < UNPAID_SHARE
    closed = ordered + CLOSE_AFTER
    return (
        np.where(unpaid | (paid >= as_of), NEVER, paid),
        np.where(unpaid & (closed < as_of), closed, NEVER),
    )


def _refunds(rng: np.random.Generator, paid: Ints, cents: Ints, as_of: int) -> tuple[Ints, Ints]:
    count = len(paid)
    at = paid + (1.0 * DAY + rng.exponential(4.0 * DAY, count)).astype(np.int64)
    happens = (rng.random(count) < _REFUND_SHARE) & (paid != NEVER) & (at < as_of)
    share = np.where(rng.random(count) < _PARTIAL_SHARE, rng.uniform(0.2, 0.8, count), 1.0)
    return np.where(happens, at, NEVER), np.where(happens, (cents * share).astype(np.int64), 0)


def order_table(orders: Orders, first_number: int, ids: pa.Array, first_member: int, as_of: int) -> pa.Table:
    """Rows of the orders file, numbered from `first_number`; `ids` are the block's member ids."""
    done = completed(orders.trades, as_of)
    numbers = np.arange(first_number, first_number + len(orders.member), dtype=np.int64)
    return table(
        "orders",
        prefixed("o", numbers, 9),
        ids.take(pa.array(orders.member - first_member)),
        times(orders.ordered),
        times(orders.paid),
        times(orders.closed),
        money(orders.cents),
        money(orders.refunded_cents),
        times(orders.refunded),
        pa.array(orders.items),
        states(orders.trades, done, as_of),
        times(done),
        *orders.stages.columns(),
    )


def redemption_table(rng: np.random.Generator, orders: Orders, rows: pa.Table, first_number: int) -> pa.Table:
    """Coupons of everyday operations used with some of the paid orders."""
    used = np.flatnonzero((orders.paid != NEVER) & (rng.random(len(orders.paid)) < _COUPON_SHARE))
    which = rng.choice(len(_COUPONS), size=len(used), p=(0.4, 0.25, 0.15, 0.15, 0.05))
    chosen = rows.take(pa.array(used))
    return table(
        "redemptions",
        prefixed("r", np.arange(first_number, first_number + len(used), dtype=np.int64), 9),
        chosen["member_id"].combine_chunks(),
        pick(_COUPONS, which),
        pa.array(["everyday"] * len(used), pa.string()),
        chosen["paid_at"].combine_chunks(),
        chosen["order_id"].combine_chunks(),
    )


def event_table(
    rng: np.random.Generator,
    people: Population,
    orders: Orders,
    ids: pa.Array,
    *,
    as_of: int,
    first_number: int,
    more: Acts,
) -> pa.Table:
    """Behaviour of the last 120 days: browsing by members and prospects, a visit before each order, and `more`."""
    horizon = as_of - EVENT_DAYS * DAY
    first_day = horizon // DAY
    start = np.maximum(people.created, horizon)
    habit_ends = np.clip(people.active_until, start, as_of)
    until = np.full(people.size, as_of, dtype=np.int64)
    active = _moments(rng, people.visits, start, habit_ends, first_day=first_day, days=EVENT_DAYS + 1)
    rarely = people.visits * _DORMANT_VISITS
    dormant = _moments(rng, rarely, habit_ends, until, first_day=first_day, days=EVENT_DAYS + 1)
    recent = orders.ordered >= np.maximum(horizon, people.created[orders.member - people.first]) + 3_700
    before = orders.ordered[recent] - rng.integers(40, 3_600, int(recent.sum()))
    who = np.concatenate((active[0], dormant[0], orders.member[recent] - people.first))
    at = np.concatenate((active[1], dormant[1], before))
    kind = rng.choice(len(EVENT_WEIGHTS), size=len(who), p=EVENT_WEIGHTS)
    kind[len(who) - len(before) :] = _VISIT
    kind = np.where((kind == _SIGN_IN) & ~_is_member(people, who, at), _PAGE_VIEW, kind)
    position = np.concatenate((np.full(len(who), -1), more.position))
    who, at, kind = np.concatenate((who, more.who)), np.concatenate((at, more.at)), np.concatenate((kind, more.kind))
    order = np.lexsort((kind, who, at))
    numbers = np.arange(first_number, first_number + len(who), dtype=np.int64)
    return table(
        "events",
        prefixed("e", numbers, 9),
        ids.take(pa.array(who[order])),
        pick(EVENT_KINDS, kind[order]),
        times(at[order]),
        positions(position[order]),
    )


def positions(places: Ints) -> pa.Array:
    """Where events happened: words of JOIN_SOURCES, empty for -1."""
    return empty_where(pick(JOIN_SOURCES, np.maximum(places, 0)), places < 0)


def _is_member(people: Population, who: Ints, at: Ints) -> NDArray[np.bool_]:
    """Signing in takes a member card."""
    joined, left = people.joined[who], people.left[who]
    member: NDArray[np.bool_] = (joined != NEVER) & (joined < at) & ((left == NEVER) | (at < left))
    return member
