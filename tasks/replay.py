"""A whole calendar through simulated time, with the functions of a real run.

Replay keeps its own ledger, decisions and outbox below `replay/`, sends to files only, and knows
at each moment what was known then: features count facts before the moment, contacts those the
replay itself made. With a `World`, members respond between moments and the sources are pulled
again every day.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol

from campaign_calendars.loading import LoadedCalendar
from campaign_calendars.timeline import Occurrence
from tasks.measure import measure
from tasks.phase import run_phase
from tasks.refresh import refresh
from tasks.runtime import Runtime

PhaseRunner = Callable[[Runtime, str, str, datetime], dict[str, Any]]


class World(Protocol):
    """Members who live on between the moments of a replay."""

    def advance(self, start: datetime, end: datetime, contacts: Iterable[tuple[Any, ...]]) -> object:
        """Append what members did in [start, end) to the sources; `contacts` are those of the same span."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One phase run of a replay: the plays of a phase due at `at`."""

    at: datetime
    phase: str
    occurrences: tuple[Occurrence, ...]


def moments(loaded: LoadedCalendar) -> list[Moment]:
    """The calendar's phase runs in the order of time, phases in their order within a moment."""
    planned = loaded.timeline.occurrences
    return [Moment(at, phase, tuple(group)) for (at, phase), group in groupby(planned, key=lambda o: (o.at, o.phase))]


def replay_runtime(rt: Runtime, calendar_id: str, *, fresh: bool = True) -> Runtime:
    """The same project with its own state below `replay/<calendar>` and every channel a file."""
    state = rt.settings.state / "replay" / calendar_id
    if fresh and state.exists():
        shutil.rmtree(state)
    project = rt.settings.project.model_copy(update={"state": str(state.relative_to(rt.settings.root))})
    channels = {name: {"kind": "file"} for name in rt.load_calendar(calendar_id).store.channels}
    environment = {k: v for k, v in rt.settings.environment.items() if k != "PROMOCAL_LEDGER_URL"}
    ledger = rt.settings.ledger.model_copy(update={"url": "", "url_env": ""})
    settings = rt.settings.model_copy(
        update={"project": project, "channels": channels, "environment": environment, "ledger": ledger}
    )
    return replace(rt, settings=settings)


def replay(
    rt: Runtime,
    calendar_id: str,
    *,
    world: World | None = None,
    run: PhaseRunner = run_phase,
    until: datetime | None = None,
) -> dict[str, Any]:
    """Run the calendar from its first occurrence to its end; `rt` must be a replay runtime.

    Returns the runs' summaries and the measurement at the end. `run` may be another way of
    running a phase (the demo passes some through Prefect).
    """
    loaded = rt.load_calendar(calendar_id)
    end = until or loaded.timeline.campaign.end
    steps = [step for step in moments(loaded) if step.at < end]
    summaries = []
    for number, step in _lived(rt, loaded, steps, world, end):
        rt.clock = _fixed(step.at)
        rt.progress(f"{step.at:%m-%d %H:%M}  {step.phase}  ({number}/{len(steps)})")
        summaries.append(run(rt, calendar_id, step.phase, step.at))
    rt.clock = _fixed(end)
    return {"calendar": calendar_id, "runs": summaries, "measurement": measure(rt, calendar_id, end)}


def _lived(
    rt: Runtime, loaded: LoadedCalendar, steps: list[Moment], world: World | None, end: datetime
) -> Iterator[tuple[int, Moment]]:
    """The steps, with the world moved on and the sources pulled before the first step of each day."""
    name = loaded.calendar.calendar
    lived_to = loaded.timeline.campaign.start
    day = None
    if world is None:
        refresh(rt, name, end)
    for number, step in enumerate(steps, 1):
        local_day = step.at.astimezone(loaded.timeline.timezone).date()
        if world is not None and local_day != day:
            day = local_day
            world.advance(lived_to, step.at, _contacts(rt, lived_to, step.at))
            lived_to = step.at
            refresh(rt, name, step.at)
        yield number, step
    if world is not None:
        world.advance(lived_to, end, _contacts(rt, lived_to, end))
        refresh(rt, name, end)


def _contacts(rt: Runtime, start: datetime, end: datetime) -> Iterator[tuple[Any, ...]]:
    """(member_id, channel, play, phase, benefit, at) of the messages in [start, end)."""
    for row in rt.ledger.contact_rows(end):
        if start <= row.at < end:
            yield (row.member_id, row.channel, row.play, row.phase, row.benefit, row.at)


def _fixed(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment
