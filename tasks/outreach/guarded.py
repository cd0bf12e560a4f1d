"""Halts, circuit breaker, rates and canary on the way to one channel (B3, B9). All state is the ledger's.

A halt is seen within a second, between two batches. An endpoint that answers nothing certain is left alone after the
first batch, by every worker; when the wait is over one message is tried. Rates and caps are those of a provider,
counted for all workers together. With a canary the first messages of a run go out alone; the rest waits for a look at
what became of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from campaign_calendars.findings.said import Said
from campaign_calendars.values.scalars import FULL_SHARE
from tasks.channels.limits import ChannelLimits
from tasks.outreach.lanes import Admission
from tasks.settings import AlertKind
from warehouse.ledger import audit
from warehouse.ledger.guarding import Hold, HoldScope, Moment, next_wait, stands
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Outcome

HALTED = "halted"
CANCELLED = "the run was cancelled"
LEFT_ALONE = "the channel is left alone after it gave no certain answer"
DAILY = "the provider's daily cap is used up"
MONTHLY = "the provider's monthly cap is used up"
FIRST_ONES = "the first messages are looked at before the rest follows"
_USED_UP = {"daily": DAILY, "monthly": MONTHLY}
_FRESH = 1.0  # seconds for which what was read of the halts is good enough
_PATIENCE = 60.0  # seconds a worker waits in its place; for what takes longer the messages are put off
_SLICE = 1.0
_PROBE_LEASE = timedelta(minutes=5)
_CANARY_BY = "promocal"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Warn = Callable[[AlertKind, Said], object]
"""(kind of alert, what to tell the staff)."""
Place = tuple[HoldScope, str]


@dataclass
class GuardedLane:
    """See `tasks.outreach.lanes.Lane`. `places`: where halts of this run and channel may stand."""

    ledger: Ledger
    channel: str
    run_id: str
    worker: str
    limits: ChannelLimits
    timezone: ZoneInfo
    places: Sequence[Place]
    warn: Warn = field(default=lambda _kind, _said: None)
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    _read_at: float | None = field(default=None, init=False)
    _hold: Hold | None = field(default=None, init=False)
    _handed: int = field(default=0, init=False)
    _probing: bool = field(default=False, init=False)
    _canary_taken: int = field(default=0, init=False)

    # -- before a claim -------------------------------------------------------------------------
    def admit(self, limit: int, at: datetime) -> Admission:
        self._handed = self._canary_taken = 0
        if self.halted():
            return Admission()
        left_alone = self._left_alone(at)
        if left_alone is not None:
            return left_alone
        asked = 1 if self._probing else limit
        asked_of_canary = self._canary(asked, at)
        if isinstance(asked_of_canary, Admission):
            return asked_of_canary
        admitted = self._throttled(asked_of_canary, at)
        self._canary_back(admitted.jobs)
        return admitted

    def halted(self) -> str:
        now = self.monotonic()
        if self._read_at is None or now - self._read_at >= _FRESH:
            self._hold, self._read_at = stands(self.ledger.holds(), *self.places), now
        if self._hold is None:
            return ""
        return CANCELLED if self._hold.final else HALTED

    def _left_alone(self, at: datetime) -> Admission | None:
        said = self.ledger.ask_breaker(self.channel, self.worker, at, _PROBE_LEASE)
        self._probing = said == "probe"
        if said != "open":
            return None
        known = [breaker.until for breaker in self.ledger.breakers() if breaker.channel == self.channel]
        # Another worker tries it just now: come back when it may be known what came of it.
        until = max([*known, at + self.limits.breaker_wait / 2])
        return Admission(until=until, reason=LEFT_ALONE, busy=True)

    def _throttled(self, asked: int, at: datetime) -> Admission:
        throttle = self.limits.throttle(self.channel)
        if throttle is None:
            return Admission(jobs=asked)
        local = at.astimezone(self.timezone)
        taken = self.ledger.take(throttle, asked, _moment(at, local))
        if taken.granted:
            return Admission(jobs=taken.granted)
        if taken.used_up:
            day = local.date() + timedelta(days=1)
            if taken.used_up == "monthly":
                day = (local.date().replace(day=1) + timedelta(days=32)).replace(day=1)
            opens = datetime.combine(day, time_of_day(), self.timezone).astimezone(UTC)
            return Admission(until=opens, reason=_USED_UP[taken.used_up], busy=True)
        seconds = taken.wait.total_seconds()
        if seconds > _PATIENCE:
            return Admission(until=at + taken.wait, reason="the provider's rate", busy=True)
        return Admission(seconds=seconds)

    def wait(self, seconds: float) -> None:
        """In slices, so that a halt is seen meanwhile."""
        while seconds > 0 and not self.halted():
            self.sleep(min(seconds, _SLICE))
            seconds -= _SLICE

    # -- around a batch -------------------------------------------------------------------------
    def handing(self, messages: int) -> None:
        self._handed += messages

    def told(self, outcomes: Sequence[Outcome], at: datetime) -> bool:
        doubtful = sum(outcome.status == "unknown" or outcome.in_doubt for outcome in outcomes)
        certain = any(outcome.status in ("sent", "failed") for outcome in outcomes)
        if doubtful * 2 > len(outcomes) or (self._probing and not certain):
            self._open(next((o.error for o in outcomes if o.error), None) or "no certain answer", at)
            return False
        if certain and self._probing:
            self.ledger.close_breaker(self.channel)
            self._probing = False
        return True

    def left(self, admitted: Admission) -> None:
        unused = max(admitted.jobs - self._handed, 0)
        throttle = self.limits.throttle(self.channel)
        if throttle is not None and unused:
            self.ledger.give_back(throttle, unused)
        self._canary_back(min(self._handed, self._canary_taken))

    def _open(self, reason: str, at: datetime) -> None:
        self._probing = False
        breaker = self.ledger.open_breaker(
            self.channel, reason, at, self.limits.breaker_wait, self.limits.breaker_longest
        )
        if breaker.until != at + next_wait(self.limits.breaker_wait, breaker.strikes, self.limits.breaker_longest):
            return  # another worker met the same outage first, and said so
        until = f"{breaker.until:%Y-%m-%d %H:%M:%SZ}"
        self.warn(
            "breaker",
            (
                f"channel {self.channel} gives no certain answer ({reason}); left alone until {until}",
                f"渠道 {self.channel} 没有给出确定的应答（{reason}）；{until} 前不再使用",
            ),
        )

    # -- the first messages of a run ------------------------------------------------------------
    def _canary(self, asked: int, at: datetime) -> int | Admission:
        """How many messages may go, or what to wait for."""
        first = self.limits.canary
        if first is None:
            return asked
        granted = self.ledger.try_canary(self.run_id, self.channel, first, asked)
        if granted is None:
            return asked
        if granted:
            self._canary_taken = granted
            return granted
        return self._look(asked, at)

    def _canary_back(self, used: int) -> None:
        if self._canary_taken > used:
            self.ledger.canary_untaken(self.run_id, self.channel, self._canary_taken - used)
            self._canary_taken = used

    def _look(self, asked: int, at: datetime) -> int | Admission:
        canary = self.ledger.canary(self.run_id, self.channel)
        if canary is not None and canary.state == "stopped":
            # A person took the halt away: he has looked.
            self.ledger.look_at_canary(self.run_id, self.channel, "passed", at)
            return asked
        began = canary.looked_at if canary is not None else None
        if began is None:
            self.ledger.look_at_canary(self.run_id, self.channel, "trying", at)
            began = at
        until = began + self.limits.canary_pause
        if at < until and (left := (until - at).total_seconds()) <= _PATIENCE:
            return Admission(seconds=left)
        if at < until:
            return Admission(until=until, reason=FIRST_ONES)
        bad, tried = self._came_to()
        if tried and bad * FULL_SHARE > self.limits.canary_stop * tried:
            self._stop(bad, tried, at)
            return Admission()
        self.ledger.look_at_canary(self.run_id, self.channel, "passed", at)
        return asked

    def _came_to(self) -> tuple[int, int]:
        """Messages of the run on this channel that failed or are unknown, and those that were tried."""
        counts: dict[str, int] = {}
        for (_, _, channel, status), count in self.ledger.job_counts(self.run_id).items():
            if channel == self.channel:
                counts[status] = counts.get(status, 0) + count
        bad = counts.get("failed", 0) + counts.get("unknown", 0)
        return bad, bad + counts.get("sent", 0)

    def _stop(self, bad: int, tried: int, at: datetime) -> None:
        if not self.ledger.look_at_canary(self.run_id, self.channel, "stopped", at):
            return
        name, reason = f"{self.run_id}@{self.channel}", f"{bad} of the first {tried} messages failed or are unknown"
        hold = Hold(scope="run", name=name, reason=reason, by=_CANARY_BY, since=at)
        self.ledger.hold(hold, audit.halted("run", name, reason, _CANARY_BY, at))
        self._read_at = None
        self.warn(
            "halt",
            (
                f"run {self.run_id} stopped on {self.channel}: {reason}",
                f"运行 {self.run_id} 在 {self.channel} 上已停止：前 {tried} 条消息中有 {bad} 条失败或结果未知",
            ),
        )


def _moment(at: datetime, local: datetime) -> Moment:
    us = (at - _EPOCH) // timedelta(microseconds=1)
    return Moment(us=us, day=f"{local:%Y-%m-%d}", month=f"{local:%Y-%m}")
