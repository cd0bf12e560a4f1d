"""What members do in one day without being asked: the baseline of the world.

Every draw depends on (seed, purpose, member, day) only, so a day is the same day however often
and in whatever pieces it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from warehouse.sample.behaviour import EVENT_KINDS
from warehouse.sample.draws import Floats, Ints, uniforms
from warehouse.sample.facts import CLOSE_AFTER, EVENT_WEIGHTS, UNPAID_SHARE, price_baskets
from warehouse.sample.population import NEVER, Population, to_local
from warehouse.sample.presale import settles, staged_windows
from warehouse.sample.response import PhaseEffect
from warehouse.sample.seasons import DAY, EPOCH, season, seconds_of_day

(_ORDER, _ORDER_TIME, _EVENT, _EVENT_TIME, _EVENT_KIND, _JOIN, _JOIN_TIME) = range(1, 8)
(_NOISE, _ANGLE, _ENDING, _UNPAID, _PAY, _REFUND, _REFUND_TIME, _BEFORE) = range(20, 28)
_DORMANT_ORDERS, _DORMANT_VISITS = 0.05, 0.15
_EVENT_SLOTS = 2
_VISIT = EVENT_KINDS.index("visit")
_REFUND_SHARE = 0.035
_NOISE_SIZE = 0.45


@dataclass(frozen=True)
class Day:
    """Baseline facts of one local day: (member, local second) of orders and joins, events with kind."""

    orders: tuple[Ints, Ints]
    events: tuple[Ints, Ints, Ints]
    joins: tuple[Ints, Ints]


@dataclass(frozen=True)
class OrderFacts:
    """Orders with everything that will become of them; `cause` is the code of the play or -1.

    `deposited` is when the deposit of one that is paid in stages was paid; `paid` is then the payment of the balance.
    """

    member: Ints
    ordered: Ints
    cause: Ints
    paid: Ints
    closed: Ints
    refunded: Ints
    cents: Ints
    items: Ints
    deposited: Ints

    @classmethod
    def concat(cls, parts: Sequence[OrderFacts]) -> OrderFacts:
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))

    @classmethod
    def empty(cls) -> OrderFacts:
        return cls(*(np.empty(0, dtype=np.int64) for _ in cls.__dataclass_fields__))

    def __len__(self) -> int:
        return len(self.member)


def day_uplift(phases: Sequence[PhaseEffect], day: int) -> float:
    """The strongest event factor of each hour, averaged over the day."""
    hours = day * DAY + 1_800 + 3_600 * np.arange(24)
    factors = np.ones(24)
    for phase in phases:
        inside = (hours >= to_local(phase.start)) & (hours < to_local(phase.end))
        stronger = abs(phase.uplift - 1.0) > np.abs(factors - 1.0)
        factors[inside & stronger] = phase.uplift
    return float(factors.mean())


def live_day(seed: int, people: Population, day: int, uplift: float, joins_per_day: float) -> Day:
    """One day of everybody: at most one order of their own accord, a few events, a join."""
    numbers = people.numbers
    habit = people.active_until > day * DAY
    factor = season(EPOCH + timedelta(days=day)) * uplift
    per_day = people.rate / 365.0 * factor * np.where(habit, 1.0, _DORMANT_ORDERS)
    orders = _hits(seed, _ORDER, numbers, day, per_day)
    joins = _hits(seed, _JOIN, numbers, day, np.where(people.joined == NEVER, joins_per_day * factor, 0.0))
    looks = people.visits * factor * np.where(habit, 1.0, _DORMANT_VISITS)
    slots = [_hits(seed, _EVENT + 40 * slot, numbers, day, looks / _EVENT_SLOTS) for slot in range(_EVENT_SLOTS)]
    who = np.concatenate(slots)
    slot_of = np.repeat(np.arange(_EVENT_SLOTS), [len(slot) for slot in slots])
    kinds = np.searchsorted(np.cumsum(EVENT_WEIGHTS), uniforms(seed, _EVENT_KIND, who, day, slot_of), side="right")
    ordered = _at(seed, _ORDER_TIME, orders, day, 0)
    looked = np.maximum(look_before(seed, orders, ordered), day * DAY)
    return Day(
        orders=(orders, ordered),
        events=(
            np.concatenate((who, orders)),
            np.concatenate((_at(seed, _EVENT_TIME, who, day, slot_of), looked)),
            np.concatenate((np.minimum(kinds, len(EVENT_WEIGHTS) - 1), np.full(len(orders), _VISIT))),
        ),
        joins=(joins, _at(seed, _JOIN_TIME, joins, day, 0)),
    )


def _hits(seed: int, stream: int, numbers: Ints, day: int, hazard: Floats) -> Ints:
    return numbers[uniforms(seed, stream, numbers, day) < -np.expm1(-hazard)]


def _at(seed: int, stream: int, who: Ints, day: int, slot: Ints | int) -> Ints:
    return day * DAY + seconds_of_day(uniforms(seed, stream, who, day, slot))


def place_orders(seed: int, people: Population, who: Ints, ordered: Ints, cause: Ints) -> OrderFacts:
    """Baskets, payments and refunds of orders; drawn by member and second of the order."""

    def draw(stream: int) -> Floats:
        return uniforms(seed, stream, who, ordered)

    noise = np.sqrt(-2.0 * np.log1p(-draw(_NOISE))) * np.cos(2.0 * np.pi * draw(_ANGLE))
    cents, items = price_baskets(people.basket[who], noise * _NOISE_SIZE, draw(_ENDING))
    unpaid = draw(_UNPAID) < UNPAID_SHARE
    pay_after = 5 + np.minimum(-np.log1p(-draw(_PAY)) * 90.0, 3_600.0).astype(np.int64)
    at_once = np.where(unpaid, NEVER, ordered + pay_after)
    closed = np.where(unpaid, ordered + CLOSE_AFTER, NEVER)
    opens, ends = staged_windows(who, ordered)
    deposited = np.where(opens != NEVER, at_once, NEVER)
    balance = np.where(deposited != NEVER, settles(who, ordered, opens, ends), NEVER)
    paid = np.where(opens != NEVER, balance, at_once)
    closed = np.where((deposited != NEVER) & (balance == NEVER), ends + 1, closed)
    waits = DAY + (-np.log1p(-draw(_REFUND_TIME)) * 4.0 * DAY).astype(np.int64)
    since = np.where(opens != NEVER, paid, ordered)
    refunded = np.where((paid != NEVER) & (draw(_REFUND) < _REFUND_SHARE), since + waits, NEVER)
    return OrderFacts(who, ordered, cause, paid, closed, refunded, cents, items, deposited)


def look_before(seed: int, who: Ints, ordered: Ints) -> Ints:
    """The visit before an order, up to half an hour earlier."""
    seconds: Ints = ordered - 30 - (uniforms(seed, _BEFORE, who, ordered) * 1_770).astype(np.int64)
    return seconds
