"""A plan for everything to come, and what it has for the occurrence of now.

The plan is solved over patterns (`warehouse.contact_plan`) and joined back to members by their place in
the fair order, in SQL. Only the occurrence of now is acted on; later ones are kept for, not promised.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import partial

import duckdb
import numpy as np
from numpy.typing import NDArray

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.certificate import Baseline, Certificate
from campaign_calendars.deciding.contact import longest_memory
from campaign_calendars.deciding.words import conflict_in_words
from campaign_calendars.findings.errors import UsageError
from warehouse.contact_plan import baselines as plans
from warehouse.contact_plan.audit import audit
from warehouse.contact_plan.baselines import first_come, nightly
from warehouse.contact_plan.naming import Keeping
from warehouse.contact_plan.problem import Solution
from warehouse.contact_plan.reach import conflict
from warehouse.contact_plan.solving import solve_within_reach
from warehouse.decision.allocated import allocate_members
from warehouse.decision.certified import calendars_of, events_ahead, rows_of_plan
from warehouse.decision.kept_names import KeptNames
from warehouse.decision.outlook import FLAGS_PER_WORD, Outlook
from warehouse.decision.turns import give_by_tier
from warehouse.decision.worths import POINT
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files, with_parts

_SQL = sql_files(__package__)


@dataclass(frozen=True, slots=True)
class PlanAhead:
    """The solved outlook; its tables stand in the connection it was made in."""

    outlook: Outlook
    solution: Solution

    @classmethod
    def of(
        cls, con: duckdb.DuckDBPyConnection, outlook: Outlook, wanted: Collection[Brief], *, strict: bool = False
    ) -> PlanAhead:
        """Solve, and write down what the plan has for the `wanted` occurrences (`plan_columns`).

        Where limits cannot be kept together, the plan stays as little short of them as can be and says so;
        `strict` raises a UsageError instead, which names the smallest set of them. PlanAuditError where the
        plan, computed once more from what it gives to whom, is not what it says.
        """
        problem, solution = solve_within_reach(outlook.problem, outlook.patterns)
        audit(problem, outlook.patterns, solution)
        if strict and problem != outlook.problem:
            short = {row.name for row in problem.rows if row.short}
            names = conflict(outlook.problem, outlook.patterns) or sorted(short)
            found = {row.name: row for row in rows_of_plan(replace(outlook, problem=problem), solution)}
            raise UsageError(*conflict_in_words([found[name] for name in names]))
        columns = solution.columns.in_order_of(outlook.slopes)
        made = cls(replace(outlook, problem=problem), replace(solution, columns=columns))
        slots = [slot for brief in wanted if (slot := outlook.slot_of(brief)) is not None]
        con.execute(_SQL["plan_columns"])
        append_rows(con, "plan_columns", made._columns(slots))
        append_rows(con, "plan_losses", (row for slot in slots for row in made._losses(slot)))
        return made

    def apply(self, con: duckdb.DuckDBPyConnection, brief: Brief) -> Certificate | None:
        """Leave in `options` what the plan has for this occurrence; `kept` says who is kept for what.

        The certificate of the occurrence where it was allocated member by member.
        """
        slot = self.outlook.slot_of(brief)
        if slot is None:
            con.execute(_SQL["not_planned"])
            return None
        far = None if brief.rules else longest_memory(brief.caps)
        given = {
            "slot": slot,
            "flag": 1 << slot % FLAGS_PER_WORD,
            "since": None if far is None else utc_naive(brief.at - far),
            "until": None if far is None else utc_naive(brief.at + far),
        }
        con.execute(_SQL["planned"], {"slot": slot})
        names = KeptNames(self.outlook, self.solution)
        allocation = allocate_members(con, self.outlook, self.solution, brief, partial(names.of_row, slot))
        give_by_tier(con, brief)
        has = {
            "turn": bool(brief.turn),
            "losses": any(choice.slot == slot for choice, _ in self.outlook.losses),
            "ghosts": con.execute("select 1 from ghosts limit 1").fetchone() is not None,
        }
        sql = with_parts(_SQL["as_planned"], frozenset(name for name, some in has.items() if some))
        sql = sql.replace("mask_0 /*word*/", f"mask_{slot // FLAGS_PER_WORD:d}")
        for statement in sql.split(";"):
            con.execute(statement, {name: value for name, value in given.items() if f"${name}" in statement})
        return allocation

    def certificate(self, *, baselines: bool = False) -> Certificate:
        """What the plan is worth, what no plan can be worth more than, and what is scarce."""
        problem, patterns = self.outlook.problem, self.outlook.patterns
        beside = []
        if baselines:
            ways = {"first_come": first_come, "nightly": nightly}
            beside = [self._beside(name, way(problem, patterns)) for name, way in ways.items()]
        return Certificate(
            objective=self.outlook.objective,
            rests_on=self._rests_on(),
            value=self.solution.value / POINT,
            bound=self.solution.bound / POINT,
            gap=self.solution.gap,
            members=int(patterns.treated.sum()),
            patterns=len(patterns.treated),
            contacts=sum(
                len(plan) * int(members)
                for plan, members in zip(self.solution.columns.plan, self.solution.columns.members, strict=True)
            ),
            rows=tuple(rows_of_plan(self.outlook, self.solution)),
            baselines=tuple(beside),
            events=events_ahead(self.outlook),
            beside=calendars_of(self.outlook),
            rules=self.outlook.briefs[0].rules.names if self.outlook.briefs else (),
        )

    def _beside(self, name: str, other: plans.Baseline) -> Baseline:
        rows = zip(self.outlook.problem.rows, other.used, strict=True)
        breaks = tuple(row.name for row, used in rows if used > row.room)
        return Baseline(name, other.value / POINT, breaks)

    def _columns(self, slots: Collection[int]) -> Iterator[tuple[object, ...]]:
        """Rows of `plan_columns`: pattern, places, slot, channel and benefit, or the reason and for what."""
        problem, columns = self.outlook.problem, self.solution.columns
        names = KeptNames(self.outlook, self.solution)
        last = columns.last_places
        first = last - columns.members + 1
        keeping = Keeping.of(problem, self.outlook.patterns, self.solution)
        for slot in slots:
            kept, chosen = keeping.at(slot), keeping.plan[:, slot]
            told = chosen >= 0
            told |= kept.could | (kept.limit >= 0) | (kept.slot >= 0) | (kept.row >= 0)
            some = np.flatnonzero(told & (columns.members > 0))
            ways = {int(number): self._positions(slot, int(number)) for number in np.unique(chosen[chosen >= 0])}
            for pattern, start, end, number, *why in zip(
                *(part[some].tolist() for part in (columns.pattern, first, last, chosen)),
                *(part[some].tolist() for part in (kept.could, kept.slot, kept.row, kept.limit)),
                strict=True,
            ):
                if number >= 0:
                    yield pattern, start, end, slot, *ways[number], None, None
                elif (name := names.of(slot, *why)) is not None:
                    yield pattern, start, end, slot, None, None, *name

    def _losses(self, slot: int) -> Iterator[tuple[int, int, int, int]]:
        """Rows of `plan_losses`: where a contact loses money, the channels and benefits that do not, as bits.

        Every such channel makes something of every such benefit.
        """
        outlook = self.outlook
        losing = [(choice, flag) for choice, flag in outlook.losses if choice.slot == slot]
        if not losing:
            return
        some = np.flatnonzero(np.stack([flag for _, flag in losing]).any(axis=0))
        brief = outlook.briefs[slot]
        gifts = max(len(brief.benefits), 1) + (brief.reminder is not None)
        worth = np.zeros((len(some), len(brief.channels), gifts), np.bool_)
        for number, choice in enumerate(outlook.problem.choices):
            if choice.slot == slot:
                channel, benefit = self._positions(slot, number)
                gift = (brief.reminder or 0) if benefit is None else benefit
                worth[:, channel, gift] |= outlook.patterns.open[some, number]
        for pattern, pairs in zip(some.tolist(), worth, strict=True):
            benefits = np.asarray(pairs.any(axis=0))
            channels = np.asarray(pairs.any(axis=1) & (pairs | ~benefits).all(axis=1))
            yield slot, pattern, _bits(channels), _bits(benefits)

    def _rests_on(self) -> dict[str, float]:
        """Where the values of the plan are from, and how much of it."""
        if self.outlook.objective == "priority":
            return {}
        worth: Counter[str] = Counter()
        columns = self.solution.columns
        for plan, members in zip(columns.plan, columns.members.tolist(), strict=True):
            for number in plan:
                worth[self.outlook.sources[number]] += members * self.outlook.problem.choices[number].value
        return {source: value / POINT for source, value in sorted(worth.items())}

    def _positions(self, slot: int, number: int) -> tuple[int, int | None]:
        brief, choice = self.outlook.briefs[slot], self.outlook.problem.choices[number]
        channel = next(n for n, option in enumerate(brief.channels) if option.label == choice.channel)
        if choice.benefit is None:
            return channel, None
        return channel, next(n for n, option in enumerate(brief.benefits) if option.benefit == choice.benefit)


def load_ghosts(con: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    """What held-out members would have been sent, from decision files; those of an earlier promocal tell nothing."""
    sql = "select distinct file_name from parquet_schema($files) where name = 'ghost_channel'"
    telling = [str(name) for (name,) in con.execute(sql, {"files": files}).fetchall()]
    if telling:
        con.execute(_SQL["load_ghosts"], {"files": telling})


def _bits(flags: NDArray[np.bool_]) -> int:
    return sum(1 << int(position) for position in np.flatnonzero(flags))
