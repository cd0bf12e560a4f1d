"""Answers to the texts of a test: who was drawn into which, and what came of it by a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.arms import arm_of, shares_of, text_salt
from campaign_calendars.measuring.texts import Answers
from campaign_calendars.model.calendar import Play
from campaign_calendars.model.messages import Split
from campaign_calendars.reading.loading import LoadedCalendar

if TYPE_CHECKING:
    from warehouse.ledger.port import Ledger
    from warehouse.measurement import MeasurementSession


def answers_of(
    ledger: Ledger, loaded: LoadedCalendar, session: MeasurementSession, phase: str, play: Play
) -> Mapping[str, Answers]:
    """Text → what it came to. Those who got the best text afterwards are in no arm."""
    rows = _drawn(ledger, loaded, phase, play)
    return session.text_answers(rows, loaded.timeline.phases[phase].end, (play.split or Split()).clicks)


def _drawn(ledger: Ledger, loaded: LoadedCalendar, phase: str, play: Play) -> Iterator[tuple[str, str, datetime]]:
    salt, shares = text_salt(loaded.calendar, phase, play), shares_of(play)
    for run in ledger.runs(loaded.calendar.calendar):
        for job in ledger.jobs(run.run_id) if run.phase == phase else ():
            if job.play == play.id and job.arm is not None and job.arm == arm_of(salt, job.member_id, shares):
                yield job.member_id, job.arm, job.occurrence_at
