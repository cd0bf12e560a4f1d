"""Accounts of a calendar's money and stock: the budget, its pools, benefits and phases, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from campaign_calendars.deciding.briefing import budget_limits
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.values.scalars import NO_TEXT, Text

if TYPE_CHECKING:
    from warehouse.ledger.records import AccountState, GrantSum

Unit = Literal["cents", "pieces"]
Planned = Mapping[tuple[str, str], tuple[int, int]]
"""(phase, benefit) → pieces and cents that occurrences to come are planned to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One line. Where there is a limit, it is the sum of `spent`, `open`, `reserved`, `planned` and `free`.

    What came back stands apart: `stopped`, `expired`, `refunded` and `difference` are part of no sum but that of
    everything that was ever given.
    """

    title: Text = NO_TEXT
    """What the calendar calls the pool, benefit or phase; empty where it does not."""
    name: str
    """`budget`, `pool NAME`, `pool -` (benefits of no pool), `benefit NAME` or `phase NAME`."""
    unit: Unit
    """What it is counted in; a benefit has a line in pieces and one in cents."""
    limit: int | None
    """Budget, pool or stock as the calendar has it now; null: none."""
    spent: int
    """Used, at what the uses cost; what counts as used is part of it."""
    assumed: int
    """The part of `spent` that nobody could see: it is over, and counts as used."""
    open: int
    """Sent, not used, and may still be."""
    reserved: int
    """Decided, and not sent yet."""
    planned: int | None
    """Kept for occurrences to come, as the plan of now has it, and for benefits that apply themselves later; null: the
    plan was not looked at, and no such benefit is to come."""
    free: int | None
    """What is left of the limit; below zero where it was lowered below its use: nothing is taken back, nothing more
    given."""
    stopped: int
    """Came back with messages that were cancelled or failed."""
    expired: int
    """Came back because it was not used in time."""
    refunded: int
    """Came back because the order it was used on did, and it is over by now."""
    difference: int
    """Came back because uses cost less than was reserved; below zero: they cost more."""

    @property
    def held(self) -> int:
        """What of the limit is used, owed or reserved."""
        return self.spent + self.open + self.reserved

    @property
    def given(self) -> int:
        """Everything there ever was."""
        return self.held + self.stopped + self.expired + self.refunded + self.difference


def accounts(calendar: Calendar, sums: Iterable[GrantSum], planned: Planned | None = None) -> list[Account]:
    """The budget, its pools, benefits with a stock or a grant, phases; they close, see `close`."""
    parts, looked = list(_parts(calendar, sums, planned or {})), planned is not None
    limits = budget_limits(calendar)
    lines = [_line("budget", "cents", limits.total_cents, parts, looked)]
    pools = dict.fromkeys([*limits.pools, *(part.pool for part in parts)])
    for pool in sorted(pools, key=lambda pool: pool is None):
        limit = None if pool is None else limits.pools.get(pool)
        lines.append(_line(f"pool {pool or '-'}", "cents", limit, [p for p in parts if p.pool == pool], looked))
    for name in dict.fromkeys([*calendar.benefits, *(part.benefit for part in parts)]):
        benefit, mine = calendar.benefits.get(name), [part for part in parts if part.benefit == name]
        stock = benefit.stock if benefit is not None else None
        if mine or stock is not None:
            lines.append(_line(f"benefit {name}", "pieces", stock, mine, looked))
            lines.append(_line(f"benefit {name}", "cents", None, mine, looked))
    phases = dict.fromkeys([*(phase.id for phase in calendar.phases), *(part.phase for part in parts)])
    lines += [_line(f"phase {one}", "cents", None, [p for p in parts if p.phase == one], looked) for one in phases]
    close(lines)
    return [replace(line, title=_title(calendar, line.name)) for line in lines]


def _title(calendar: Calendar, line: str) -> Text:
    kind, _, name = line.partition(" ")
    if kind == "pool":
        pool = calendar.budget.pools.get(name) if calendar.budget is not None else None
        return pool.title if pool is not None else NO_TEXT
    if kind == "benefit":
        return calendar.benefits[name].title if name in calendar.benefits else NO_TEXT
    return next((one.title for one in calendar.phases if kind == "phase" and one.id == name), NO_TEXT)


def close(lines: Sequence[Account]) -> None:
    """Pools, benefits and phases sum to the budget, and every limit to its parts; RuntimeError where they do not.

    Accounts that do not close are never shown.
    """
    whole = next(line for line in lines if line.name == "budget")
    for kind in ("pool", "benefit", "phase"):
        parts = [line for line in lines if line.name.startswith(f"{kind} ") and line.unit == "cents"]
        for what in ("spent", "assumed", "open", "reserved", "stopped", "expired", "refunded", "difference", "given"):
            if sum(getattr(line, what) for line in parts) != getattr(whole, what):
                raise RuntimeError(f"the {kind} accounts do not sum to the budget: {what}")
        if sum(line.planned or 0 for line in parts) != (whole.planned or 0):
            raise RuntimeError(f"the {kind} accounts do not sum to the budget: planned")
    for line in lines:
        parts_of_limit = line.held + (line.planned or 0) + (line.free or 0)
        if line.limit is not None and line.limit != parts_of_limit:
            raise RuntimeError(f"the account {line.name} does not close")


@dataclass(frozen=True, slots=True)
class _Part:
    """An amount of one benefit and phase in one state."""

    phase: str
    benefit: str
    pool: str | None
    state: AccountState
    pieces: int
    cents: int


def _parts(calendar: Calendar, sums: Iterable[GrantSum], planned: Planned) -> Iterator[_Part]:
    for row in sums:
        yield _Part(row.phase, row.benefit, row.pool, row.state, row.pieces, row.cents)
    for (phase, benefit), (pieces, cents) in planned.items():
        yield _Part(phase, benefit, calendar.benefits[benefit].pool, "planned", pieces, cents)


def _line(name: str, unit: Unit, limit: int | None, parts: Iterable[_Part], looked: bool) -> Account:
    """`looked`: whether a plan says what is kept for later."""
    amounts: Counter[str] = Counter()
    for part in parts:
        amounts[part.state] += part.cents if unit == "cents" else part.pieces
    spent = amounts["spent"] + amounts["assumed"]
    taken = spent + amounts["open"] + amounts["reserved"] + amounts["planned"]
    return Account(
        name=name,
        unit=unit,
        limit=limit,
        spent=spent,
        assumed=amounts["assumed"],
        open=amounts["open"],
        reserved=amounts["reserved"],
        planned=amounts["planned"] if looked or amounts["planned"] else None,
        free=None if limit is None else limit - taken,
        stopped=amounts["stopped"],
        expired=amounts["expired"],
        refunded=amounts["refunded"],
        difference=amounts["difference"],
    )
