"""Hours in which a member does not want to be disturbed, as a tag of his says it; looked at as messages leave (B3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.model.store import QuietHours
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.outreach.late_caps import Waits
from tasks.outreach.quiet import end_of

if TYPE_CHECKING:
    from warehouse.ledger.records import Job

UNREADABLE = "the member's own quiet hours cannot be read"
_LOOK_AGAIN = timedelta(hours=1)
_HOURS = re.compile(r"\s*(\d{1,2})[:：](\d{2})\s*[-–—~～至到]\s*(\d{1,2})[:：](\d{2})\s*")
_MIDNIGHT = 24


def own_hours(text: str) -> QuietHours | None:
    """`21:00-09:00`, also with the marks of a Chinese keyboard, to 24:00 at most; None where it cannot be read."""
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    first, second = ((int(found[1]), int(found[2])), (int(found[3]), int(found[4])))
    if second == (_MIDNIGHT, 0):
        second = (0, 0)
    try:
        return QuietHours.model_validate({"from": time(*first), "to": time(*second)})
    except ValueError:
        return None


def own_quiet(
    loaded: LoadedCalendar, tagged: Callable[[Collection[str], str], Mapping[str, str]]
) -> Callable[[Sequence[Job], datetime], Waits]:
    """(jobs about to leave, moment) → those whose member rests just now; `tagged`: members and a tag → its value.

    Hours that cannot be read hold a message back until somebody corrects them or it expires: no guess wakes anybody.
    """
    tag, timezone = loaded.store.contact_policy.quiet_tag, loaded.timeline.timezone
    posts = {(phase.id, play.id) for phase in loaded.calendar.phases for play in phase.plays if play.post is not None}

    def held(jobs: Sequence[Job], at: datetime) -> Waits:
        due = [job for job in jobs if tag is not None and (job.phase, job.play) not in posts]
        if tag is None or not due:
            return {}
        values = tagged({job.member_id for job in due}, tag)
        found = {}
        for job in due:
            if (value := values.get(job.member_id)) is None:
                continue
            hours = own_hours(value)
            if hours is None:
                found[job.intent_key] = (UNREADABLE, _LOOK_AGAIN)
            elif (until := end_of(hours, at, timezone)) is not None:
                why = f"the member's own quiet hours until {until.isoformat(timespec='minutes')}"
                found[job.intent_key] = (why, min(until, job.expires_at or until) - at)
        return found

    return held
