"""Allocation by the values of single members: known answers, brute force, the whole linear program, determinism."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import allocation as family
from tests.drawing import drawn
from warehouse.allocation import allocate as made
from warehouse.allocation import core
from warehouse.allocation.allocate import Allocated, allocate
from warehouse.allocation.certify import AllocationAuditError, certify
from warehouse.allocation.members import Floats, Members
from warehouse.allocation.pricing import Box
from warehouse.allocation.problem import PRICE_SCALE, Allocation, AllocationError, Option, Row, Use
from warehouse.allocation.scoring import Scores

Line = tuple[int | None, ...]
TEN = 10
"""Values are counted in tenths, so that a bound of 20.8 can be told."""


def connected(lines: Sequence[Line], columns: Sequence[str], threads: int = 2) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"set threads = {threads}")
    con.execute(f"create table m (member bigint, fair_order bigint, {', '.join(f'{c} bigint' for c in columns)})")
    for number, line in enumerate(lines):
        con.execute(f"insert into m values ({', '.join('?' * (len(line) + 2))})", [number, number + 1, *line])
    return con


def given_to(con: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    return con.execute("select member, option from assigned order by all").fetchall()


ABC: list[Line] = [(100, 140, 4, 8), (60, 90, 3, 7), (80, None, 5, 0)]


def money(budget: int) -> Allocation:
    options = (Option("a", "v1", (Use(0, 1, "c1"),)), Option("b", "v2", (Use(0, 1, "c2"),)))
    return Allocation("m", options, (Row("budget", budget),))


@pytest.mark.parametrize(
    ("budget", "held_out", "best", "linear"),
    [(10, False, 18, 20.8), (12, False, 24, 24), (12, True, 20, 20.75), (100, False, 31, 31)],
)
def test_three_members_by_hand(budget: int, held_out: bool, best: int, linear: float) -> None:
    lines = ABC[:2] if held_out else ABC
    found = allocate(connected(lines, ("v1", "v2", "c1", "c2")), money(budget))
    assert found.value == best * TEN
    assert found.bound == int(linear * TEN)
    if budget == 100:
        assert found.prices == (0,)
    if budget == 10:
        assert found.prices[0] == pytest.approx(1.6 * TEN * PRICE_SCALE)


def test_gifts_and_money_together() -> None:
    lines: list[Line] = [(5, 9), (4, 8), (3, 7), (2, 6)]
    options = (Option("coupon", "v1", (Use(0, 1),)), Option("gift", "v2", (Use(0, 2), Use(1, 1))))
    found = allocate(connected(lines, ("v1", "v2")), Allocation("m", options, (Row("budget", 7), Row("gift", 2))))
    assert (found.value, found.used[1] <= 2) == (22, True)


def test_the_fair_order_decides_between_equals() -> None:
    con = connected([(4,), (4,), (4,)], ("v",))
    con.execute("update m set fair_order = 4 - fair_order")
    found = allocate(con, Allocation("m", (Option("a", "v", (Use(0, 2),)),), (Row("budget", 4),)))
    assert (found.value, given_to(con)) == (8, [(1, 0), (2, 0)])


def test_nothing_left_nobody_there_and_no_rows() -> None:
    """A row without anything closes what uses it, and nothing else."""
    asked = money(0)
    con = connected([*ABC, (70, None, 0, 0)], ("v1", "v2", "c1", "c2"))
    assert (allocate(con, asked).value, given_to(con)) == (70, [(3, 0)])
    assert allocate(connected([], ("v1", "v2", "c1", "c2")), asked).value == 0
    free = Allocation("m", tuple(replace(option, uses=()) for option in asked.options), ())
    assert allocate(connected(ABC, ("v1", "v2", "c1", "c2")), free).value == 310


def test_groups_and_at_most_so_many() -> None:
    lines: list[Line] = [(10, 9, 8), (1, 5, 7), (3, None, 2)]
    options = (Option("a", "v1", (), "x"), Option("b", "v2", (), "x"), Option("c", "v3", (), "y"))
    con = connected(lines, ("v1", "v2", "v3"))
    assert allocate(con, Allocation("m", options, (), most=2)).value == 18 + 12 + 5
    assert allocate(con, Allocation("m", options, (), most=1)).value == 10 + 7 + 3


def test_minimums_are_kept_or_named() -> None:
    """At least two of the dearer option: written with amounts below zero."""
    options = (Option("a", "v1", (Use(0, 1),)), Option("b", "v2", (Use(0, 1), Use(1, -1))))
    lines: list[Line] = [(10, 1), (9, 2), (8, 3)]
    con = connected(lines, ("v1", "v2"))
    found = allocate(con, Allocation("m", options, (Row("channel", 3), Row("least b", -2))))
    assert (found.value, found.used) == (15, (3, -2))
    with pytest.raises(AllocationError, match=r"together|least b"):
        allocate(con, Allocation("m", options, (Row("channel", 1), Row("least b", -2))))


def test_bad_input_is_said() -> None:
    con = connected(ABC, ("v1", "v2", "c1", "c2"))
    with pytest.raises(AllocationError, match="at most 100"):
        allocate(con, replace(money(1), rows=tuple(Row(f"r{n}", 1) for n in range(101))))
    with pytest.raises(AllocationError, match="there is not"):
        allocate(con, Allocation("m", (Option("a", "v1", (Use(3),)),), (Row("budget", 1),)))
    with pytest.raises(AllocationError, match="no option at all"):
        allocate(con, replace(money(1), most=0))
    con.execute("create table bad as select * replace (v1::double as v1) from m")
    with pytest.raises(AllocationError, match="no column of whole numbers"):
        allocate(con, replace(money(1), table="bad"))
    con.execute("update m set v1 = 4611686018427387904")
    with pytest.raises(AllocationError, match="too large"):
        allocate(con, money(1))


def test_a_written_assignment_that_is_wrong_is_found() -> None:
    con = connected(ABC, ("v1", "v2", "c1", "c2"))
    asked = money(12)
    prices = np.array(allocate(con, asked).prices)
    con.execute("insert into assigned values (2, 1)")
    with pytest.raises(AllocationAuditError, match="not open"):
        certify(con, Scores(asked), prices, "assigned")
    con.execute("create or replace temp table assigned as select * from (values (0, 1), (1, 1)) as t(member, option)")
    with pytest.raises(AllocationAuditError, match="overdrawn"):
        certify(con, Scores(asked), prices, "assigned")


numbers = st.integers(0, 30)
lines = st.lists(
    st.tuples(st.none() | numbers, st.none() | numbers, st.integers(1, 9), st.integers(0, 9)), min_size=1, max_size=5
)


@drawn(40)
@given(members=lines, budget=st.integers(0, 25), stock=st.integers(0, 3))
def test_small_ones_against_all_that_could_be_done(members: list[Line], budget: int, stock: int) -> None:
    options = (Option("a", "v1", (Use(0, 1, "c1"),)), Option("b", "v2", (Use(0, 1, "c2"), Use(1, 1))))
    asked = Allocation("m", options, (Row("budget", budget), Row("stock", stock)))
    found = allocate(connected(members, ("v1", "v2", "c1", "c2")), asked)
    best = 0
    for plan in product((None, 0, 1), repeat=len(members)):
        told = [
            (line[pick], line[2 + pick], pick) for line, pick in zip(members, plan, strict=True) if pick is not None
        ]
        if any(value is None for value, _, _ in told) or sum(pick for _, _, pick in told) > stock:
            continue
        if sum(cost or 0 for _, cost, _ in told) <= budget:
            best = max(best, sum(value or 0 for value, _, _ in told))
    assert found.value == best <= found.bound


def made_up(members: int, threads: int = 2) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"set threads = {threads}")
    family.prepare(con, members, many=False)
    return con


def test_the_whole_linear_program_has_the_same_optimum() -> None:
    """Of so many members that a box is narrowed from the whole of its core; the last few whole members cost a share
    that falls with how many there are.
    """
    con, asked = made_up(4_000), family.instance(4_000, many=False)
    found = allocate(con, asked)
    best = family.whole_program(con, asked, "highs")
    assert best == pytest.approx(found.bound, rel=1e-7)
    assert found.gap < 2e-4
    assert family.greedy(con, asked) < 0.9 * best


def test_threads_pieces_and_the_order_of_rows_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sample and one scan, as for millions of members; more of anything never lowers the bound."""
    monkeypatch.setattr(made, "SAMPLE", 600)
    asked = family.instance(6_000, many=False)
    answers: list[tuple[Allocated, int]] = []
    for threads, order in ((1, "member"), (2, "member desc")):
        con = made_up(6_000, threads)
        con.execute(f"create or replace table wide as select * from wide order by {order}")
        found = allocate(con, asked)
        (digest,) = con.execute("select sum(hash(member, option)::hugeint) from assigned").fetchone() or (0,)
        answers.append((found, int(digest)))
    assert answers[0] == answers[1]
    first = answers[0][0]
    assert first.gap < 1e-4
    assert first.core < 6_000
    more = replace(asked, rows=tuple(replace(row, capacity=row.capacity * 11 // 10) for row in asked.rows))
    assert allocate(con, more).bound >= first.bound


def test_a_large_core_is_narrowed_by_a_sample_of_it_to_the_same_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    con, asked = made_up(10_000), family.instance(10_000, many=False)
    plain = allocate(con, asked)
    monkeypatch.setattr(core, "SAMPLE", 4_000)
    narrowed: list[core.Core | None] = []
    inner = core._narrowed

    def watched(members: Members, left: Floats, box: Box, units: Floats) -> core.Core | None:
        narrowed.append(inner(members, left, box, units))
        return narrowed[-1]

    monkeypatch.setattr(core, "_narrowed", watched)
    found = allocate(con, asked)
    assert [each is not None for each in narrowed] == [True]
    assert found.bound == plain.bound
    assert found.gap == pytest.approx(plain.gap, abs=2e-5)
