"""Outbox → channels: claim, gate once more, render, send, record.

The claim is committed before anything leaves, the hand-over right before the first byte and the outcome
after, so a crash leaves jobs in `sending` for `recover`: free again if they were not handed over; of the
others back to pending where the channel honours our key, `unknown` for a person elsewhere. Nothing goes out
twice unseen, nothing is lost (docs/delivery.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from campaign_calendars.findings.errors import (
    ChannelBusyError,
    ChannelError,
    LedgerAwayError,
    PromocalError,
    UsageError,
)
from campaign_calendars.messages.material import Attached
from tasks.calendars.rendering import MessageError, RenderMessage
from tasks.channels.answers import BUSY_WAIT, doubtful, fit_outcomes, fit_reasons
from tasks.channels.port import Batch, ChannelPort, Masking, Message, all_as, kept_open
from tasks.channels.privacy import safe_error, starred
from tasks.channels.private_words import PrivateWords
from tasks.outreach.counting import DispatchCounts, JobCounts, counts_between, totals_of
from tasks.outreach.lanes import Admission, Lane, OpenLane
from tasks.outreach.leases import renewed
from tasks.outreach.refusals import keep_refusals
from warehouse.features.numbers import number_subjects
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Job, Outcome, Recovered
from warehouse.shelf.room import is_full, no_room
from warehouse.snapshots.recipients import Recipient

RecipientLookup = Callable[[Sequence[str], str], Mapping[str, Recipient]]
"""(member ids, channel) → the recipients that the newest snapshot knows."""
GroupLookup = Callable[[Sequence[Job]], Mapping[str, Recipient]]
"""Jobs about to leave → intent key → the group, of those that are posts in one; members are looked up by themselves."""
QuietUntil = Callable[[str, datetime], "datetime | None"]
"""(channel, moment) → when its quiet hours end, None outside them."""
Recheck = Callable[[Sequence[Job]], Mapping[str, str]]
"""Jobs about to leave → intent key → why it must not (B9: who bought in the meantime)."""
Waits = Callable[[Sequence[Job], datetime], Mapping[str, tuple[str, timedelta]]]
"""(jobs about to leave, moment) → intent key → why it waits, and how long (A1#27)."""

Attach = Callable[[Job, Recipient], tuple[Attached, ...]]
"""What goes along with the text of a job."""
CostOf = Callable[[str, str], int]
"""(channel, text as it leaves) → cents."""

_Ready = tuple[Job, Recipient]

LEASE = timedelta(minutes=15)
# One claim of a channel without a batch size; a play that is larger leaves in several files.
_CLAIM = 50_000
AHEAD = 50_000
"""Members looked up at once."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What is looked at once more right before a message leaves, besides the ledger's own records."""

    quiet_until: QuietUntil = field(default=lambda _channel, _at: None)
    recheck: Recheck = field(default=lambda _jobs: {})
    waits: Waits = field(default=lambda _jobs, _at: {})
    supply: Recheck = field(default=lambda _jobs: {})
    """Asked last: what gets nothing, or waits, for another reason takes nothing of what there is too little of."""
    lane: Callable[[str], Lane] = field(default=lambda _channel: OpenLane())


def dispatch(
    ledger: Ledger,
    channels: Mapping[str, ChannelPort],
    recipients: RecipientLookup,
    render: RenderMessage,
    *,
    run_id: str,
    now: Callable[[], datetime],
    worker: str,
    gate: Gate | None = None,
    lease: timedelta = LEASE,
    people: Mapping[str, ChannelPort] | None = None,
    attach: Attach = lambda _job, _to: (),
    groups: GroupLookup = lambda _jobs: {},
    cost_of: CostOf = lambda _channel, _text: 0,
) -> DispatchCounts:
    """Send what is pending and due of one run; calling it again continues where it stopped.

    `people` gives the work-list to which a play of the human lane goes instead of its channel: its
    jobs are then to do, until a person settles them. `cost_of` is kept with each job that is handed over.

    A job is cancelled when it expired, its member is suppressed, withdrew consent, left, has no
    address or is not in the group any more; it stays pending, with the reason, during quiet hours, while a measure
    of the platform closes its channel and while a channel is busy.
    Raises UsageError before anything is claimed if a channel of the run is not configured;
    ChannelError after the other channels were served if one cannot be used at all.
    """
    counted = ledger.job_counts(run_id)
    _refuse_unconfigured(counted, channels, run_id)
    if recover(ledger, channels, at=now(), lease=lease) != Recovered(0, 0, 0):
        counted = ledger.job_counts(run_id)
    busy: list[str] = []
    broken: ChannelError | None = None
    gate = gate or Gate()
    alike = (run_id, now, worker, gate, people or {}, attach, groups)
    with renewed(ledger, worker, now, lease):
        for name in sorted(channels):
            try:
                with kept_open(channels[name]) as way:
                    desk = _Desk(ledger, way, recipients, render, *alike, gate.lane(name), cost_of)
                    if not desk.serve():
                        busy.append(name)
            except ChannelError as error:
                broken = broken or error
            finally:
                with suppress(LedgerAwayError):  # who finds it away has said so, or will
                    ledger.make_lasting()
    if broken is not None:
        raise broken
    return counts_between(totals_of(counted), totals_of(ledger.job_counts(run_id)), busy)


def recover(
    ledger: Ledger, channels: Mapping[str, ChannelPort], *, at: datetime, lease: timedelta = LEASE
) -> Recovered:
    """Take back what dead workers left in `sending` on these channels."""
    resend = {name for name, channel in channels.items() if channel.honours_key}
    return ledger.recover(at, lease, resend, channels=set(channels))


def _refuse_unconfigured(counted: JobCounts, channels: Mapping[str, ChannelPort], run_id: str) -> None:
    waiting = {key[2] for key in counted if key[3] in ("pending", "sending", "awaiting_approval")}
    missing = sorted(waiting - set(channels))
    if missing:
        raise UsageError(
            (
                f"run {run_id} has messages for {', '.join(missing)}, which no channel of the settings serves",
                f"运行 {run_id} 有发往 {', '.join(missing)} 的消息，但设置中没有这些渠道",
            ),
            (
                f"Add [channels.{missing[0]}] to promocal.toml; nothing was sent.",
                f"请在 promocal.toml 中添加 [channels.{missing[0]}]；没有发送任何内容。",
            ),
        )


@dataclass(frozen=True, slots=True)
class _Desk:
    """One channel's share of one dispatch."""

    ledger: Ledger
    channel: ChannelPort
    recipients: RecipientLookup
    render: RenderMessage
    run_id: str
    now: Callable[[], datetime]
    worker: str
    gate: Gate
    work_lists: Mapping[str, ChannelPort]
    attach: Attach
    groups: GroupLookup
    lane: Lane
    cost_of: CostOf
    people: dict[str, Recipient | None] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)
    """Of the claim at hand: what was neither handed over nor recorded."""

    def serve(self) -> bool:
        """Everything that is due; False if the channel asked us to come back later."""
        while True:
            at = self.now()
            quiet_until = self.gate.quiet_until(self.channel.name, at)
            if quiet_until is not None:
                reason = f"quiet hours until {quiet_until.isoformat(timespec='minutes')}"
                self.ledger.defer(self.run_id, self.channel.name, quiet_until, reason, at)
                return True
            admitted = self.lane.admit(self.channel.batch_size or _CLAIM, at)
            if admitted.seconds:
                self.lane.wait(admitted.seconds)
            elif not admitted.jobs:
                return self._put_off(admitted, at)
            elif (well := self._serve_admitted(admitted, at)) is not None:
                return well

    def _put_off(self, admitted: Admission, at: datetime) -> bool:
        if admitted.until is not None:
            self.ledger.defer(self.run_id, self.channel.name, admitted.until, admitted.reason, at)
        return not admitted.busy

    def _serve_admitted(self, admitted: Admission, at: datetime) -> bool | None:
        """None when there may be more to serve; else whether all went well."""
        try:
            jobs = self.ledger.claim(self.run_id, self.channel.name, admitted.jobs, self.worker, at)
            if not jobs:
                return True
            return None if self._serve_claim(jobs, at) else False
        finally:
            self.lane.left(admitted)

    def _serve_claim(self, jobs: Sequence[Job], at: datetime) -> bool:
        """What is left of the claim goes back, whatever ends it: only what was handed over can be in doubt."""
        self.claimed.clear()
        self.claimed.update(job.intent_key for job in jobs)
        try:
            going_well = self._serve_jobs(jobs, at)
        except BaseException as error:
            with suppress(Exception):  # where the ledger itself is away, the lease gives them back
                self._give_back(f"the dispatch ended before it was sent ({type(error).__name__})")
            raise
        halted = self.lane.halted()
        self._give_back(halted or "the channel is busy")
        return going_well or bool(halted)

    def _give_back(self, reason: str) -> None:
        self._record([Outcome(key, "pending", error=reason) for key in sorted(self.claimed)])

    def _serve_jobs(self, jobs: Sequence[Job], at: datetime) -> bool:
        held = dict(self._held(jobs, at))
        free = self._not_waiting([job for job in jobs if job.intent_key not in held], at)
        groups = self.groups(free)
        self._look_up([job.member_id for job in free if job.intent_key not in groups], at)
        ready: list[_Ready] = []
        for job in free:
            recipient = groups.get(job.intent_key) or self.people[job.member_id]
            if recipient is None:
                held[job.intent_key] = "not in the newest snapshot"
            elif reason := self._unreachable(recipient):
                held[job.intent_key] = reason
            else:
                ready.append((job, recipient))
        refused = self._refused_numbers(ready)
        held |= dict.fromkeys(refused, "suppressed")
        held |= self.gate.supply([job for job, _ in ready if job.intent_key not in refused])
        ready = [entry for entry in ready if entry[0].intent_key not in held]
        self._record([Outcome(key, "cancelled", error=reason) for key, reason in held.items()])
        plays = groupby(sorted(ready, key=_play), key=_play)
        return all(not self.lane.halted() and self._send(list(play)) for _, play in plays)

    def _held(self, jobs: Sequence[Job], at: datetime) -> Iterator[tuple[str, str]]:
        """(intent key, reason) of the jobs that must not leave any more."""
        suppressed = self.ledger.suppressed(self.channel.name, {job.member_id for job in jobs})
        rechecked = self.gate.recheck(jobs)
        for job in jobs:
            if job.expires_at is not None and job.expires_at <= at:
                yield job.intent_key, "expired"
            elif job.member_id in suppressed:
                yield job.intent_key, "suppressed"
            elif job.intent_key in rechecked:
                yield job.intent_key, rechecked[job.intent_key]

    def _not_waiting(self, jobs: list[Job], at: datetime) -> list[Job]:
        """The jobs that wait for nothing; the others are pending again, with the reason."""
        waits = self.gate.waits(jobs, at)
        self._record([Outcome(key, "pending", error=why, retry_after=wait) for key, (why, wait) in waits.items()])
        return [job for job in jobs if job.intent_key not in waits]

    def _refused_numbers(self, ready: Sequence[_Ready]) -> set[str]:
        """Intent keys of the messages to a number for which contact was refused, whoever has it."""
        if not self.ledger.refuses_numbers():
            return set()
        subjects = {job.intent_key: set(number_subjects(recipient.address or "")) for job, recipient in ready}
        refused = self.ledger.suppressed(self.channel.name, {one for of_job in subjects.values() for one in of_job})
        return {key for key, of_job in subjects.items() if of_job & refused}

    def _unreachable(self, recipient: Recipient) -> str | None:
        if recipient.consent_withdrawn:
            return "consent withdrawn"
        if recipient.unbound:
            return "not in the group or not bound to the assistant any more"
        if self.channel.needs_address and not recipient.address:
            return "no number that can be dialled" if recipient.undialable else "no address on this channel"
        return None

    def _look_up(self, members: Sequence[str], at: datetime) -> None:
        """Look up these members, and with them those of the next claims.

        One look-up in a snapshot of a million members costs the same for hundreds as for many
        thousands; the snapshot does not change while we send, so looking ahead loses nothing.
        """
        if all(member in self.people for member in members):
            return
        ahead = self.ledger.due_members(self.run_id, self.channel.name, AHEAD, at)
        asked = list(dict.fromkeys([*members, *ahead]))
        found = self.recipients(asked, self.channel.name)
        self.people.clear()
        self.people.update((member, found.get(member)) for member in asked)

    def _send(self, ready: Sequence[_Ready]) -> bool:
        """One batch; False if the channel took nothing of it and should be left alone for now."""
        messages = self._still_held(self._render(ready))
        if not messages:
            return True
        first = ready[0][0]
        batch = Batch(self.run_id, first.calendar, first.phase, first.play, self.channel.name, tuple(messages))
        try:
            answer = self._hand_over(batch)
        except ChannelBusyError as error:
            answer = all_as(messages, Outcome("", "pending", error=error.message, retry_after=BUSY_WAIT))
        except ChannelError as error:
            # Nothing of the batch left; its jobs are free again before the run fails.
            reason = PrivateWords(messages).out_of(error.message)
            self._record(all_as(messages, Outcome("", "pending", error=reason)))
            raise
        except BaseException as error:
            self._leave_in_doubt(batch, error)
            if isinstance(error, PromocalError) or not isinstance(error, Exception):
                raise
            raise _broken(self.channel.name, error) from error
        outcomes = self._fit(batch, answer)
        self._record(outcomes)
        keep_refusals(self.ledger, batch, outcomes, self.now())
        going_well = any(outcome.status != "pending" for outcome in outcomes)
        return (self._way(batch.play) is not self.channel or self.lane.told(outcomes, self.now())) and going_well

    def _hand_over(self, batch: Batch) -> list[Outcome]:
        """To the channel; for plays of the human lane to the people who will do it."""
        self.claimed.difference_update(message.intent_key for message in batch.messages)
        way = self._way(batch.play)
        if way is self.channel:
            self.lane.handing(len(batch.messages))
        return way.send(batch)

    def _fit(self, batch: Batch, answer: object) -> list[Outcome]:
        way = self._way(batch.play)
        outcomes = fit_outcomes(batch, answer, honours_key=way.honours_key)
        if way is self.channel:
            return outcomes
        return [replace(outcome, status="to_do") if outcome.status == "sent" else outcome for outcome in outcomes]

    def _leave_in_doubt(self, batch: Batch, error: BaseException) -> None:
        """A channel that broke while it sent: what it had of the batch may have arrived."""
        honours_key = self._way(batch.play).honours_key
        reason = f"the channel broke while it sent ({type(error).__name__})"
        outcomes = [doubtful(message.intent_key, reason, honours_key) for message in batch.messages]
        with suppress(Exception):  # where the ledger is away, too, `recover` says the same after the lease
            self._record(outcomes)
            self.lane.told(outcomes, self.now())

    def _way(self, play: str) -> ChannelPort:
        return self.work_lists.get(play, self.channel)

    def _render(self, ready: Sequence[_Ready]) -> list[Message]:
        """The messages of one play; a job whose text cannot be rendered is recorded here and left out."""
        way = self._way(ready[0][0].play)
        masked = isinstance(way, Masking) and way.masked
        messages: list[Message] = []
        unfit: list[Outcome] = []
        for job, to in ready:
            try:
                text = self.render(job, starred(to) if masked else to)
            except MessageError as error:
                # What may have arrived already has not failed, whatever its template says now.
                unfit.append(Outcome(job.intent_key, "unknown" if job.in_doubt else "failed", error=str(error)))
            else:
                messages.append(self._message(job, to, text))
        self._record(unfit)
        return messages

    def _still_held(self, messages: Sequence[Message]) -> list[Message]:
        """Those this worker has not lost, marked as handed over: from here on they may be in doubt."""
        if not messages:
            return []
        costs = {message.intent_key: self.cost_of(self.channel.name, message.text) for message in messages}
        held = self.ledger.hand_over(costs, self.worker, self.now())
        return [message for message in messages if message.intent_key in held]

    def _message(self, job: Job, to: Recipient, text: str) -> Message:
        along = self.attach(job, to)
        return Message(job.intent_key, job.member_id, text, job.benefit, to.address, to.name, along, job.in_doubt)

    def _record(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            # The next hand-over, or the end of the dispatch, makes it last: a power cut until then leaves it as handed
            # over, which is what it would be had the power failed while we waited for the answer.
            self.ledger.record(fit_reasons(outcomes), self.now(), worker=self.worker, lasting=False)
            self.claimed.difference_update(outcome.intent_key for outcome in outcomes)


def _broken(channel: str, error: Exception) -> ChannelError:
    """A bug of its code, a full disk: nobody knows what has left."""
    if is_full(error):
        (told, zh), remedy = no_room(error).said, no_room(error).remedy_said
        return ChannelError((f"channel {channel}: {told}", f"渠道 {channel}：{zh}"), remedy)
    said = f"{type(error).__name__} {safe_error(str(error))}".strip()
    return ChannelError(
        (f"channel {channel} failed: {said}", f"渠道 {channel} 出错：{said}"),
        ("tell the makers of its kind", "请告知该渠道类型的作者"),
    )


def _play(ready: _Ready) -> str:
    return ready[0].play
