"""What one contact of a play is worth beside others, and how long members stay in an audience."""

from __future__ import annotations

import re

from campaign_calendars.audiences.language import AudienceExpr
from campaign_calendars.model.calendar import Phase, PhaseKind, Play

PRIORITY: dict[PhaseKind, int] = {
    "reservoir": 30,
    "presale": 60,
    "warm_up": 50,
    "burst": 100,
    "maintenance": 40,
    "daily": 40,
    "custom": 50,
}
"""What the operator need not say (A2): the burst is what everything else leads to. Only ratios matter."""

MESSAGE_ONLY = 70
"""Percent of it for a play without a benefit: a list of goods must not take the members of a coupon."""

_WINDOWS = ((re.compile(r"_7d$"), 600), (re.compile(r"_30d$"), 200))
_DEEDS = frozenset({"contacts_7d", "contacts_30d", "last_contact_days", "contacted_in_campaign", "contacted_by"})
_BALANCES = frozenset({"balance_open", "balance_due", "balance_due_amount", "forfeited_orders"})
_DATES = frozenset({"is_birthday_month", "age"}) | _BALANCES
_SINCE = re.compile(r"^(bought|deposit_paid)_in_")
_SINCE_BP = 80


def priority_of(phase: Phase, play: Play) -> int:
    """What the calendar says, else the default of the phase's kind: less for a message with nothing in it."""
    if play.priority is not None:
        return play.priority
    usual = PRIORITY[phase.kind]
    return usual if play.told else usual * MESSAGE_ONLY // 100


def leaves_bp_per_day(expression: AudienceExpr) -> int:
    """How many of 10,000 members leave such an audience in a day: assumed from the shortest window it reads.

    Half of the rates that were simulated: waiting too little costs little, discounting too much a lot.
    """
    for pattern, rate in _WINDOWS:
        if any(pattern.search(field) for field in expression.fields):
            return rate
    if any(_SINCE.search(name) for name in _names(expression)):
        return _SINCE_BP
    return 0


def fills_ahead(expression: AudienceExpr) -> bool:
    """Whether members come into the audience by what they buy in the campaign: empty before it says nothing."""
    names = _names(expression)
    return any(_SINCE.search(name) for name in names) or not names.isdisjoint(_BALANCES)


def changes_ahead(expression: AudienceExpr) -> bool:
    """Whether the calendar's own messages, or the date alone, change who is in the audience."""
    return not _names(expression).isdisjoint(_DEEDS | _DATES)


def _names(expression: AudienceExpr) -> frozenset[str]:
    return expression.fields | {name for name, _ in expression.functions}
