"""Where every calendar stands now: what runs, waits, failed, was missed, is next.

Made of the calendars as they are written, of what the ledger expects and has (`tasks.running.expecting`),
and of the server, if one was asked. Nothing is changed by looking.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Literal

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.operations.server_state import ServerState
from tasks.running.expecting import overdue
from tasks.running.status import ProjectStatus, RunState
from tasks.runtime import Runtime
from warehouse.ledger.audit import AuditFilter

_SHOWN = 3
_WAITING = ("awaiting_approval", "pending")
Stands = Literal["before", "during", "after", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRun:
    """A moment to come."""

    at: datetime
    """When."""
    phase: str
    """Phase id."""
    plays: tuple[str, ...]
    """Plays that are due then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedRun:
    """A moment that passed without a run."""

    run_id: str
    """Id that its run would have had."""
    at: datetime
    """When it was due."""
    plays: tuple[str, ...]
    """Plays that were due then."""
    reason: str
    """Why nothing came of it, as it stands in the ledger; empty where it may still begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarState:
    """Where one calendar stands."""

    calendar: str
    """Calendar id."""
    stands: Stands
    """`before`, `during` or `after` its campaign; `unreadable`: it has errors, see promocal check."""
    phases: tuple[str, ...]
    """Phases that last now."""
    applied_at: datetime | None
    """When it was last applied to a server; null: never."""
    applied_by: str
    """By whom."""
    running: tuple[str, ...]
    """Runs that have begun and not ended, by the ledger or by the server."""
    waiting: tuple[str, ...]
    """Runs with messages that wait for a person or for their time, and that nothing is at work on."""
    failed: tuple[str, ...]
    """Runs that failed, without those that are missed."""
    finished: int
    """Runs that are done."""
    unknown: int
    """Messages that a person has to settle."""
    due: tuple[MissedRun, ...]
    """Moments that passed a short while ago and may still run."""
    missed: tuple[MissedRun, ...]
    """Moments that passed and will not run any more, the last one first."""
    next: tuple[NextRun, ...]
    """The next moments, three at the most."""
    moments_left: int
    """All moments to come."""
    deployments: int
    """Deployments on the server."""
    paused: tuple[str, ...]
    """Deployments that are paused, or of which a schedule is."""
    leaving: tuple[str, ...]
    """Deployments of phases that left the calendar, paused until their runs have ended."""
    late: int
    """Runs on the server that no worker took in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOverview(ProjectStatus):
    """Where everything stands: by the ledger, by the calendars, and by the server."""

    calendars: tuple[CalendarState, ...] = ()
    """Every calendar of the project, or the one that was asked for."""
    server: ServerState | None = None
    """The Prefect server; null: it was not asked."""


def overview(rt: Runtime, state: ProjectStatus, server: ServerState | None, calendar: str | None) -> ProjectOverview:
    """Put together what the ledger and the server say of the project's calendars, or of one."""
    runs: dict[str, list[RunState]] = {}
    for run in state.runs:
        runs.setdefault(run.run_id.split(".", 1)[0], []).append(run)
    names = [calendar] if calendar is not None else sorted({*rt.calendar_ids(), *runs})
    return ProjectOverview(
        **{each.name: getattr(state, each.name) for each in fields(state)},
        calendars=tuple(_calendar(rt, name, runs.get(name, []), server) for name in names),
        server=server,
    )


def _calendar(rt: Runtime, name: str, runs: Sequence[RunState], server: ServerState | None) -> CalendarState:
    now = rt.clock()
    applied = rt.ledger.audit(AuditFilter(calendar=name, action="apply"))
    try:
        loaded = rt.load_calendar(name)
    except PromocalError:  # promocal check tells what is wrong; the other calendars are not to suffer
        loaded = None
    held = server.of(name) if server else ()
    at_work = {run for one in held for run in one.at_work}
    due, missed = _passed(rt, name, loaded.timeline.timezone if loaded else UTC, at_work)
    gone = {run.run_id for run in missed} | at_work
    ahead = _ahead(loaded, now) if loaded else []
    begun = (run.run_id for run in runs if run.status == "started" or run.jobs.get("sending"))
    return CalendarState(
        calendar=name,
        stands=_stands(loaded, now),
        phases=tuple(phase for phase, span in loaded.timeline.phases.items() if span.contains(now)) if loaded else (),
        applied_at=applied[0].at if applied else None,
        applied_by=applied[0].by if applied else "",
        running=tuple(sorted({*begun, *at_work})),
        waiting=tuple(
            run.run_id for run in runs if any(run.jobs.get(each) for each in _WAITING) and run.run_id not in at_work
        ),
        failed=tuple(run.run_id for run in runs if run.status == "failed" and run.run_id not in gone),
        finished=sum(1 for run in runs if run.status == "finished"),
        unknown=sum(run.jobs.get("unknown", 0) for run in runs),
        due=due,
        missed=missed,
        next=tuple(ahead[:_SHOWN]),
        moments_left=len(ahead),
        deployments=len(held),
        paused=tuple(one.name for one in held if one.paused),
        leaving=tuple(one.name for one in held if one.leaving),
        late=sum(one.late for one in held),
    )


def _stands(loaded: LoadedCalendar | None, now: datetime) -> Stands:
    if loaded is None:
        return "unreadable"
    spans = loaded.timeline.phases.values()
    if now < min(span.start for span in spans):
        return "before"
    return "during" if now < max(span.end for span in spans) else "after"


def _ahead(loaded: LoadedCalendar, now: datetime) -> list[NextRun]:
    plays: dict[tuple[datetime, str], list[str]] = {}
    for each in loaded.timeline.occurrences:
        if each.at > now:
            plays.setdefault((each.at, each.phase), []).append(each.play)
    return [NextRun(at=at, phase=phase, plays=tuple(names)) for (at, phase), names in sorted(plays.items())]


def _passed(
    rt: Runtime, name: str, zone: tzinfo, at_work: Collection[str]
) -> tuple[tuple[MissedRun, ...], tuple[MissedRun, ...]]:
    """What was expected by now and has no end: what may still begin, and what may not, or ended as missed.

    What a process is `at_work` on is neither, however late. Moments are those of the calendar's clock.
    """
    found = [run for run in overdue(rt, name) if run.run_id not in at_work]
    due = [
        _missed(run.run_id, run.at.astimezone(zone), run.plays, "")
        for run in found
        if run.standing in ("due", "started")
    ]
    over = [run for run in found if run.standing == "missed"]
    missed = [_missed(run.run_id, run.at.astimezone(zone), run.plays, run.reason) for run in over]
    for run, rows in groupby(rt.ledger.expected(name, state="missed"), key=lambda row: row.run_id):
        first, *others = rows
        missed.append(
            _missed(run, first.at.astimezone(zone), (first.play, *(row.play for row in others)), first.reason)
        )
    return tuple(due), tuple(sorted(missed, key=lambda run: run.at, reverse=True))


def _missed(run: str, at: datetime, plays: tuple[str, ...], reason: str) -> MissedRun:
    return MissedRun(run_id=run, at=at, plays=plays, reason=reason)
