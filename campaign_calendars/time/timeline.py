"""The calendar on the clock: spans, occurrences, the timeline, and local time done right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaign_calendars.findings.finding import Finding, Path

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
RETRY_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Span:
    """`[start, end)`, aware, in the calendar's time zone.

    Two datetimes of one zone compare by their wall clocks, which is wrong in the hour a clock is
    set back; use the methods, they compare in UTC.
    """

    start: datetime
    end: datetime

    def contains(self, moment: datetime) -> bool:
        return utc(self.start) <= utc(moment) < utc(self.end)

    def covers(self, other: Span) -> bool:
        return utc(self.start) <= utc(other.start) and utc(other.end) <= utc(self.end)

    def overlap(self, other: Span) -> timedelta:
        """How long both last together; zero or negative when they do not meet (then the gap)."""
        return min(utc(self.end), utc(other.end)) - max(utc(self.start), utc(other.start))

    @property
    def last(self) -> datetime:
        """The last second that belongs to the span."""
        return shift(self.end, -SECOND)


@dataclass(frozen=True, slots=True)
class BalanceWindow:
    """Orders placed in `placed`, the phase of their deposit, are paid in full in `due`; `phase` is the id of that."""

    placed: Span
    due: Span
    phase: str


@dataclass(frozen=True, slots=True)
class BenefitTimes:
    """When a benefit may be had, on the clock.

    `offered` is when it may be granted, as written or over the phases whose plays name it; None: no play does.
    `since` is from when on orders count for it, `closes` the moment a priority right ends, `days` the local days of an
    early bird.
    """

    offered: Span | None = None
    since: datetime | None = None
    closes: datetime | None = None
    days: tuple[Span, ...] = ()
    opens: tuple[tuple[str, datetime], ...] = ()
    """Of a priority right: tier and the moment from which its members may buy."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One planned moment of one play; `key` is stable between runs and machines.

    Of a play that sends on each of its channels, `channel` is the one whose turn it is.
    """

    calendar: str
    phase: str
    play: str
    at: datetime
    channel: str | None = None

    @property
    def key(self) -> str:
        return f"{self.phase}/{self.play}/{utc(self.at):%Y%m%dT%H%M%SZ}"


@dataclass(frozen=True, slots=True)
class Sweep:
    """A trigger that is looked at every `every`, counted from `origin` in elapsed time, inside `span`.

    Thousands of moments in three values: nobody lists them who does not have to.
    """

    calendar: str
    phase: str
    play: str
    span: Span
    origin: datetime
    every: timedelta

    def contains(self, moment: datetime) -> bool:
        return self.span.contains(moment) and not (utc(moment) - utc(self.origin)) % self.every

    def next_from(self, moment: datetime) -> datetime | None:
        """The first moment of the sweep at or after `moment` (UTC); None when there is none any more."""
        start = max(utc(moment), utc(self.span.start))
        steps = -((utc(self.origin) - start) // self.every)
        at = utc(self.origin) + self.every * steps
        return at if at < utc(self.span.end) else None

    def is_retry(self, moment: datetime) -> bool:
        """Whether members whom a gate held back are looked at again: the first sweep of each hour."""
        return (utc(moment) - utc(self.origin)) % RETRY_EVERY < self.every

    def next_retry(self, after: datetime) -> datetime | None:
        """The first such moment later than `after` (UTC)."""
        at = self.next_from(utc(after) + SECOND)
        if at is None or self.is_retry(at):
            return at
        return self.next_from(utc(self.origin) + RETRY_EVERY * ((at - utc(self.origin)) // RETRY_EVERY + 1))

    @property
    def first(self) -> datetime | None:
        return self.next_from(self.span.start)

    @property
    def count(self) -> int:
        """How many moments there are."""
        first = self.first
        return 0 if first is None else -((first - utc(self.span.end)) // self.every)


@dataclass(frozen=True)
class Timeline:
    """A calendar on the clock. Occurrences are sorted by moment, phase order, play order.

    `sweeps` are triggers that are looked at every few minutes; `planned_at` knows both.

    `balances` say when presale orders are paid in full, by when they were placed, and are disjoint in that.
    `benefits` says of every benefit when it may be had, `validity` holds the windows of those that name one, `opens`
    the moments at which tiers may use a priority right (benefit, tier), `due` the moments of duties (phase, index).
    `sold_out` are benefits of goods of which the data knows that nothing is left.
    """

    timezone: ZoneInfo
    campaign: Span
    phases: dict[str, Span]
    sub_phases: dict[tuple[str, str], Span]
    waves: dict[str, Span]
    occurrences: tuple[Occurrence, ...]
    balances: tuple[BalanceWindow, ...] = ()
    day_zero: date | None = None
    benefits: dict[str, BenefitTimes] = field(default_factory=dict)
    validity: dict[str, Span] = field(default_factory=dict)
    opens: dict[tuple[str, str], datetime] = field(default_factory=dict)
    due: dict[tuple[str, int], datetime] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
    sold_out: frozenset[str] = frozenset()
    told: Mapping[Path, datetime] = field(default_factory=dict)
    """What each written moment means on the clock, by its place in the calendar; of a `to`, its last second."""

    def use_days(self, benefit: str) -> tuple[Span, ...]:
        """The local days on which alone a benefit may be used; empty: any day of its validity."""
        times = self.benefits.get(benefit)
        return times.days if times is not None else ()

    def planned_at(self, phase: str, moment: datetime) -> list[Occurrence]:
        """What a run of the phase at exactly this moment has to do: planned moments first, then sweeps."""
        planned = [o for o in self.occurrences if o.phase == phase and utc(o.at) == utc(moment)]
        at = moment.astimezone(self.timezone)
        swept = [Occurrence(s.calendar, phase, s.play, at) for s in self.sweeps if s.phase == phase and s.contains(at)]
        return [*planned, *swept]


def utc(moment: datetime) -> datetime:
    """The same moment in UTC, the only zone in which moments may be compared."""
    return moment.astimezone(UTC)


def shift(moment: datetime, by: timedelta) -> datetime:
    """Elapsed time, in the zone of `moment`."""
    return (utc(moment) + by).astimezone(moment.tzinfo)


def from_local(local: datetime, zone: ZoneInfo, *, last: bool = False) -> datetime:
    """A wall-clock time as an aware datetime, by the rules of this module for gaps and folds."""
    first = local.replace(tzinfo=zone, fold=0)
    normal = utc(first).astimezone(zone)
    if normal.replace(tzinfo=None) != local:
        return normal
    return local.replace(tzinfo=zone, fold=1) if last else first


def local_day(moment: datetime, zone: ZoneInfo) -> Span:
    """The local day `moment` lies in; 23 or 25 hours long when the clocks change."""
    day = moment.astimezone(zone).date()
    return Span(from_local(datetime.combine(day, time()), zone), from_local(datetime.combine(day + DAY, time()), zone))
