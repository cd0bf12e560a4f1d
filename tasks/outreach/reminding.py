"""Of which benefit a later message of a play reminds its member: what an earlier one gave (`touch: all`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from campaign_calendars.reading.loading import LoadedCalendar
from tasks.deciding.decisions import rows_needed
from tasks.runtime import Runtime
from warehouse.ledger.records import Job, Run


@dataclass(frozen=True)
class Reminders:
    """Those of one run; its rows are read where a play of it sends on each of its channels and gives something."""

    rt: Runtime
    loaded: LoadedCalendar
    run: Run

    def __call__(self, job: Job) -> str | None:
        """The benefit; None: it reminds of none."""
        return self._told.get((job.play, job.member_id)) if job.benefit is None else None

    def valid_until(self, job: Job, benefit: str) -> datetime | None:
        """Until when the member can use what he was given; None: without an end, or it is not known any more."""
        return self._ends.get((job.phase, job.play, job.member_id, benefit))

    @cached_property
    def _told(self) -> Mapping[tuple[str, str], str]:
        from warehouse.decision.files import reminders

        plays = (play for phase in self.loaded.calendar.phases if phase.id == self.run.phase for play in phase.plays)
        if not any(play.touch == "all" and play.benefits for play in plays):
            return {}
        return reminders(rows_needed(self.rt, self.run))

    @cached_property
    def _ends(self) -> Mapping[tuple[str, str, str, str], datetime | None]:
        rows = sorted(self.rt.ledger.grant_rows(self.run.calendar), key=lambda row: row.granted_at)
        return {(row.phase, row.play, row.member_id, row.benefit): row.valid_until for row in rows}
