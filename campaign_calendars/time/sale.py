"""When a sale begins, and when the balance of an order paid in stages can be paid (A10, A14).

A purchase counts for `bought_in_campaign` from the sale's start on, not from the calendar's: the
reservoir before it gathers members, it sells nothing. Pure functions of a calendar and its spans.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from campaign_calendars.model.calendar import CALENDAR_START, SALE_START, Calendar, Phase
from campaign_calendars.time.timeline import BalanceWindow, Span, Timeline, utc


def bought_since(calendar: Calendar, timeline: Timeline) -> datetime:
    """From when on an order counts as bought in the campaign, aware.

    `bought_from` of the calendar: a phase's id, `calendar_start`, or `sale_start`, which is the first second of the
    earliest presale phase, else of the earliest burst, else of the calendar.
    """
    if calendar.bought_from == CALENDAR_START:
        return timeline.campaign.start
    if calendar.bought_from != SALE_START:
        named = timeline.phases.get(calendar.bought_from)
        return named.start if named is not None else timeline.campaign.start
    for kind in ("presale", "burst"):
        starts = [timeline.phases[p.id].start for p in calendar.phases if p.kind == kind and p.id in timeline.phases]
        if starts:
            return min(starts, key=utc)
    return timeline.campaign.start


def balance_windows(calendar: Calendar, phases: Mapping[str, Span]) -> tuple[BalanceWindow, ...]:
    """A window for every `stage: deposit` phase that a `stage: balance` phase follows, by their start.

    Of deposit phases that overlap (C114) the earlier one counts where both last.
    """
    windows: list[BalanceWindow] = []
    for deposit, placed in sorted(_staged(calendar, phases, "deposit"), key=lambda it: utc(it[1].start)):
        balance = balance_phase(calendar, phases, deposit)
        start = placed.start
        if windows and utc(windows[-1].placed.end) > utc(start):
            start = windows[-1].placed.end
        if balance is not None and utc(start) < utc(placed.end):
            windows.append(BalanceWindow(Span(start, placed.end), phases[balance.id], balance.id))
    return tuple(windows)


def balance_phase(calendar: Calendar, phases: Mapping[str, Span], deposit: Phase) -> Phase | None:
    """The first phase of `stage: balance` that starts at or after the end of a deposit phase, of the same wave."""
    placed = phases.get(deposit.id)
    if placed is None:
        return None
    later = [
        (phase, span)
        for phase, span in _staged(calendar, phases, "balance")
        if phase.wave == deposit.wave and utc(span.start) >= utc(placed.end)
    ]
    return min(later, key=lambda it: utc(it[1].start))[0] if later else None


def _staged(calendar: Calendar, phases: Mapping[str, Span], stage: str) -> Iterator[tuple[Phase, Span]]:
    for phase in calendar.phases:
        if phase.stage == stage and phase.id in phases:
            yield phase, phases[phase.id]
