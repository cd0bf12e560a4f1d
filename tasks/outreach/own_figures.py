"""What is a member's own of a benefit: when his tier may buy, what he still has to spend, until when (A3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.deciding.conditions import challenge_since
from campaign_calendars.deciding.offers import asking_at
from campaign_calendars.deciding.uses import valid_until
from campaign_calendars.messages.templates import MOMENT
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.benefits.gifts import Challenge
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import BenefitTimes
from tasks.deciding.decisions import rows_needed
from tasks.outreach.reminding import Reminders
from tasks.runtime import Runtime
from warehouse.ledger.records import Job, Run

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot

_LAST = timedelta(microseconds=1)


@dataclass
class OwnFigures:
    """The figures of one dispatch; what no text asks for is not looked up.

    `tiers` gives those of the members of a play (id), `snapshot` the facts of today.
    """

    rt: Runtime
    loaded: LoadedCalendar
    tiers: Callable[[str], Mapping[str, str | None]]
    snapshot: Callable[[], Snapshot]
    asked: str
    code: Callable[[Job], str] = lambda _job: ""
    reminders: Reminders | None = None
    _tiers: dict[str, Mapping[str, str | None]] = field(default_factory=dict, repr=False)
    _spent: dict[str, Mapping[str, int]] = field(default_factory=dict, repr=False)

    def __call__(self, job: Job, name: str) -> Mapping[str, str]:
        return {
            variable: figure(job, name)
            for variable, figure in (
                ("opens_at", self._opens_at),
                ("missing", self._missing),
                ("valid_until", self._valid_until),
                ("code", lambda job, _: self.code(job)),
            )
            if variable in self.asked
        }

    def _opens_at(self, job: Job, name: str) -> str:
        opens = dict(self.loaded.timeline.benefits.get(name, BenefitTimes()).opens)
        if not opens:
            return ""
        if job.play not in self._tiers:
            self._tiers[job.play] = self.tiers(job.play)
        tier = self._tiers[job.play].get(job.member_id)
        return self._written(opens[tier]) if tier in opens else ""

    def _missing(self, job: Job, name: str) -> str:
        benefit = self.loaded.calendar.benefits[name]
        if not isinstance(benefit, Challenge):
            return ""
        if name not in self._spent:
            from warehouse.snapshots.recipients import spent_since

            loaded, now = self.loaded, self.rt.clock()
            play = next(play for phase in loaded.calendar.phases for play in phase.plays if play.id == job.play)
            asking = asking_at(loaded.calendar, loaded.store, loaded.timeline, play, now)
            since = challenge_since(benefit, loaded.timeline.benefits.get(name, BenefitTimes()), asking)
            self._spent[name] = spent_since(self.snapshot(), since, now)
        return yuan(max(benefit.spend - self._spent[name].get(job.member_id, 0), 0))

    def _valid_until(self, job: Job, name: str) -> str:
        if self.reminders is not None and self.reminders(job) == name:
            held = self.reminders.valid_until(job, name)
            return "" if held is None else self._written(held - _LAST)
        # It counts from when the message leaves, which may have waited for a person or the platform.
        given = job.sent_at or max(job.occurrence_at, self.rt.clock())
        end = valid_until(self.loaded.calendar, self.loaded.timeline, name, given, job.phase)
        return "" if end is None else self._written(end - _LAST)

    def _written(self, moment: datetime) -> str:
        return moment.astimezone(self.loaded.timeline.timezone).strftime(MOMENT)


def own_figures(
    rt: Runtime,
    loaded: LoadedCalendar,
    run: Run,
    texts: Iterable[str],
    code: Callable[[Job], str] = lambda _job: "",
    *,
    reminders: Reminders | None = None,
) -> OwnFigures:
    """(job, benefit) → those of `OWN` that the texts ask for, for whom a run has chosen; `code`: the job's own."""

    def tiers(play: str) -> Mapping[str, str | None]:
        from warehouse.decision.tiers import tiers_of_chosen

        return tiers_of_chosen(rows_needed(rt, run), [play]).get(play, {})

    return OwnFigures(rt, loaded, tiers, rt.current_snapshot, "\n".join(texts), code, reminders)
