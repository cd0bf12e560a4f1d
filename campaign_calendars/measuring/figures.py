"""What is counted of a calendar that ran: members, orders, messages and money, before any rate is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Funnel:
    """Distinct members of all plays of a phase together, each step a part of the one before."""

    phase: str
    """Id of the phase."""
    candidates: int
    """Members in an audience of the phase."""
    eligible: int
    """Of them, those who could be contacted."""
    held_out: int
    """Of those, members kept apart for comparison."""
    contacted: int
    """Members to whom a message went out."""
    buyers: int
    """Of them, those who paid an order after the contact and before the phase ended."""
    orders: int = 0
    """Their orders of that time."""
    spend_cents: int = 0
    """What they paid for them, net of refunds known by then: of the people in the funnel, not of the store."""


@dataclass(frozen=True, slots=True)
class WaveFunnel:
    """Distinct members of all phases of a wave together."""

    wave: str
    """Id of the wave."""
    contacted: int
    """Members to whom a message went out in any of its phases."""
    buyers: int
    """Of them, those who paid an order after the first contact and before its last phase ended."""


@dataclass(frozen=True, slots=True)
class WaveRepeats:
    """Members who bought in a wave and in the one before it; the first wave has none before it."""

    wave: str
    """Id of the wave."""
    buyers_before: int
    """Members who paid an order in the wave before."""
    buyers_again: int
    """Of them, those who paid one in this wave, too."""


@dataclass(frozen=True, slots=True)
class PhaseSales:
    """Sales in the window of a phase, of the whole store; paid amounts are net of refunds known by then."""

    phase: str
    """Id of the phase."""
    orders: int
    """Paid orders."""
    buyers: int
    """Customers with a paid order."""
    gmv_cents: int
    """Paid amount."""
    member_gmv_cents: int
    """Of it, what customers paid who were members when they ordered."""
    member_buyers: int
    """Of the buyers, those who were members when they ordered."""
    joins: int
    """Customers who became members in the window."""
    repeat_buyers: int
    """Buyers with two or more paid orders in the window."""


@dataclass(frozen=True, slots=True)
class PresaleSales:
    """Orders paid in stages whose deposit was paid in the calendar."""

    deposits: int
    """Orders whose deposit was paid."""
    deposit_cents: int
    """Deposits paid."""
    member_deposit_cents: int
    """Of them, those of customers who were members when they paid the deposit."""
    balances_paid: int
    """Of the orders, those whose balance is paid."""
    settled_cents: int
    """Their value, deposit and balance together, net of refunds known by then."""
    member_settled_cents: int
    """Of it, what customers paid who were members when they paid the balance."""
    forfeited: int
    """Orders whose balance was not paid in time."""
    forfeited_cents: int
    """Their deposits, which are in no sales figure."""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Grants and redemptions of one benefit in one phase."""

    phase: str
    benefit: str
    granted: int
    holders: int
    redeemers: int
    redemptions: int
    friends: int
    """Uses by friends whom holders of a referral brought; they are no redemptions of the holders."""
    reserved_cents: int


@dataclass(frozen=True, slots=True)
class Excluded:
    """How often a reason excluded somebody from a play."""

    phase: str
    play: str
    reason: str
    times: int


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One local day of the campaign."""

    day: date
    """The day in the calendar's time zone."""
    messages: int
    """Messages that went out."""
    orders: int
    """Paid orders of the whole store."""
    gmv_cents: int
    """Paid amount, net of refunds known by then."""


@dataclass(frozen=True, slots=True)
class CostSum:
    """What benefits or messages of one place came to: issued is open, spent, late or returned."""

    kind: str
    """`benefit` or `message`."""
    phase: str
    """Id of the phase that gave or sent it."""
    play: str
    """Id of the play; empty for a benefit that applies itself."""
    name: str
    """Id of the benefit, or the channel."""
    tier: str
    """Tier of the members when they were first decided about; empty where none is known."""
    times: int
    """Grants, or messages that left."""
    members: int
    """Members they went to; who is in several rows is counted in each."""
    issued_cents: int
    """What was reserved for them: what they would cost, were all of them used, or what was expected of that."""
    open_cents: int
    """Of it, what may still be used."""
    spent_cents: int
    """Of it, what was used before the calendar ended; this is what profit is reckoned with."""
    late_cents: int
    """Of it, what was used after the end: in no profit, as the sales after the end are not."""
    returned_cents: int
    """Of it, what comes back unused; below zero: uses cost more than was expected."""
