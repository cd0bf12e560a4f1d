"""What a plan keeps members for, in words: a later occurrence, a thing kept for others, a limit."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from campaign_calendars.deciding.events import EVENTS
from campaign_calendars.deciding.limits import PREFIX
from warehouse.contact_plan.problem import Solution
from warehouse.decision.outlook import Outlook


class KeptNames:
    """Names of what a column is kept for; each is made once, however many columns are kept for it."""

    def __init__(self, outlook: Outlook, solution: Solution) -> None:
        self._outlook, self._problem, self._solution = outlook, outlook.problem, solution
        self._rows: dict[tuple[int, int], str | None] = {}
        self._limits: dict[int, str | None] = {}

    def of(self, slot: int, could: bool, later: int, row: int, limit: int) -> tuple[str, str] | None:
        """Reason and name of a column as `warehouse.contact_plan.naming.Kept` has it; None: kept for nothing."""
        if limit >= 0:
            return "too_few", self._problem.limits[limit].name
        name = self._problem.slots[later].key if later >= 0 else self.of_row(slot, row)
        if name is None and could:
            name = self._limit_at(slot)
        if name is None:
            return None
        return ("limit" if name.startswith(f"{PREFIX} ") else "kept_for_later"), name

    def _limit_at(self, slot: int) -> str | None:
        """A limit that a message of the slot may break: whom the plan leaves out is not served in turn."""
        if slot not in self._limits:
            rows = self._problem.rows
            limits = (
                rows[row].name
                for choice in self._problem.choices
                if choice.slot == slot
                for row, amount in choice.uses
                if amount > 0 and rows[row].capacity is not None and rows[row].name.startswith(f"{PREFIX} ")
            )
            self._limits[slot] = next(limits, None)
        return self._limits[slot]

    def of_row(self, slot: int, row: int) -> str | None:
        """The thing that is kept, and the play that has most of it reserved."""
        if row < 0:
            return None
        if (slot, row) not in self._rows:
            self._rows[slot, row] = self._named(slot, row)
        return self._rows[slot, row]

    def _named(self, slot: int, row: int) -> str | None:
        name = self._problem.rows[row].name
        if name.startswith(f"{PREFIX} "):
            return name
        reserved: Counter[int] = Counter()
        for number, members in self._given.items():
            choice = self._problem.choices[number]
            if choice.slot > slot:
                reserved[choice.slot] += members * dict(choice.uses).get(row, 0)
        if not reserved.total():  # it is used up now, and nothing is kept but for events
            return f"{name}@{EVENTS}" if name in self._outlook.kept_free else None
        most = max(sorted(reserved), key=lambda later: reserved[later])
        return f"{name}@{self._problem.slots[most].key}"

    @cached_property
    def _given(self) -> Counter[int]:
        """How many members the plan gives each choice."""
        given: Counter[int] = Counter()
        columns = self._solution.columns
        for plan, members in zip(columns.plan, columns.members.tolist(), strict=True):
            for number in plan:
                given[number] += members
        return given
