"""`allocate`: from the wide table to a written assignment with its certificate."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import numpy as np

from warehouse.allocation.certify import Proof, certify
from warehouse.allocation.core import SMALL, Core, solve_core
from warehouse.allocation.members import NEVER, Floats, Members
from warehouse.allocation.pricing import Box, anywhere, sampled_box
from warehouse.allocation.problem import MAX_EXACT, PRICE_SCALE, Allocation, AllocationError, check
from warehouse.allocation.scoring import Ints, Scores, names

SAMPLE = 160_000
MOST_CORE = 3_000_000
"""So many members, and not more, come out of the database."""
_WIDER = 4
_SCANS = 6
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})


@dataclass(frozen=True, slots=True)
class Allocated:
    """What was allocated: the table `assigned` has a row for each option of a member."""

    value: int
    bound: int
    used: tuple[int, ...]
    prices: tuple[int, ...]
    """Times `PRICE_SCALE`."""
    members: int
    contacts: int
    core: int
    """Members whom prices alone did not decide."""

    @property
    def gap(self) -> float:
        """How much of the bound the plan may fall short of the best, at most."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Facts:
    """Of the table: members, and by column the least and the greatest number."""

    members: int
    span: dict[str, tuple[int, int]]


def allocate(con: duckdb.DuckDBPyConnection, asked: Allocation, *, into: str = "assigned") -> Allocated:
    """The best allocation, written to the temporary table `into` (member, option, group) with its proof.

    AllocationError where it cannot be done; an assignment that is not what it says raises, and is not kept.
    """
    check(asked)
    facts = _facts(con, asked)
    scores = _presolved(asked, facts)
    capacity = np.array([max(row.capacity, 0) if row.capacity >= 0 else row.capacity for row in asked.rows], np.float64)
    step = max(facts.members // SAMPLE, 1)
    sample = _members(con, scores, f"select * from {asked.table} where {names([asked.order])} % {step:d} = 0")
    share = len(sample) / facts.members if facts.members else 1.0
    units = _units(asked, sample)
    if step == 1 and (sample.best(np.zeros(len(units))).used <= capacity).all():
        found = _by_prices(sample, np.zeros(len(units), np.int64))
    elif step == 1:
        found = solve_core(sample, capacity, anywhere(units), units, small=facts.members < SMALL)
    else:
        found = _scanned(con, scores, capacity, units, sampled_box(sample, capacity * share, units))
    _write(con, scores, found, into)
    proof = certify(con, scores, found.prices, into)
    return _allocated(facts, found, proof)


def follow(con: duckdb.DuckDBPyConnection, asked: Allocation, prices: tuple[int, ...], *, into: str) -> None:
    """What these prices give to members who use nothing up: held out, they are told what they would have had."""
    scores = _presolved(asked, _facts(con, asked))
    nobody = _members(con, scores, f"select * from {asked.table} where false")
    _write(con, scores, _by_prices(nobody, np.array(prices, np.int64)), into)


def _by_prices(members: Members, prices: Ints) -> Core:
    """Prices that decide everybody: nothing is short at them, or nothing is used up."""
    nobody = members.only(np.zeros(len(members), np.bool_))
    return Core(prices, nobody, nobody.best(np.zeros(len(prices))).chosen, proven=True)


def _allocated(facts: _Facts, found: Core, proof: Proof) -> Allocated:
    return Allocated(
        proof.value,
        proof.bound,
        proof.used,
        tuple(found.prices.tolist()),
        facts.members,
        proof.contacts,
        len(found.members),
    )


def _scanned(con: duckdb.DuckDBPyConnection, scores: Scores, capacity: Floats, units: Floats, box: Box) -> Core:
    """Settle most members in one scan; a price on the edge of the box moves that edge, and all is scanned again."""
    for _ in range(_SCANS):
        prices = np.rint(box.prices * PRICE_SCALE).astype(np.int64)
        widths = np.maximum(np.rint(box.widths * PRICE_SCALE).astype(np.int64), 1)
        settled, count = _settled(con, scores, prices, widths)
        if count > MOST_CORE:
            box = replace(box, widths=box.widths / 2)
            continue
        boxed = scores.boxed(prices, widths)
        core = _members(con, scores, f"select * from ({boxed}) where {scores.unsettled()}")
        found = solve_core(core, capacity - settled, box, units, small=False)
        off = np.abs(found.prices - prices) >= widths
        off &= ~((found.prices == 0) & (prices - widths <= 0))
        if not off.any():
            return found
        nearer = np.where(off, found.prices / PRICE_SCALE, box.prices)
        box = Box(nearer, np.where(off, np.maximum(box.widths * _WIDER, units * 1e-3), box.widths))
    raise AllocationError(
        ("too many members are alike for prices of single members", "相同的会员过多，无法按会员定价"),
        ("Plan them by segments: leave member values out.", "请按人群规划：去掉会员级的数值。"),
    )


def _settled(con: duckdb.DuckDBPyConnection, scores: Scores, prices: Ints, widths: Ints) -> tuple[Floats, int]:
    """What members use whose choice no price in the box changes, and how many others there are."""
    asked = scores.asked
    groups = range(len(asked.groups))
    open_still = scores.unsettled()
    sums = ", ".join(
        "sum(" + " + ".join(scores.amount(row, f"_c{g}") for g in groups) + ") filter (not open_still)"
        for row in range(len(asked.rows))
    )
    told = ", ".join(["count(*) filter (open_still)", *([sums] if sums else [])])
    sql = f"select {told} from (select *, {open_still} as open_still from ({scores.boxed(prices, widths)}))"
    (count, *used) = _row(con, sql)
    return np.array([float(each or 0) for each in used]), int(count or 0)


def _facts(con: duckdb.DuckDBPyConnection, asked: Allocation) -> _Facts:
    values = [option.value for option in asked.options]
    wanted = list(dict.fromkeys([*values, *asked.columns, asked.order]))
    kinds = {str(name): str(kind) for name, kind, *_ in con.execute(f"describe {asked.table}").fetchall()}
    for name in wanted:
        if kinds.get(name) not in _INTEGERS:
            raise AllocationError(
                (f"{name} is no column of whole numbers", f"{name} 不是整数列"),
                ("Values and amounts are whole numbers of one small unit.", "数值与数额须为同一小单位的整数。"),
            )
    sums = ", ".join(f"min({names([name])}), max({names([name])})" for name in wanted)
    members, *ends = _row(con, f"select count(*), {sums} from {asked.table}")
    span = {
        name: (int(low or 0), int(high or 0)) for name, low, high in zip(wanted, ends[::2], ends[1::2], strict=True)
    }
    largest = max((abs(end) for name in [*values, *asked.columns] for end in span[name]), default=0)
    if largest * max(int(members or 0), 1) >= 2**62 or largest * PRICE_SCALE >= MAX_EXACT:
        raise AllocationError(
            (f"a value or an amount of {largest:,} is too large", f"数值 {largest:,} 过大"),
            ("Count in a larger unit.", "请换用更大的单位。"),
        )
    return _Facts(int(members or 0), span)


def _presolved(asked: Allocation, facts: _Facts) -> Scores:
    """What can never be given is closed: where a row has nothing, to whom uses any of it."""
    closed, zero = set(), []
    signed = frozenset(name for name in asked.columns if facts.span[name][0] < 0)
    # Where something adds to a row, nothing in it does not mean that nobody may use it.
    given = {use.row for option in asked.options for use in option.uses if use.times < 0 or use.column in signed}
    for number, option in enumerate(asked.options):
        for use in option.uses:
            if asked.rows[use.row].capacity != 0 or use.row in given:
                continue
            if use.column is None:
                closed.add(number)
            else:
                zero.append((number, use.column))
    return Scores(asked, frozenset(closed), tuple(zero), signed)


def _units(asked: Allocation, sample: Members) -> Floats:
    """For each row a price of the size that prices have: what is gained for a unit of it."""
    units = np.ones(len(asked.rows))
    for row in range(len(asked.rows)):
        gains = []
        for number, option in enumerate(asked.options):
            for use in option.uses:
                if use.row == row and len(sample):
                    told = sample.values[number]
                    value = told[told > NEVER].mean() if (told > NEVER).any() else 0.0
                    size = 1.0 if use.column is None else float(np.abs(sample.amounts[use.column]).mean())
                    gains.append(abs(float(value)) / max(size * abs(use.times), 1e-9))
        units[row] = max([*gains, 1e-6])
    return units


def _members(con: duckdb.DuckDBPyConnection, scores: Scores, query: str) -> Members:
    """Members into memory, in the fair order."""
    asked = scores.asked
    values = ", ".join(f"({scores.value(n)})::double as v_{n}" for n in range(len(asked.options)))
    columns = "".join(f", {names([column])}::double as a_{n}" for n, column in enumerate(asked.columns))
    key = names([asked.member])
    found = con.execute(
        f"select {key} as key, {values}{columns} from ({query}) order by {names([asked.order])}, key"
    ).fetchnumpy()
    told = tuple(np.ma.filled(found[f"v_{n}"], NEVER) for n in range(len(asked.options)))
    amounts = {column: np.ma.filled(found[f"a_{n}"], 0.0) for n, column in enumerate(asked.columns)}
    return Members(asked, np.ma.getdata(found["key"]), told, amounts)


def _write(con: duckdb.DuckDBPyConnection, scores: Scores, found: Core, into: str) -> None:
    """Each member's options by group: those of the core as decided, all others by the prices."""
    import pyarrow as pa

    asked = scores.asked
    key = names([asked.member])
    decided = {"member": pa.array(found.members.key)}
    decided |= {f"d_{g}": pa.array(chosen, pa.int8()) for g, chosen in enumerate(found.chosen)}
    con.register("_decided", pa.table(decided))
    con.execute("create or replace temp table allocation_core as select * from _decided")
    con.unregister("_decided")
    picks = ", ".join(
        f"case when k.member is null then t._c{g} when k.d_{g} >= 0 then k.d_{g} end as _c{g}"
        for g in range(len(asked.groups))
    )
    query = (
        f"select t.{key} as member, {picks} from ({scores.chosen(found.prices)}) as t"
        f" left join allocation_core as k on k.member = t.{key}"
    )
    if len(asked.groups) == 1:
        con.execute(
            f"create or replace temp table {into} as"
            f" select member, _c0::tinyint as option from ({query}) where _c0 is not null"
        )
        return
    options = ", ".join(f"_c{g}" for g in range(len(asked.groups)))
    con.execute(
        f"create or replace temp table {into} as select member, option::tinyint as option"
        f" from (select member, unnest([{options}]) as option from ({query})) where option is not null"
    )


def _row(con: duckdb.DuckDBPyConnection, sql: str) -> list[int | None]:
    row = con.execute(sql).fetchone()
    assert row is not None  # noqa: S101  an aggregate without group by always has one row
    return list(row)
