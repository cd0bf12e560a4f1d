"""Where an automaton's state keeps what counts: queues of the slots at which contacts stop counting, and counts.

States are rows of a table of whole numbers; a limit has one or more columns of it, its lane.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from warehouse.contact_plan.problem import MAX_AMOUNT, Flags, Limit, Past, Relation

Classes = tuple[tuple[Relation, ...], ...]
Lanes = NDArray[np.int32]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LONG = timedelta(days=14)
"""Only windows of this length are ever rounded: a grain must be short beside them."""


@dataclass(frozen=True, slots=True)
class Caps:
    """All that an automaton depends on: moments (microseconds of the epoch), classes of each slot, limits, pasts."""

    moments: tuple[int, ...]
    classes: Classes
    limits: tuple[Limit, ...]
    pasts: tuple[Past, ...]
    class_of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """When a contact stops counting; only long windows are rounded."""

    grain: timedelta | None
    up: bool

    def expiry(self, at: int, window: timedelta, *, exact: bool = False) -> int:
        """In microseconds of the epoch, as `at` is."""
        ends = at + window // MICROSECOND
        if self.grain is None or window < LONG or exact:
            return ends
        step = self.grain // MICROSECOND
        return -(-ends // step) * step if self.up else ends // step * step


@dataclass(frozen=True, slots=True)
class Lane:
    """A limit in a state: `width` queue columns from `start` (newest first), or one that counts.

    By slot: `ends` is where a contact made there stops counting, `left` what may count from there on, `asked`
    whether anybody asks for it from there on. `own`: whoever asks for it counts for it as well; `needed`: somebody
    asks whether anything stands in it. `package` is the column that says whether one of this moment counts already,
    `fresh` by slot whether a moment begins there.
    """

    start: int
    width: int
    max: int
    window: timedelta | None
    least: int
    ends: tuple[int, ...]
    left: tuple[int, ...]
    asked: tuple[bool, ...]
    own: bool
    needed: bool
    package: int | None
    fresh: tuple[bool, ...]


def micros(at: datetime) -> int:
    """Microseconds of the epoch."""
    return (at - EPOCH) // MICROSECOND


def lanes_of(caps: Caps, clock: Clock) -> tuple[list[Lane], int]:
    """A lane for each limit, and the columns of a state."""
    made: list[Lane] = []
    start = 0
    # What was sent at the first moment before stands with the first slot in one package.
    fresh = (False, *(before != after for before, after in pairwise(caps.moments)), True)
    for number, limit in enumerate(caps.limits):
        amounts = [max((dict(kind.counts).get(number, 0) for kind in kinds), default=0) for kinds in caps.classes]
        asks = [any(number in kind.closed_by or number in kind.needs for kind in kinds) for kinds in caps.classes]
        needed = any(number in kind.needs for kinds in caps.classes for kind in kinds)
        own = all(
            number not in kind.closed_by or number in dict(kind.counts) for kinds in caps.classes for kind in kinds
        )
        left = _onwards(amounts)
        held = max((sum(at == number for at, _ in past.held) for past in caps.pasts), default=0)
        # A queue longer than everything that can ever stand in it is never full.
        width = min(limit.max, left[0] + held) if limit.window is not None else 1
        ends = _ends(caps, clock, limit, asks, exact=needed)
        asked = tuple(any_left > 0 for any_left in _onwards(asks))
        package = start + width if limit.package else None
        most = min(limit.max, MAX_AMOUNT)  # a lane is an int32
        lane = Lane(start, width, most, limit.window, limit.least, ends, left, asked, own, needed, package, fresh)
        made.append(lane)
        start += width + (package is not None)
    return made, start


def _onwards(numbers: Sequence[int]) -> tuple[int, ...]:
    """By slot the sum from there on, and 0 behind the last."""
    return tuple(accumulate(reversed(numbers), initial=0))[::-1]


def _ends(caps: Caps, clock: Clock, limit: Limit, asks: list[bool], *, exact: bool) -> tuple[int, ...]:
    """By slot, the slot at which a contact made there stops counting, told by the next one where it matters."""
    slots = following = len(asks)
    if limit.window is None:
        return (slots,) * slots
    after = [slots] * (slots + 1)
    for slot in range(slots - 1, -1, -1):
        following = slot if asks[slot] else following
        after[slot] = following
    ends = (after[bisect_left(caps.moments, clock.expiry(at, limit.window, exact=exact))] for at in caps.moments)
    # Rounding down must not go so far that a contact does not even count where it is made.
    return tuple(max(end, slot + 1) for slot, end in enumerate(ends))


def starts(caps: Caps, lanes: list[Lane], columns: int, clock: Clock) -> Lanes:
    """One state per past; more contacts than a limit allows fill it, never an error.

    A least number that was begun before is no duty any more: what was sent cannot be taken back.
    """
    state: Lanes = np.zeros((len(caps.pasts), columns), np.int32)
    for number, past in enumerate(caps.pasts):
        for limit, lane in enumerate(lanes):
            held = [at for of, at in past.held if of == limit]
            if lane.window is None:
                count = min(len(held) + sum(amount for of, amount in past.amounts if of == limit), lane.max)
                state[number, lane.start] = max(count, lane.least) if count else 0
            else:
                ends = [_stops(caps, clock, at, lane) for at in held]
                newest = sorted(ends, reverse=True)[: lane.width]
                state[number, lane.start : lane.start + len(newest)] = newest
            if lane.package is not None and caps.moments:
                now = (at is not None and micros(at) == caps.moments[0] for at in held)
                state[number, lane.package] = any(now)
    return state


def _stops(caps: Caps, clock: Clock, at: datetime | None, lane: Lane) -> int:
    """The first slot at which a contact of before counts no more; one without a moment always counts."""
    if at is None or lane.window is None:
        return len(caps.moments)
    return bisect_left(caps.moments, clock.expiry(micros(at), lane.window, exact=lane.needed))


def full(state: Lanes, lane: Lane, amount: int) -> Flags:
    """Whether a contact that counts so much (0: it only asks) is one too many."""
    if lane.max == 0:
        return np.ones(len(state), np.bool_)
    if lane.window is None:
        closed = np.asarray(state[:, lane.start] > lane.max - max(amount, 1))
    elif lane.width < lane.max:
        return np.zeros(len(state), np.bool_)
    else:
        closed = np.asarray(state[:, lane.start + lane.width - 1] > 0)
    return closed if lane.package is None else np.asarray(closed & (state[:, lane.package] == 0))


def standing(state: Lanes, lane: Lane) -> Flags:
    """Whether anything that counts stands in the lane."""
    return np.asarray(state[:, lane.start] > 0) if lane.width else np.zeros(len(state), np.bool_)


def taken(state: Lanes, counts: list[tuple[Lane, int]], slot: int) -> Lanes:
    """States after a contact at `slot` that counts so much for these lanes."""
    for lane, amount in counts:
        if lane.package is None:
            _count(state, lane, amount, slot)
            continue
        new = np.flatnonzero(state[:, lane.package] == 0)
        state[new] = _count(state[new], lane, amount, slot)
        state[:, lane.package] = 1
    return state


def _count(state: Lanes, lane: Lane, amount: int, slot: int) -> Lanes:
    if lane.window is None:
        state[:, lane.start] = np.minimum(state[:, lane.start] + amount, lane.max)
    elif lane.width:
        stop = lane.start + lane.width
        state[:, lane.start + 1 : stop] = state[:, lane.start : stop - 1].copy()
        state[:, lane.start] = lane.ends[slot]
    return state


def normal(state: Lanes, lanes: list[Lane], slot: int) -> Lanes:
    """States as they are at `slot`: what no longer counts is cleared, and so is a limit that cannot bind any more."""
    for lane in lanes:
        part = state[:, lane.start : lane.start + lane.width]
        if lane.package is not None and (lane.fresh[slot] or not lane.asked[slot]):
            state[:, lane.package] = 0
        if lane.least:
            if lane.left[slot] == 0 and not lane.asked[slot]:
                part[part >= lane.least] = 0  # the duty is done, and nothing is left that could count
            continue
        if lane.window is not None:
            part[part <= slot] = 0
        if not lane.asked[slot]:
            part[:] = 0
        elif not lane.needed:
            count = part[:, 0] if lane.window is None else (part > 0).sum(axis=1)
            part[(count + lane.left[slot] + (not lane.own)) <= lane.max] = 0
    return state


def ends_well(state: Lanes, lanes: list[Lane]) -> Flags:
    """Whether states of the end have none or enough of every limit that asks for a least number."""
    well = np.ones(len(state), np.bool_)
    for lane in lanes:
        if lane.least:
            well &= (state[:, lane.start] == 0) | (state[:, lane.start] >= lane.least)
    return well
