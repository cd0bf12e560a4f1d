"""What the dispatcher relies on in a channel, as tests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Literal
from unittest import SkipTest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.findings.errors import ChannelError, UsageError
from promocal.testing.raising import NAME, raised
from tasks.channels.port import Batch, ChannelKind, ChannelPort, Message
from tasks.channels.registry import CHANNELS, open_channel
from tasks.outreach.dispatch import dispatch
from tasks.plugins import plug_in
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, Outcome, Run
from warehouse.snapshots.recipients import Recipient

_TEXTS = ("王小明，您好 🎁", 'two\nlines, "quoted"; & <b>', "plain")
_STATUSES = frozenset({"sent", "failed", "pending", "unknown", "to_do"})
_MOST = 120
_RUN = "queens-day.burst.20260308T020000Z"
_AT = datetime(2026, 3, 8, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Arrived:
    """One message as the other side got it; the same one twice if it was delivered twice.

    `intent_key` is None where the other side does not get our key.
    """

    intent_key: str | None
    text: str


class ChannelContract:
    """Subclass it, set `kind`, and say how the tests open a channel and see what arrived.

    Every test opens its channels with `keys`, under the name `sms`, with an outbox of its own. Give the
    subclass an autouse fixture where the other side has to be started and stopped.
    """

    kind: ClassVar[ChannelKind[Any]]
    secrets: Mapping[str, str] = {}
    """Environment variables that the keys name."""
    accepted: Literal["sent", "to_do"] = "sent"
    """What a message is once the other side took it; to_do where a person has to confirm it there."""

    def keys(self) -> Mapping[str, Any]:
        """The keys of `[channels.sms]` without `kind`."""
        raise NotImplementedError

    def arrived(self, outbox: Path) -> Sequence[Arrived]:
        """Every message that the other side has by now, in any order."""
        raise NotImplementedError

    def address(self, number: int) -> str:
        """The address of a made-up member; telephone numbers, where the channel does not take others."""
        return f"1381234{number:04}"

    def batch(self, count: int, *, play: str = "recall", first: int = 0) -> Batch:
        """Messages to members with such addresses; the same numbers are the same messages."""
        return a_batch(count, play=play, first=first, address=self.address)

    def take_away(self) -> None:
        """Make the other side refuse or vanish, so that nothing arrives from now on. Left out: not tested."""
        raise SkipTest("the contract was not told how to take the other side away")

    def open(self, outbox: Path, **more: Any) -> ChannelPort:
        """A channel as the settings open it."""
        outbox.mkdir(exist_ok=True)
        return open_channel(self.kind, "sms", {**self.keys(), **more}, outbox, self._secret)

    def _secret(self, variable: str) -> str:
        if variable not in self.secrets:
            raise UsageError(
                (f"channels.sms: the environment has no {variable}", f"channels.sms：环境变量中没有 {variable}"),
                (f"export {variable} before running", f"运行前请先 export {variable}"),
            )
        return self.secrets[variable]

    def test_it_is_announced_under_its_name(self) -> None:
        assert NAME.fullmatch(self.kind.name), f"{self.kind.name!r} has other characters than a-z, 0-9, - and _"
        found = plug_in(CHANNELS).get(self.kind.name)
        assert found is self.kind, "announce the kind in the entry-point group promocal.channels, and install it"

    def test_a_key_it_does_not_have_is_an_error(self, tmp_path: Path) -> None:
        error = raised(UsageError, lambda: self.open(tmp_path / "outbox", no_such_key=1))
        assert error is not None, "an unknown key has to be an error: forbid extra keys"
        assert "channels.sms.no_such_key" in str(error)

    def test_a_secret_that_is_not_there_is_a_usage_error(self, tmp_path: Path) -> None:
        if not self.secrets:
            raise SkipTest("the kind reads no secret")
        error = raised(UsageError, lambda: open_channel(self.kind, "sms", self.keys(), tmp_path, _missing))
        assert error is not None, "a variable that is not set has to be said when the channel is opened"

    def test_opening_does_nothing_yet(self, tmp_path: Path) -> None:
        channel = self.open(tmp_path / "outbox")
        assert channel.name == "sms", "a channel is called what the settings call it"
        assert isinstance(channel.honours_key, bool)
        assert isinstance(channel.needs_address, bool)
        assert channel.batch_size is None or channel.batch_size > 0
        assert not self.arrived(tmp_path / "outbox"), "nothing may leave before send"
        shown = repr(channel)
        assert not any(value in shown for value in self.secrets.values()), "repr shows a secret; logs would, too"

    def test_every_message_arrives_once_and_has_its_outcome(self, tmp_path: Path) -> None:
        channel, batch = self.open(tmp_path / "outbox"), self.batch(3)
        outcomes = channel.send(batch)
        _complete(batch, outcomes)
        assert {outcome.status for outcome in outcomes} == {self.accepted}, outcomes
        self._have_arrived(tmp_path / "outbox", [batch])

    def test_many_messages_of_several_plays(self, tmp_path: Path) -> None:
        channel = self.open(tmp_path / "outbox")
        size = min(channel.batch_size or _MOST, _MOST)
        batches = [self.batch(size), self.batch(size, play="remind"), self.batch(size, first=size)]
        for batch in batches:
            _complete(batch, channel.send(batch))
        self._have_arrived(tmp_path / "outbox", batches)

    def test_workers_may_send_at_the_same_time(self, tmp_path: Path) -> None:
        batches = [self.batch(4, first=10 * number) for number in range(4)]
        channels = [self.open(tmp_path / "outbox") for _ in batches]
        with ThreadPoolExecutor(len(batches)) as workers:
            for batch, outcomes in zip(batches, workers.map(lambda c, b: c.send(b), channels, batches), strict=True):
                _complete(batch, outcomes)
        self._have_arrived(tmp_path / "outbox", batches)

    def test_a_channel_that_honours_keys_delivers_a_key_once(self, tmp_path: Path) -> None:
        channel, batch = self.open(tmp_path / "outbox"), self.batch(3)
        if not channel.honours_key:
            raise SkipTest("the channel does not promise it; jobs in doubt are left to a person")
        channel.send(batch)
        again = self.open(tmp_path / "outbox").send(self.batch(4))  # three of them a second time, after a crash
        assert {outcome.status for outcome in again} == {self.accepted}, again
        self._have_arrived(tmp_path / "outbox", [self.batch(4)])

    def test_outcomes_hold_no_personal_data(self, tmp_path: Path) -> None:
        batch = self.batch(3)
        said = " ".join(f"{o.receipt or ''} {o.error or ''}" for o in self.open(tmp_path / "outbox").send(batch))
        for message in batch.messages:
            for private in (str(message.address), str(message.name), message.text):
                assert private not in said, "receipts and errors are kept in the ledger"

    def test_what_did_not_arrive_is_not_called_sent(self, tmp_path: Path) -> None:
        channel, batch = self.open(tmp_path / "outbox"), self.batch(3)
        self.take_away()
        outcomes: list[Outcome] = []
        error = raised(ChannelError, lambda: outcomes.extend(channel.send(batch)))
        if error is None:
            _complete(batch, outcomes)
        assert self.accepted not in {outcome.status for outcome in outcomes}
        said = " ".join([str(error or ""), *(outcome.error or "" for outcome in outcomes)])
        assert not any(str(message.address) in said for message in batch.messages)
        assert not self.arrived(tmp_path / "outbox")

    def test_a_run_is_dispatched_through_it(self, tmp_path: Path) -> None:
        channel, ledger = self.open(tmp_path / "outbox"), MemoryLedger()
        ledger.begin_run(Run(_RUN, "queens-day", "burst", _AT, "s", "d", "started", RunSummary(), _AT))
        jobs = [_job(message) for message in self.batch(5).messages]
        ledger.enqueue(_RUN, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=_AT)
        for sent in (5, 0):  # the second time nothing is left
            counts = dispatch(
                ledger,
                {"sms": channel},
                lambda members, _: {member: Recipient(member, self.address(0), "王小明") for member in members},
                lambda job, _: f"for {job.member_id}",
                run_id=_RUN,
                now=lambda: _AT,
                worker="contract",
            )
            assert (counts.failed, counts.unknown, counts.pending) == (0, 0, 0)
            assert (counts.sent, counts.to_do) == ((sent, 0) if self.accepted == "sent" else (0, 5))
        found = sorted(message.text for message in self.arrived(tmp_path / "outbox"))
        assert found == sorted(f"for {job.member_id}" for job in jobs)

    def _have_arrived(self, outbox: Path, batches: Sequence[Batch]) -> None:
        sent = [message for batch in batches for message in batch.messages]
        found = self.arrived(outbox)
        keys = sorted(message.intent_key for message in found if message.intent_key is not None)
        if keys:
            assert keys == sorted(message.intent_key for message in sent), "each message once, none lost"
        texts = sorted(message.text for message in found)
        assert texts == sorted(message.text for message in sent), "each text once, as it was written"


def a_batch(
    count: int, *, play: str = "recall", first: int = 0, address: Callable[[int], str] = "1381234{:04}".format
) -> Batch:
    """Messages to made-up members; the same numbers are the same messages."""
    messages = (
        Message(
            hashlib.sha256(f"{play} {number}".encode()).hexdigest(),
            f"m{number}",
            f"{play} {number}: {_TEXTS[number % len(_TEXTS)]}",
            benefit="coupon_30",
            address=address(number),
            name="李雷雷",
        )
        for number in range(first, first + count)
    )
    return Batch(_RUN, "queens-day", "burst", play, "sms", tuple(messages))


def _job(message: Message) -> Job:
    return Job(message.intent_key, _RUN, "queens-day", "burst", "recall", _AT, message.member_id, "sms")


def _complete(batch: Batch, outcomes: Sequence[Outcome]) -> None:
    keys = [message.intent_key for message in batch.messages]
    assert sorted(outcome.intent_key for outcome in outcomes) == sorted(keys), "one outcome for each message"
    assert {outcome.status for outcome in outcomes} <= _STATUSES


def _missing(variable: str) -> str:
    raise UsageError((f"the environment has no {variable}", f"环境变量中没有 {variable}"))
