"""Stock and money once more when messages leave: somebody may have lowered them since they were reserved (B9).

What was reserved is within the limits of its day. Where the calendar says less by now, benefits are given in the order
in which their messages leave, as long as there are any; the messages of the others are stopped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import budget_limits
from campaign_calendars.reading.loading import LoadedCalendar
from warehouse.ledger.records import RETURNED, GrantSum

if TYPE_CHECKING:
    from warehouse.ledger.port import Ledger
    from warehouse.ledger.records import Job

_WHOLE = ""  # the budget, among the names of its pools


@dataclass(slots=True)
class _Use:
    """Pieces of each benefit and cents of each pool, `_WHOLE` for all of them."""

    pieces: Counter[str] = field(default_factory=Counter)
    cents: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, sums: Iterable[GrantSum]) -> _Use:
        use = cls()
        for row in sums:
            use.add(row.benefit, row.pool, row.pieces, row.cents)
        return use

    def add(self, benefit: str, pool: str | None, pieces: int, cents: int) -> None:
        self.pieces[benefit] += pieces
        self.cents[_WHOLE] += cents
        if pool is not None:
            self.cents[pool] += cents


class SupplyCheck:
    """The last look before jobs of one run leave; see `tasks.outreach.dispatch.Recheck`."""

    def __init__(self, ledger: Ledger, loaded: LoadedCalendar, run_id: str) -> None:
        self._ledger, self._calendar, self._run_id = ledger, loaded.calendar, run_id
        self._stock = {name: one.stock for name, one in loaded.calendar.benefits.items() if one.stock is not None}
        budget = budget_limits(loaded.calendar)
        self._money = dict(budget.pools) | ({} if budget.total_cents is None else {_WHOLE: budget.total_cents})
        self._lowered: bool | None = None
        self._costs: Mapping[str, int] = {}

    def __call__(self, jobs: Sequence[Job]) -> dict[str, str]:
        """Intent key → why the job must not leave."""
        if not any(job.benefit in self._calendar.benefits for job in jobs):
            return {}
        if self._lowered is None:
            self._look()
        if not self._lowered:
            return {}
        away = _Use.of(row for row in self._sums() if row.state != "reserved")
        held: dict[str, str] = {}
        for job in jobs:
            if job.benefit is None or job.benefit not in self._calendar.benefits:
                continue
            pool, cost = self._calendar.benefits[job.benefit].pool, self._costs.get(job.intent_key, 0)
            if why := self._why_not(away, job.benefit, pool, cost):
                held[job.intent_key] = why
            else:
                away.add(job.benefit, pool, 1, cost)
        return held

    def _look(self) -> None:
        """Once, when the first benefit leaves: as long as all that is reserved is within the limits there is nothing
        to look at."""
        use = _Use.of(self._sums())
        self._lowered = any(use.pieces[name] > most for name, most in self._stock.items()) or any(
            use.cents[name] > most for name, most in self._money.items()
        )
        if self._lowered:
            rows = self._ledger.given_rows(self._calendar.calendar, run_id=self._run_id)
            self._costs = {row.state.intent_key: row.cost_cents for row in rows}

    def _sums(self) -> list[GrantSum]:
        sums = self._ledger.grant_sums(self._calendar.calendar)
        return [row for row in sums if row.state not in RETURNED]

    def _why_not(self, away: _Use, benefit: str, pool: str | None, cost: int) -> str | None:
        if benefit in self._stock and away.pieces[benefit] + 1 > self._stock[benefit]:
            return f"the stock of {benefit} was lowered"
        for name in (pool, _WHOLE) if cost else ():
            if name in self._money and away.cents[name] + cost > self._money[name]:
                return f"the money of pool {name} was lowered" if name else "the budget was lowered"
        return None
