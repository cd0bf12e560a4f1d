"""The points ledger of a sample: as the programme of the demo stores books it, with a few faults on purpose.

It follows the demo stores' rules (A6): one point for each whole unit of currency when the trade succeeds, times the
factor of the tier that the orders before have reached, twice as much for orders paid on the 8th of a month; what
comes back takes back its part; points of orders paid before joining are booked on joining; what is left after 365
days is void. `FAULTS` are what a real programme gets wrong, and it knows nothing of
referrals and of what calendars give for playing: `promocal points` has to find just these.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from warehouse.sample.draws import Ints, uniforms
from warehouse.sample.files import table, times
from warehouse.sample.population import NEVER, member_ids
from warehouse.sample.seasons import DAY
from warehouse.sample.trade import Trades, completed

VALID = 365 * DAY
TIER_WINDOW = 365 * DAY
TIER_SPENDS = (0, 100_000, 300_000, 1_000_000, 3_000_000)
"""Cents within the window from which each tier is reached, lowest first."""
TIER_FACTORS = (Fraction(1), Fraction(3, 2), Fraction(2), Fraction(5, 2), Fraction(3))
MEMBER_DAY, MEMBER_DAY_TIMES = 8, 2
FAULTS = {"not_recorded": 0.002, "double_day": 0.03, "refund": 0.05}
"""Shares: of orders that were not booked, of those of a member day booked as of any day, of refunds after the
success that took nothing back."""
_REDEEM, _FAULTS = 74, 75
_REDEEMERS, _REDEEMED_SHARE, _REDEEMED_AFTER = 0.12, 0.6, 20 * DAY
_CENTS = 100
_HALVES = 2
_KINDS = {"earn": "earn", "back": "refund", "used": "redeem", "over": "expire"}


@dataclass(frozen=True)
class Membership:
    """Of each order's member: the local seconds of joining and leaving, NEVER if not."""

    joined: Ints
    left: Ints


def point_table(trades: Trades, ids: pa.Array, now: int, of: Membership, *, expiring: bool = True) -> pa.Table:
    """The entries of these orders as of `now`; they have to be all orders of their members that count for a tier.

    Without `expiring` nobody has written off yet what is void.
    """
    done = completed(trades, now)
    success = np.flatnonzero(done != NEVER)
    order = success[np.lexsort((done[success], trades.member[success]))]
    trades, ids, done = _sorted(trades, order), ids.take(pa.array(order)), done[order]
    joined, left = of.joined[order], of.left[order]
    rate = _rates(trades, done, now, joined)
    back_cents = np.where((trades.refunded != NEVER) & (trades.refunded < now), trades.refunded_cents, 0)
    earned, kept = _points(trades.cents, rate), _points(trades.cents - back_cents, rate)
    draws = uniforms(0, _FAULTS, trades.member, trades.ordered)
    credited = np.maximum(done, joined)
    counts = (joined != NEVER) & (credited < now) & ((left == NEVER) | (left > credited)) & (earned > 0)
    counts &= draws >= FAULTS["not_recorded"]
    credited = np.where(counts, credited, NEVER)
    forgotten = draws > 1 - FAULTS["refund"]
    back = np.where(counts & (earned > kept) & ~forgotten, np.maximum(trades.refunded, credited), NEVER)
    used, spent = _spent(trades, credited, kept, now)
    ends, never = np.where(counts, credited + VALID, NEVER), np.full(len(done), NEVER)
    entries = [
        ("earn", _Entries(credited, earned, ends)),
        ("back", _Entries(back, kept - earned, never)),
        ("used", _Entries(used, -spent, never)),
    ]
    if expiring:
        over = np.where(ends < now, ends, NEVER)
        void = _void(trades.member, earned, over, [(back, kept - earned), (used, -spent)])
        entries.append(("over", _Entries(np.where(void > 0, over, NEVER), -void, never)))
    return pa.concat_tables([_rows(mark, ids, trades.member, one) for mark, one in entries]).combine_chunks()


@dataclass(frozen=True)
class _Entries:
    """Entries of one kind: their moment (NEVER: none), points and expiry."""

    at: Ints
    points: Ints
    until: Ints


def _sorted(trades: Trades, order: NDArray[np.intp]) -> Trades:
    columns = (trades.member, trades.ordered, trades.paid, trades.closed, trades.cents)
    return Trades(*(column[order] for column in (*columns, trades.refunded, trades.refunded_cents, trades.items)))


def _rates(trades: Trades, done: Ints, now: int, joined: Ints) -> Ints:
    """Half points for each whole unit; the trades are sorted by member and success."""
    refunded = np.where((trades.refunded != NEVER) & (trades.refunded < now), trades.refunded_cents, 0)
    net = np.where(refunded < trades.cents, trades.cents - refunded, 0)
    before = np.concatenate(([0], np.cumsum(net)))
    span = int(done.max(initial=0)) - int(done.min(initial=0)) + TIER_WINDOW + 1
    key = trades.member * span + (done - done.min(initial=0))
    first = np.searchsorted(key, np.maximum(key - TIER_WINDOW, trades.member * span), side="left")
    spend = before[np.searchsorted(key, key, side="left")] - before[first]
    rank = np.searchsorted(np.array(TIER_SPENDS), spend, side="right")
    halves = np.array([_HALVES, *(int(factor * _HALVES) for factor in TIER_FACTORS)], dtype=np.int64)
    member = (joined != NEVER) & (joined <= trades.paid)
    rate = halves[np.where(member, rank, 0)]
    doubled = member & _on_member_day(trades.paid)
    doubled &= uniforms(0, _FAULTS + 1, trades.member, trades.ordered) >= FAULTS["double_day"]
    return np.where(doubled, rate * MEMBER_DAY_TIMES, rate)


def _on_member_day(local: Ints) -> NDArray[np.bool_]:
    days = (local // DAY).astype("datetime64[D]")
    on_it: NDArray[np.bool_] = (days - days.astype("datetime64[M]")).astype(np.int64) + 1 == MEMBER_DAY
    return on_it


def _points(cents: Ints, rate: Ints) -> Ints:
    points: Ints = cents // _CENTS * rate // _HALVES
    return points


def _spent(trades: Trades, credited: Ints, kept: Ints, now: int) -> tuple[Ints, Ints]:
    """When some of the points of an order are exchanged, NEVER if not, and how many."""
    uses = uniforms(0, _REDEEM, trades.member, trades.ordered) < _REDEEMERS
    spent = (kept * _REDEEMED_SHARE).astype(np.int64)
    used = np.where(credited != NEVER, credited + _REDEEMED_AFTER, NEVER)
    return np.where(uses & (used < now) & (spent > 0) & (trades.refunded == NEVER), used, NEVER), spent


def _void(member: Ints, earned: Ints, over: Ints, taken: list[tuple[Ints, Ints]]) -> Ints:
    """What of each lot is void at its end `over` (NEVER: it has none yet), by the earliest end first.

    At each end what was ever to end by then less what was taken before is void, and void stays void.
    """
    lots = np.flatnonzero(over != NEVER)
    who = [member[lots], *(member[at != NEVER] for at, _ in taken)]
    when = [over[lots], *(at[at != NEVER] for at, _ in taken)]
    points = [earned[lots], *(amount[at != NEVER] for at, amount in taken)]
    turn = [np.zeros(len(lots), dtype=np.int64), *(np.ones(len(one), dtype=np.int64) for one in when[1:])]
    persons, moments, amounts = np.concatenate(who), np.concatenate(when), np.concatenate(points)
    order = np.lexsort((np.concatenate(turn), moments, persons))
    sums = np.cumsum(amounts[order])
    starts = np.concatenate(([True], np.diff(persons[order]) != 0))[: len(order)]
    group = np.cumsum(starts) - 1
    base = np.where(starts, sums - amounts[order], 0)[np.flatnonzero(starts)][group] if len(order) else sums
    is_lot = order < len(lots)
    unused = np.where(is_lot, np.maximum(sums - base, 0), 0)
    step = int(unused.max(initial=0)) + 1
    highest = np.maximum.accumulate(unused + group * step) - group * step
    before = np.where(starts, 0, np.concatenate(([0], highest[:-1]))) if len(order) else highest
    void = np.zeros(len(over), dtype=np.int64)
    void[lots[order[is_lot]]] = (highest - before)[is_lot]
    return void


def _rows(mark: str, ids: pa.Array, member: Ints, entries: _Entries) -> pa.Table:
    keep = pa.array(entries.at != NEVER)
    chosen = ids.filter(keep)
    return table(
        "points",
        pc.binary_join_element_wise(mark, chosen, "-"),
        member_ids(member).filter(keep),
        pa.array([_KINDS[mark]] * len(chosen), pa.string()),
        pa.array(entries.points).filter(keep),
        times(entries.at).filter(keep),
        chosen,
        times(entries.until).filter(keep),
    )
