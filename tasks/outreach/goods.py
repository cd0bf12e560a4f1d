"""Goods lists and attachments when messages leave: what is over is dropped, an empty list sends nothing (A9, B4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from campaign_calendars.messages.material import Attached, Place, attached, lists_of, on_sale
from campaign_calendars.reading.loading import LoadedCalendar

if TYPE_CHECKING:
    from warehouse.ledger.records import Job, Run
    from warehouse.snapshots.recipients import Recipient

_LOOK_AGAIN = timedelta(hours=1)


def attachments_of(loaded: LoadedCalendar, run: Run, day: date) -> Callable[[Job, Recipient], tuple[Attached, ...]]:
    """What goes along with the text of each job of a run on a local day."""
    plays = {play.id: play for phase in loaded.calendar.phases if phase.id == run.phase for play in phase.plays}

    @cache
    def of(play: str, channel: str, arm: str, favourite: str | None) -> tuple[Attached, ...]:
        if play not in plays:
            return ()
        place = Place(loaded.calendar.calendar, run.phase, play, channel, arm)
        return attached((loaded.calendar, loaded.store), plays[play], place, day, favourite)

    return lambda job, to: of(job.play, job.channel, job.arm or "", to.favourite)


def sorts_by_favourite(loaded: LoadedCalendar) -> bool:
    """Whether any goods list of the calendar is sorted for each member."""
    return any(listed.by is not None for listed in loaded.calendar.lists.values())


def with_empty_lists(loaded: LoadedCalendar, jobs: Sequence[Job], at: datetime) -> Mapping[str, tuple[str, timedelta]]:
    """Intent key → why it waits: nothing of its goods list is on sale; somebody may add goods before it expires."""
    day = at.astimezone(loaded.timeline.timezone).date()
    lists = loaded.calendar.lists
    empty = {
        (phase.id, play.id): name
        for phase in loaded.calendar.phases
        for play in phase.plays
        for name in lists_of(play)
        if name in lists and not on_sale(lists[name], day)
    }
    return {
        job.intent_key: (f"nothing of the list {empty[job.phase, job.play]} is on sale", _LOOK_AGAIN)
        for job in jobs
        if (job.phase, job.play) in empty
    }
