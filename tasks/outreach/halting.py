"""Halt, pause, resume and cancel by name: at once, for every worker, until somebody says otherwise.

A worker looks between two batches and at least once a second while it waits; a batch that was handed over is out of our
hands, and `cancel_run` says so. Halts stand in the ledger with who and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, get_args

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.findings.unknown import no_such
from tasks.alerts import alert
from tasks.channels.limits import ChannelLimits, limits_of
from tasks.outreach.guarded import CANCELLED, GuardedLane, Place, Warn
from tasks.outreach.lanes import Lane
from tasks.runtime import Runtime
from warehouse.ledger import audit
from warehouse.ledger.guarding import Hold, HoldScope, stands
from warehouse.ledger.records import JobStatus

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.ledger.records import Job, Run

PAUSED = "the play is paused"
ON_THE_SERVER: Said = ("cancelled in the Prefect UI", "在 Prefect 界面中取消")
_SERVER = "Prefect"  # who did it, where the server does not know whom
_LOOK_AGAIN = timedelta(minutes=1)
_NEXT = timedelta(microseconds=1)
_OPEN: tuple[JobStatus, ...] = ("awaiting_approval", "pending", "sending", "unknown")
_WAITING: tuple[JobStatus, ...] = ("awaiting_approval", "pending")
SCOPES: tuple[HoldScope, ...] = get_args(HoldScope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Something that is halted, paused or cancelled."""

    scope: HoldScope
    """`all`, `store`, `calendar`, `channel`, `run` or `play`."""
    name: str
    """Its id; empty for all, `CALENDAR/PLAY` for a play, `RUN@CHANNEL` for one channel of a run."""
    reason: str
    """Why, in the words of who did it."""
    by: str
    """Who did it."""
    since: datetime
    """Since when."""
    cancelled: bool
    """Whether it was cancelled: what is left of it is stopped and does not go on."""
    over: bool = False
    """Whether it is of a run that is over: nothing of it is left that may still leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelledRun:
    """What of a run had left when it was cancelled, and what had not."""

    run_id: str
    """Run id."""
    stopped: int
    """Messages that were stopped now; their benefits are free again."""
    left: int
    """Messages that left: the channel took them."""
    may_have_left: int
    """Messages of which nobody knows: a person has to settle them."""
    on_the_way: int
    """Messages a worker is handing over just now; cancel again to see what became of them."""
    with_people: int
    """Items on the work lists of people."""
    never_left: int
    """Messages that failed or had been cancelled before."""


def halt(rt: Runtime, scope: HoldScope, name: str, *, reason: str, by: str) -> bool:
    """Stop something by name; False when it is stopped already. UsageError: there is no such thing."""
    _named(rt, scope, name)
    at = rt.clock()
    hold = Hold(scope=scope, name=name, reason=reason, by=by, since=at)
    new = rt.ledger.hold(hold, audit.halted(scope, name, reason, by, at))
    if new:
        what = f"{scope} {name}".strip()
        alert(rt.settings, "halt", (f"{what}, by {by}", f"{what}，由 {by} 叫停"))
    return new


def resume(rt: Runtime, scope: HoldScope, name: str, *, reason: str, by: str) -> None:
    """Let something go on. UsageError: it is not halted, or was cancelled for good."""
    known = [hold for hold in rt.ledger.holds() if hold.scope == scope]
    # After what it lets go on, whatever the clocks say: a server may be ahead of us.
    at = max([rt.clock(), *(hold.since + _NEXT for hold in known if hold.name == name)])
    if rt.ledger.lift(scope, name, audit.resumed(scope, name, reason, by, at)):
        return
    if any(hold.name == name and hold.final for hold in known):
        raise UsageError(
            (f"run {name} was cancelled and does not go on", f"运行 {name} 已取消，不能继续"),
            ("what was cancelled stays cancelled", "已取消的消息不会再发送"),
        )
    raise no_such("hold", f"{scope} {name}".strip(), (hold.name or "all" for hold in known), _SEE_HOLDS)


def keep_stopped(rt: Runtime, run_id: str, cancelled_at: datetime) -> bool:
    """A run that a person cancelled on the server is halted, whichever door it comes by; False: it was resumed since.

    The run need not be in the ledger yet: what it decides later waits as well.
    """
    if resumed_since(rt, run_id, cancelled_at):
        return False
    reason, at = in_language(ON_THE_SERVER, rt.settings.project.lang or "en"), max(rt.clock(), cancelled_at)
    hold = Hold(scope="run", name=run_id, reason=reason, by=_SERVER, since=at)
    if rt.ledger.hold(hold, audit.halted("run", run_id, reason, _SERVER, at)):
        alert(rt.settings, "halt", (f"run {run_id}: {ON_THE_SERVER[0]}", f"运行 {run_id}：{ON_THE_SERVER[1]}"))
    return True


def resumed_since(rt: Runtime, run_id: str, moment: datetime) -> bool:
    """Whether somebody let a run go on by its name after that moment."""
    return bool(rt.ledger.audit(audit.AuditFilter(subject=run_id, action="resume", since=moment)))


_SEE_HOLDS = ("promocal halt shows what is halted", "运行 promocal halt 可查看已叫停的内容")


def holds(rt: Runtime, *, over: bool = False) -> tuple[Held, ...]:
    """All that is halted, paused or cancelled, the oldest first; halts of runs that are over only where asked for.

    Those stand in the ledger for ever, so that a retry of the run sends nothing, but they keep nothing back any more.
    """
    found = rt.ledger.holds()
    done = _over(rt, {one.name.partition("@")[0] for one in found if one.scope == "run"})
    told = (
        Held(
            scope=one.scope, name=one.name, reason=one.reason, by=one.by, since=one.since, cancelled=one.final,
            over=one.scope == "run" and one.name.partition("@")[0] in done,
        )
        for one in found
    )  # fmt: skip
    return tuple(one for one in told if over or not one.over)


def _over(rt: Runtime, run_ids: Collection[str]) -> set[str]:
    """The runs of which nothing may leave any more: no message of theirs is open, and their occurrence has its end."""
    ends: dict[str, set[str]] = {name: set() for name in run_ids}
    for calendar in {name.partition(".")[0] for name in run_ids}:
        for row in rt.ledger.expected(calendar):
            if row.run_id in ends:
                ends[row.run_id].add(row.state)
    return {name for name in run_ids if not _may_send(rt, name) and _has_end(rt, name, ends[name])}


def _may_send(rt: Runtime, run_id: str) -> bool:
    return any(state in _OPEN for state in rt.ledger.open_jobs(run_id))


def _has_end(rt: Runtime, run_id: str, states: Collection[str]) -> bool:
    """Whether it came to its end; one that was started by hand at a moment of its own is not expected."""
    if states:
        return "due" not in states
    run = rt.ledger.run(run_id)
    return run is not None and run.status in ("finished", "skipped")


def cancel_run(rt: Runtime, run_id: str, *, reason: str, by: str) -> CancelledRun:
    """Stop for good what of a run has not left. To be repeated: later calls stop what came back meanwhile."""
    run = rt.find_run(run_id)
    at = rt.clock()
    hold = Hold(scope="run", name=run.run_id, reason=reason, by=by, since=at, final=True)
    # Nobody claims from here on; first this, then the messages.
    rt.ledger.hold(hold, audit.halted("run", run.run_id, reason, by, at))
    stopped = cancel_rest(rt, run_id, by=by)
    states: Counter[JobStatus] = Counter()
    for (_, _, _, status), count in rt.ledger.job_counts(run_id).items():
        states[status] += count
    return CancelledRun(
        run_id=run_id,
        stopped=stopped,
        left=states["sent"],
        may_have_left=states["unknown"],
        on_the_way=states["sending"],
        with_people=states["to_do"],
        never_left=states["failed"] + states["cancelled"] - stopped,
    )


def cancel_rest(rt: Runtime, run_id: str, *, by: str = "promocal") -> int:
    """Cancel what waits of a run that was cancelled; how many became cancelled. Nothing of any other run."""
    if not is_cancelled(rt, run_id):
        return 0
    before = _cancelled(rt, run_id)
    waiting = [job.intent_key for status in _WAITING for job in rt.ledger.jobs(run_id, status=status)]
    if waiting:
        rt.ledger.cancel(waiting, CANCELLED, rt.clock(), by=by)
    return _cancelled(rt, run_id) - before


def is_cancelled(rt: Runtime, run_id: str) -> bool:
    return any(hold.final and (hold.scope, hold.name) == ("run", run_id) for hold in rt.ledger.holds())


def _cancelled(rt: Runtime, run_id: str) -> int:
    return sum(count for key, count in rt.ledger.job_counts(run_id).items() if key[3] == "cancelled")


def lanes(rt: Runtime, loaded: LoadedCalendar, run: Run, worker: str) -> Callable[[str], Lane]:
    """Channel → the way of this worker to it, for one dispatch of a run."""
    limits = limits_of(rt.settings)

    def lane(channel: str) -> Lane:
        return GuardedLane(
            rt.ledger,
            channel,
            run.run_id,
            worker,
            limits.get(channel) or ChannelLimits(),
            loaded.timeline.timezone,
            _places(loaded, run, channel),
            _warning(rt),
        )

    return lane


def _warning(rt: Runtime) -> Warn:
    return lambda kind, said: alert(rt.settings, kind, said)


def _places(loaded: LoadedCalendar, run: Run, channel: str) -> tuple[Place, ...]:
    return (
        ("store", loaded.store.store),
        ("calendar", run.calendar),
        ("channel", channel),
        ("run", run.run_id),
        ("run", f"{run.run_id}@{channel}"),
    )


def paused(rt: Runtime, jobs: Sequence[Job]) -> Mapping[str, tuple[str, timedelta]]:
    """Intent key → why it waits and how long, of messages whose play is paused."""
    held = [hold for hold in rt.ledger.holds() if hold.scope == "play"]
    if not held:
        return {}
    return {
        job.intent_key: (PAUSED, _LOOK_AGAIN)
        for job in jobs
        if stands(held, ("play", f"{job.calendar}/{job.play}")) is not None
    }


def _named(rt: Runtime, scope: HoldScope, name: str) -> None:
    """UsageError: nothing of this kind has the name."""
    if scope == "all":
        if name:
            raise UsageError(
                ("all takes no name", "all 后面不写名称"),
                ("promocal halt all --by NAME", "promocal halt all --by 姓名"),
            )
    elif scope == "run":
        run_id, at, channel = name.partition("@")
        rt.find_run(run_id)
        if at and channel not in rt.settings.channels:
            raise no_such("channel", channel, rt.settings.channels)
    elif scope == "play":
        _named_play(rt, name)
    elif name not in (known := _names(rt, scope)):
        raise no_such(scope, name, known)


def _names(rt: Runtime, scope: HoldScope) -> list[str]:
    if scope == "channel":
        return sorted(rt.settings.channels)
    if scope == "calendar":
        return rt.calendar_ids()
    folder = rt.settings.root / rt.settings.project.stores
    return sorted(path.stem for path in folder.glob("*.yaml"))


def _named_play(rt: Runtime, name: str) -> None:
    calendar, slash, play = name.partition("/")
    if not slash:
        raise UsageError((f"{name!r} names no play", f"{name!r} 不是玩法"), ("write CALENDAR/PLAY", "请写成 日历/玩法"))
    if calendar not in rt.calendar_ids():
        raise no_such("calendar", calendar, rt.calendar_ids())
    known = [one.id for phase in rt.load_calendar(calendar).calendar.phases for one in phase.plays]
    if play not in known:
        raise no_such("play", play, dict.fromkeys(known))
