"""One occurrence member by member: who gets what when baskets differ inside the classes that the plan knows.

The plan of everything to come sees baskets in classes (`warehouse.decision.worths`) and decides how much of what is
shared this occurrence may use; inside that the allocator (`warehouse.allocation`) gives each member what he himself is
worth most with. What the plan keeps for later, and for whom, stands: rows are what is left beside it, and only
members whose other contacts allow it (`warehouse.contact_plan.freedom`) may change. Where all members of a
pattern are worth the same (priorities, or one basket for everybody) the plan itself is exact and nothing is done here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, gcd, inf

import duckdb
import numpy as np

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.certificate import Baseline, Certificate, RowOfPlan
from campaign_calendars.deciding.limits import PREFIX, LimitRule
from warehouse.allocation.allocate import Allocated, allocate, follow
from warehouse.allocation.greedy import greedy
from warehouse.allocation.problem import MOST_ROWS, PRICE_SCALE, Allocation, AllocationError, Option, Row, Use
from warehouse.contact_plan.freedom import Freedom, freedom_at
from warehouse.contact_plan.problem import Row as PlanRow
from warehouse.contact_plan.problem import Solution
from warehouse.decision.outlook import FLAGS_PER_WORD, SCALE, Outlook
from warehouse.decision.worths import POINT, member_value
from warehouse.engines.rows import append_rows
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)
MOST_COMPARED = 1_000_000
"""With more members the greedy plan is not made for comparison."""

Named = Callable[[int], str | None]
"""Of a row of the plan what it is kept for later, in the words of a reason; None where nothing of it is."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A channel and a benefit of the brief (positions), and what a member with them uses of the plan's rows.

    `returns` are rows in which the member's own value counts against what the benefit has to bring in (1/1000 of the
    currency).
    """

    channel: int
    benefit: int | None
    uses: tuple[tuple[int, int], ...]
    returns: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Shared:
    """A row of the plan in the allocation: `unit` of its units are one there."""

    row: int
    unit: int
    capacity: int


def allocates(outlook: Outlook, brief: Brief) -> bool:
    """Whether members of one pattern are worth different money."""
    return outlook.objective == "money" and brief.expectation is not None and brief.expectation.basket_field is not None


def allocate_members(
    con: duckdb.DuckDBPyConnection, outlook: Outlook, solution: Solution, brief: Brief, named: Named
) -> Certificate | None:
    """Change `planned` to what is best for the members at hand; None, and nothing is changed, where there is no such.

    Members never get less than the plan had for them, told in the same money. AllocationAuditError where what is
    written is not what it says.
    """
    slot = outlook.slot_of(brief)
    if slot is None or not allocates(outlook, brief):
        return None
    here = _Occurrence.of(outlook, solution, brief, slot)
    if not 0 < len(here.ways) <= FLAGS_PER_WORD or len(here.shared) > MOST_ROWS:
        return None
    here.tell_members(con)
    if con.execute("select 1 from allocating_treated limit 1").fetchone() is None:
        return None
    asked = here.asked("allocating_treated")
    before = here.by_classes(con)
    try:
        found = allocate(con, asked, into="allocated")
    except AllocationError:
        return None  # single members cannot be told apart there: the plan stands
    if found.value < before:
        return None
    follow(con, here.asked("allocating_held"), found.prices, into="allocated_held")
    beside = [Baseline("by_class", before / POINT)]
    if found.members <= MOST_COMPARED:
        value, breaks = greedy(con, asked)
        beside.append(Baseline("greedy", value / POINT, breaks))
    here.change_plan(con, found, named)
    return here.certificate(found, beside)


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """A slot of the plan, with the ways in which its members may be contacted and what they share."""

    outlook: Outlook
    solution: Solution
    brief: Brief
    slot: int
    freedom: Freedom
    ways: tuple[_Way, ...]
    shared: tuple[_Shared, ...]

    @classmethod
    def of(cls, outlook: Outlook, solution: Solution, brief: Brief, slot: int) -> _Occurrence:
        """Choices that differ in class of basket or segment only are one way: the member's own tell which it is."""
        freedom = freedom_at(outlook.problem, outlook.patterns, solution, slot)
        ways = tuple(dict.fromkeys(_way(outlook, brief, int(number)) for number in freedom.choices))
        return cls(outlook, solution, brief, slot, freedom, ways, tuple(_shared(freedom, ways)))

    def asked(self, table: str) -> Allocation:
        """The allocation of the members of a table."""
        place = {one.row: n for n, one in enumerate(self.shared)}
        options = []
        for n, way in enumerate(self.ways):
            uses = [Use(place[row], amount // self.shared[place[row]].unit) for row, amount in way.uses if amount]
            for row, asked in way.returns:
                uses += [Use(place[row], asked), Use(place[row], -1, f"v_{n}")]
            options.append(Option(str(n), f"v_{n}", tuple(uses)))
        rows = tuple(Row(self._row(one.row).name, one.capacity) for one in self.shared)
        return Allocation(table, tuple(options), rows, member="member_id")

    def tell_members(self, con: duckdb.DuckDBPyConnection) -> None:
        """Leave `allocating` and its two parts: each member who is free, with what each way is worth to him."""
        con.execute(_SQL["plan_free"])
        append_rows(con, "plan_free", self._free())
        able, worths, values = [], [], []
        least = any(self._row(row).signed for way in self.ways for row, _ in way.uses)
        for number, way in enumerate(self.ways):
            gates = f"a.open & {1 << number:d} <> 0 and a.channels & {1 << way.channel:d} <> 0"
            if way.benefit is not None:
                gates += f" and a.benefits & {1 << way.benefit:d} <> 0"
            able.append(f"case when {gates} then {1 << number:d}::bigint else 0::bigint end")
            worths.append(f", {self._worth(way)} as w_{number}")
            # What loses money is worth sending where a least number asks for it, and nowhere else.
            positive = "" if least else f" and w_{number} > 0"
            values.append(f", case when able & {1 << number:d} <> 0{positive} then w_{number} end as v_{number}")
        sql = _SQL["allocate_members"].replace("mask_0 /*word*/", f"mask_{self.slot // FLAGS_PER_WORD:d}")
        sql = sql.replace("0::bigint /*able*/", " | ".join(able)).replace("/*worths*/", "".join(worths))
        sql = sql.replace("/*values*/", "".join(values))
        for statement in sql.split(";"):
            con.execute(statement, {"flag": 1 << self.slot % FLAGS_PER_WORD} if "$flag" in statement else {})

    def by_classes(self, con: duckdb.DuckDBPyConnection) -> int:
        """What the plan's own choices are worth to these members, at their own baskets."""
        cases = " ".join(
            f"when p.channel = {way.channel:d} and p.benefit is not distinct from {_sql(way.benefit)} then v_{n}"
            for n, way in enumerate(self.ways)
        )
        sql = (
            f"select coalesce(sum(case {cases} end), 0)::bigint from allocating_treated as a"
            " inner join planned as p on p.member_id = a.member_id where p.channel is not null"
        )
        row = con.execute(sql).fetchone()
        return int(row[0]) if row else 0

    def change_plan(self, con: duckdb.DuckDBPyConnection, found: Allocated, named: Named) -> None:
        """Write what each member has, or why he has nothing, over what `planned` says of him."""
        rows = []
        for number, (way, name) in enumerate(zip(self.ways, self._kept_for(found, named), strict=True)):
            reason = None if name is None else "limit" if name.startswith(f"{PREFIX} ") else "kept_for_later"
            rows.append((number, way.channel, way.benefit, reason, name))
        con.execute(_SQL["allocation_options"])
        append_rows(con, "allocation_options", rows)
        values = ", ".join(f"v_{n}" for n in range(len(self.ways)))
        sql = _SQL["allocated"].replace("false /*worthless*/", f"coalesce({values}) is null")
        if kept := [number for number, *_, name in rows if name is not None]:
            most = ", ".join(f"v_{n}" for n in kept)
            cases = " ".join(f"when v_{n} = greatest({most}) then {n}" for n in kept)
            sql = sql.replace("null::int /*best*/", f"case {cases} end")
        sql = sql.replace("0::bigint /*channels*/", _bits((n, way.channel) for n, way in enumerate(self.ways)))
        con.execute(sql.replace("0::bigint /*benefits*/", _bits((n, way.benefit) for n, way in enumerate(self.ways))))

    def certificate(self, found: Allocated, beside: Sequence[Baseline]) -> Certificate:
        """In the currency; rows have what the plan leaves to this occurrence. Limits are told with the plan."""
        rows = [
            RowOfPlan(
                name=self._row(one.row).name,
                capacity=one.capacity * one.unit // SCALE,
                used=-(-used * one.unit // SCALE),
                price=price * SCALE / one.unit / PRICE_SCALE / POINT,
            )
            for one, used, price in zip(self.shared, found.used, found.prices, strict=True)
            if not self._row(one.row).signed
        ]
        return Certificate(
            value=found.value / POINT,
            bound=found.bound / POINT,
            gap=found.gap,
            members=found.members,
            patterns=found.members,
            contacts=found.contacts,
            rows=tuple(rows),
            baselines=tuple(beside),
            objective="money",
        )

    def _row(self, row: int) -> PlanRow:
        return self.outlook.problem.rows[row]

    def _worth(self, way: _Way) -> str:
        assert self.brief.expectation is not None  # noqa: S101  `allocates` has seen it
        benefit = self.brief.benefits[way.benefit].benefit if way.benefit is not None else None
        return member_value(self.brief.expectation, benefit, self.brief.channels[way.channel].message_cost_cents)

    def _free(self) -> Iterator[tuple[int, int, int, int]]:
        """Rows of `plan_free`: pattern, places, and the ways that are open to them, as bits."""
        number_of, columns = {way: n for n, way in enumerate(self.ways)}, self.solution.columns
        bits = np.zeros(len(columns.pattern), np.int64)
        for place, choice in enumerate(self.freedom.choices):
            number = number_of[_way(self.outlook, self.brief, int(choice))]
            bits |= np.where(self.freedom.open[:, place], 1 << number, 0)
        told = (columns.pattern.tolist(), columns.last_places.tolist(), columns.members.tolist(), bits.tolist())
        for pattern, end, members, open_ways in zip(*told, strict=True):
            if members and open_ways:
                yield pattern, end - members + 1, end, open_ways

    def _kept_for(self, found: Allocated, named: Named) -> Iterator[str | None]:
        """Of each way what its dearest row is kept for, or the limit it may break; None where it is used up now."""
        price = {
            one.row: price / one.unit if one.capacity > 0 or self._row(one.row).signed else inf
            for one, price in zip(self.shared, found.prices, strict=True)
        }
        for way in self.ways:
            # A row of which nothing is left closes what uses it, and has no price.
            costs = ((price[row] * amount if amount > 0 else 0.0, -row) for row, amount in way.uses if amount)
            cost, row = max(costs, default=(0.0, 0))
            kept = named(-row) if cost > 0 else None
            # Whom a limit may leave out is not served in turn: nobody would look at the limit then.
            yield kept or next((name for name in self._limits(way)), None)

    def _limits(self, way: _Way) -> Iterator[str]:
        for row, amount in (*way.returns, *way.uses):
            if amount > 0 and self._row(row).name.startswith(f"{PREFIX} "):
                yield self._row(row).name


def _way(outlook: Outlook, brief: Brief, number: int) -> _Way:
    choice = outlook.problem.choices[number]
    channel = next(n for n, option in enumerate(brief.channels) if option.label == choice.channel)
    benefit = next((n for n, option in enumerate(brief.benefits) if option.benefit == choice.benefit), None)
    uses, returns = [], []
    for row, amount in choice.uses:
        rule = _return_of(outlook, brief, row)
        if rule is not None:
            cost = brief.benefits[benefit].cost_cents if benefit is not None else 0
            returns.append((row, ceil(rule.amount(counts=True, cost_cents=cost))))
        elif outlook.problem.rows[row].capacity is not None:
            uses.append((row, amount))
    return _Way(channel, benefit, tuple(uses), tuple(returns))


def _return_of(outlook: Outlook, brief: Brief, row: int) -> LimitRule | None:
    name = outlook.problem.rows[row].name
    if outlook.problem.rows[row].capacity is None or not name.startswith(f"{PREFIX} "):
        return None
    return next((r for r in brief.limits if r.kind == "return_at_least" and r.name == name.split(" ")[1]), None)


def _shared(freedom: Freedom, ways: Sequence[_Way]) -> Iterator[_Shared]:
    """Rows with a limit that the ways use, with what the plan leaves to this occurrence."""
    amounts: dict[int, list[int]] = {}
    for way in ways:
        for row, amount in way.uses:
            amounts.setdefault(row, []).append(amount)
        for row, _ in way.returns:
            amounts.setdefault(row, []).append(SCALE)
    for row, used in sorted(amounts.items()):
        if unit := gcd(*used):
            yield _Shared(row, unit, int(freedom.left[row]) // unit)


def _bits(places: Iterable[tuple[int, int | None]]) -> str:
    """SQL: positions of the ways that are worth something, as bits."""
    known = (
        f"case when v_{n} is null then 0::bigint else {1 << at:d}::bigint end" for n, at in places if at is not None
    )
    return " | ".join(known) or "0::bigint"


def _sql(position: int | None) -> str:
    return "null" if position is None else f"{position:d}"
