"""Work for people: the lists of the human lane, what is open on them, and what came of it (A1#16).

A job of a play with `lane: human` is decided, capped and counted like any message. It is handed over
as a file `outbox/<run>/<channel>/<play>.csv` with the reason and the due time, and stays `to_do` in the
ledger until somebody says what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.unknown import no_such
from campaign_calendars.messages.templates import names_of
from campaign_calendars.model.unfolding import StepPlay
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import utc
from campaign_calendars.values.scalars import NO_TEXT, Text
from tasks.calendars.messages import check_messages
from tasks.calendars.rendering import MessageError, Renderer
from tasks.channels.file import FileChannel
from tasks.channels.port import Message
from tasks.deciding.decisions import rows_of
from tasks.outreach.own_figures import own_figures
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.ledger.records import Job, JobStatus, Run

Answer = Literal["done", "unreachable", "skip"]
ANSWERS: Mapping[Answer, JobStatus] = {"done": "sent", "unreachable": "failed", "skip": "cancelled"}
_SHORTEST_ID = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One item on a work list: a member to whom a person does what a play says."""

    id: str
    """Id of the item; its beginning is enough to settle it."""
    state: str
    """`open`, what came of it (`done`, `unreachable`, `skip`), or the state of its message before that."""
    run_id: str
    """Run id."""
    play: str
    """Play id."""
    member_id: str
    """Member id."""
    channel: str
    """Channel on which the person reaches the member."""
    benefit: str | None
    """Benefit the member gets."""
    event: str
    """Event that brought the member in; empty: none."""
    event_at: datetime | None
    """Its moment, in the calendar's time zone."""
    due_at: datetime | None
    """Until when, in the calendar's time zone."""
    owner: Text
    """Who has to do it, in both languages; empty: the calendar does not say."""
    words: str
    """What to say, with the name starred; empty where there is no template."""


def work_lists(rt: Runtime, loaded: LoadedCalendar, run: Run) -> dict[str, FileChannel]:
    """The list of each human play of the run's phase; names and addresses starred unless the channel says otherwise."""
    phase = next(phase for phase in loaded.calendar.phases if phase.id == run.phase)
    human = {play.id: play.channels for play in phase.plays if play.lane == "human"}
    if not human:
        return {}
    about = {item.id: item for item in _items(rt, loaded, run, set(human), lambda _: "")}

    def cells(message: Message) -> tuple[str, ...]:
        item = about.get(message.intent_key)
        return (
            (item.event, _wall(item.event_at), _wall(item.due_at), item.owner.get("zh")) if item else ("", "", "", "")
        )

    return {
        play: FileChannel(
            channels[0] if channels else play,
            rt.settings.state / "outbox",
            masked=rt.settings.channels.get(channels[0], {}).get("personal_data") != "plain" if channels else True,
            more=("event", "event_at", "due_at", "owner"),
            cells_of=cells,
        )
        for play, channels in human.items()
    }


def work(rt: Runtime, name: str, *, settled: bool = False) -> list[WorkItem]:
    """Open items of a run or of a calendar, oldest first; with `settled` also those somebody has settled.

    Members are named by their id only; `words` is what to say, with the name starred.
    """
    found = rt.ledger.run(name)
    runs = [found] if found is not None else rt.ledger.runs(name)
    if not runs and name not in rt.calendar_ids():
        known = {*rt.calendar_ids(), *(part for run in rt.ledger.runs() for part in (run.run_id, run.calendar))}
        raise no_such("run or calendar", name, known, ("see: promocal status", "见：promocal status"))
    items: list[WorkItem] = []
    for run in runs:
        loaded = rt.load_calendar(run.calendar)
        human = {
            play.id
            for phase in loaded.calendar.phases
            if phase.id == run.phase
            for play in phase.plays
            if play.lane == "human"
        }
        items += _items(rt, loaded, run, human, _words(rt, loaded, run)) if human else []
    return [item for item in items if item.state == "open" or (settled and item.state in ANSWERS)]


def settle_work(rt: Runtime, item_id: str, answer: Answer, by: str) -> Job:
    """Say what came of one open item, by its id or the beginning of it. UsageError when it is not open.

    One that was settled otherwise is corrected by a sheet (`work_sheets.read_sheet`).
    """
    if len(item_id) < _SHORTEST_ID:
        raise UsageError(
            (f"{item_id!r} is too short for the id of an item", f"{item_id!r} 太短，不足以确定待办编号"),
            ("see: promocal worklist", "见：promocal worklist"),
        )
    found = [job.intent_key for job in rt.ledger.jobs(status="to_do") if job.intent_key.startswith(item_id)]
    if len(found) != 1:
        raise UsageError(
            (f"there is no open item {item_id}", f"没有未完成的待办 {item_id}"),
            ("see: promocal worklist", "见：promocal worklist"),
        )
    (job,) = rt.ledger.settle(found, ANSWERS[answer], by, rt.clock())
    return job


def _words(rt: Runtime, loaded: LoadedCalendar, run: Run) -> Callable[[Job], str]:
    """The suggested words of a job; empty where its template cannot be rendered (any more)."""
    from warehouse.snapshots.recipients import Recipient

    sources, _ = check_messages(loaded.calendar, rt.settings.root)
    today = rt.clock().astimezone(loaded.timeline.timezone).date()
    told = {(phase.id, play.id): tuple(play.announces) for phase in loaded.calendar.phases for play in phase.plays}
    own = own_figures(rt, loaded, run, sources.values(), code=lambda _job: "****")
    names = names_of(loaded.calendar, loaded.store, timeline=loaded.timeline)
    render = Renderer(sources, names, today=today, announced=told, own=own)

    def words(job: Job) -> str:
        try:
            return render(job, Recipient(job.member_id, name="***")).strip()
        except MessageError:
            return ""

    return words


def _items(
    rt: Runtime, loaded: LoadedCalendar, run: Run, plays: set[str], words: Callable[[Job], str]
) -> Iterator[WorkItem]:
    from warehouse.decision.files import causes

    rows = rows_of(rt, run)
    events = causes(rows) if rows is not None else {}
    owners = {
        play.id: play.owner
        for phase in loaded.calendar.phases
        if phase.id == run.phase
        for play in phase.plays
        if isinstance(play, StepPlay)
    }
    for job in rt.ledger.jobs(run.run_id):
        if job.play not in plays:
            continue
        event, at = events.get((job.play, job.member_id), ("", None))
        due, zone = _due(loaded, job, at), loaded.timeline.timezone
        yield WorkItem(
            id=job.intent_key,
            state=_state(job.status),
            run_id=run.run_id,
            play=job.play,
            member_id=job.member_id,
            channel=job.channel,
            benefit=job.benefit,
            event=event,
            event_at=at.astimezone(zone) if at is not None else None,
            due_at=due.astimezone(zone) if due is not None else None,
            owner=owners.get(job.play, NO_TEXT),
            words=words(job),
        )


def _state(status: JobStatus) -> str:
    known = {"to_do": "open", **{status: answer for answer, status in ANSWERS.items()}}
    return known.get(status, status)


def _due(loaded: LoadedCalendar, job: Job, event_at: datetime | None) -> datetime | None:
    """While the event is fresh, the phase's end at the latest."""
    play = next(play for p in loaded.calendar.phases if p.id == job.phase for play in p.plays if play.id == job.play)
    within = play.trigger.within if play.trigger is not None else timedelta()
    ends = [end for end in (job.expires_at, event_at + within if event_at is not None else None) if end is not None]
    return min(ends, key=utc, default=None)


def _wall(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else ""
