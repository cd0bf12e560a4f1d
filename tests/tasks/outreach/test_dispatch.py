from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.findings.errors import ChannelBusyError, ChannelError, UsageError
from tasks.calendars.rendering import MessageError, RenderMessage
from tasks.channels.file import FileChannel
from tasks.channels.port import Batch, ChannelPort
from tasks.outreach.counting import DispatchCounts
from tasks.outreach.dispatch import Gate, dispatch
from warehouse.features.numbers import number_subjects
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, Outcome, Run, Suppression
from warehouse.snapshots.recipients import Recipient

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
RUN = Run("r", "c", "burst", T0, "s", "d", "started", RunSummary(), T0)


@dataclass
class Recorder:
    """A channel that remembers its batches and answers as told."""

    name: str = "sms"
    honours_key: bool = False
    batch_size: int | None = None
    needs_address: bool = False
    answers: list[str | Exception] = field(default_factory=list)  # one per batch, then "sent"
    batches: list[Batch] = field(default_factory=list)

    def send(self, batch: Batch) -> list[Outcome]:
        self.batches.append(batch)
        answer = self.answers.pop(0) if self.answers else "sent"
        if isinstance(answer, BaseException):
            raise answer
        if answer == "nothing":
            return []
        return [Outcome(m.intent_key, answer) for m in batch.messages]  # type: ignore[arg-type]

    @property
    def texts(self) -> list[str]:
        return [message.text for batch in self.batches for message in batch.messages]


def job(member: str, play: str = "recall", channel: str = "sms") -> Job:
    key = intent_key("c", "burst", play, T0, member, channel)
    return Job(key, "r", "c", "burst", play, T0, member, channel, message="hello.txt")


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


def put(ledger: MemoryLedger, *jobs: Job) -> None:
    ledger.begin_run(RUN)
    ledger.enqueue("r", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)


PEOPLE = {
    "left": Recipient("left", "1", "L", consent_withdrawn=True),
    "silent": Recipient("silent", None, "S"),
}


def recipients(members: Sequence[str], channel: str) -> Mapping[str, Recipient]:
    return {m: PEOPLE.get(m, Recipient(m, f"{channel}:{m}", m.upper())) for m in members if m != "stranger"}


def render(job: Job, recipient: Recipient) -> str:
    if job.member_id == "unrenderable":
        raise MessageError("message hello.txt: 'points' is undefined")
    return f"hello {recipient.name}"


def go(
    ledger: MemoryLedger,
    *channels: ChannelPort,
    at: datetime = T0,
    gate: Gate | None = None,
    texts: RenderMessage = render,
) -> DispatchCounts:
    return dispatch(
        ledger,
        {channel.name: channel for channel in channels},
        recipients,
        texts,
        run_id="r",
        now=lambda: at,
        worker="w",
        gate=gate,
    )


def states(ledger: MemoryLedger) -> dict[str, tuple[str, str | None]]:
    return {found.member_id: (found.status, found.error) for found in ledger.jobs()}


def test_a_group_is_looked_up_for_its_post_alone(ledger: MemoryLedger) -> None:
    """A member with the id of a group keeps his own address, in the same claim."""
    put(ledger, job("group:sms:g1", "news"), job("group:sms:g1", "recall"))
    sms, group = Recorder(), Recipient("group:sms:g1", "g1")
    counts = dispatch(
        ledger,
        {"sms": sms},
        recipients,
        render,
        run_id="r",
        now=lambda: T0,
        worker="w",
        groups=lambda jobs: {job.intent_key: group for job in jobs if job.play == "news"},
    )
    assert counts.sent == 2
    assert {batch.play: batch.messages[0].address for batch in sms.batches} == {
        "news": "g1",
        "recall": "sms:group:sms:g1",
    }


def test_everything_due_is_rendered_sent_and_recorded(ledger: MemoryLedger) -> None:
    put(ledger, job("a"), job("b", "welcome"), job("c"))
    sms = Recorder(honours_key=True)
    assert go(ledger, sms).counts() == {
        "sent": 3,
        "failed": 0,
        "unknown": 0,
        "cancelled": 0,
        "pending": 0,
        "sending": 0,
        "awaiting_approval": 0,
        "to_do": 0,
    }
    assert [(b.play, [m.member_id for m in b.messages]) for b in sms.batches] == [
        ("recall", ["a", "c"]),
        ("welcome", ["b"]),
    ]
    assert sms.texts == ["hello A", "hello C", "hello B"]
    assert sms.batches[0].messages[0].address == "sms:a"
    assert go(ledger, sms).sent == 0
    assert len(sms.batches) == 2


def test_texts_of_a_masked_channel_are_made_without_the_name(ledger: MemoryLedger, tmp_path: Path) -> None:
    put(ledger, job("lilei"), job("lilei", channel="push"))

    def cut(_: Job, to: Recipient) -> str:
        return f"{(to.name or '')[2:]} {(to.name or '').lower()}"

    go(ledger, FileChannel("sms", tmp_path), FileChannel("push", tmp_path, masked=False), texts=cut)
    written = {file.parent.name: file.read_text("utf-8-sig") for file in tmp_path.rglob("*.csv")}
    assert ",*** l****" in written["sms"]
    assert "LEI lilei" in written["push"]


def test_no_batch_is_larger_than_the_channel_takes(ledger: MemoryLedger) -> None:
    put(ledger, *(job(f"m{n}") for n in range(7)))
    sms = Recorder(batch_size=3)
    assert go(ledger, sms).sent == 7
    assert [len(batch.messages) for batch in sms.batches] == [3, 3, 1]


def test_the_gate_is_passed_again_right_before_sending(ledger: MemoryLedger) -> None:
    members = ("ok", "expired", "suppressed", "left", "stranger", "silent", "bought", "unrenderable")
    jobs = [job(member) for member in members]
    jobs[1] = replace(jobs[1], expires_at=T0)
    put(ledger, *jobs)
    ledger.suppress([Suppression("suppressed", "sms", "reply R", T0)])
    gate = Gate(recheck=lambda jobs: {j.intent_key: "bought meanwhile" for j in jobs if j.member_id == "bought"})
    sms = Recorder(needs_address=True)
    counts = go(ledger, sms, gate=gate)
    assert (counts.sent, counts.cancelled, counts.failed) == (1, 6, 1)
    assert states(ledger) == {
        "ok": ("sent", None),
        "expired": ("cancelled", "expired"),
        "suppressed": ("cancelled", "suppressed"),
        "left": ("cancelled", "consent withdrawn"),
        "stranger": ("cancelled", "not in the newest snapshot"),
        "silent": ("cancelled", "no address on this channel"),
        "bought": ("cancelled", "bought meanwhile"),
        "unrenderable": ("failed", "message hello.txt: 'points' is undefined"),
    }
    assert sms.texts == ["hello OK"]


def test_who_gets_nothing_or_waits_takes_nothing_of_what_there_is_too_little_of(ledger: MemoryLedger) -> None:
    members = ("expired", "left", "silent", "suppressed", "waiting", "z")
    jobs = [replace(job(member), benefit="coupon") for member in members]
    put(ledger, replace(jobs[0], expires_at=T0), *jobs[1:])
    ledger.suppress([Suppression("suppressed", "sms", "reply R", T0)])
    asked: list[str] = []

    def supply(jobs: Sequence[Job]) -> Mapping[str, str]:
        asked.extend(job.member_id for job in jobs)
        return dict.fromkeys([job.intent_key for job in jobs][1:], "the stock of coupon was lowered")

    def waits(jobs: Sequence[Job], _at: datetime) -> Mapping[str, tuple[str, timedelta]]:
        return {one.intent_key: ("the play is paused", HOUR) for one in jobs if one.member_id == "waiting"}

    go(ledger, Recorder(needs_address=True), gate=Gate(supply=supply, waits=waits))
    assert asked == ["z"]
    assert states(ledger)["z"] == ("sent", None)


def test_what_there_is_too_little_of_stops_a_message(ledger: MemoryLedger) -> None:
    put(ledger, job("a"), job("b"))
    go(ledger, Recorder(), gate=Gate(supply=lambda jobs: {jobs[1].intent_key: "the budget was lowered"}))
    assert states(ledger) == {"a": ("sent", None), "b": ("cancelled", "the budget was lowered")}


def test_a_suppression_that_arrives_during_the_dispatch_counts(ledger: MemoryLedger) -> None:
    put(ledger, job("a"), job("b"))

    class Telling(Recorder):
        def send(self, batch: Batch) -> list[Outcome]:
            ledger.suppress([Suppression("b", None, "complained", T0)])
            return super().send(batch)

    go(ledger, Telling(batch_size=1))
    assert states(ledger) == {"a": ("sent", None), "b": ("cancelled", "suppressed")}


def test_a_channel_may_not_need_addresses(ledger: MemoryLedger) -> None:
    put(ledger, job("silent"))
    assert go(ledger, Recorder(needs_address=False)).sent == 1


def test_a_channel_without_anything_left_is_not_opened(ledger: MemoryLedger) -> None:
    class Shut(Recorder):
        def connected(self) -> AbstractContextManager[ChannelPort]:
            raise ChannelError(("cannot be opened", "无法打开"))

    put(ledger, job("a"))
    assert go(ledger, Recorder(), Shut("push")).sent == 1


def test_quiet_hours_keep_jobs_pending_with_the_reason(ledger: MemoryLedger) -> None:
    put(ledger, job("a"), job("b", channel="push"))
    gate = Gate(quiet_until=lambda channel, at: T0 + HOUR if channel == "sms" and at < T0 + HOUR else None)
    sms, push = Recorder(), Recorder("push")
    counts = go(ledger, sms, push, gate=gate)
    assert (counts.sent, counts.pending, counts.busy) == (1, 1, ())
    assert states(ledger)["a"] == ("pending", "quiet hours until 2026-03-08T03:00+00:00")
    assert go(ledger, sms, push, gate=gate, at=T0 + HOUR).sent == 1
    assert sms.texts == ["hello A"]


def test_quiet_hours_that_begin_during_a_dispatch_stop_it(ledger: MemoryLedger) -> None:
    put(ledger, job("a"), job("b"), job("c"))
    moments = iter(T0 + timedelta(minutes=n) for n in range(99))
    gate = Gate(quiet_until=lambda _, at: T0 + HOUR if at >= T0 + timedelta(minutes=5) else None)
    sms = Recorder(batch_size=1)
    dispatch(ledger, {"sms": sms}, recipients, render, run_id="r", now=lambda: next(moments), worker="w", gate=gate)
    assert 0 < len(sms.batches) < 3
    assert ledger.job_counts()["burst", "recall", "sms", "pending"] == 3 - len(sms.batches)


@pytest.mark.parametrize("answer", ["pending", ChannelBusyError(("come back later", "请稍后再来"))])
def test_a_busy_channel_is_left_alone_until_later(ledger: MemoryLedger, answer: str | Exception) -> None:
    put(ledger, job("a"), job("b", "welcome"))
    sms, push = Recorder(answers=[answer]), Recorder("push")
    counts = go(ledger, sms, push)
    assert (counts.pending, counts.sending, counts.busy) == (2, 0, ("sms",))
    assert len(sms.batches) == 1, "the second play is not tried against a busy channel"
    assert go(ledger, sms, push, at=T0 + HOUR).sent == 2


def test_a_broken_channel_does_not_keep_the_others(ledger: MemoryLedger) -> None:
    put(ledger, job("a", channel="app"), job("b", "welcome", channel="app"), job("c"))
    app, sms = Recorder("app", answers=[ChannelError(("HTTP 401", "HTTP 401"))]), Recorder()
    with pytest.raises(ChannelError, match="401"):
        go(ledger, app, sms)
    assert {m: s for m, (s, _) in states(ledger).items()} == {"a": "pending", "b": "pending", "c": "sent"}
    assert go(ledger, app, sms).sent == 2


def test_a_channel_nobody_configured_is_found_before_anything_leaves(ledger: MemoryLedger) -> None:
    put(ledger, job("a"), job("b", channel="pigeon"))
    sms = Recorder()
    with pytest.raises(UsageError, match="pigeon") as caught:
        go(ledger, sms)
    assert "[channels.pigeon]" in caught.value.remedy
    assert sms.batches == []
    assert {s for s, _ in states(ledger).values()} == {"pending"}


@pytest.mark.parametrize(("honours_key", "expected"), [(True, ("pending", True)), (False, ("unknown", False))])
def test_what_a_channel_forgets_is_in_doubt(
    ledger: MemoryLedger, honours_key: bool, expected: tuple[str, bool]
) -> None:
    put(ledger, job("a"))
    go(ledger, Recorder(honours_key=honours_key, answers=["nothing"]))
    assert [(j.status, j.in_doubt) for j in ledger.jobs()] == [expected]


@pytest.mark.parametrize("error", [ZeroDivisionError(), OSError(5, "Input/output error"), MemoryError()])
@pytest.mark.parametrize(("honours_key", "expected"), [(True, ("pending", True)), (False, ("unknown", False))])
def test_what_a_channel_had_when_it_broke_is_in_doubt(
    ledger: MemoryLedger, error: Exception, honours_key: bool, expected: tuple[str, bool]
) -> None:
    put(ledger, job("a"), job("b"), job("c"))
    buggy = Recorder(honours_key=honours_key, batch_size=1, answers=["sent", error])
    with pytest.raises(ChannelError, match=f"channel sms failed: {type(error).__name__}"):
        go(ledger, buggy)
    assert {j.member_id: (j.status, j.in_doubt) for j in ledger.jobs()} == {
        "a": ("sent", False),
        "b": expected,
        "c": ("pending", False),
    }


def test_a_full_disk_is_no_fault_of_the_channel(ledger: MemoryLedger) -> None:
    put(ledger, job("a"))
    full = Recorder(answers=[OSError(28, "No space left on device", "/outbox/recall.csv")])
    with pytest.raises(ChannelError, match=r"sms: there is no room left to write /outbox/recall\.csv") as caught:
        go(ledger, full)
    assert "make room on the disk" in caught.value.remedy
    assert [(j.status, j.in_doubt) for j in ledger.jobs()] == [("unknown", False)]


class BrokenError(Exception):
    """Raised between claim and send."""


def _raise(*_: object) -> None:
    raise BrokenError


BETWEEN: dict[str, dict[str, object]] = {
    "the look-up of recipients": {"listed": _raise},
    "the second look at late facts": {"gate": Gate(recheck=_raise)},  # type: ignore[arg-type]
    "the waits": {"gate": Gate(waits=_raise)},  # type: ignore[arg-type]
    "a text": {"texts": _raise},
    "what goes along": {"attach": _raise},
    "memory": {"listed": lambda *_: (_ for _ in ()).throw(MemoryError())},
    "a person who stops it": {"texts": lambda *_: (_ for _ in ()).throw(KeyboardInterrupt())},
}


@pytest.mark.parametrize("broken", BETWEEN.values(), ids=BETWEEN.keys())
@pytest.mark.parametrize("honours_key", [True, False])
def test_a_claim_that_was_not_handed_over_is_given_back(
    ledger: MemoryLedger, broken: dict[str, object], honours_key: bool
) -> None:
    put(ledger, *(job(f"m{n}", f"play{n % 3}") for n in range(20)))
    sms = Recorder(honours_key=honours_key)
    ways = {"gate": Gate(), "texts": render, "listed": recipients, "attach": lambda *_: (), **broken}
    with pytest.raises((BrokenError, MemoryError, KeyboardInterrupt)):
        dispatch(
            ledger,
            {"sms": sms},
            ways["listed"],  # type: ignore[arg-type]
            ways["texts"],  # type: ignore[arg-type]
            run_id="r",
            now=lambda: T0,
            worker="w",
            gate=ways["gate"],  # type: ignore[arg-type]
            attach=ways["attach"],  # type: ignore[arg-type]
        )
    assert {(j.status, j.in_doubt) for j in ledger.jobs()} == {("pending", False)}
    assert sms.batches == []
    assert go(ledger, sms).sent == 20


def test_only_the_play_in_flight_is_in_doubt(ledger: MemoryLedger) -> None:
    put(ledger, job("a", "first"), job("b", "second"), job("c", "third"))
    sms = Recorder(answers=["sent", KeyboardInterrupt()])  # type: ignore[list-item]
    with pytest.raises(KeyboardInterrupt):
        go(ledger, sms)
    assert {m: s for m, (s, _) in states(ledger).items()} == {"a": "sent", "b": "unknown", "c": "pending"}


def test_a_number_for_which_contact_was_refused_is_not_called_whoever_has_it(ledger: MemoryLedger) -> None:
    channel = Recorder(needs_address=True)
    put(ledger, job("a"), job("b"), job("c"))
    numbers = {"a": "+86 139 0000 0102", "b": "13900000102", "c": "13900000103"}

    def listed(members: Sequence[str], channel: str) -> Mapping[str, Recipient]:
        return {member: Recipient(member, numbers[member], member) for member in members}

    ledger.suppress([Suppression(next(iter(number_subjects("13900000102"))), "sms", "list of a carrier", T0)])
    dispatch(ledger, {"sms": channel}, listed, render, run_id="r", now=lambda: T0, worker="w")
    assert channel.texts == ["hello c"]
    assert states(ledger)["a"] == states(ledger)["b"] == ("cancelled", "suppressed")
