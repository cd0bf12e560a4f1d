"""Halts, breaker, rates and canary on the way to a channel, over dispatches that really claim and record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaign_calendars.findings.said import Said
from tasks.channels.limits import ChannelLimits
from tasks.channels.port import Batch
from tasks.outreach.dispatch import DispatchCounts, Gate, dispatch
from tasks.outreach.guarded import FIRST_ONES, GuardedLane
from tests.tasks.outreach.test_dispatch import T0, Recorder, job, put, recipients, render, states
from warehouse.ledger import audit
from warehouse.ledger.guarding import Hold
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Outcome

MINUTE = timedelta(minutes=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass
class World:
    """A ledger and a clock that moves only where a worker waits."""

    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    at: datetime = T0
    told: list[tuple[str, Said]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def lane(self, worker: str, **limits: object) -> Callable[[str], GuardedLane]:
        def made(channel: str) -> GuardedLane:
            return GuardedLane(
                self.ledger,
                channel,
                "r",
                worker,
                ChannelLimits.model_validate(limits),
                SHANGHAI,
                (("store", "shop"), ("calendar", "c"), ("channel", channel), ("run", "r"), ("run", f"r@{channel}")),
                lambda kind, said: self.told.append((kind, said)),
                self.sleep,
                lambda: self.at.timestamp(),  # noqa: PLW0108 - `at` moves
            )

        return made

    def go(self, *channels: Recorder, worker: str = "w", **limits: object) -> DispatchCounts:
        return dispatch(
            self.ledger,
            {channel.name: channel for channel in channels},
            recipients,
            render,
            run_id="r",
            now=lambda: self.at,
            worker=worker,
            gate=Gate(lane=self.lane(worker, **limits)),
        )

    def halt(self, scope: str = "all", name: str = "") -> None:
        hold = Hold(scope=scope, name=name, reason="x", by="lin", since=self.at)  # type: ignore[arg-type]
        self.ledger.hold(hold, audit.halted(scope, name, "x", "lin", self.at))


@pytest.fixture
def world() -> World:
    return World()


def members(count: int) -> list[str]:
    return [f"m{n:03}" for n in range(count)]


# -- halts ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("scope", "name", "left"),
    [
        ("all", "", 0),
        ("store", "shop", 0),
        ("calendar", "c", 0),
        ("run", "r", 0),
        ("channel", "sms", 0),
        ("run", "r@sms", 0),
        ("run", "r@push", 3),
        ("store", "other", 3),
        ("channel", "push", 3),
        ("play", "c/recall", 3),  # a pause of a play is the gate's, message by message
    ],
)
def test_what_is_halted_stays_where_it_is(world: World, scope: str, name: str, left: int) -> None:
    put(world.ledger, *map(job, members(3)))
    world.halt(scope, name)
    counts = world.go(Recorder())
    assert (counts.sent, counts.pending, counts.busy) == (left, 3 - left, ())


def test_a_halt_is_seen_between_two_batches_of_a_running_dispatch(world: World) -> None:
    put(world.ledger, *map(job, members(9)))

    class Halting(Recorder):
        def send(self, batch: Batch) -> list[Outcome]:
            world.at += 2 * MINUTE
            world.halt("channel", "sms")
            return super().send(batch)

    sms = Halting(batch_size=3)
    assert world.go(sms).sent == 3
    assert {status for status, _ in states(world.ledger).values()} == {"sent", "pending"}


def test_a_halt_between_the_plays_of_one_claim_gives_the_rest_back(world: World) -> None:
    put(world.ledger, job("a", "first"), job("b", "second"))

    class Halting(Recorder):
        def send(self, batch: Batch) -> list[Outcome]:
            world.at += MINUTE
            world.halt()
            return super().send(batch)

    world.go(Halting())
    assert states(world.ledger) == {"a": ("sent", None), "b": ("pending", "halted")}
    world.ledger.lift("all", "", audit.resumed("all", "", "", "lin", T0))
    assert world.go(Recorder()).sent == 1


def test_a_worker_that_waits_for_its_rate_sees_a_halt_within_two_seconds(world: World) -> None:
    put(world.ledger, *map(job, members(9)))
    began: list[datetime] = []
    slept = world.sleep

    def sleep(seconds: float) -> None:
        if not began:
            began.append(world.at)
            world.halt()
        slept(seconds)

    world.sleep = sleep  # type: ignore[method-assign]
    assert world.go(Recorder(), rate="6/min", burst=2).sent == 2
    assert world.at - began[0] <= timedelta(seconds=2)


# -- breaker --------------------------------------------------------------------------------------
def test_an_endpoint_that_answers_nothing_certain_is_left_alone_after_the_first_claim(world: World) -> None:
    put(world.ledger, *map(job, members(100)))
    sms = Recorder(batch_size=10, answers=["nothing"] * 99)
    counts = world.go(sms)
    assert (counts.unknown, counts.pending, counts.busy) == (10, 90, ("sms",))
    assert world.go(Recorder(), worker="other").sent == 0
    (breaker,) = world.ledger.breakers()
    assert breaker.until == T0 + MINUTE
    assert [kind for kind, _ in world.told] == ["breaker"]
    waiting = {found.not_before for found in world.ledger.jobs("r", status="pending")}
    assert waiting == {T0 + MINUTE}


def test_after_the_wait_one_message_is_tried_and_a_failing_one_doubles_the_wait(world: World) -> None:
    put(world.ledger, *map(job, members(100)))
    sms = Recorder(batch_size=10, answers=["nothing"] * 3)
    for _ in range(3):
        world.go(sms)
        world.at = world.ledger.breakers()[0].until
    assert [len(batch.messages) for batch in sms.batches] == [10, 1, 1]
    assert world.at == T0 + 7 * MINUTE
    counts = world.go(sms)
    assert (counts.sent, counts.pending) == (88, 0)
    assert [len(batch.messages) for batch in sms.batches[3:5]] == [1, 10]
    assert world.ledger.breakers() == []


def test_some_certain_answers_keep_the_channel_in_use(world: World) -> None:
    put(world.ledger, *map(job, members(20)))

    class Half(Recorder):
        def send(self, batch: Batch) -> list[Outcome]:
            answers = super().send(batch)
            return [Outcome(one.intent_key, "unknown") for one in answers[:5]] + answers[5:]

    counts = world.go(Half(batch_size=10))
    assert (counts.sent, counts.unknown) == (10, 10)
    assert world.ledger.breakers() == []


def test_a_busy_channel_is_no_outage(world: World) -> None:
    put(world.ledger, *map(job, members(3)))
    world.go(Recorder(answers=["pending"]))
    assert world.ledger.breakers() == []


def test_a_probe_that_is_only_told_to_wait_does_not_close_the_breaker(world: World) -> None:
    put(world.ledger, *map(job, members(3)))
    world.go(Recorder(batch_size=1, answers=["nothing"]))
    world.at += MINUTE
    world.go(Recorder(batch_size=1, answers=["pending"]))
    (breaker,) = world.ledger.breakers()
    assert (breaker.strikes, breaker.until) == (2, T0 + 3 * MINUTE)


# -- rates and caps -------------------------------------------------------------------------------
def test_a_rate_is_held_by_waiting(world: World) -> None:
    put(world.ledger, *map(job, members(50)))
    sms = Recorder()
    assert world.go(sms, rate="10/s").sent == 50
    assert timedelta(seconds=4) <= world.at - T0 <= timedelta(seconds=5)
    assert max(len(batch.messages) for batch in sms.batches) == 10


def test_two_channels_of_one_provider_share_its_rate_and_caps(world: World) -> None:
    put(world.ledger, *(job(m, channel=c) for m in members(30) for c in ("sms", "push")))
    counts = world.go(Recorder(), Recorder(name="push"), provider="cloud", daily=40)
    assert (counts.sent, counts.pending) == (40, 20)


def test_above_the_daily_cap_messages_wait_for_the_next_local_day(world: World) -> None:
    put(world.ledger, *map(job, members(30)))
    counts = world.go(Recorder(), daily=10, monthly=25)
    assert (counts.sent, counts.pending, counts.busy) == (10, 20, ("sms",))
    midnight = datetime(2026, 3, 9, tzinfo=SHANGHAI)
    assert {(j.not_before, j.error) for j in world.ledger.jobs("r", status="pending")} == {
        (midnight, "the provider's daily cap is used up")
    }
    world.at = midnight
    assert world.go(Recorder(), daily=10, monthly=25).sent == 10
    world.at += timedelta(days=1)
    assert world.go(Recorder(), daily=10, monthly=25).sent == 5
    assert {j.not_before for j in world.ledger.jobs("r", status="pending")} == {datetime(2026, 4, 1, tzinfo=SHANGHAI)}


class Killed(BaseException):
    """The process is gone: nothing of it is cleaned up."""


def test_a_worker_that_dies_in_half_a_window_gives_nobody_more_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten a day: what it had taken stays taken, the next worker has the rest, and what waits leaves on later days."""
    put(world.ledger, *map(job, members(25)))
    left: list[datetime] = []

    class Provider(Recorder):
        def send(self, batch: Batch) -> list[Outcome]:
            if len(left) == 4:
                raise Killed
            left.append(world.at)
            return super().send(batch)

    with monkeypatch.context() as dying:
        dying.setattr(GuardedLane, "left", lambda *_: None)
        dying.setattr("tasks.outreach.dispatch._Desk._give_back", lambda *_: None)
        with pytest.raises(Killed):
            world.go(Provider(batch_size=1), daily=10)
    for _ in range(60):
        world.at += 60 * MINUTE
        other = Recorder(batch_size=1)
        world.go(other, worker="next", daily=10)
        left += [world.at] * len(other.batches)
    days = Counter(at.astimezone(SHANGHAI).day for at in left)
    assert days == {8: 9, 9: 10, 10: 5}, "the tenth of the first day was in the hands of the dead one"
    assert Counter(status for status, _ in states(world.ledger).values()) == {"sent": 24, "unknown": 1}


def test_messages_that_are_stopped_at_the_gate_use_nothing_of_the_cap(world: World) -> None:
    put(world.ledger, *map(job, ("left", "stranger", "a", "b", "c")))
    counts = world.go(Recorder(batch_size=3), daily=3)
    assert (counts.sent, counts.cancelled) == (3, 2)


# -- canary ---------------------------------------------------------------------------------------
def test_the_first_messages_go_alone_and_the_rest_after_a_look(world: World) -> None:
    put(world.ledger, *map(job, members(50)))
    sms = Recorder()
    assert world.go(sms, canary=5).counts()["sent"] == 5
    (waiting,) = {(j.not_before, j.error) for j in world.ledger.jobs("r", status="pending")}
    assert waiting == (T0 + 10 * MINUTE, FIRST_ONES)
    assert world.go(sms, worker="other", canary=5).sent == 0
    world.at += 10 * MINUTE
    assert world.go(sms, canary=5).sent == 45


def test_a_short_pause_is_waited_out(world: World) -> None:
    put(world.ledger, *map(job, members(50)))
    assert world.go(Recorder(), canary=5, canary_pause="30s").sent == 50
    assert world.at - T0 >= timedelta(seconds=30)


def test_when_too_many_of_the_first_failed_nothing_more_leaves(world: World) -> None:
    put(world.ledger, *map(job, members(50)))
    assert world.go(Recorder(answers=["failed"]), canary=5).failed == 5
    world.at += 10 * MINUTE
    assert world.go(Recorder(), canary=5).sent == 0
    (hold,) = world.ledger.holds()
    assert (hold.scope, hold.name, hold.by) == ("run", "r@sms", "promocal")
    assert hold.reason == "5 of the first 5 messages failed or are unknown"
    assert [kind for kind, _ in world.told] == ["halt"]
    world.ledger.lift("run", "r@sms", audit.resumed("run", "r@sms", "looked", "lin", world.at))
    assert world.go(Recorder(), canary=5).sent == 45


def test_a_share_below_the_limit_goes_on(world: World) -> None:
    put(world.ledger, *map(job, members(50)))

    class OneFails(Recorder):
        def send(self, batch: Batch) -> list[Outcome]:
            first, *others = super().send(batch)
            return [Outcome(first.intent_key, "failed"), *others]

    world.go(OneFails(), canary=20, canary_stop="5%")
    world.at += 10 * MINUTE
    assert world.go(Recorder(), canary=20, canary_stop="5%").sent == 30


def test_a_run_smaller_than_its_canary_is_not_held_up(world: World) -> None:
    put(world.ledger, *map(job, members(3)))
    assert world.go(Recorder(), canary=5).sent == 3


def test_messages_stopped_at_the_gate_are_none_of_the_first(world: World) -> None:
    put(world.ledger, *map(job, ("left", "stranger", "a", "b", "c", "d")))
    counts = world.go(Recorder(batch_size=2), canary=3)
    assert (counts.sent, counts.cancelled, counts.pending) == (3, 2, 1)
