"""The members whose choice is still open: prices shrink until a few are left, and those are a linear program.

Whoever is settled in a box of prices that holds the program's own prices is settled for good: by complementary
slackness the whole is then at its optimum. HiGHS by name, dual simplex, one thread, never a time limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from warehouse.allocation.members import NONE, Flags, Floats, Ints, Members, Picks, whole
from warehouse.allocation.pricing import Box, dual_prices, sampled_box
from warehouse.allocation.problem import PRICE_SCALE, AllocationError
from warehouse.engines.solver import integer, linear

SAMPLE = 160_000
"""Of a core of more than twice as many, so many members narrow the box before all are asked."""
FEW = 3000
"""So many members, and not more, are decided by the linear program."""
ROUNDS = 30
TOLERANCE = 1e-6
HALF = 0.5
"""Between two whole numbers."""
SMALL = 20_000
"""Below so many members an integer program decides the last few."""
NODE_LIMIT = 100
CORE_MEMBERS = 120
"""Members of the integer program."""


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Prices (times `PRICE_SCALE`), and the options of the members that prices alone do not decide."""

    prices: Ints
    members: Members
    chosen: tuple[Picks, ...]
    proven: bool
    """Whether the prices lie inside the box in which all others are settled."""


@dataclass(frozen=True, slots=True, eq=False)
class _Program:
    """Columns are (member, option): where a member may still get it."""

    who: Ints
    option: Ints
    value: Floats
    shared: scipy.sparse.csr_array
    own: scipy.sparse.csr_array
    own_limit: Floats


def solve_core(core: Members, left: Floats, box: Box, units: Floats, *, small: bool) -> Core:
    """The best of what is `left` of each row for these members, with prices in or near the box.

    `units` are typical prices of the rows.
    """
    if len(core) > 2 * SAMPLE and (found := _narrowed(core, left, box, units)) is not None:
        return found
    prices = dual_prices(core, left, box, tolerance=1e-14)
    widths, limit, last = box.widths.copy(), FEW, None
    for _ in range(ROUNDS):
        at = np.asarray(whole(prices) / PRICE_SCALE)
        open_still = core.unsettled(at, widths)
        count = int(open_still.sum())
        if count > limit and widths.max(initial=0) > 2 / PRICE_SCALE:
            widths = np.maximum(widths * np.clip(0.9 * limit / count, 0.05, 0.5), 2 / PRICE_SCALE)
            continue
        inner = core.only(open_still)
        program = _program(inner, at, widths)
        room = left - core.only(~open_still).best(at).used
        solved = _relaxed(program, room)
        if solved is None:
            last, widths = None, np.minimum(widths * 3, box.widths)
            limit = limit * 3
            if count == len(core):
                break
            continue
        shares, duals = solved
        last = (inner, program, room, shares, at)
        inside = np.abs(duals - at) < widths
        inside |= (duals <= 0) & (at - widths <= 0)
        if inside.all() or count == len(core):
            return _whole_members(last, whole(duals), proven=True, small=small)
        prices = np.clip(duals, at - 4 * widths, at + 4 * widths)
        widths = np.where(inside, widths, np.minimum(widths * 2, np.maximum(box.widths, widths)))
    if last is None:
        raise AllocationError(
            ("the minimums cannot be met together with the limits", "各项下限无法与上限同时满足"),
            ("Lower a minimum or raise a limit.", "请降低下限或提高上限。"),
        )
    return _whole_members(last, whole(last[4]), proven=False, small=small)


def _narrowed(core: Members, left: Floats, box: Box, units: Floats) -> Core | None:
    """A sample of a large core settles most of it; None where the prices come out at the edge of its box."""
    sample = core.only(np.arange(0, len(core), len(core) // SAMPLE))
    near = sampled_box(sample, left * (len(sample) / len(core)), units, box)
    prices = np.asarray(whole(near.prices) / PRICE_SCALE)
    widths = np.minimum(np.maximum(near.widths, 2 / PRICE_SCALE), box.widths)
    open_still = core.unsettled(prices, widths)
    if open_still.sum() > len(core) / 2:
        return None
    room = left - core.only(~open_still).best(prices).used
    found = solve_core(core.only(open_still), room, Box(prices, widths), units, small=False)
    told = found.prices / PRICE_SCALE
    inside = (np.abs(told - prices) < widths) | ((told <= 0) & (prices - widths <= 0))
    return found if inside.all() else None


def _program(inner: Members, prices: Floats, widths: Floats) -> _Program:
    """Options that may be a member's best somewhere in the box."""
    who, option = [], []
    for group, span in zip(inner.asked.groups, inner.spans(prices, widths), strict=True):
        for number in group:
            high = inner.score(number, prices) + inner.width(number, widths)
            able = np.flatnonzero((high >= span.low) & (high >= 0))
            who.append(able)
            option.append(np.full(len(able), number))
    whose, options = np.concatenate(who).astype(np.int64), np.concatenate(option).astype(np.int64)
    value = np.zeros(len(whose))
    rows: list[scipy.sparse.csr_array] = [np.zeros(len(whose)) for _ in inner.asked.rows]
    for number, told in enumerate(inner.asked.options):
        mine = options == number
        value[mine] = inner.values[number][whose[mine]]
        for use in told.uses:
            amount = 1.0 if use.column is None else inner.amounts[use.column][whose[mine]]
            rows[use.row][mine] += use.times * amount
    shared = scipy.sparse.csr_array(np.stack(rows)) if rows else scipy.sparse.csr_array((0, len(whose)))
    return _Program(whose, options, value, shared, *_own_limits(inner, whose, options))


def _own_limits(inner: Members, whose: Ints, options: Ints) -> tuple[scipy.sparse.csr_array, Floats]:
    """One option of each group, and `most` in all."""
    group_of = np.zeros(len(inner.asked.options), np.int64)
    for g, group in enumerate(inner.asked.groups):
        group_of[list(group)] = g
    groups, columns = len(inner.asked.groups), np.arange(len(whose))
    _, row = np.unique(whose * groups + group_of[options], return_inverse=True)
    ones, count = np.ones(len(whose)), int(row.max(initial=-1)) + 1
    own, limit = scipy.sparse.csr_array((ones, (row, columns)), shape=(count, len(whose))), np.ones(count)
    if inner.asked.most < groups:
        both = scipy.sparse.csr_array((ones, (whose, columns)), shape=(len(inner), len(whose)))
        own = scipy.sparse.csr_array(scipy.sparse.vstack([own, both], format="csr"))
        limit = np.concatenate([limit, np.full(len(inner), float(inner.asked.most))])
    return own, limit


def _relaxed(program: _Program, room: Floats) -> tuple[Floats, Floats] | None:
    """Shares of options, and prices of the rows; None where the rows cannot be kept."""
    rows = len(room)
    if not len(program.who):
        return (np.zeros(0), np.zeros(rows)) if (room >= 0).all() else None
    scale = _scale(program)
    unit = float(max(program.value.max(initial=1), 1))
    found = linear(
        -program.value / unit,
        scipy.sparse.vstack([scipy.sparse.diags_array(1 / scale) @ program.shared, program.own], format="csr"),
        np.concatenate([room / scale, program.own_limit]),
        np.ones(len(program.who)),
    )
    return None if found is None else (found.x, found.prices[:rows] * unit / scale)


def _scale(program: _Program) -> Floats:
    return (
        np.maximum(np.abs(program.shared).max(axis=1).toarray().ravel(), 1) if program.shared.shape[0] else np.ones(0)
    )


def _whole_members(
    last: tuple[Members, _Program, Floats, Floats, Floats], prices: Ints, *, proven: bool, small: bool
) -> Core:
    """Shares become members: split ones get nothing, then whoever still fits gets the best that fits."""
    inner, program, room, shares, _ = last
    taken = shares > 1 - TOLERANCE
    split = ((shares > TOLERANCE) & ~taken).any()
    first = taken
    taken = _filled(program, room, taken, prices)
    if split and (small or _over(program, taken, room).any()):
        better = _integers(inner, program, room, first, prices)
        if better is not None:
            better = _filled(program, room, better, prices)
            kept = not _over(program, taken, room).any()
            if not kept or program.value @ better > program.value @ taken:
                taken = better
    if (over := _over(program, taken, room)).any():
        names = [row.name for row, wrong in zip(inner.asked.rows, over, strict=True) if wrong]
        raise AllocationError(
            (f"cannot be met together: {', '.join(names)}", f"无法同时满足：{'、'.join(names)}"),
            ("Lower a minimum or raise a limit.", "请降低下限或提高上限。"),
        )
    return Core(prices, inner, _in_fair_order(inner, _picks(inner, program, taken)), proven)


def _over(program: _Program, taken: Flags, room: Floats) -> Flags:
    """Rows of which more is used than there is; amounts are whole numbers."""
    return np.asarray(program.shared @ taken > room + HALF)


def _integers(inner: Members, program: _Program, room: Floats, taken: Flags, prices: Ints) -> Flags | None:
    """The integer program over the members to whom a change of choice costs least; all others stay as they are."""
    score = _scores(program, prices)
    best, second = np.zeros(len(inner)), np.zeros(len(inner))
    for column in np.lexsort((score, program.who)):
        who = program.who[column]
        if score[column] > best[who]:
            second[who], best[who] = best[who], score[column]
        else:
            second[who] = max(second[who], score[column])
    undecided = np.ones(len(inner), np.bool_)
    undecided[program.who[taken]] = False
    touched = np.unique(program.who)
    near = touched[np.lexsort((touched, (best - second)[touched], ~undecided[touched]))[:CORE_MEMBERS]]
    some = np.isin(program.who, near)
    scale = _scale(program)
    left = room - program.shared @ (taken & ~some)
    found = integer(
        -program.value[some] / float(max(program.value.max(initial=1), 1)),
        scipy.sparse.vstack(
            [program.own[:, some], scipy.sparse.diags_array(1 / scale) @ program.shared[:, some]], format="csr"
        ),
        np.concatenate([program.own_limit, left / scale]),
        np.ones(int(some.sum())),
        nodes=NODE_LIMIT,
        gap=1e-9,
    )
    if found is None:
        return None
    better = taken & ~some
    better[some] = found > HALF
    return better


def _scores(program: _Program, prices: Ints) -> Floats:
    return np.asarray(program.value - (program.shared.T @ (prices / PRICE_SCALE) if len(prices) else 0))


def _filled(program: _Program, room: Floats, taken: Flags, prices: Ints) -> Flags:
    """Members left over take, best score first, an option that still fits; the fair order decides between equals."""
    taken = np.asarray(taken, np.bool_).copy()
    left = room - program.shared @ taken
    given = program.own @ taken
    score = _scores(program, prices)
    columns = program.shared.tocsc()
    own = program.own.tocsc()
    candidates = np.flatnonzero(~taken & (program.value > 0))
    for column in candidates[np.lexsort((program.option[candidates], program.who[candidates], -score[candidates]))]:
        rows, amounts = _column(columns, column)
        limits, ones = _column(own, column)
        fits = (amounts <= left[rows] + TOLERANCE) | (amounts <= 0)
        if fits.all() and (given[limits] + ones <= program.own_limit[limits]).all():
            taken[column] = True
            left[rows] -= amounts
            given[limits] += ones
    return taken


def _column(matrix: scipy.sparse.csc_array, column: int) -> tuple[Ints, Floats]:
    start, stop = matrix.indptr[column], matrix.indptr[column + 1]
    return matrix.indices[start:stop], matrix.data[start:stop]


def _picks(inner: Members, program: _Program, taken: Flags) -> tuple[Picks, ...]:
    found = []
    for group in inner.asked.groups:
        pick = np.full(len(inner), NONE, np.int8)
        for number in group:
            pick[program.who[taken & (program.option == number)]] = number
        found.append(pick)
    return tuple(found)


def _in_fair_order(inner: Members, chosen: tuple[Picks, ...]) -> tuple[Picks, ...]:
    """Members who are alike in everything get what they get in the fair order (they stand in it)."""
    if not len(inner):
        return chosen
    told = np.stack([*inner.values, *inner.amounts.values()], axis=1)
    _, kind = np.unique(told, axis=0, return_inverse=True)
    picks = np.stack(chosen, axis=1).astype(np.int64)
    rank = np.where(picks == NONE, np.iinfo(np.int8).max, picks)
    members = np.lexsort((np.arange(len(inner)), kind))
    plans = np.lexsort((np.arange(len(inner)), *rank.T[::-1], kind))
    found = np.empty_like(picks)
    found[members] = picks[plans]
    return tuple(found[:, g].astype(np.int8) for g in range(found.shape[1]))
