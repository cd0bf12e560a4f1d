"""Posts in groups at the send gate: a job of theirs names a group, and its address is the group's id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.intent import group_of
from tasks.outreach.dispatch import RecipientLookup

if TYPE_CHECKING:
    from warehouse.snapshots.recipients import Recipient
    from warehouse.snapshots.snapshot import Snapshot


def with_groups(lookup: RecipientLookup, snapshot: Snapshot, at: datetime) -> RecipientLookup:
    """A look-up that knows groups as well; in one of which the data knows that nobody is left nothing is posted."""

    def found(subjects: Sequence[str], channel: str) -> Mapping[str, Recipient]:
        groups = {subject: group for subject in subjects if (group := group_of(subject)) is not None}
        members = [subject for subject in subjects if subject not in groups]
        known = dict(lookup(members, channel)) if members else {}
        return known | (_groups(groups, channel, snapshot, at) if groups else {})

    return found


def _groups(groups: Mapping[str, str], channel: str, snapshot: Snapshot, at: datetime) -> dict[str, Recipient]:
    from warehouse.snapshots.bindings import members_there
    from warehouse.snapshots.recipients import Recipient

    there = members_there(snapshot, [channel], at).get(channel)
    return {
        subject: Recipient(subject, group or channel, unbound=there is not None and not there.get(group or None))
        for subject, group in groups.items()
    }
