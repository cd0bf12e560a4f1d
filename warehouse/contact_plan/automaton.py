"""The cap automaton: what the caps still allow, as a layered graph that no member is part of.

A state is, for each limit, the contacts that still count (a queue of the slots at which each stops
counting) or a count. All reachable states are built forward, then states with the same future are
merged backward. A contact stops counting at `at + window` exactly. contact-plan.md, section 2.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from warehouse.contact_plan.problem import Flags, Ints, Limit, Past, PlanTooLargeError, Problem, Small

MAX_STATES = 2_000_000
EXACT_STATES = 300_000
"""More than this, and long windows are rounded first: a walk over so many nodes is slow, too."""
GRAINS = (timedelta(hours=24), timedelta(hours=84), timedelta(hours=168))
LONG = timedelta(days=14)
"""Only windows of this length are ever rounded: a grain must be short beside them."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOSED = 0
"""The node no plan reaches; where arcs that the caps forbid lead."""

MICROSECOND = timedelta(microseconds=1)
Classes = tuple[tuple[tuple[int, ...], ...], ...]
Lanes = NDArray[np.int32]


class _TooManyError(Exception):
    """The build was given up at a number of states."""


@dataclass(frozen=True, slots=True, eq=False)
class Automaton:
    """Nodes are numbered layer by layer, from 1; layer `j` is `first[j]:first[j + 1]`, the last is the end.

    `skip`: node after not contacting; `take`: classes x nodes, node after a contact of that class
    (`CLOSED` if forbidden). Within a layer, nodes that allow class 0 come first, `free[j]` of them.
    `classes[j]` are the sets of limits of slot j; `class_of` gives each choice's number among them.
    """

    first: Ints
    skip: Small
    take: Small
    free: Ints
    roots: Small
    classes: Classes
    class_of: Small
    grain: timedelta | None
    states: int

    @property
    def nodes(self) -> int:
        return int(self.first[-1])


@dataclass(frozen=True, slots=True)
class _Caps:
    """All that an automaton depends on: moments (microseconds of the epoch), classes of each slot, limits, pasts."""

    moments: tuple[int, ...]
    classes: Classes
    limits: tuple[Limit, ...]
    pasts: tuple[Past, ...]
    class_of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Clock:
    """When a contact stops counting; only long windows are rounded."""

    grain: timedelta | None
    up: bool

    def expiry(self, at: int, window: timedelta) -> int:
        """In microseconds of the epoch, as `at` is."""
        ends = at + window // MICROSECOND
        if self.grain is None or window < LONG:
            return ends
        step = self.grain // MICROSECOND
        return -(-ends // step) * step if self.up else ends // step * step


def automaton_of(problem: Problem, pasts: Sequence[Past], *, relaxed: bool = False) -> Automaton:
    """The automaton of a calendar and the pasts that occur; the last few are remembered.

    `relaxed`: with rounded windows, the one whose plans take in all allowed ones (for the bound).
    PlanTooLargeError, naming the limit, above `MAX_STATES`.
    """
    per_slot: list[list[tuple[int, ...]]] = [[] for _ in problem.slots]
    class_of = []
    for choice in problem.choices:
        known, limits = per_slot[choice.slot], tuple(sorted(set(choice.limits)))
        if limits not in known:
            known.append(limits)
        class_of.append(known.index(limits))
    moments = tuple(_micros(slot.at) for slot in problem.slots)
    classes = tuple(tuple(known) for known in per_slot)
    return _remembered(_Caps(moments, classes, problem.limits, tuple(pasts), tuple(class_of)), not relaxed)


@lru_cache(maxsize=16)
def _remembered(caps: _Caps, up: bool) -> Automaton:
    long = any(limit.window is not None and limit.window >= LONG for limit in caps.limits)
    for grain in (None, *GRAINS) if long else ():
        try:
            return _built(caps, _Clock(grain, up), EXACT_STATES)
        except _TooManyError:
            continue
    try:
        return _built(caps, _Clock(GRAINS[-1] if long else None, up), MAX_STATES)
    except _TooManyError:
        raise _too_many(caps) from None


def _too_many(caps: _Caps) -> PlanTooLargeError:
    widest = max(caps.limits, key=lambda limit: (limit.window is not None, min(limit.max, len(caps.moments))))
    return PlanTooLargeError(
        (
            f"the limits make more than {MAX_STATES:,} states; {widest.name} is the widest of them",
            f"触达限制产生超过 {MAX_STATES:,} 种状态，其中最宽的是 {widest.name}",
        ),
        (
            f"Lower {widest.name}, shorten its window, or count it per campaign.",
            f"请调低 {widest.name}、缩短其窗口，或按活动计数。",
        ),
    )


def _micros(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True)
class _Lane:
    """Where a limit is kept in a state: `width` queue lanes from `start` (newest first), or one count lane."""

    start: int
    width: int
    max: int
    window: timedelta | None
    ends: tuple[int, ...]  # by slot: the slot at which a contact made there stops counting
    left: tuple[int, ...]  # by slot: slots from there on that have a choice counting for it


def _built(caps: _Caps, clock: _Clock, most: int) -> Automaton:
    lanes = _lanes(caps, clock)
    state, roots = _distinct(_normal(_starts(caps, lanes, clock), lanes, 0))
    layers: list[list[Small]] = []
    total = len(state)
    for slot, sets in enumerate(caps.classes):
        parts, allowed = [state], []
        for limits in sets:
            may = np.ones(len(state), np.bool_)
            for limit in limits:
                may &= ~_full(state, lanes[limit])
            allowed.append(may)
            parts.append(_taken(state[may], [lanes[limit] for limit in limits], slot))
        state, to = _distinct(_normal(np.concatenate(parts), lanes, slot + 1))
        layers.append(_arcs(to, allowed))
        total += len(state)
        if total > most:
            raise _TooManyError
    kept, number = _merged(layers, len(state))
    return _laid_out(caps, kept, number[roots], clock.grain, total)


def _lanes(caps: _Caps, clock: _Clock) -> list[_Lane]:
    made: list[_Lane] = []
    start = 0
    for number, limit in enumerate(caps.limits):
        counts = [any(number in limits for limits in sets) for sets in caps.classes]
        left = tuple(sum(counts[slot:]) for slot in range(len(counts) + 1))
        held = max((sum(at == number for at, _ in past.held) for past in caps.pasts), default=0)
        # A queue longer than everything that can ever stand in it is never full.
        width = min(limit.max, left[0] + held) if limit.window is not None else 1
        made.append(_Lane(start, width, limit.max, limit.window, _ends(caps, clock, limit, counts), left))
        start += width
    return made


def _ends(caps: _Caps, clock: _Clock, limit: Limit, counts: list[bool]) -> tuple[int, ...]:
    """By slot, the slot at which a contact made there stops counting, told by the next one where it matters."""
    slots = following = len(counts)
    if limit.window is None:
        return (slots,) * slots
    after = [slots] * (slots + 1)
    for slot in range(slots - 1, -1, -1):
        following = slot if counts[slot] else following
        after[slot] = following
    ends = (after[bisect_left(caps.moments, clock.expiry(at, limit.window))] for at in caps.moments)
    # Rounding down must not go so far that a contact does not even count where it is made.
    return tuple(max(end, slot + 1) for slot, end in enumerate(ends))


def _starts(caps: _Caps, lanes: list[_Lane], clock: _Clock) -> Lanes:
    """One state per past; more contacts than a limit allows fill it, never an error."""
    state: Lanes = np.zeros((len(caps.pasts), sum(lane.width for lane in lanes)), np.int32)
    for number, past in enumerate(caps.pasts):
        for limit, lane in enumerate(lanes):
            held = [at for of, at in past.held if of == limit]
            if lane.window is None:
                state[number, lane.start] = min(len(held), lane.max)
                continue
            ends = [_stops(caps, clock, at, lane.window) for at in held]
            newest = sorted(ends, reverse=True)[: lane.width]
            state[number, lane.start : lane.start + len(newest)] = newest
    return state


def _stops(caps: _Caps, clock: _Clock, at: datetime | None, window: timedelta) -> int:
    """The first slot at which a contact of before counts no more; one without a moment always counts."""
    return len(caps.moments) if at is None else bisect_left(caps.moments, clock.expiry(_micros(at), window))


def _full(state: Lanes, lane: _Lane) -> Flags:
    if lane.max == 0:
        return np.ones(len(state), np.bool_)
    if lane.window is None:
        return np.asarray(state[:, lane.start] >= lane.max)
    if lane.width < lane.max:
        return np.zeros(len(state), np.bool_)
    return np.asarray(state[:, lane.start + lane.width - 1] > 0)


def _taken(state: Lanes, lanes: list[_Lane], slot: int) -> Lanes:
    """States after a contact at `slot` that counts for `lanes`."""
    for lane in lanes:
        if lane.window is None:
            state[:, lane.start] += 1
        elif lane.width:
            stop = lane.start + lane.width
            state[:, lane.start + 1 : stop] = state[:, lane.start : stop - 1].copy()
            state[:, lane.start] = lane.ends[slot]
    return state


def _normal(state: Lanes, lanes: list[_Lane], slot: int) -> Lanes:
    """States as they are at `slot`: what no longer counts is cleared, and so is a limit that cannot bind any more."""
    for lane in lanes:
        part = state[:, lane.start : lane.start + lane.width]
        if lane.window is None:
            part[(part[:, 0] + lane.left[slot]) <= lane.max] = 0
        else:
            part[part <= slot] = 0
            part[((part > 0).sum(axis=1) + lane.left[slot]) <= lane.max] = 0
        if lane.left[slot] == 0:
            part[:] = 0
    return state


def _distinct(state: Lanes) -> tuple[Lanes, Small]:
    """Different states, and for each given one its number among them."""
    varying = [state[:, lane] for lane in range(state.shape[1]) if (state[:, lane] != state[0, lane]).any()]
    if not varying:
        return state[:1], np.zeros(len(state), np.int32)
    index, to = _numbered(varying)
    return state[index], to


def _numbered(keys: list[Small]) -> tuple[Ints, Small]:
    """Equal combinations of non-negative keys: where each stands first, and the number of each, in their order."""
    word, room = keys[0].astype(np.int64), int(keys[0].max()) + 1
    for key in keys[1:]:
        size = int(key.max()) + 1
        if room * size >= 2**62:
            word = np.unique(word, return_inverse=True)[1].astype(np.int64)
            room = int(word.max()) + 1
        word = word * size + key
        room *= size
    _, index, number = np.unique(word, return_index=True, return_inverse=True)
    return index.astype(np.int64), number.astype(np.int32)


def _arcs(to: Small, allowed: list[Flags]) -> list[Small]:
    """Targets of skip and of each class, -1 where the class is forbidden."""
    size = len(to) - sum(int(may.sum()) for may in allowed)
    arcs, start = [to[:size]], size
    for may in allowed:
        stop = start + int(may.sum())
        arc = np.full(size, -1, np.int32)
        arc[may] = to[start:stop]
        arcs.append(arc)
        start = stop
    return arcs


def _merged(layers: list[list[Small]], last: int) -> tuple[list[list[Small]], Small]:
    """Backward: states of a layer with the same targets are one node. Nodes by layer; the first states' nodes."""
    number = np.zeros(last, np.int32)  # of each state of the layer behind, its node there
    kept: list[list[Small]] = []
    for arcs in reversed(layers):
        targets = [np.where(arc < 0, -1, number[arc]).astype(np.int32) for arc in arcs]
        keys = [target + 1 for target in targets]
        # Nodes that allow class 0 come first: a walk needs only them.
        index, number = _numbered([(targets[1] < 0).astype(np.int32), *keys] if len(keys) > 1 else keys)
        kept.append([target[index] for target in targets])
    return kept[::-1], number


def _laid_out(caps: _Caps, kept: list[list[Small]], roots: Small, grain: timedelta | None, states: int) -> Automaton:
    sizes = [len(layer[0]) for layer in kept] + [1]
    first = np.concatenate(([1], 1 + np.cumsum(sizes))).astype(np.int64)
    skip = np.zeros(int(first[-1]), np.int32)
    take = np.full((max((len(layer) - 1 for layer in kept), default=0), int(first[-1])), CLOSED, np.int32)
    free = np.zeros(len(kept), np.int64)
    for slot, layer in enumerate(kept):
        here, behind = slice(int(first[slot]), int(first[slot + 1])), int(first[slot + 1])
        skip[here] = layer[0] + behind
        for number, target in enumerate(layer[1:]):
            take[number, here] = np.where(target < 0, CLOSED, target + behind)
        free[slot] = int((layer[1] >= 0).sum()) if len(layer) > 1 else 0
    starts = (roots + int(first[0])).astype(np.int32)
    return Automaton(first, skip, take, free, starts, caps.classes, np.array(caps.class_of, np.int32), grain, states)
