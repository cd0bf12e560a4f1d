"""Occurrences of a phase → recurrence rules, the only module that knows their shape. Pure.

RRULEs are written with local, floating `DTSTART` and `UNTIL` beside a time zone (tried on Prefect
3.8): forms in UTC (`...Z`) fire hours off or lose their last day, a rule without `DTSTART` starts in
2020, and cron has no year.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from math import gcd
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from campaign_calendars.values.scalars import format_duration

if TYPE_CHECKING:
    from campaign_calendars.time.resolving import Timeline

_SWEEP = "sweep-every-"
_FREQUENCIES = (("DAILY", 86_400), ("HOURLY", 3_600), ("MINUTELY", 60), ("SECONDLY", 1))
_PAIR = 2
_WALL = "%Y%m%dT%H%M%S"
_STARTS, _ENDS = re.compile(r"DTSTART:(\d{8}T\d{6})"), re.compile(r"UNTIL=(\d{8}T\d{6})")
_RULE = re.compile(
    r"DTSTART:(?P<first>\d{8}T\d{6})\nRRULE:FREQ=DAILY;(COUNT=1|(INTERVAL=(?P<step>\d+);)?UNTIL=(?P<last>\d{8}T\d{6}))"
)


@dataclass(frozen=True, slots=True)
class ScheduleSpec:
    """One recurrence rule: `rrule` (floating local time), read in `timezone`, gives exactly `moments` (UTC).

    A sweep lists none: there are thousands.
    """

    slug: str
    rrule: str
    timezone: str
    moments: tuple[datetime, ...]


def phase_schedules(timeline: Timeline, phase_id: str) -> list[ScheduleSpec]:
    """The distinct moments of a phase as few regular series, the rest as single shots, sweeps as one rule.

    A series is one local time of day on every n-th day. Plays due at the same moment share it
    (one run does them all). Expanding the rules in their time zones gives each moment once and
    nothing else, across changes to and from daylight saving time.
    """
    zone = timeline.timezone
    grid = _sweep_grid(timeline, phase_id)
    moments = sorted({o.at.astimezone(UTC) for o in timeline.occurrences if o.phase == phase_id})
    if grid is not None:
        # A sweep's run does what is planned for its moment too; two runs of one moment help nobody.
        moments = [moment for moment in moments if not grid.holds(moment)]
    days: dict[time, set[date]] = defaultdict(set)
    specs = []
    for moment in moments:
        wall = moment.astimezone(zone)
        if wall.fold:
            # The second pass of a repeated hour: floating local time cannot name it, UTC can.
            specs.append(_series_spec(moment.replace(tzinfo=None), 1, 1, "UTC"))
        else:
            days[wall.time()].add(wall.date())
    for clock, dates in days.items():
        for first, step, count in _progressions(dates):
            specs.append(_series_spec(datetime.combine(first, clock), step, count, str(zone)))
    specs.sort(key=lambda spec: (spec.moments[0], spec.slug))
    return specs if grid is None else [_sweep_spec(grid, zone), *specs]


def _series_spec(first: datetime, step: int, count: int, zone: str) -> ScheduleSpec:
    """`count` moments, every `step` days, from the naive local `first`."""
    start, until = first.strftime(_WALL), (first + timedelta(days=step * (count - 1))).strftime(_WALL)
    if count == 1:
        name, rule = "once", "COUNT=1"
    elif step == 1:
        name, rule = "daily", f"UNTIL={until}"
    else:
        name, rule = f"every-{step}-days", f"INTERVAL={step};UNTIL={until}"
    rrule = f"DTSTART:{start}\nRRULE:FREQ=DAILY;{rule}"
    seconds = f"{first:%S}" if first.second else ""
    slug = f"{name}-{'' if count == 1 else 'from-'}{first:%Y-%m-%d-%H%M}{seconds}{'-utc' if zone == 'UTC' else ''}"
    return ScheduleSpec(slug=slug, rrule=rrule, timezone=zone, moments=tuple(expand(rrule, zone)))


def _progressions(days: Iterable[date]) -> Iterator[tuple[date, int, int]]:
    """Split days into (first, step in days, count): longest regular series first, then singles.

    Two days make a series only if they are consecutive; "every 9 days, twice" helps nobody.
    """
    left = {day.toordinal() for day in days}
    while left:
        first, step, count = _longest(left)
        if count <= _PAIR and step != 1:
            first, step, count = min(left), 1, 1
        left -= {first + step * n for n in range(count)}
        yield date.fromordinal(first), step, count


def _longest(days: set[int]) -> tuple[int, int, int]:
    """The longest arithmetic progression; among equals the smallest step, then the earliest."""
    best, last = (min(days), 1, 1), max(days)
    for first in sorted(days):
        for step in sorted(day - first for day in days if day > first):
            if first + step * best[2] > last and step > best[1]:
                break
            count = 1
            while first + step * count in days:
                count += 1
            if (count, -step) > (best[2], -best[1]):
                best = (first, step, count)
    return best


@dataclass(frozen=True, slots=True)
class _Grid:
    """The moments of a phase's sweeps (UTC): from `first` to `last`, every `step`."""

    first: datetime
    last: datetime
    step: timedelta

    def holds(self, moment: datetime) -> bool:
        return self.first <= moment <= self.last and not (moment - self.first) % self.step


def _sweep_grid(timeline: Timeline, phase_id: str) -> _Grid | None:
    """One series for all sweeps of the phase: at a moment at which no play is due a run ends at once."""
    sweeps = [sweep for sweep in timeline.sweeps if sweep.phase == phase_id and sweep.count]
    if not sweeps:
        return None
    step = timedelta(seconds=reduce(gcd, (int(sweep.every.total_seconds()) for sweep in sweeps)))
    starts = [sweep.first for sweep in sweeps if sweep.first is not None]
    first = min(starts)
    last = max(start + sweep.every * (sweep.count - 1) for start, sweep in zip(starts, sweeps, strict=True))
    return _Grid(first, last, step)


def _sweep_spec(grid: _Grid, zone: ZoneInfo) -> ScheduleSpec:
    """The grid as one rule; its moments are too many to list.

    Sweeps are elapsed time: where the clocks change meanwhile, the rule is written in UTC.
    """
    days = (grid.last - grid.first).days + 2
    offsets = {(grid.first + timedelta(days=n)).astimezone(zone).utcoffset() for n in range(days)}
    clock: ZoneInfo | str = zone if len(offsets) == 1 else "UTC"
    local = ZoneInfo(str(clock))
    seconds = int(grid.step.total_seconds())
    frequency, unit = next((name, size) for name, size in _FREQUENCIES if seconds % size == 0)
    start, until = (f"{moment.astimezone(local):{_WALL}}" for moment in (grid.first, grid.last))
    rrule = f"DTSTART:{start}\nRRULE:FREQ={frequency};INTERVAL={seconds // unit};UNTIL={until}"
    name = format_duration(grid.step).replace(" ", "-")
    return ScheduleSpec(slug=f"{_SWEEP}{name}", rrule=rrule, timezone=str(clock), moments=())


def is_sweep(slug: str | None) -> bool:
    """Whether a schedule of this name looks for events of triggers."""
    return bool(slug) and str(slug).startswith(_SWEEP)


def expand(rrule: str, timezone: str) -> list[datetime]:
    """Moments (UTC) of a rule written by `phase_schedules`; none for a rule of any other shape."""
    match = _RULE.fullmatch(rrule)
    if match is None:
        return []
    first, last = (datetime.strptime(text, _WALL) for text in (match["first"], match["last"] or match["first"]))  # noqa: DTZ007 - floating local time
    step = timedelta(days=int(match["step"] or 1))
    walls = [first + step * n for n in range((last - first) // step + 1)]
    return [wall.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC) for wall in walls]


def last_moment(rrule: str, timezone: str) -> datetime | None:
    """The last moment (UTC) that a rule of ours may have; None for a rule of any other shape."""
    found = _ENDS.search(rrule) or _STARTS.search(rrule)
    try:
        wall = datetime.strptime(found[1], _WALL) if found else None  # noqa: DTZ007 - floating local time
        return wall.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC) if wall else None
    except (ValueError, KeyError, OSError):
        return None
