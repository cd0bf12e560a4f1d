"""A whole calendar through simulated time, with the functions of a real run.

Replay keeps its own snapshots, ledger, decisions and outbox, sends to files only, and knows
at each moment what was known then: features count facts before the moment, contacts those the
replay itself made. With a `World`, members respond between moments and the sources are pulled
again every day.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from campaign_calendars.deciding.intent import run_id
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Occurrence
from tasks.data.refresh import refresh
from tasks.deciding.sessions import KeptSession
from tasks.measuring.measure import measure
from tasks.measuring.measurement import Measurement
from tasks.outreach.best_texts import lacks_answers
from tasks.replayed import Replayed, confined, replay_state, write_record
from tasks.running.agenda import Agenda
from tasks.running.guard import open_jobs
from tasks.running.phase import RunOutcome, run_phase
from tasks.runtime import Runtime
from warehouse.ledger.records import Run

PhaseRunner = Callable[[Runtime, str, str, datetime], RunOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """A replayed calendar: its runs in the order of time, and the measurement at the end."""

    calendar: str
    """Calendar id."""
    runs: tuple[RunOutcome, ...]
    """The runs that did something, oldest first."""
    measurement: Measurement
    """What they came to, as of the end."""
    simulated: bool
    """Whether members responded by a model: then nothing they did is real."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedReplay(ReplayResult):
    """A replayed calendar with the page that was written about it."""

    report: Path
    """The page."""


def reported(result: ReplayResult, page: Path) -> ReportedReplay:
    known = {each.name: getattr(result, each.name) for each in fields(ReplayResult)}
    return ReportedReplay(**known, report=page)


class World(Protocol):
    """Members who live on between the moments of a replay."""

    def advance(self, start: datetime, end: datetime, contacts: Iterable[tuple[Any, ...]]) -> object:
        """Append what members did in [start, end) to the sources; `contacts` are those of the same span."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One phase run of a replay: the plays of a phase due at `at`; without a phase only a look at the sources."""

    at: datetime
    phase: str
    occurrences: tuple[Occurrence, ...]


PullRule = Callable[[Moment, Moment], bool]
"""(the step before which the sources were last pulled, the coming step) → pull again?"""


def moments(loaded: LoadedCalendar) -> list[Moment]:
    """The calendar's phase runs in the order of time, phases in their order within a moment."""
    planned = loaded.timeline.occurrences
    return [Moment(at, phase, tuple(group)) for (at, phase), group in groupby(planned, key=lambda o: (o.at, o.phase))]


def replay_runtime(rt: Runtime, calendar_id: str, *, state: Path | None = None, changes: Sequence[str] = ()) -> Runtime:
    """The same project with a state of its own, emptied, and every channel a file.

    It lies below `replay/<calendar>` of the project's state, unless `state` names another place. `changes` are tried
    in place of figures of the calendar. UsageError, before anything is emptied, where they cannot be understood.
    """
    place = state or replay_state(rt.settings, calendar_id)
    rt = replace(rt, changes=tuple(changes))
    channels = rt.load_calendar(calendar_id).store.channels
    if place.exists():
        shutil.rmtree(place)
    return replace(rt, settings=confined(rt.settings, place, channels), kept=KeptSession(), replayed=None)


def replay(
    rt: Runtime,
    calendar_id: str,
    *,
    world: World | None = None,
    pulls: PullRule | None = None,
    run: PhaseRunner = run_phase,
    until: datetime | None = None,
) -> ReplayResult:
    """Run the calendar from its first occurrence to its end; `rt` must be a replay runtime.

    Triggers: only the sweeps that have an event to answer are run (`tasks.running.agenda`). Without a world
    the sources are pulled once. With one they are pulled when `pulls` says so for
    the last pull and the coming step; default: before the first step of each local day. Returns the
    runs and the measurement at the end. `run` may be another way of running a phase (the
    demo passes some through Prefect).
    """
    loaded = rt.load_calendar(calendar_id)
    calendar_id = rt.id_of(loaded)
    end = until or loaded.timeline.campaign.end
    agenda = Agenda(loaded, end)
    outcomes: dict[str, RunOutcome] = {}
    life = _Life(rt, loaded, world, pulls or _daily(loaded), end)
    if world is None:
        agenda.look(rt, loaded.timeline.campaign.start)
    else:
        agenda.pull_daily()
    for number, step in enumerate(agenda, 1):
        due = tuple(loaded.timeline.planned_at(step.phase, step.moment)) if step.phase else ()
        if life.come_to(Moment(step.at, step.phase or "", due)):
            agenda.look(rt, step.at)
        if step.phase is None:
            continue
        rt.clock = _fixed(step.at)
        if step.moment != step.at:
            life.answer(rt.find_run(run_id(calendar_id, step.phase, step.moment)), step.at)
        rt.progress((where := f"{step.at:%m-%d %H:%M}  {step.phase}  ({number}/{number + len(agenda.heap)})", where))
        outcome = run(rt, calendar_id, step.phase, step.moment)
        if outcome.status != "skipped":
            outcomes[outcome.run_id] = outcome
        if outcome.jobs.get("pending") and not outcome.waiting:
            agenda.goes_on(step, open_jobs(rt, outcome.run_id))
        agenda.held_back(step, outcome.plays)
    life.finish()
    return _measured(rt, calendar_id, outcomes.values(), end, simulated=world is not None)


def _measured(
    rt: Runtime, calendar: str, runs: Iterable[RunOutcome], end: datetime, *, simulated: bool
) -> ReplayResult:
    """What a replay that came to its end is worth; from now on its state can be explored."""
    rt.clock = _fixed(end)
    rt.progress(("measuring", "正在统计"))
    measurement = measure(rt, calendar, end)
    rt.replayed = Replayed(calendar, end, simulated=simulated)
    write_record(rt.settings.state, rt.replayed)
    return ReplayResult(calendar=calendar, runs=tuple(runs), measurement=measurement, simulated=simulated)


def _daily(loaded: LoadedCalendar) -> PullRule:
    zone = loaded.timeline.timezone
    return lambda last, step: last.at.astimezone(zone).date() != step.at.astimezone(zone).date()


@dataclass
class _Life:
    """What goes on between the steps: the world moves on, the sources are pulled."""

    rt: Runtime
    loaded: LoadedCalendar
    world: World | None
    pulls: PullRule
    end: datetime
    pulled: Moment | None = None

    def __post_init__(self) -> None:
        self.lived_to = self.loaded.timeline.campaign.start
        if self.world is None:
            self._pull(self.end)

    def come_to(self, step: Moment) -> bool:
        """Pull before this step if it is time to, and say so."""
        if self.world is None or not (self.pulled is None or self.pulls(self.pulled, step)):
            return False
        self.pulled = step
        self._live(self.world, step.at)
        return True

    def answer(self, run: Run, at: datetime) -> None:
        """Live on to `at` and pull, where messages of a run wait for the answers to a test of texts."""
        if self.world is not None and lacks_answers(self.rt, self.loaded, run, at):
            self._live(self.world, at)

    def finish(self) -> None:
        """Live on to the end, so that the measurement sees everything."""
        if self.world is not None:
            self._live(self.world, self.end)

    def _live(self, world: World, moment: datetime) -> None:
        world.advance(self.lived_to, moment, _contacts(self.rt, self.lived_to, moment))
        self.lived_to = moment
        self._pull(moment)

    def _pull(self, moment: datetime) -> None:
        self.rt.progress((f"{moment:%m-%d %H:%M}  pulling the sources", f"{moment:%m-%d %H:%M}  正在拉取数据源"))
        refresh(self.rt, self.loaded.calendar.calendar, moment)


def _contacts(rt: Runtime, start: datetime, end: datetime) -> Iterator[tuple[Any, ...]]:
    """(member_id, channel, play, phase, benefit, at) of the messages in [start, end)."""
    for row in rt.ledger.contact_rows(end, since=start):
        if row.at < end:
            yield (row.member_id, row.channel, row.play, row.phase, row.benefit, row.at)


def _fixed(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment
