"""The store's contact caps once more when messages leave, by the moments at which others really left (B9).

A decision counts planned moments. A message that waited, for an approval, for the night to end, for a busy channel, may
come to stand beside one of another run or calendar: the later one waits until the caps let it go, or expires. Caps of a
phase or a campaign do not depend on the moment, so the decision is enough for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from campaign_calendars.deciding.contact import CapRule
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.scalars import format_duration

if TYPE_CHECKING:
    from warehouse.ledger.port import Ledger
    from warehouse.ledger.records import Job

Waits = Mapping[str, tuple[str, timedelta]]
"""Intent key → why the message waits, and how long."""

IN_HAND = "another message to the member leaves just now"
_DAY = timedelta(days=1)
_A_MOMENT = timedelta(seconds=30)


class _Had(NamedTuple):
    """A message to a member: when it left (None: a worker has it in hand), and its planned moment."""

    channel: str
    planned: datetime
    at: datetime | None
    key: str


def held_by_caps(ledger: Ledger, loaded: LoadedCalendar) -> Callable[[Sequence[Job], datetime], Waits]:
    """(jobs about to leave, moment) → those whose member has had what the store's caps allow, over all calendars."""
    policy, timezone = loaded.store.contact_policy, loaded.timeline.timezone
    caps = [CapRule.of(cap, package=policy.packages) for cap in policy.caps]
    caps = [cap for cap in caps if cap.per is not None or cap.span == "day"]
    posts = {(phase.id, play.id) for phase in loaded.calendar.phases for play in phase.plays if play.post is not None}
    longest = max((cap.per or _DAY for cap in caps), default=_DAY)

    def held(jobs: Sequence[Job], at: datetime) -> Waits:
        due = [job for job in jobs if caps and (job.phase, job.play) not in posts]
        if not due:
            return {}
        windows = [_Window(cap, at, timezone) for cap in caps]
        mine = {job.intent_key for job in due}
        had: dict[str, list[_Had]] = defaultdict(list)
        for row in ledger.away({job.member_id for job in due}, at - max(longest, _DAY), but=mine):
            had[row.member_id].append(_Had(row.channel, row.occurrence_at, row.at, row.intent_key))
        found: dict[str, tuple[str, timedelta]] = {}
        for job in due:
            known = had[job.member_id]
            # Most had nothing lately, and are within every cap that allows anything.
            waits = [wait for one in windows if (known or not one.cap.max) and (wait := _wait(one, job, known))]
            if not waits:
                known.append(_Had(job.channel, job.occurrence_at, at, job.intent_key))
                continue
            why, until = max(waits, key=lambda wait: wait[1])
            found[job.intent_key] = (why, max(min(until, job.expires_at or until) - at, timedelta(seconds=1)))
        return found

    return held


class _Window:
    """What a cap counts at a moment; asked for many members, whose messages left at a few moments."""

    def __init__(self, cap: CapRule, at: datetime, timezone: ZoneInfo) -> None:
        self.cap, self.at, self.timezone = cap, at, timezone
        self.today = at.astimezone(timezone).date()
        self.counts = cache(self._counts)
        self.covers = cache(cap.covers)

    def _counts(self, left: datetime | None) -> bool:
        """Whether a message counts that left at a moment (None: a worker has it in hand)."""
        if left is None:
            return True
        if self.cap.per is None:
            return left.astimezone(self.timezone).date() == self.today
        return left > self.at - self.cap.per


def _wait(window: _Window, job: Job, had: Sequence[_Had]) -> tuple[str, datetime] | None:
    """Why the job must wait, and until when; None: the cap lets it go."""
    cap, at = window.cap, window.at
    if not window.covers(job.channel):
        return None
    counted = [one for one in had if window.covers(one.channel) and window.counts(one.at)]
    if not counted and cap.max:
        return None
    if cap.package and any(one.planned == job.occurrence_at for one in counted):
        return None
    left = sorted(_moments(cap, [one for one in counted if one.at is not None]))
    in_hand = {one.planned if cap.package else one.key for one in counted if one.at is None}
    if len(left) >= cap.max:
        return _said(cap), _opens(cap, left, at, window.timezone)
    if len(left) + len(in_hand) >= cap.max:
        # Of two that wait for each other one comes back sooner.
        first = job.intent_key < min(one.key for one in counted if one.at is None)
        return IN_HAND, at + (_A_MOMENT if first else 2 * _A_MOMENT)
    return None


def _moments(cap: CapRule, left: Sequence[_Had]) -> list[datetime]:
    """When each message left; of the messages of one planned moment, where they count once, when the last one did."""
    if not cap.package:
        return [one.at for one in left if one.at is not None]
    packages: dict[datetime, datetime] = {}
    for one in left:
        if one.at is not None:
            packages[one.planned] = max(one.at, packages.get(one.planned, one.at))
    return list(packages.values())


def _opens(cap: CapRule, left: Sequence[datetime], at: datetime, timezone: ZoneInfo) -> datetime:
    """When one more is within the cap. A cap of none opens never; its messages are looked at again in a while."""
    if cap.per is None:
        return datetime.combine(at.astimezone(timezone).date() + _DAY, time(), timezone).astimezone(UTC)
    return (left[-cap.max] if cap.max else at) + cap.per


def _said(cap: CapRule) -> str:
    span = "day" if cap.per is None else format_duration(cap.per)
    return f"the contact caps allow {cap.max} in {span}"
