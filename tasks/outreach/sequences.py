"""Sequences as they stand: their steps, who is due today, what each step came to, who has had the last one."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.unknown import no_such
from campaign_calendars.model.sequences import Sequence
from campaign_calendars.model.unfolding import StepPlay, phase_of, steps_of
from campaign_calendars.time.timeline import Occurrence, local_day, utc
from campaign_calendars.values.scalars import Text
from tasks.runtime import Runtime, feature_params

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.ledger.records import JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """One step of a sequence as it stands."""

    step: str
    """Name of the step."""
    play: str
    """Play id it is run by."""
    at: str
    """How long after day zero, e.g. `+3d 10:00`."""
    title: Text
    """Its title."""
    channels: tuple[str, ...]
    """Its channels."""
    lane: str
    """Who does it: `system` or `human`."""
    owner: Text
    """Who does by hand what is for people."""
    due_today: int
    """Members in the audience (or groups) for whom it falls on this local day, by what is known now."""
    decided: int
    """Members (or groups) it was decided for so far."""
    held_out: int
    """Of them, in control groups."""
    excluded: Mapping[str, int]
    """Deciding reason → members (or groups) who did not get it."""
    jobs: Mapping[str, int]
    """State → messages or items of work."""
    exposed: int
    """Of a group's step: members who were in the groups when it was posted, all posts together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceState:
    """A sequence as it stands: what begins it, what ends it, its steps."""

    calendar: str
    """Calendar id."""
    sequence: str
    """Sequence id."""
    title: Text
    """Its title."""
    of: str
    """`member` or `group`."""
    phase: str
    """The phase in which its steps fall."""
    start: str
    """What day zero is, as it is written: an event, or a word for one."""
    audience: str
    """Name of its audience."""
    goal: tuple[str, ...]
    """What ends it early: events, and `tag NAME`."""
    tag: str | None
    """Tag of who has had the last step."""
    at: datetime
    """The moment this is told of, in the calendar's time zone."""
    steps: tuple[StepState, ...]
    """Its steps in order."""


def sequences_of(rt: Runtime, calendar_id: str) -> list[Sequence]:
    """The sequences of a calendar."""
    return list(rt.load_calendar(calendar_id).calendar.sequences)


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceRow:
    """A sequence of a calendar at a glance."""

    sequence: str
    """Its id."""
    title: Text
    """What it is called."""
    of: str
    """`member` or `group`: whose steps they are."""
    begins: str
    """The event from which its steps are counted."""
    ends_early: tuple[str, ...]
    """Events, and the tag, that end it before its last step."""
    steps: int
    """How many steps it has."""


def list_sequences(rt: Runtime, calendar_id: str) -> list[SequenceRow]:
    """The sequences of a calendar, each at a glance."""
    return [
        SequenceRow(
            sequence=one.id,
            title=one.title,
            of=one.of,
            begins=one.start or one.event,
            ends_early=(*(one.goal.on if one.goal else ()), *([one.goal.tag] if one.goal and one.goal.tag else [])),
            steps=len(one.steps),
        )
        for one in sequences_of(rt, calendar_id)
    ]


def calendar_with(rt: Runtime, name: str) -> str:
    """The calendar of the project that has a sequence of that id. UsageError: none has, or several have."""
    known = {one: [sequence.id for sequence in sequences_of(rt, one)] for one in rt.calendar_ids()}
    found = [one for one, names in known.items() if name in names]
    if len(found) == 1:
        return found[0]
    if not found:
        raise no_such("sequence", name, [one for names in known.values() for one in names])
    raise UsageError(
        (f"{', '.join(found)} each have a sequence {name}", f"{'、'.join(found)} 都有序列 {name}"),
        (
            f"name the calendar: promocal sequence show {found[0]} {name}",
            f"请写明日历：promocal sequence show {found[0]} {name}",
        ),
    )


def sequence_state(rt: Runtime, calendar_id: str, name: str) -> SequenceState:
    """A sequence as it stands now, by the current snapshot and the ledger. UsageError: there is none of that id."""
    loaded, sequence = _find(rt, calendar_id, name)
    steps = steps_of(loaded.calendar, name)
    at = rt.clock().astimezone(loaded.timeline.timezone)
    due = _due_today(rt, loaded, steps, at)
    plays = {step.id for step in steps}
    decided = _Decided.of(rt, loaded, plays)
    jobs = _jobs(rt, loaded, plays)
    goal = sequence.goal
    return SequenceState(
        calendar=loaded.calendar.calendar,
        sequence=name,
        title=sequence.title,
        of=sequence.of,
        phase=phase_of(loaded.calendar, sequence) or "",
        start=sequence.start or sequence.event,
        audience=sequence.audience,
        goal=(*(goal.on if goal else ()), *((f"tag {goal.tag}",) if goal and goal.tag else ())),
        tag=sequence.tag,
        at=at,
        steps=tuple(
            StepState(
                step=written.name,
                play=play.id,
                at=str(written.at),
                title=play.title,
                channels=tuple(play.channels),
                lane=play.lane,
                owner=play.owner,
                due_today=due[play.id],
                decided=decided.members[play.id],
                held_out=decided.held_out[play.id],
                excluded=dict(decided.excluded[play.id].most_common()),
                jobs=dict(sorted(jobs[play.id].items())),
                exposed=decided.exposed[play.id],
            )
            for written, play in zip(sequence.steps, steps, strict=True)
        ),
    )


def write_tags(rt: Runtime, calendar_id: str, name: str, path: Path) -> int:
    """Who has had the last step of a sequence, as rows of the dataset `tags`; returns how many.

    promocal keeps no tags of its own: the file is a source, or goes to whoever keeps them. UsageError: the
    sequence has no `tag`.
    """
    loaded, sequence = _find(rt, calendar_id, name)
    if sequence.tag is None:
        raise UsageError(
            (f"sequence {name} sets no tag", f"序列 {name} 没有设置标签"),
            ("write `tag:` in the sequence", "请在序列中写 tag:"),
        )
    last = steps_of(loaded.calendar, name)[-1].id
    done: dict[str, datetime] = {}
    for run in rt.ledger.runs(loaded.calendar.calendar):
        for job in rt.ledger.jobs(run.run_id, status="sent"):
            if job.play == last:
                done.setdefault(job.member_id, job.sent_at or job.occurrence_at)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("member_id", "tag", "at"))
        writer.writerows((member, sequence.tag, utc(at).isoformat()) for member, at in sorted(done.items()))
    return len(done)


def _find(rt: Runtime, calendar_id: str, name: str) -> tuple[LoadedCalendar, Sequence]:
    loaded = rt.load_calendar(calendar_id)
    found = next((one for one in loaded.calendar.sequences if one.id == name), None)
    if found is None:
        raise no_such("sequence", name, [one.id for one in loaded.calendar.sequences])
    return loaded, found


def _due_today(rt: Runtime, loaded: LoadedCalendar, steps: list[StepPlay], at: datetime) -> dict[str, int]:
    """Play → members or groups for whom the step falls on the local day of `at`."""
    day, calendar = local_day(at, loaded.timeline.timezone), loaded.calendar
    phase = {play.id: one.id for one in calendar.phases for play in one.plays}
    briefs = {
        step.id: make_brief(
            calendar, loaded.store, loaded.timeline, Occurrence(calendar.calendar, phase[step.id], step.id, at)
        )
        for step in steps
    }
    with rt.open_session(rt.current_snapshot()) as session:
        session.move_to(at, feature_params(loaded), briefs.values())
        return {name: session.due_between(brief, day.start, day.end) for name, brief in briefs.items()}


@dataclass(frozen=True, slots=True)
class _Decided:
    """What the runs of a calendar decided about the steps, by play."""

    members: Counter[str]
    held_out: Counter[str]
    exposed: Counter[str]
    excluded: Mapping[str, Counter[str]]

    @classmethod
    def of(cls, rt: Runtime, loaded: LoadedCalendar, plays: set[str]) -> _Decided:
        made = cls(Counter(), Counter(), Counter(), {play: Counter() for play in plays})
        for run in rt.ledger.runs(loaded.calendar.calendar):
            for play in run.summary.plays:
                if play.play in plays:
                    made.members[play.play] += play.candidates
                    made.held_out[play.play] += sum(play.held_out.values())
                    made.exposed[play.play] += play.exposed
                    made.excluded[play.play].update(play.excluded)
        return made


def _jobs(rt: Runtime, loaded: LoadedCalendar, plays: set[str]) -> dict[str, Counter[JobStatus]]:
    found: dict[str, Counter[JobStatus]] = {play: Counter() for play in plays}
    for play, status, count in _counted(rt, loaded):
        if play in found:
            found[play][status] += count
    return found


def _counted(rt: Runtime, loaded: LoadedCalendar) -> Iterator[tuple[str, JobStatus, int]]:
    for (_, play, _, status), count in rt.ledger.job_counts(calendar=loaded.calendar.calendar).items():
        yield play, status, count
