"""The cap automaton: what the caps still allow, as a layered graph that no member is part of.

A state is, for each limit, the contacts that still count (a queue of the slots at which each stops
counting) or a count. All reachable states are built forward, then states with the same future are
merged backward; where a limit asks for a least number, states that end with fewer have no future. A
contact stops counting at `at + window` exactly. contact-plan.md, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import numpy as np

from warehouse.contact_plan.lanes import (
    LONG,
    Caps,
    Classes,
    Clock,
    Lanes,
    ends_well,
    full,
    lanes_of,
    micros,
    normal,
    standing,
    starts,
    taken,
)
from warehouse.contact_plan.problem import (
    Flags,
    Ints,
    Past,
    PlanTooLargeError,
    Problem,
    Relation,
    Small,
)

MAX_STATES = 2_000_000
EXACT_STATES = 300_000
"""More than this, and long windows are rounded first: a walk over so many nodes is slow, too."""
GRAINS = (timedelta(hours=24), timedelta(hours=84), timedelta(hours=168))
CLOSED = 0
"""The node no plan reaches; where arcs that the caps forbid lead."""


class _TooManyError(Exception):
    """The build was given up at a number of states."""


@dataclass(frozen=True, slots=True, eq=False)
class Automaton:
    """Nodes are numbered layer by layer, from 1; layer `j` is `first[j]:first[j + 1]`, the last is the end.

    `skip`: node after not contacting; `take`: classes x nodes, node after a contact of that class
    (both `CLOSED` if forbidden). Within a layer, nodes that allow class 0 come first, `free[j]` of them.
    `classes[j]` are the relations to limits of slot j; `class_of` gives each choice's number among them.
    `pairs`: a contact may be worth having for another one only, that needs it or that it is too few without.
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
    pairs: bool

    @property
    def nodes(self) -> int:
        return int(self.first[-1])


def automaton_of(problem: Problem, pasts: Sequence[Past], *, relaxed: bool = False) -> Automaton:
    """The automaton of a calendar and the pasts that occur; the last few are remembered.

    `relaxed`: with rounded windows, the one whose plans take in all allowed ones (for the bound).
    PlanTooLargeError, naming the limit, above `MAX_STATES`.
    """
    per_slot: list[list[Relation]] = [[] for _ in problem.slots]
    class_of = []
    for choice in problem.choices:
        known, relation = per_slot[choice.slot], choice.relation
        if relation not in known:
            known.append(relation)
        class_of.append(known.index(relation))
    moments = tuple(micros(slot.at) for slot in problem.slots)
    classes = tuple(tuple(known) for known in per_slot)
    return _remembered(Caps(moments, classes, problem.limits, tuple(pasts), tuple(class_of)), not relaxed)


def follow(automaton: Automaton, node: Small, plan: Small) -> Small:
    """Where a plan (plans x slots, from the layer of `node`) leads; `CLOSED` if the caps forbid it."""
    contact = plan >= 0
    kind = np.zeros_like(plan)
    kind[contact] = automaton.class_of[plan[contact]]
    for slot in range(plan.shape[1]):
        after = automaton.skip[node]
        chosen = contact[:, slot]
        if chosen.any():
            after = np.where(chosen, automaton.take[kind[:, slot], node], after)
        node = after
    return node


@lru_cache(maxsize=16)
def _remembered(caps: Caps, up: bool) -> Automaton:
    exact = _exact(caps)
    if exact is not None:
        return exact  # nothing is rounded: the relaxed one is the same
    for grain in GRAINS[:-1]:
        try:
            return _built(caps, Clock(grain, up), EXACT_STATES)
        except _TooManyError:
            continue
    try:
        return _built(caps, Clock(GRAINS[-1], up), MAX_STATES)
    except _TooManyError:
        raise _too_many(caps) from None


@lru_cache(maxsize=16)
def _exact(caps: Caps) -> Automaton | None:
    """The automaton without rounding; None where long windows make too many states for it."""
    long = any(limit.window is not None and limit.window >= LONG for limit in caps.limits)
    try:
        return _built(caps, Clock(None, up=True), EXACT_STATES if long else MAX_STATES)
    except _TooManyError:
        if long:
            return None
        raise _too_many(caps) from None


def forget() -> None:
    """Forget the automata remembered so far: for measuring, and for a process that wants its memory back."""
    _remembered.cache_clear()
    _exact.cache_clear()


def _too_many(caps: Caps) -> PlanTooLargeError:
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


def _built(caps: Caps, clock: Clock, most: int) -> Automaton:
    lanes, columns = lanes_of(caps, clock)
    state, roots = _distinct(normal(starts(caps, lanes, columns, clock), lanes, 0))
    layers: list[list[Small]] = []
    total = len(state)
    for slot, kinds in enumerate(caps.classes):
        parts, allowed = [state], []
        for kind in kinds:
            amounts = dict(kind.counts)
            may = np.ones(len(state), np.bool_)
            for limit in kind.closed_by:
                may &= ~full(state, lanes[limit], amounts.get(limit, 0))
            for limit in kind.needs:
                may &= standing(state, lanes[limit])
            allowed.append(may)
            parts.append(taken(state[may], [(lanes[limit], amount) for limit, amount in kind.counts], slot))
        state, to = _distinct(normal(np.concatenate(parts), lanes, slot + 1))
        layers.append(_arcs(to, allowed))
        total += len(state)
        if total > most:
            raise _TooManyError
    kept, number = _merged(layers, ends_well(state, lanes))
    return _laid_out(caps, kept, number[roots], clock.grain, total)


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


def _merged(layers: list[list[Small]], ends: Flags) -> tuple[list[list[Small]], Small]:
    """Backward: states of a layer with the same targets are one node. Nodes by layer; the first states' nodes.

    What leads to no end that counts is no node, and -1 where it was a target.
    """
    number = np.where(ends, 0, -1).astype(np.int32)  # of each state of the layer behind, its node there
    kept: list[list[Small]] = []
    for arcs in reversed(layers):
        targets = [np.where(arc < 0, -1, number[arc]).astype(np.int32) for arc in arcs]
        alive = np.flatnonzero(np.logical_or.reduce([target >= 0 for target in targets]))
        live = [target[alive] for target in targets]
        keys = [target + 1 for target in live]
        # Nodes that allow class 0 come first: a walk needs only them.
        index, among = _numbered([(live[1] < 0).astype(np.int32), *keys] if len(keys) > 1 else keys)
        number = np.full(len(targets[0]), -1, np.int32)
        number[alive] = among
        kept.append([target[index] for target in live])
    return kept[::-1], number


def _laid_out(caps: Caps, kept: list[list[Small]], roots: Small, grain: timedelta | None, states: int) -> Automaton:
    sizes = [len(layer[0]) for layer in kept] + [1]
    first = np.concatenate(([1], 1 + np.cumsum(sizes))).astype(np.int64)
    skip = np.zeros(int(first[-1]), np.int32)
    take = np.full((max((len(layer) - 1 for layer in kept), default=0), int(first[-1])), CLOSED, np.int32)
    free = np.zeros(len(kept), np.int64)
    for slot, layer in enumerate(kept):
        here, behind = slice(int(first[slot]), int(first[slot + 1])), int(first[slot + 1])
        for arc, target in zip((skip, *take), layer, strict=False):
            arc[here] = np.where(target < 0, CLOSED, target + behind)
        free[slot] = int((layer[1] >= 0).sum()) if len(layer) > 1 else 0
    start = (roots + int(first[0])).astype(np.int32)
    pairs = any(kind.needs for kinds in caps.classes for kind in kinds) or any(limit.least for limit in caps.limits)
    class_of = np.array(caps.class_of, np.int32)
    return Automaton(first, skip, take, free, start, caps.classes, class_of, grain, states, pairs)
