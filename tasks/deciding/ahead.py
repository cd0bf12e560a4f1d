"""The rest of a calendar, as a run and a plan see it: what is to come, and the best plan for it.

Audiences of later occurrences are taken as they are now: nobody knows who will be in them then. A run
solves anew each time and acts on what is due only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.events import EventRate
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.deciding.beside import Neighbour
from tasks.deciding.events import event_briefs, event_rates
from tasks.runtime import feature_params

if TYPE_CHECKING:
    from warehouse.decision.outlook import Lookout
    from warehouse.decision.planned import PlanAhead
    from warehouse.decision.session import DecisionSession
    from warehouse.features.params import FeatureParams


def to_come(loaded: LoadedCalendar, after: datetime) -> list[Brief]:
    """The occurrences after a moment that the clock brings; what answers events is decided when they happen."""
    later = (occurrence for occurrence in loaded.timeline.occurrences if occurrence.at > after)
    briefs = (
        make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence, parts=loaded.parts)
        for occurrence in later
    )
    return [brief for brief in briefs if brief.timed]


def move_and_plan(
    session: DecisionSession,
    loaded: LoadedCalendar,
    as_of: datetime,
    due: Sequence[Brief],
    others: Sequence[Neighbour] = (),
) -> PlanAhead | None:
    """Move the session to a moment and plan everything from there on, with what `others` have to do.

    None where the calendar wants no plan, or where all that is due answers events.
    """
    timed = [brief for brief in due if brief.timed]
    if not timed or loaded.calendar.plan == "first_come":
        session.move_to(as_of, feature_params(loaded), due)
        return None
    later, answers = to_come(loaded, as_of), list(event_briefs(loaded))
    own = [*timed, *later]
    lookout = session.lookout([*own, *(brief for other in others for brief in other.briefs)])
    _look_at_others(session, lookout, as_of, others)
    session.move_to(as_of, feature_params(loaded), [*due, *later, *(brief for _, brief in answers)])
    rates = event_rates(session, answers, as_of)
    lookout.look(own)
    return session.plan_ahead(lookout, as_of, timed, rates)


def _look_at_others(session: DecisionSession, lookout: Lookout, at: datetime, others: Sequence[Neighbour]) -> None:
    """Their audiences read what is said of their own calendar; the session stands there afterwards."""
    for other in others:
        session.move_to(at, feature_params(other.loaded), other.briefs)
        lookout.look(other.briefs)


class Standing:
    """The moment a session's members stand at while a plan walks through the calendar.

    Everything is decided over the members of the first occurrence, but for audiences which the
    calendar's own messages or the date change, and for events: those at their own moments.
    """

    def __init__(self, session: DecisionSession, params: FeatureParams, briefs: Sequence[Brief]) -> None:
        self._session, self._params = session, params
        self.start = briefs[0].at if briefs else None
        self._still = [brief for brief in briefs if self.moment(brief) == self.start]
        self._briefs = briefs
        self._at: datetime | None = None

    def moment(self, brief: Brief) -> datetime | None:
        """Where members have to stand for an occurrence."""
        return brief.at if brief.changes_ahead or brief.trigger is not None else self.start

    def move(self, brief: Brief) -> None:
        """Stand where the occurrence wants it."""
        moment = self.moment(brief)
        if moment is not None and moment != self._at:
            wanted = self._still if moment == self.start else [b for b in self._briefs if self.moment(b) == moment]
            self._session.move_to(moment, self._params, wanted)
            self._at = moment


@dataclass(frozen=True, slots=True)
class Around:
    """What a plan minds beside its own occurrences: events to come, and other calendars.

    `strict`: limits that cannot be kept together are an error, instead of the nearest plan.
    """

    rates: Sequence[EventRate] = ()
    others: Sequence[Neighbour] = ()
    strict: bool = False


def plan_everything(
    session: DecisionSession, loaded: LoadedCalendar, stands: Standing, briefs: Sequence[Brief], around: Around
) -> PlanAhead | None:
    """The best plan for all of these occurrences; None where the calendar wants none.

    UsageError where limits cannot be kept together and `around` is strict.
    """
    timed = [brief for brief in briefs if brief.timed]
    if not timed or loaded.calendar.plan == "first_come":
        return None
    lookout = session.lookout([*timed, *(brief for other in around.others for brief in other.briefs)])
    _look_at_others(session, lookout, timed[0].at, around.others)
    for _, group in groupby(sorted(timed, key=lambda b: stands.moment(b) or b.at), key=stands.moment):
        together = list(group)
        stands.move(together[0])
        lookout.look(together)
    return session.plan_ahead(lookout, timed[0].at, timed, around.rates, strict=around.strict)
