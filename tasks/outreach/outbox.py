"""The outbox for people: look at messages, write them down, send again, stop, or say what became of them.

What is chosen is chosen by filters; whatever is done to it is one transaction: all of it, or nothing. No text, name or
address is shown; ids of members are masked unless somebody asks for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.unknown import no_such
from campaign_calendars.values.masking import masked_id
from tasks.channels.answers import fit_outcomes, fit_reasons
from tasks.channels.port import Batch, LookingUp, Message
from tasks.outreach.refusals import keep_refusals
from tasks.runtime import Runtime
from tasks.sheets import Sheet, write_csv
from warehouse.ledger.records import Job, JobStatus, Outcome

if TYPE_CHECKING:
    from warehouse.snapshots.recipients import Recipient

STATES: tuple[JobStatus, ...] = get_args(JobStatus)
Answer = Literal["sent", "failed"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
_SHORTEST_KEY = 6
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which messages: those that fit everything that is given. `job` is a message's key, or its beginning."""

    run: str | None = None
    calendar: str | None = None
    play: str | None = None
    channel: str | None = None
    status: JobStatus | None = None
    reason: str | None = None
    member: str | None = None
    since: datetime | None = None
    job: str | None = None

    def takes(self, job: Job) -> bool:
        """Whether a message is wanted; `reason` is a part of what stands with it, whatever the case."""
        return (
            self.calendar in (None, job.calendar)
            and self.play in (None, job.play)
            and self.channel in (None, job.channel)
            and (self.reason is None or self.reason.lower() in (job.error or "").lower())
            and (self.since is None or job.occurrence_at >= self.since)
            and (self.job is None or job.intent_key.startswith(self.job))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """One message of the outbox; never its text."""

    id: str
    """Its key; the first 12 characters are enough for commands."""
    run: str
    """Run id."""
    play: str
    """Play id."""
    channel: str
    """Channel."""
    member: str
    """Member id, masked unless it was asked for."""
    status: JobStatus
    """State."""
    reason: str
    """Why it is in this state, or waits; may be empty."""
    attempts: int
    """How often a worker took it."""
    occurrence_at: datetime
    """The planned moment."""
    not_before: datetime | None
    """It waits until then."""
    expires_at: datetime | None
    """From then on it may leave no more."""
    sent_at: datetime | None
    """When it left."""
    receipt: str
    """What the provider calls it; may be empty."""
    in_doubt: bool
    """Whether an earlier attempt may have arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxGroup:
    """Messages that are alike."""

    run: str
    """Run id."""
    play: str
    """Play id."""
    channel: str
    """Channel."""
    status: JobStatus
    """State."""
    reason: str
    """Why, as it stands with them; may be empty."""
    messages: int
    """How many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxPage:
    """What the filters chose."""

    messages: int
    """How many messages."""
    groups: tuple[OutboxGroup, ...]
    """Counted by run, play, channel, state and reason."""
    shown: tuple[OutboxMessage, ...]
    """The first of them, as many as were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What providers said about messages with an unknown outcome."""

    asked: int
    """Messages that were asked about."""
    sent: int
    """Those that left, says the provider."""
    failed: int
    """Those that certainly did not."""
    open: int
    """Those it does not say anything certain about; a person settles them."""
    not_asked: Mapping[str, int]
    """Channels that cannot be asked → messages."""


def chosen(rt: Runtime, wanted: Wanted) -> Iterator[Job]:
    """The messages the filters choose, in the order of their enqueue. UsageError: a filter names nothing there is."""
    _named(rt, wanted)
    members = None if wanted.member is None else {wanted.member}
    return filter(wanted.takes, rt.ledger.jobs(wanted.run, status=wanted.status, members=members))


def page(rt: Runtime, wanted: Wanted, *, limit: int, plain: bool) -> OutboxPage:
    """Counts of what the filters choose, and the first `limit` of it."""
    counts: Counter[tuple[str, str, str, JobStatus, str]] = Counter()
    shown: list[OutboxMessage] = []
    for job in chosen(rt, wanted):
        counts[job.run_id, job.play, job.channel, job.status, job.error or ""] += 1
        if len(shown) < limit:
            shown.append(_message(job, plain=plain))
    groups = tuple(
        OutboxGroup(run=run, play=play, channel=channel, status=status, reason=reason, messages=count)
        for (run, play, channel, status, reason), count in sorted(counts.items())
    )
    return OutboxPage(messages=counts.total(), groups=groups, shown=tuple(shown))


def export(rt: Runtime, wanted: Wanted, path: Path, *, plain: bool) -> int:
    """Write what the filters choose as CSV or JSON, by the name of the file; returns how many messages."""
    found = [_message(job, plain=plain) for job in chosen(rt, wanted)]
    if path.suffix == ".json":
        from campaign_calendars.values.json import to_json

        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(to_json(found) + "\n", "utf-8")
        partial.replace(path)
    elif path.suffix == ".csv":
        head = tuple(each.name for each in fields(OutboxMessage))
        rows = tuple(tuple(_cell(getattr(one, name)) for name in head) for one in found)
        write_csv(path, Sheet("outbox", head, rows))
    else:
        raise UsageError(
            (f"{path.name}: the outbox is written as CSV or JSON", f"{path.name}：只能写成 CSV 或 JSON"),
            ("name a file that ends in .csv or .json", "文件名请以 .csv 或 .json 结尾"),
        )
    return len(found)


def retry(rt: Runtime, wanted: Wanted, *, by: str) -> tuple[int, int]:
    """Send again: unknown messages become pending, those that were put off are due at once. (again, due now)"""
    found = list(chosen(rt, wanted))
    unknown = [job.intent_key for job in found if job.status == "unknown"]
    put_off = [job.intent_key for job in found if job.status == "pending" and job.not_before is not None]
    if not unknown and not put_off:
        raise _nothing(("unknown", "pending"))
    if unknown:
        rt.ledger.settle(unknown, "pending", by, rt.clock())
    return len(unknown), rt.ledger.hasten(put_off) if put_off else 0


def cancel(rt: Runtime, wanted: Wanted, *, reason: str, by: str) -> int:
    """Stop what has not left of the chosen messages; what was reserved for them is free again."""
    waiting = [job.intent_key for job in chosen(rt, wanted) if job.status in ("pending", "awaiting_approval")]
    if not waiting:
        raise _nothing(("pending", "awaiting_approval"))
    return rt.ledger.cancel(waiting, reason, rt.clock(), by=by)


def settle(rt: Runtime, wanted: Wanted, answer: Answer, *, by: str) -> list[Job]:
    """Say what became of the chosen messages with an unknown outcome, of all of them or of none."""
    unknown = [job.intent_key for job in chosen(rt, wanted) if job.status == "unknown"]
    if not unknown:
        raise _nothing(("unknown",))
    return rt.ledger.settle(unknown, answer, by, rt.clock())


def look_up(rt: Runtime, wanted: Wanted) -> LookedUp:
    """Ask the providers what became of the chosen messages with an unknown outcome, and of those that wait for a
    person there, and write down what is certain."""
    unknown = sorted((job for job in chosen(rt, wanted) if _may_be_known(rt, job)), key=_batch_of)
    if not unknown:
        raise _nothing(("unknown",))
    counts: Counter[str] = Counter()
    not_asked: Counter[str] = Counter()
    for (_, channel, *_), group in groupby(unknown, key=_batch_of):
        jobs, way = list(group), rt.channels.get(channel)
        if not isinstance(way, LookingUp):
            not_asked[channel] += len(jobs)
            continue
        for start in range(0, len(jobs), _AT_ONCE):
            part = jobs[start : start + _AT_ONCE]
            certain = _ask(rt, way, part)
            _keep(rt, channel, part, certain)
            counts.update(outcome.status for outcome in certain)
            counts["asked"] += len(part)
    return LookedUp(
        asked=counts["asked"],
        sent=counts["sent"],
        failed=counts["failed"],
        open=counts["asked"] - counts["sent"] - counts["failed"],
        not_asked=dict(sorted(not_asked.items())),
    )


def _ask(rt: Runtime, way: LookingUp, jobs: Sequence[Job]) -> list[Outcome]:
    """The certain ones of what a provider says; addresses are those of the newest snapshot."""
    people = _people(rt, {job.member_id for job in jobs}, jobs[0].channel)
    messages = [
        Message(job.intent_key, job.member_id, "", job.benefit, to.address if to else None, receipt=job.receipt)
        for job in jobs
        for to in [people.get(job.member_id)]
    ]
    first = jobs[0]
    batch = Batch(first.run_id, first.calendar, first.phase, first.play, first.channel, tuple(messages))
    outcomes = fit_outcomes(batch, way.look_up(batch), honours_key=False)
    certain = [outcome for outcome in outcomes if outcome.status in ("sent", "failed")]
    keep_refusals(rt.ledger, batch, certain, rt.clock())
    return certain


def _may_be_known(rt: Runtime, job: Job) -> bool:
    """Unknown messages, and those that a person of the provider's side confirms: not the items of work lists."""
    if job.status == "to_do":
        return isinstance(rt.channels.get(job.channel), LookingUp) and not (job.receipt or ".csv").endswith(".csv")
    return job.status == "unknown"


def _keep(rt: Runtime, channel: str, jobs: Sequence[Job], certain: Sequence[Outcome]) -> None:
    """Write down what is certain; a message that waited for a person is settled by what the provider says of him."""
    waiting = {job.intent_key for job in jobs if job.status == "to_do"}
    rt.ledger.record(fit_reasons([one for one in certain if one.intent_key not in waiting]), rt.clock())
    for status in ANSWERS:
        keys = [one.intent_key for one in certain if one.intent_key in waiting and one.status == status]
        if keys:
            rt.ledger.settle(keys, status, f"provider of {channel}", rt.clock())


def _people(rt: Runtime, members: Collection[str], channel: str) -> Mapping[str, Recipient]:
    from warehouse.snapshots.recipients import RecipientDesk

    warehouse = rt.settings.warehouse
    with RecipientDesk(
        rt.current_snapshot(), at=rt.clock(), threads=warehouse.threads, memory_limit=warehouse.memory_limit
    ) as desk:
        return desk.lookup(sorted(members), channel)


def _batch_of(job: Job) -> tuple[str, ...]:
    return job.run_id, job.channel, job.calendar, job.phase, job.play


def _message(job: Job, *, plain: bool) -> OutboxMessage:
    return OutboxMessage(
        id=job.intent_key,
        run=job.run_id,
        play=job.play,
        channel=job.channel,
        member=job.member_id if plain else masked_id(job.member_id),
        status=job.status,
        reason=job.error or "",
        attempts=job.attempts,
        occurrence_at=job.occurrence_at,
        not_before=job.not_before,
        expires_at=job.expires_at,
        sent_at=job.sent_at,
        receipt=job.receipt or "",
        in_doubt=job.in_doubt,
    )


def _cell(value: object) -> str | int | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return (
        value if isinstance(value, str | int) and not isinstance(value, bool) else str(value).lower() if value else ""
    )


def _named(rt: Runtime, wanted: Wanted) -> None:
    if wanted.run is not None:
        rt.find_run(wanted.run)
    runs = rt.ledger.runs()
    known = {run.calendar for run in runs} | set(rt.calendar_ids())
    if wanted.calendar is not None and wanted.calendar not in known:
        raise no_such("calendar", wanted.calendar, sorted(known))
    if wanted.channel is not None and wanted.channel not in (channels := _channels(rt)):
        raise no_such("channel", wanted.channel, channels)
    if wanted.job is not None and len(wanted.job) < _SHORTEST_KEY:
        raise UsageError(
            (f"{wanted.job!r} is too short to mean one message", f"{wanted.job!r} 太短，无法确定是哪条消息"),
            (f"write at least {_SHORTEST_KEY} characters of its id", f"请写出其 id 的至少 {_SHORTEST_KEY} 个字符"),
        )


def _channels(rt: Runtime) -> list[str]:
    """Those of the settings, and those that messages went to before."""
    return sorted({*rt.settings.channels, *(key[2] for key in rt.ledger.job_counts())})


def _nothing(states: Sequence[JobStatus]) -> UsageError:
    names = ", ".join(states)
    return UsageError(
        (f"none of the chosen messages is in state {names}", f"所选消息中没有状态为 {names} 的"),
        ("promocal outbox shows what there is", "运行 promocal outbox 可查看现有消息"),
    )
