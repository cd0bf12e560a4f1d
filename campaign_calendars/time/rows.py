"""A timeline as rows to draw: waves, then phases with their sub-phases, each with its planned moments."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from campaign_calendars.model.calendar import Calendar, Phase
from campaign_calendars.model.unfolding import unfold
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.timeline import Span, Timeline
from campaign_calendars.values.scalars import Text, format_duration


@dataclass(frozen=True, slots=True)
class Look:
    """A trigger that is looked at all through a row."""

    play: str
    """Id of the play."""
    every: str
    """How often, as a duration of the calendar language, e.g. `15m`."""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A wave, phase or sub-phase on the clock."""

    what: Literal["wave", "phase", "sub_phase"]
    """What it is."""
    id: str
    """Its id."""
    kind: str
    """Kind of the phase, of a sub-phase that of its phase; `wave` for a wave."""
    title: str
    """Its title in the language asked for, or its id."""
    starts_at: datetime
    """When it begins."""
    ends_at: datetime
    """The first moment after it."""
    occurrences: tuple[datetime, ...]
    """Planned moments inside it, in order."""
    sweeps: tuple[Look, ...]
    """Triggers looked at all through it."""


@dataclass(frozen=True, slots=True)
class TimelineTable:
    """The timeline of a calendar."""

    calendar: str
    """Id of the calendar."""
    timezone: str
    """Its time zone, e.g. `Asia/Shanghai`."""
    rows: tuple[TimelineRow, ...]
    """Waves, then phases with their sub-phases."""
    rules: tuple[str, ...] = ()
    """The rules between plays, a sentence each, in the language asked for."""


@dataclass(frozen=True)
class Row:
    """One bar. `moments` are the planned occurrences inside it, aware, in order.

    `kind` is that of the phase (for a sub-phase, of the phase it is part of) or `wave`. `sweeps` are the
    triggers looked at all the time: (play, how often).
    """

    what: Literal["wave", "phase", "sub_phase"]
    id: str
    kind: str
    label: str
    span: Span
    moments: tuple[datetime, ...] = ()
    sweeps: tuple[tuple[str, timedelta], ...] = ()

    def to_json_row(self) -> TimelineRow:
        """The row in the form it has in JSON."""
        return TimelineRow(
            what=self.what,
            id=self.id,
            kind=self.kind,
            title=self.label,
            starts_at=self.span.start,
            ends_at=self.span.end,
            occurrences=self.moments,
            sweeps=tuple(Look(play, format_duration(every)) for play, every in self.sweeps),
        )


def timeline_rows(calendar: Calendar, lang: str = "en") -> list[Row]:
    """Rows in written order. Labels are titles, or ids where there are none; equal ones get their id."""
    calendar = unfold(calendar)
    timeline = resolve(calendar)
    rows = [
        Row("wave", wave.id, "wave", _label(wave.title, wave.id, lang), timeline.waves[wave.id])
        for wave in calendar.waves
        if wave.id in timeline.waves
    ]
    for phase in calendar.phases:
        if phase.id in timeline.phases:
            rows += _phase_rows(phase, timeline, lang)
    return _told_apart(rows)


def _phase_rows(phase: Phase, timeline: Timeline, lang: str) -> list[Row]:
    at = [(o.play, o.at) for o in timeline.occurrences if o.phase == phase.id]
    looks = [(sweep.play, sweep.every) for sweep in timeline.sweeps if sweep.phase == phase.id]
    during = {play.id: play.during for play in phase.plays}
    rows = [
        Row(
            "phase",
            phase.id,
            phase.kind,
            _label(phase.title, phase.id, lang),
            timeline.phases[phase.id],
            tuple(moment for _, moment in at),
            tuple(looks),
        )
    ]
    for sub in phase.sub_phases:
        span = timeline.sub_phases.get((phase.id, sub.id))
        if span is not None:
            moments = tuple(moment for play, moment in at if during.get(play) == sub.id)
            mine = tuple(look for look in looks if during.get(look[0]) == sub.id)
            label = "└ " + _label(sub.title, sub.id, lang)
            rows.append(Row("sub_phase", sub.id, phase.kind, label, span, moments, mine))
    return rows


def _label(title: Text, name: str, lang: str) -> str:
    return title.get(lang) or name


def _told_apart(rows: list[Row]) -> list[Row]:
    """Labels that occur once: a chart draws equal labels into one row."""
    counts = Counter(row.label for row in rows)
    named = [row if counts[row.label] == 1 else replace(row, label=f"{row.label} ({row.id})") for row in rows]
    again = Counter(row.label for row in named)
    return [
        row if again[row.label] == 1 else replace(row, label=f"{row.label} #{number}")
        for number, row in enumerate(named, 1)
    ]
