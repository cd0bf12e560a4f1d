"""What a board shows of a calendar, read from its text, the ledger, the applied plan and the published snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from campaign_calendars.deciding.intent import run_id
from campaign_calendars.duties.states import DutyState
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import utc
from tasks.accounting.accounts import Account, accounts
from tasks.duties.ticking import tasks_of
from tasks.operations.overview import CalendarState, ProjectOverview, overview
from tasks.operations.server_state import ServerState
from tasks.planning.planned import Plan
from tasks.planning.since_applied import read_plan
from tasks.running.status import ProjectStatus, RunState, status
from tasks.runtime import Runtime

MomentState = Literal["done", "running", "waiting", "failed", "skipped", "missed", "due", "not_run", "ahead"]
"""`waiting`: messages wait for a person or for their time; `due`: its moment has come and nothing began it yet;
`not_run`: it passed and nobody expected it, since the calendar was not applied then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardMoment:
    """One run of the calendar, past or to come; several plays may be due at it."""

    run_id: str
    """Id of the run, which it will have once it begins."""
    phase: str
    at: datetime
    plays: tuple[str, ...]
    state: MomentState
    reason: str = ""
    """Why it was skipped or missed, as the ledger keeps it."""
    chosen: int | None = None
    """Members it reaches: decided, or planned where it is still to come; None: nobody knows."""
    jobs: Mapping[str, int] = field(default_factory=dict)
    """State → messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarBoard:
    """All that is shown of one calendar."""

    loaded: LoadedCalendar
    now: datetime
    """In the calendar's time zone."""
    state: CalendarState
    moments: Sequence[BoardMoment]
    """In the order of time."""
    plan: Plan | None
    """The plan that was applied last; None: none, or by a release whose plans cannot be read any more."""
    applied_at: datetime | None
    accounts: Sequence[Account]
    duties: Sequence[DutyState]
    """With positions and groups, the soonest due first."""
    work: Mapping[str, int]
    """Channel → messages that people have to send by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectBoard:
    """All that is shown of a project."""

    at: datetime
    project: ProjectStatus
    calendars: Sequence[CalendarBoard]
    unreadable: Sequence[str]
    """Calendars with errors: promocal check tells which."""
    server: ServerState | None


def gather(rt: Runtime, server: ServerState | None) -> ProjectBoard:
    """Look at everything once, as of the runtime's clock; nothing is written."""
    project = status(rt)
    found = overview(rt, project, server, None)
    known = {one.calendar: one for one in found.calendars}
    readable = [name for name in rt.calendar_ids() if name in known and _is_whole(rt, known[name])]
    runs = _by_calendar(found)
    return ProjectBoard(
        at=rt.clock(),
        project=project,
        calendars=[_calendar(rt, known[name], runs.get(name, {})) for name in readable],
        unreadable=[name for name in rt.calendar_ids() if name not in readable],
        server=server,
    )


def _is_whole(rt: Runtime, state: CalendarState) -> bool:
    """Whether it can be read, and its file has the name of its id: under another name nothing of it runs."""
    return state.stands != "unreadable" and rt.load_calendar(state.calendar).calendar.calendar == state.calendar


def _by_calendar(found: ProjectOverview) -> dict[str, dict[str, RunState]]:
    runs: dict[str, dict[str, RunState]] = {}
    for run in found.runs:
        runs.setdefault(run.run_id.split(".", 1)[0], {})[run.run_id] = run
    return runs


def _calendar(rt: Runtime, state: CalendarState, runs: Mapping[str, RunState]) -> CalendarBoard:
    loaded = rt.load_calendar(state.calendar)
    record = rt.ledger.applied_plan(state.calendar)
    plan = read_plan(record) if record is not None else None
    by_hand: Counter[str] = Counter()
    for (_, _, channel, job), count in rt.ledger.job_counts(calendar=state.calendar).items():
        if job == "to_do":
            by_hand[channel] += count
    return CalendarBoard(
        loaded=loaded,
        now=rt.clock().astimezone(loaded.timeline.timezone),
        state=state,
        moments=_moments(rt, loaded, plan, runs),
        plan=plan,
        applied_at=record.applied_at if record is not None else None,
        accounts=accounts(loaded.calendar, rt.ledger.grant_sums(state.calendar)),
        duties=tasks_of(rt, loaded),
        work=dict(by_hand),
    )


def _moments(rt: Runtime, loaded: LoadedCalendar, plan: Plan | None, runs: Mapping[str, RunState]) -> list[BoardMoment]:
    now, name = utc(rt.clock()), loaded.calendar.calendar
    due: dict[tuple[datetime, str], list[str]] = {}
    for one in loaded.timeline.occurrences:
        due.setdefault((utc(one.at), one.phase), []).append(one.play)
    ends: dict[str, tuple[str, str]] = {}
    for row in rt.ledger.expected(name):
        if ends.get(row.run_id, ("", ""))[0] != "done":  # a run is done when one of its plays is
            ends[row.run_id] = row.state, row.reason
    planned: Counter[tuple[datetime, str]] = Counter()
    for each in plan.occurrences if plan else ():
        planned[utc(each.at), each.phase] += each.chosen
    moments = []
    for (at, phase), plays in sorted(due.items()):
        key = run_id(name, phase, at)
        run = runs.get(key)
        state, reason = _state(at, now, run, *ends.get(key, ("", "")))
        ahead = planned.get((at, phase)) if plan is not None and state in ("ahead", "due") else None
        moments.append(
            BoardMoment(
                run_id=key,
                phase=phase,
                at=at,
                plays=tuple(plays),
                state=state,
                reason=reason,
                chosen=run.chosen if run else ahead,
                jobs=run.jobs if run else {},
            )
        )
    return moments


def _state(at: datetime, now: datetime, run: RunState | None, end: str, reason: str) -> tuple[MomentState, str]:
    """Where a moment stands; what the ledger says of its end goes before what its messages look like."""
    if end == "missed":
        return "missed", reason
    if end == "skipped":
        return "skipped", reason
    if run is not None:
        return _of_run(run), ""
    if at > now:
        return "ahead", ""
    return ("due" if end == "due" else "not_run"), ""


def _of_run(run: RunState) -> MomentState:
    if run.jobs.get("sending") or run.status == "started":
        return "running"
    if run.jobs.get("pending") or run.jobs.get("awaiting_approval"):
        return "waiting"
    return "failed" if run.status == "failed" else "done"
