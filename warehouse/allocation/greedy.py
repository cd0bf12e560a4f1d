"""The plan that needs no solver, for comparison: the best first, for as long as everything it uses is left."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np

from warehouse.allocation.members import Floats, Ints, Members
from warehouse.allocation.problem import Allocation, Use
from warehouse.allocation.scoring import names

PIECE = 5000
"""So many pairs of member and option are looked at together."""


def greedy(con: duckdb.DuckDBPyConnection, asked: Allocation) -> tuple[int, tuple[str, ...]]:
    """What it is worth to give members and options in the order of their value, one option to a member.

    Minimums and the like are not minded: the names of those that are broken. All members come into memory.
    """
    values = ", ".join(f"{names([option.value])}::double as v_{n}" for n, option in enumerate(asked.options))
    columns = "".join(f", {names([column])}::double as a_{n}" for n, column in enumerate(asked.columns))
    key = names([asked.member])
    table = con.execute(f"select {key} as key, {values}{columns} from {asked.table} order by {names([asked.order])}")
    found = table.fetchnumpy()
    told = tuple(np.ma.filled(found[f"v_{n}"], np.nan) for n in range(len(asked.options)))
    amounts = {column: np.ma.filled(found[f"a_{n}"], 0.0) for n, column in enumerate(asked.columns)}
    members = Members(asked, np.ma.getdata(found["key"]), told, amounts)
    worth, left = in_order_of(members, told)
    return round(worth), tuple(row.name for row, room in zip(asked.rows, left, strict=True) if room < 0)


def in_order_of(members: Members, rank: Sequence[Floats]) -> tuple[float, Floats]:
    """The value of giving options in the order of `rank`, the greatest first, and what is left of each row.

    `rank` has by option one number a member. Pieces of the order at a time: what fits of a piece is taken, until a
    piece gives nothing.
    """
    asked = members.asked
    given = {use.row for option in asked.options for use in option.uses if use.times < 0}
    left = np.array([row.capacity for row in asked.rows], np.float64)
    free = np.ones(len(members), np.bool_)
    able = [np.flatnonzero(np.isfinite(one) & (value > 0)) for one, value in zip(rank, members.values, strict=True)]
    who = np.concatenate(able)
    option = np.repeat(np.arange(len(able)), [len(one) for one in able])
    order = np.argsort(-np.concatenate([one[some] for one, some in zip(rank, able, strict=True)]), kind="stable")
    worth = 0.0
    for piece in np.array_split(order, max(len(order) // PIECE, 1)):
        for number in range(len(asked.options)):
            mine = who[piece[option[piece] == number]]
            mine = mine[free[mine]]
            for use in asked.options[number].uses:
                if use.row not in given:
                    mine = mine[np.cumsum(_amount(members, use, mine)) <= np.maximum(left[use.row], 0)]
            for use in asked.options[number].uses:
                left[use.row] -= _amount(members, use, mine).sum()
            free[mine] = False
            worth += float(members.values[number][mine].sum())
    return worth, left


def _amount(members: Members, use: Use, mine: Ints) -> Floats:
    """What these members would take of a row, one number each."""
    return use.times * (np.ones(len(mine)) if use.column is None else members.amounts[use.column][mine])
