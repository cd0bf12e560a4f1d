"""Halts, breakers, throttles and canaries of the ledger in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock

from warehouse.ledger import guarding
from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.guarding import (
    Breaker,
    BreakerSays,
    Bucket,
    Canary,
    CanaryState,
    Hold,
    HoldScope,
    Moment,
    Taken,
    Throttle,
)
from warehouse.ledger.records import Job


class MemoryGuards:
    """One part of `MemoryLedger`; all share the lock and the audit."""

    _lock: RLock
    _audit: list[AuditEntry]
    _jobs: dict[str, Job]

    def __init__(self) -> None:
        self._holds: dict[tuple[str, str], Hold] = {}
        self._breakers: dict[str, Breaker] = {}
        self._probes: dict[str, tuple[str, datetime]] = {}
        self._buckets: dict[str, Bucket] = {}
        self._erasures: dict[str, str] = {}
        self._canaries: dict[tuple[str, str], Canary] = {}

    # -- holds ----------------------------------------------------------------------------------
    def hold(self, hold: Hold, entry: AuditEntry) -> bool:
        with self._lock:
            known = self._holds.get((hold.scope, hold.name))
            new = known is None or (hold.final and not known.final)
            if new:
                self._holds[hold.scope, hold.name] = hold
                self._audit.append(entry)
            return new

    def lift(self, scope: HoldScope, name: str, entry: AuditEntry) -> bool:
        with self._lock:
            known = self._holds.get((scope, name))
            if known is None or known.final:
                return False
            del self._holds[scope, name]
            self._audit.append(entry)
            return True

    def holds(self) -> list[Hold]:
        with self._lock:
            return sorted(self._holds.values(), key=lambda hold: (hold.since, hold.scope, hold.name))

    # -- breakers -------------------------------------------------------------------------------
    def ask_breaker(self, channel: str, worker: str, at: datetime, lease: timedelta) -> BreakerSays:
        with self._lock:
            breaker = self._breakers.get(channel)
            if breaker is None:
                return "closed"
            prober, until = self._probes.get(channel, (worker, at))
            if breaker.until > at or (until > at and prober != worker):
                return "open"
            self._probes[channel] = (worker, at + lease)
            return "probe"

    def open_breaker(self, channel: str, reason: str, at: datetime, first: timedelta, longest: timedelta) -> Breaker:
        with self._lock:
            empty = Breaker(channel=channel, reason=reason, strikes=0, opened_at=at, until=at)
            breaker = replace(self._breakers.get(channel, empty), reason=reason)
            if breaker.until <= at:
                strikes = breaker.strikes + 1
                breaker = replace(breaker, strikes=strikes, until=at + guarding.next_wait(first, strikes, longest))
            self._breakers[channel] = breaker
            self._probes.pop(channel, None)
            return breaker

    def close_breaker(self, channel: str) -> bool:
        with self._lock:
            self._probes.pop(channel, None)
            return self._breakers.pop(channel, None) is not None

    def breakers(self) -> list[Breaker]:
        with self._lock:
            return [self._breakers[channel] for channel in sorted(self._breakers)]

    # -- throttles ------------------------------------------------------------------------------
    def take(self, throttle: Throttle, asked: int, at: Moment) -> Taken:
        with self._lock:
            bucket = guarding.take(self._buckets.get(throttle.provider, Bucket()), throttle, asked, at)
            self._buckets[throttle.provider] = bucket
            return guarding.taken(bucket, throttle, asked, at)

    def give_back(self, throttle: Throttle, unused: int) -> None:
        with self._lock:
            bucket = self._buckets.get(throttle.provider)
            if bucket is not None:
                self._buckets[throttle.provider] = replace(
                    bucket,
                    full_at_us=bucket.full_at_us - unused * throttle.interval_us,
                    day_used=max(bucket.day_used - unused, 0),
                    month_used=max(bucket.month_used - unused, 0),
                )

    # -- canaries -------------------------------------------------------------------------------
    def try_canary(self, run_id: str, channel: str, first: int, asked: int) -> int | None:
        with self._lock:
            new = Canary(run_id=run_id, channel=channel, first=first, taken=0, looked_at=None, state="trying")
            canary = self._canaries.setdefault((run_id, channel), new)
            if canary.state != "trying":
                return None if canary.state == "passed" else 0
            more = min(asked, canary.first - canary.taken)
            self._canaries[run_id, channel] = replace(canary, taken=canary.taken + more)
            return more

    def canary_untaken(self, run_id: str, channel: str, unused: int) -> None:
        with self._lock:
            canary = self._canaries.get((run_id, channel))
            if canary is not None and canary.state == "trying" and canary.taken >= unused:
                self._canaries[run_id, channel] = replace(canary, taken=canary.taken - unused)

    def look_at_canary(self, run_id: str, channel: str, state: CanaryState, at: datetime) -> bool:
        with self._lock:
            canary = self._canaries.get((run_id, channel))
            if canary is None or (canary.looked_at is not None if state == "trying" else canary.state == state):
                return False
            self._canaries[run_id, channel] = replace(canary, state=state, looked_at=at)
            return True

    def canary(self, run_id: str, channel: str) -> Canary | None:
        with self._lock:
            return self._canaries.get((run_id, channel))

    # -- the outbox -----------------------------------------------------------------------------
    def hasten(self, intent_keys: Collection[str]) -> int:
        with self._lock:
            put_off = [
                job
                for key in intent_keys
                if (job := self._jobs.get(key)) is not None
                and job.status == "pending"
                and job.not_before is not None
                and job.error is not None
            ]
            self._jobs.update((job.intent_key, replace(job, not_before=None)) for job in put_off)
            return len(put_off)
