"""What holds messages back whatever they are: halts, breakers, rates and caps of providers, canaries.

Records, and the rules that every ledger follows. All of it stands in the ledger, so that every worker sees it and it
survives a restart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

HoldScope = Literal["all", "store", "calendar", "channel", "run", "play"]
"""`name` is "" for all, an id for the others; `run` may also name one channel of a run (`RUN@CHANNEL`), a play is
`CALENDAR/PLAY`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Nothing of it leaves. `final`: it was cancelled, what is left of it is stopped instead of kept."""

    scope: HoldScope
    name: str
    reason: str
    by: str
    since: datetime
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """A channel that gave no certain answer is left alone until `until`; then one worker tries one message."""

    channel: str
    reason: str
    strikes: int
    opened_at: datetime
    until: datetime


BreakerSays = Literal["closed", "open", "probe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """What a provider takes: `burst` messages at once, one more every `interval_us`; so many a day and a month.

    `interval_us` 0: as fast as it goes.
    """

    provider: str
    interval_us: int = 0
    burst: int = 1
    daily: int | None = None
    monthly: int | None = None

    def at_least(self, asked: int) -> int:
        """So many are given or none: a worker that took every single message would ask all the time."""
        return min(asked, max(1, self.burst // 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When something is taken: microseconds since 1970, and the provider's day and month."""

    us: int
    day: str
    month: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How many messages may leave now. None: `wait` for the rate, or why the cap of a day or month is used up."""

    granted: int
    wait: timedelta = timedelta()
    used_up: Literal["", "daily", "monthly"] = ""


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is used of a throttle. `full_at_us`: when all of its burst is free again."""

    full_at_us: int = 0
    day: str = ""
    day_used: int = 0
    month: str = ""
    month_used: int = 0
    granted: int = 0


def take(bucket: Bucket, throttle: Throttle, asked: int, at: Moment) -> Bucket:
    """The bucket after somebody asked; what he gets is its `granted`. `sql_guards.take` says the same in SQL.

    A clock that was wrong for a while costs at most one burst, and a day that is over does not come back.
    """
    full = throttle.burst * throttle.interval_us
    base = min(max(bucket.full_at_us, at.us), at.us + full)
    day_used = bucket.day_used if bucket.day >= at.day else 0
    month_used = bucket.month_used if bucket.month >= at.month else 0
    rate = asked
    if throttle.interval_us:
        free = (at.us + full - base) // throttle.interval_us
        rate = min(free, asked) if free >= throttle.at_least(asked) else 0
    caps = [cap - used for cap, used in ((throttle.daily, day_used), (throttle.monthly, month_used)) if cap is not None]
    granted = max(0, min([rate, *caps]))
    return Bucket(
        base + granted * throttle.interval_us,
        max(bucket.day, at.day),
        day_used + granted,
        max(bucket.month, at.month),
        month_used + granted,
        granted,
    )


def taken(bucket: Bucket, throttle: Throttle, asked: int, at: Moment) -> Taken:
    """What a bucket that was just asked says."""
    if bucket.granted or not asked:
        return Taken(granted=bucket.granted)
    if throttle.monthly is not None and bucket.month_used >= throttle.monthly:
        return Taken(granted=0, used_up="monthly")
    if throttle.daily is not None and bucket.day_used >= throttle.daily:
        return Taken(granted=0, used_up="daily")
    missing = bucket.full_at_us + (throttle.at_least(asked) - throttle.burst) * throttle.interval_us - at.us
    return Taken(granted=0, wait=timedelta(microseconds=max(missing, 1)))


CanaryState = Literal["trying", "passed", "stopped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The first messages of a run on a channel: `taken` of `first` were let go; the rest waits for a look at them."""

    run_id: str
    channel: str
    first: int
    taken: int
    looked_at: datetime | None
    state: CanaryState


def next_wait(first: timedelta, strikes: int, longest: timedelta) -> timedelta:
    """How long a breaker stays open after so many strikes in a row: twice as long each time."""
    waited: timedelta = first * (1 << min(max(strikes - 1, 0), 16))
    return min(waited, longest)


def stands(holds: Iterable[Hold], *places: tuple[HoldScope, str]) -> Hold | None:
    """The hold that stops something which is at these places; one that is final before others."""
    found = [hold for hold in holds if (hold.scope, hold.name) in places or hold.scope == "all"]
    return max(found, key=lambda hold: hold.final, default=None)
