"""Which benefits are used up: their recognised uses have reached their stock, and nobody is told of them (A3)."""

from __future__ import annotations

from collections import Counter

from campaign_calendars.reading.loading import LoadedCalendar
from tasks.runtime import Runtime


def used_up(rt: Runtime, loaded: LoadedCalendar, phase_id: str | None = None) -> frozenset[str]:
    """The announced benefits whose uses have reached their stock, as the books know them; those of one phase, if
    given."""
    phases = (phase for phase in loaded.calendar.phases if phase_id in (None, phase.id))
    told = {name for phase in phases for play in phase.plays for name in play.announces}
    limited = {
        name: benefit.stock
        for name, benefit in loaded.calendar.benefits.items()
        if benefit.stock is not None and name in told
    }
    if not limited:
        return frozenset()
    used = _used(rt, loaded.calendar.calendar)
    return frozenset(name for name, stock in limited.items() if used[name] >= stock)


def _used(rt: Runtime, calendar: str) -> Counter[str]:
    """Uses of each benefit that the books know, of grants and without any."""
    used: Counter[str] = Counter()
    for row in rt.ledger.grant_sums(calendar):
        if row.state == "spent":
            used[row.benefit] += row.pieces
    books = rt.ledger.books(calendar)
    for benefit, uses in (books.strays if books else {}).items():
        used[benefit] += uses.pieces
    return used
