"""Posts in groups at the send gate: a job of theirs names a group, and its address is the group's id.

What is a post the calendar says, never the look of an id: a member may be called `group:club:1` by his shop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.intent import group_of
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.outreach.dispatch import GroupLookup

if TYPE_CHECKING:
    from warehouse.ledger.records import Job
    from warehouse.snapshots.recipients import Recipient
    from warehouse.snapshots.snapshot import Snapshot


def groups_of(loaded: LoadedCalendar, snapshot: Snapshot, at: datetime) -> GroupLookup:
    """Jobs of posts → intent key → their group; in one where the data knows of nobody nothing is posted."""
    posts = {(phase.id, play.id) for phase in loaded.calendar.phases for play in phase.plays if play.post is not None}
    there: dict[str, Mapping[str | None, int] | None] = {}

    def found(jobs: Sequence[Job]) -> dict[str, Recipient]:
        from warehouse.snapshots.bindings import members_there
        from warehouse.snapshots.recipients import Recipient

        known: dict[str, Recipient] = {}
        for job in jobs:
            group = group_of(job.member_id) if (job.phase, job.play) in posts else None
            if group is None:
                continue
            if job.channel not in there:
                there[job.channel] = members_there(snapshot, [job.channel], at).get(job.channel)
            bound = there[job.channel]
            gone = bound is not None and not bound.get(group or None)
            known[job.intent_key] = Recipient(job.member_id, group or job.channel, unbound=gone)
        return known

    return found
