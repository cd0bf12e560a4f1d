"""The budget ledger of a calendar: what its limits are, what is committed and given back, and what is free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from campaign_calendars.deciding.briefing import budget_limits
from campaign_calendars.model.calendar import Calendar

if TYPE_CHECKING:
    from warehouse.ledger.records import GrantSum


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One limit, or one benefit without. `given` = `committed` + `released`; `planned` = `committed` + `free`."""

    name: str
    """`budget`, `pool NAME`, or `benefit NAME`."""
    unit: Literal["cents", "pieces"]
    """What it is counted in: benefits in pieces."""
    planned: int | None
    """The limit in the calendar as it is now; null: none."""
    given: int
    """What all grants there ever were took."""
    released: int
    """What came back with messages that were cancelled, expired or failed."""
    committed: int
    """What messages sent and still to be sent hold."""
    free: int | None
    """What is left; below zero where the limit was lowered below its use: nothing is taken back, nothing more given."""
    phases: Mapping[str, int]
    """Phase → its part of `committed`."""


def accounts(calendar: Calendar, sums: Iterable[GrantSum]) -> Iterator[Account]:
    """The budget, its pools, and every benefit with a stock or a grant."""
    rows = list(sums)
    limits = budget_limits(calendar)
    yield _account("budget", "cents", limits.total_cents, rows)
    for pool, limit in limits.pools.items():
        yield _account(f"pool {pool}", "cents", limit, [row for row in rows if row.pool == pool])
    for name in dict.fromkeys([*calendar.benefits, *(row.benefit for row in rows)]):
        mine = [row for row in rows if row.benefit == name]
        benefit = calendar.benefits.get(name)
        stock = benefit.stock if benefit is not None else None
        if mine or stock is not None:
            yield _account(f"benefit {name}", "pieces", stock, mine)


def _account(name: str, unit: Literal["cents", "pieces"], planned: int | None, rows: Iterable[GrantSum]) -> Account:
    phases: Counter[str] = Counter()
    released = 0
    for row in rows:
        amount = row.cents if unit == "cents" else row.pieces
        if row.released:
            released += amount
        else:
            phases[row.phase] += amount
    committed = phases.total()
    return Account(
        name=name,
        unit=unit,
        planned=planned,
        given=committed + released,
        released=released,
        committed=committed,
        free=None if planned is None else planned - committed,
        phases=dict(phases),
    )
