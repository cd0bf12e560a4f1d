"""The rest of a calendar, as a run and a plan see it: what is to come, and the best plan for it.

A run looks at the occurrences to come as of its own moment, with the audiences of now: nobody knows
who will be in them then. It solves anew each time and acts on what is due only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.runtime import feature_params

if TYPE_CHECKING:
    from warehouse.decision.planned import PlanAhead
    from warehouse.decision.session import DecisionSession


def to_come(loaded: LoadedCalendar, after: datetime) -> list[Brief]:
    """The occurrences after a moment that the clock brings; what answers events is decided when they happen."""
    return [
        brief
        for occurrence in loaded.timeline.occurrences
        if occurrence.at > after
        and (brief := make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence)).trigger is None
    ]


def move_and_plan(
    session: DecisionSession, loaded: LoadedCalendar, as_of: datetime, due: Sequence[Brief]
) -> PlanAhead | None:
    """Move the session to a moment and plan everything from there on; None where the calendar wants no plan.

    Only what answers events is due: there is nothing to plan.
    """
    timed = [brief for brief in due if brief.trigger is None]
    if not timed or loaded.calendar.plan == "first_come":
        session.move_to(as_of, feature_params(loaded), due)
        return None
    later = to_come(loaded, as_of)
    session.move_to(as_of, feature_params(loaded), [*due, *later])
    lookout = session.lookout([*timed, *later])
    lookout.look(lookout.briefs)
    return session.plan_ahead(lookout, as_of, timed)
