"""The budget ledger of a calendar: what is spent, owed, reserved, kept for later and free."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from campaign_calendars.deciding.blocks import Block
from campaign_calendars.findings.errors import SnapshotMissingError
from tasks.accounting.accounts import Account, Planned, accounts
from tasks.accounting.books import keep_books
from tasks.planning import plan as planning
from tasks.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """Uses of a benefit that belong to no grant: claimed in public, passed on, or too late. They are in no account."""

    benefit: str
    """Benefit id."""
    pieces: int
    """Uses."""
    cents: int
    """What they cost."""
    outside: int = 0
    """Of these, uses by members who hold it at a moment when it could not be used."""
    outside_cents: int = 0
    """What those cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLedger:
    """Where the money and the stock of a calendar are."""

    calendar: str
    """Calendar id."""
    currency: str
    """Currency of all amounts."""
    known_at: datetime | None
    """The moment up to which data tell what was used; null: nothing was ever granted, and nothing applies itself."""
    basis: str
    """`worst_case` or `expected`: what a grant reserves."""
    accounts: tuple[Account, ...]
    """The budget first, then pools, benefits and phases; each of these three sums to the budget."""
    strays: tuple[Stray, ...]
    """Uses that belong to no grant, by benefit."""
    blocks: tuple[Block, ...] = ()
    """What phases set aside for benefits that apply themselves, in the order of time; it is part of the accounts."""
    simulated: bool = False
    """Whether members responded by a model, so that no use was real."""


def budget(rt: Runtime, calendar_id: str, *, ahead: bool = True) -> BudgetLedger:
    """The accounts of a calendar; `ahead`: with what the plan of now keeps for occurrences to come.

    Without a published snapshot nothing can be planned, and after a campaign that ran nothing is to come: what is
    planned is null then.
    """
    loaded = rt.load_calendar(calendar_id)
    calendar = loaded.calendar
    over = rt.clock() >= loaded.timeline.campaign.end and bool(rt.ledger.runs(calendar.calendar))
    planned = _planned(rt, calendar_id) if ahead and not over else None
    books = keep_books(rt, loaded)
    return BudgetLedger(
        calendar=calendar.calendar,
        currency=loaded.store.currency,
        known_at=books.known_at if books else None,
        basis=calendar.budget.basis if calendar.budget else "worst_case",
        accounts=tuple(accounts(calendar, rt.ledger.grant_sums(calendar.calendar), planned)),
        strays=tuple(
            Stray(benefit=benefit, **asdict(uses)) for benefit, uses in (books.strays if books else {}).items()
        ),
        blocks=books.blocks if books else (),
        simulated=rt.simulated,
    )


def _planned(rt: Runtime, calendar_id: str) -> Planned | None:
    try:
        made = planning.plan(rt, calendar_id)
    except SnapshotMissingError:
        return None
    return planning.planned_amounts(made.occurrences)
