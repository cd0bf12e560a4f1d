"""What plays announce at a moment: benefits that are on offer then and not used up (A3).

Nothing of it is granted. Its stock falls with the uses that the books recognise, not with messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from campaign_calendars.deciding.offers import why_shut
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.accounting.using_up import used_up
from tasks.runtime import Runtime


def announced_at(
    loaded: LoadedCalendar, phase_id: str, why: Mapping[str, str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """(phase, play) → what it may tell of, for the plays of a phase that announce anything.

    `why`: what may not be told of at that moment, see `why_silent`.
    """
    return {
        (phase.id, play.id): tuple(name for name in play.announces if name not in why)
        for phase in loaded.calendar.phases
        if phase.id == phase_id
        for play in phase.plays
        if play.announces
    }


def why_silent(rt: Runtime, loaded: LoadedCalendar, phase_id: str, now: datetime) -> dict[str, str]:
    """Announced benefit → the reason of not telling of it at `now`: it is not on offer, or its stock is used up."""
    calendar, found = loaded.calendar, dict[str, str]()
    phase = next((phase for phase in calendar.phases if phase.id == phase_id), None)
    names = {name for play in phase.plays for name in play.announces} if phase else set()
    if phase is None or not names:
        return found
    gone = used_up(rt, loaded, phase_id)
    for name in names:
        benefit = calendar.benefits[name]
        shut = why_shut(loaded.timeline, loaded.store, phase, name, benefit=benefit, at=now)
        if shut is not None:
            found[name] = shut
        elif name in gone:
            found[name] = "benefit_stock"
    return found
