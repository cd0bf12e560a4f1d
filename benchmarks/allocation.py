"""One play's benefits allocated for values of every single member, from the wide table to the certified assignment.

Made-up members as `docs/plan.md` describes them: what they spend, how likely they buy, how they answer a coupon of
a face value; options are coupons, points, cash-back and gifts, rows are the total, two pools, two stocks and the
capacities of three channels (and with `--options 30 --rows 25` ten times three channels, with pools and stocks of
each). The table lies in a file, so that memory is what the work takes. The reference is HiGHS' interior point on the
whole linear program (up to 100,000 members) and beyond that the greedy plans that need no solver: members in the
order of what they are worth for their cost, until nothing is left. Both sides also tell their seconds of processor.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import optimize, sparse

from benchmarks import harness
from warehouse.allocation.allocate import Allocated, allocate
from warehouse.allocation.greedy import in_order_of
from warehouse.allocation.members import Members
from warehouse.allocation.problem import Allocation, Option, Row, Use

UNIT = 10_000
MOST_SOLVED = 100_000
CHUNK = 1_000_000
COUPONS = (2, 4, 6, 10, 15, 25)
MARGIN, CONTACT = 0.35, 0.04
Floats = NDArray[np.float64]


def instance(members: int, *, many: bool) -> Allocation:
    """Ten options and eight rows, or thirty and twenty-five."""
    channels = 3
    kinds = [f"coupon_{face}" for face in COUPONS] + ["points_3", "cashback_5", "gift_a", "gift_b"]
    rows = [Row("budget", members * UNIT * 11 // 20), Row("pool coupons", members * UNIT * 3 // 10)]
    rows += [Row("pool points", members * UNIT // 50)]
    rows += [Row("stock gift_a", members // 50), Row("stock gift_b", members // 100)]
    rows += [Row(f"channel {n}", int(members * share)) for n, share in enumerate((0.35, 0.2, 0.12))]
    if many:
        rows += [Row(f"stock {kind}", int(members * 0.06)) for kind in kinds]
        rows += [Row(f"daily {kind}", int(members * 0.05)) for kind in kinds[:7]]
    options = []
    for place in range(30 if many else 10):
        number, channel = place % 10, (place // 10 if many else place % channels)
        kind = kinds[number]
        uses = [Use(0, 1, f"c_{number}")]
        if kind.startswith("coupon"):
            uses.append(Use(1, 1, f"c_{number}"))
        if kind == "points_3":
            uses.append(Use(2, 1, f"c_{number}"))
        if kind.startswith("gift"):
            uses.append(Use(3 if kind == "gift_a" else 4))
        uses.append(Use(5 + channel))
        if many:
            uses.append(Use(8 + number))
            if number < 7:
                uses.append(Use(18 + number))
        options.append(Option(f"{kind}@{channel}", f"v_{place}", tuple(uses)))
    return Allocation("wide", tuple(options), tuple(rows))


def prepare(con: duckdb.DuckDBPyConnection, members: int, *, many: bool, seed: int = 1) -> None:
    """The wide table, in pieces, in the fair order of a permutation."""
    made = False
    for start in range(0, members, CHUNK):
        count = min(CHUNK, members - start)
        con.register("_piece", _piece(start, count, many=many, seed=seed))
        con.execute("insert into wide select * from _piece" if made else "create table wide as select * from _piece")
        con.unregister("_piece")
        made = True
    con.execute("checkpoint")


def _piece(start: int, count: int, *, many: bool, seed: int) -> pa.Table:
    rng = np.random.default_rng([seed, start])
    spend = rng.lognormal(3.6, 0.9, count)
    base = np.minimum(rng.lognormal(np.log(0.04), 0.9, count), 0.6)
    keen, eligible = rng.lognormal(0, 0.5, count), rng.random(count) >= 0.15
    columns: dict[str, NDArray[np.generic] | pa.Array] = {"member": np.arange(start, start + count)}
    # A multiplier that has nothing in common with any size of a table scatters the order.
    columns["fair_order"] = (np.arange(start, start + count, dtype=np.int64) * 2_654_435_761) % 2_147_483_647
    for number in range(10):
        face = np.full(count, float((*COUPONS, 3, 0, 8, 14)[number]))
        if number == 7:
            face = spend * 0.05
        uplift = np.minimum(0.03 * keen * rng.lognormal(0, 0.5, count) * (face / spend) ** 0.6, 0.5)
        cost = np.rint((base + uplift) * face * UNIT).astype(np.int64)
        able = eligible & ((spend >= 2.5 * face) | (number >= 6))
        columns[f"c_{number}"] = cost
        for place in range(number, 30 if many else 10, 10):
            reach = 1 - 0.07 * (place // 10)
            value = np.rint((uplift * reach * spend * MARGIN - CONTACT) * UNIT + UNIT // 5).astype(np.int64)
            columns[f"v_{place}"] = pa.array(value, mask=~(able & (value > 0)))
    return pa.table(columns)


def ours(con: duckdb.DuckDBPyConnection, asked: Allocation) -> Allocated:
    return allocate(con, asked)


def interior_point(con: duckdb.DuckDBPyConnection, asked: Allocation, method: str = "highs-ipm") -> float:
    """The whole linear program, written out member by member."""
    found = whole_program(con, asked, method)
    return float(found)


def whole_program(con: duckdb.DuckDBPyConnection, asked: Allocation, method: str) -> float:
    """Its optimum, in the unit of the values."""
    table = con.execute("select * from wide order by member").fetchnumpy()
    who, value, rows, amounts, columns = [], [], [], [], []
    width = 0
    for option in asked.options:
        told = np.ma.filled(table[option.value].astype(np.float64), np.nan)
        able = np.flatnonzero(np.isfinite(told))
        who.append(able)
        value.append(told[able])
        for use in option.uses:
            amount = np.full(len(able), use.times, np.float64)
            if use.column is not None:
                amount *= table[use.column][able]
            rows.append(np.full(len(able), use.row))
            amounts.append(amount)
            columns.append(np.arange(width, width + len(able)))
        width += len(able)
    capacity = np.array([row.capacity for row in asked.rows], np.float64)
    scale = np.array([UNIT if "pool" in row.name or row.name == "budget" else 1 for row in asked.rows], np.float64)
    shared = sparse.csr_array(
        (np.concatenate(amounts), (np.concatenate(rows), np.concatenate(columns))), shape=(len(asked.rows), width)
    )
    members = np.concatenate(who)
    own = sparse.csr_array((np.ones(width), (members, np.arange(width))), shape=(len(table["member"]), width))
    solved = optimize.linprog(
        -np.concatenate(value) / UNIT,
        A_ub=sparse.vstack([sparse.diags_array(1 / scale) @ shared, own], format="csr"),
        b_ub=np.concatenate([capacity / scale, np.ones(own.shape[0])]),
        bounds=(0, None),
        method=method,
    )
    if solved.status != 0:
        raise ArithmeticError(solved.message)
    return -float(solved.fun) * UNIT


def greedy(con: duckdb.DuckDBPyConnection, asked: Allocation) -> float:
    """Members and options in the order of value per cost, each as long as everything it uses is left."""
    values = ", ".join(f"{o.value}::double as v_{n}" for n, o in enumerate(asked.options))
    amounts = "".join(f", {column}::double as a_{n}" for n, column in enumerate(asked.columns))
    table = con.execute(f"select member as key, {values}{amounts} from wide order by member").fetchnumpy()
    members = Members(
        asked,
        table["key"],
        tuple(np.ma.filled(table[f"v_{n}"], np.nan) for n in range(len(asked.options))),
        {column: table[f"a_{n}"] for n, column in enumerate(asked.columns)},
    )
    ratio = [value / np.maximum(members.amounts[f"c_{n % 10}"], 1) for n, value in enumerate(members.values)]
    return in_order_of(members, ratio)[0]


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    """Ten options and eight rows, then thirty and twenty-five."""
    for many in (False, True):
        with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "wide.duckdb")) as con:
            con.execute("set threads = 2")
            con.execute("set memory_limit = '1500MB'")
            prepare(con, chosen.members, many=many)
            yield _compared(con, chosen, many=many)


def _compared(con: duckdb.DuckDBPyConnection, chosen: argparse.Namespace, *, many: bool) -> harness.Row:
    asked = instance(chosen.members, many=many)
    solved = chosen.members <= MOST_SOLVED and not many
    way: Callable[[duckdb.DuckDBPyConnection, Allocation], float] = interior_point if solved else greedy
    both = harness.alternate(lambda: partial(ours, con, asked), lambda: partial(way, con, asked), rounds=chosen.rounds)
    found = both.result
    cpu = sorted(both.ours.cpu)[len(both.ours.cpu) // 2]
    other = sorted(both.reference.cpu)[len(both.reference.cpu) // 2]
    share = both.expected / max(found.value, 1)
    name = f"allocate: {len(asked.options)} options, {len(asked.rows)} rows, gap {found.gap:.1e}"
    bound = sum(price > 0 for price in found.prices)
    unit = (
        f"members ({bound} rows bind, a core of {found.core:,}; {cpu:.1f} s of processor, the reference {other:.1f} s)"
    )
    told = "the interior point of HiGHS on the whole program" if solved else "greedy by value per cost"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 if not solved else None
    return both.row(name, chosen.members, unit, f"{told}, worth {share:.2%} of it", peak_mb=peak)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=100_000, short=4_000, rounds=1), rows)
