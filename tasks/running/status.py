"""Where things stand: the published snapshot, the runs, and what became of their messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.online import BenefitDays
from campaign_calendars.duties.states import DutyState
from campaign_calendars.findings.errors import SnapshotMissingError
from campaign_calendars.findings.unknown import no_such
from campaign_calendars.set_up.dark import DarkDay
from tasks.accounting.accounts import Account, accounts
from tasks.accounting.books import keep_books
from tasks.data.online import dark_positions, days_with_benefits
from tasks.duties.holding import waiting_jobs
from tasks.duties.ticking import duties
from tasks.outreach.halting import Held, holds, is_cancelled
from tasks.receipts.arriving import Arrived, arrivals
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.ledger.records import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotState:
    """The published snapshot."""

    snapshot_id: str
    """Snapshot id."""
    as_of: datetime
    """The moment it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """Where one run stands."""

    run_id: str
    """Run id."""
    phase: str
    """Phase id."""
    as_of: datetime
    """The moment of the run."""
    status: str
    """`started`, `awaiting_approval`, `enqueued`, `finished`, `skipped` or `failed`."""
    snapshot_id: str
    """The snapshot it was decided on."""
    chosen: int
    """Members its plays chose."""
    jobs: Mapping[str, int]
    """State → messages."""
    stopped: Mapping[str, int]
    """Why messages were cancelled, as it stands in the ledger → messages."""
    waiting: Mapping[str, int]
    """What messages wait for that people have to do first, as it stands in the ledger → messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAlone:
    """A channel that is left alone because it gave no certain answer."""

    channel: str
    """Channel."""
    until: datetime
    """Until when; then one message is tried."""
    reason: str
    """What it answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectStatus:
    """Where things stand; ids and counts only."""

    snapshot: SnapshotState | None
    """The published snapshot; null: none yet."""
    runs: tuple[RunState, ...]
    """Every run of the ledger, or of one calendar, oldest first."""
    jobs: Mapping[str, int]
    """State → messages of all these runs."""
    unknown: int
    """Messages that a person has to settle."""
    accounts: tuple[Account, ...]
    """Budget, pools and benefits; only where one calendar of the project was asked for."""
    duties: tuple[DutyState, ...] = ()
    """Its duties that are overdue or have to be worked on now; likewise."""
    benefit_days: BenefitDays | None = None
    """Days with a member benefit online; likewise, where the store states how many it needs."""
    dark: tuple[DarkDay, ...] = ()
    """Days from today on on which its positions show nothing; likewise."""
    halted: tuple[Held, ...] = ()
    """What is halted, paused or cancelled."""
    left_alone: tuple[LeftAlone, ...] = ()
    """Channels that gave no certain answer and are left alone for a while."""
    arrived: tuple[Arrived, ...] = ()
    """How much of what left arrived, by channel, where receipts tell; only where one calendar was asked for."""


def status(rt: Runtime, calendar: str | None = None) -> ProjectStatus:
    """The state of a project, or of one calendar of it. UsageError: neither project nor ledger knows the calendar."""
    known = rt.ledger.runs(calendar)
    if calendar is not None and not known and calendar not in rt.calendar_ids():
        raise no_such("calendar", calendar, {*rt.calendar_ids(), *(run.calendar for run in rt.ledger.runs())})
    runs = tuple(_state(rt, run) for run in known)
    jobs: Counter[str] = Counter()
    for run in runs:
        jobs.update(run.jobs)
    return ProjectStatus(
        snapshot=_snapshot(rt),
        runs=runs,
        jobs=dict(jobs),
        unknown=jobs["unknown"],
        accounts=_accounts(rt, calendar),
        duties=_duties(rt, calendar),
        benefit_days=_benefit_days(rt, calendar),
        dark=_dark(rt, calendar),
        halted=holds(rt),
        left_alone=left_alone(rt),
        arrived=arrivals(rt.ledger, [run.run_id for run in known]) if calendar is not None else (),
    )


def left_alone(rt: Runtime) -> tuple[LeftAlone, ...]:
    """Channels that gave no certain answer, by name."""
    return tuple(LeftAlone(channel=one.channel, until=one.until, reason=one.reason) for one in rt.ledger.breakers())


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRun:
    """A run with messages that may leave as soon as somebody looks at it."""

    run_id: str
    calendar: str
    phase: str
    as_of: datetime
    pending: int


def waiting_runs(rt: Runtime) -> tuple[WaitingRun, ...]:
    """The runs that have pending messages and were not cancelled, oldest first."""
    found = []
    for run in rt.ledger.runs():
        counts = rt.ledger.job_counts(run.run_id)
        pending = sum(count for key, count in counts.items() if key[3] == "pending")
        if pending and not is_cancelled(rt, run.run_id):
            where = {"run_id": run.run_id, "calendar": run.calendar, "phase": run.phase}
            found.append(WaitingRun(**where, as_of=run.as_of, pending=pending))
    return tuple(found)


def _accounts(rt: Runtime, calendar: str | None) -> tuple[Account, ...]:
    if calendar is None or calendar not in rt.calendar_ids():
        return ()
    loaded = rt.load_calendar(calendar)
    keep_books(rt, loaded)
    return tuple(accounts(loaded.calendar, rt.ledger.grant_sums(loaded.calendar.calendar)))


def _duties(rt: Runtime, calendar: str | None) -> tuple[DutyState, ...]:
    if calendar is None or calendar not in rt.calendar_ids():
        return ()
    return tuple(duty for duty in duties(rt, calendar) if duty.state in ("overdue", "due"))


def _benefit_days(rt: Runtime, calendar: str | None) -> BenefitDays | None:
    if calendar is None or calendar not in rt.calendar_ids():
        return None
    try:
        found = rt.current_snapshot()
    except SnapshotMissingError:
        return None
    return days_with_benefits(rt.load_calendar(calendar), found, rt.clock())


def _dark(rt: Runtime, calendar: str | None) -> tuple[DarkDay, ...]:
    if calendar is None or calendar not in rt.calendar_ids():
        return ()
    loaded = rt.load_calendar(calendar)
    try:
        snapshot = rt.current_snapshot()
    except SnapshotMissingError:
        snapshot = None
    now = rt.clock()
    today = now.astimezone(loaded.timeline.timezone).date()
    return tuple(one for one in dark_positions(loaded, snapshot, now) if one.day >= today)


def _snapshot(rt: Runtime) -> SnapshotState | None:
    try:
        found = rt.current_snapshot()
    except SnapshotMissingError:
        return None
    return SnapshotState(snapshot_id=found.snapshot_id, as_of=found.as_of)


def _state(rt: Runtime, run: Run) -> RunState:
    jobs: Counter[str] = Counter()
    for (_, _, _, state), count in rt.ledger.job_counts(run_id=run.run_id).items():
        jobs[state] += count
    return RunState(
        run_id=run.run_id,
        phase=run.phase,
        as_of=run.as_of,
        status=run.status,
        snapshot_id=run.snapshot_id,
        chosen=sum(play.chosen for play in run.summary.plays),
        jobs=dict(jobs),
        stopped=rt.ledger.stopped(run.run_id) if jobs["cancelled"] else {},
        waiting=waiting_jobs(rt, run.run_id) if jobs["pending"] else {},
    )
