"""The ledger in memory: the public twin of `SqlLedger` for tests, dry runs and replays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import PhaseDecision, RunSummary
from campaign_calendars.values.json import to_json
from warehouse.ledger import audit, rules
from warehouse.ledger.approvals import ABOVE_LIMIT, REJECTED, WHOLE_RUN, Answer, MemoryRequests
from warehouse.ledger.correcting import MemoryCorrections
from warehouse.ledger.deliveries import MemoryDeliveries
from warehouse.ledger.expected import MemoryExpected
from warehouse.ledger.forecasts import MemoryForecasts
from warehouse.ledger.memory_books import MemoryBooks
from warehouse.ledger.records import (
    DECIDED,
    Enqueued,
    Grant,
    Job,
    JobStatus,
    OpenJobs,
    Outcome,
    Recovered,
    Run,
    RunStatus,
)
from warehouse.ledger.retention import MemoryRetention
from warehouse.ledger.transitions import CANCELLABLE, CLOSED, OUTCOME_FROM


@dataclass(frozen=True, slots=True)
class _Claim:
    worker: str
    at: datetime
    handed_over: bool = False


class MemoryLedger(
    MemoryRetention, MemoryExpected, MemoryRequests, MemoryForecasts, MemoryDeliveries, MemoryCorrections
):
    """`Ledger` that forgets everything with the process; safe to share between threads."""

    def __init__(self) -> None:
        MemoryBooks.__init__(self)
        MemoryExpected.__init__(self)
        MemoryRequests.__init__(self)
        MemoryForecasts.__init__(self)
        MemoryDeliveries.__init__(self)
        self._position = 0
        self._runs: dict[str, Run] = {}
        self._decisions: dict[str, PhaseDecision] = {}
        self._claims: dict[str, _Claim] = {}

    def close(self) -> None:
        """Nothing to close."""

    # -- runs -----------------------------------------------------------------------------------
    def position(self) -> int:
        return self._position

    def begin_run(self, run: Run, decision: PhaseDecision | None = None) -> Run:
        with self._lock:
            known = self._runs.get(run.run_id)
            has_jobs = any(job.run_id == run.run_id for job in self._jobs.values())
            if known is None or not (has_jobs or known.status in DECIDED):
                self._runs[run.run_id] = replace(run, summary=_stored(run.run_id, run.summary))
                if decision is not None:
                    self._decisions[run.run_id] = decision
            return self._runs[run.run_id]

    def decision(self, run_id: str) -> PhaseDecision | None:
        run, found = self._runs.get(run_id), self._decisions.get(run_id)
        return found if run is not None and found is not None and found.decision_sha == run.decision_sha else None

    def finish_run(self, run_id: str, status: RunStatus, summary: RunSummary, at: datetime) -> None:
        with self._lock:
            run = self._known_run(run_id)
            self._runs[run_id] = replace(run, status=status, summary=_stored(run_id, summary), finished_at=at)

    def run(self, run_id: str) -> Run | None:
        return self._runs.get(run_id)

    def runs(self, calendar: str | None = None) -> list[Run]:
        found = [run for run in self._runs.values() if calendar in (None, run.calendar)]
        return sorted(found, key=lambda run: (run.as_of, run.run_id))

    def _known_runs(self) -> list[Run]:
        return list(self._runs.values())

    def _known_run(self, run_id: str) -> Run:
        if run_id not in self._runs:
            raise rules.unknown_run(run_id)
        return self._runs[run_id]

    # -- outbox ---------------------------------------------------------------------------------
    def enqueue(
        self,
        run_id: str,
        jobs: Iterable[Job],
        grants: Iterable[Grant],
        *,
        budget: BudgetLimits,
        stock: Mapping[str, int | None],
        expected_position: int | None,
        at: datetime,  # noqa: ARG002 - part of the port; every write is given its moment
        decision_sha: str | None = None,
    ) -> Enqueued:
        with self._lock:
            run = self._known_run(run_id)
            rules.check_decision(run_id, decision_sha, run.decision_sha)
            if decision_sha is not None and run.status in DECIDED:
                return Enqueued(0, sum(job.run_id == run_id for job in self._jobs.values()), 0, self._position)
            new: dict[str, Job] = {}
            seen = 0
            for job in jobs:
                rules.check_entries([job], run_id)
                seen += 1
                if job.intent_key not in self._jobs:
                    new.setdefault(job.intent_key, job)
            rules.check_moved(expected_position, self._position, len(new))
            given = self._new_grants(grants, new)
            for calendar in sorted({grant.calendar for grant in given.values()}):
                self._check_limits(calendar, given, budget, stock)
            self._jobs.update(new)
            self._grants.update(given)
            self._position += bool(new)
            if new or run.status not in DECIDED:
                self._set_run_status(run_id)
            return Enqueued(len(new), seen - len(new), len(given), self._position)

    def _set_run_status(self, run_id: str) -> None:
        waiting = sum(j.run_id == run_id and j.status == "awaiting_approval" for j in self._jobs.values())
        self._runs[run_id] = replace(self._runs[run_id], status=rules.run_status_after(waiting))

    def _new_grants(self, grants: Iterable[Grant], new: Mapping[str, Job]) -> dict[str, Grant]:
        given: dict[str, Grant] = {}
        orphans: set[str] = set()
        for grant in grants:
            if grant.intent_key in new:
                given.setdefault(grant.intent_key, grant)
            elif grant.intent_key not in self._jobs:
                orphans.add(grant.intent_key)
        if orphans:
            raise rules.orphan_grants(orphans)
        return given

    def _check_limits(
        self, calendar: str, given: Mapping[str, Grant], budget: BudgetLimits, stock: Mapping[str, int | None]
    ) -> None:
        pools: dict[str | None, rules.Use] = {}
        benefits: dict[str, rules.Use] = {}
        asked = [grant for grant in given.values() if grant.calendar == calendar]
        for grants, is_new in ((self._live_grants(calendar), False), (asked, True)):
            for grant in grants:
                cents, pieces = pools.get(grant.pool, rules.Use(0, 0)), benefits.get(grant.benefit, rules.Use(0, 0))
                cost = self._held(grant)
                pools[grant.pool] = rules.Use(cents.total + cost, cents.asked + cost * is_new)
                benefits[grant.benefit] = rules.Use(pieces.total + 1, pieces.asked + is_new)
        rules.check_limits(pools, benefits, budget, stock, self._blocks(calendar))

    def claim(self, run_id: str | None, channel: str, limit: int, worker: str, at: datetime) -> list[Job]:
        with self._lock:
            due = self._due(run_id, channel, at)[:limit]
            claimed = [replace(job, status="sending", attempts=job.attempts + 1) for job in due]
            for job in claimed:
                self._jobs[job.intent_key] = job
                self._claims[job.intent_key] = _Claim(worker, at)
            return claimed

    def _due(self, run_id: str | None, channel: str, at: datetime) -> list[Job]:
        due = (
            job
            for job in self._jobs.values()
            if job.status == "pending"
            and job.channel == channel
            and run_id in (None, job.run_id)
            and (job.not_before is None or job.not_before <= at)
        )
        return sorted(due, key=lambda job: job.run_id)

    def due_members(self, run_id: str | None, channel: str, limit: int, at: datetime) -> list[str]:
        with self._lock:
            return [job.member_id for job in self._due(run_id, channel, at)[:limit]]

    def hand_over(self, costs: Mapping[str, int], worker: str, at: datetime) -> set[str]:
        with self._lock:
            held = {key for key in costs if key in self._claims and self._claims[key].worker == worker}
            self._claims |= dict.fromkeys(held, _Claim(worker, at, handed_over=True))
            self._jobs |= {key: replace(self._jobs[key], cost_cents=costs[key]) for key in held}
            return held

    def renew(self, worker: str, at: datetime) -> int:
        with self._lock:
            held = {key: replace(claim, at=at) for key, claim in self._claims.items() if claim.worker == worker}
            self._claims |= held
            return len(held)

    def record(
        self,
        outcomes: Iterable[Outcome],
        at: datetime,
        *,
        worker: str | None = None,
        lasting: bool = True,  # noqa: ARG002 - nothing outlives the process
    ) -> int:
        with self._lock:
            return sum(self._record_one(outcome, at, worker) for outcome in outcomes)

    def make_lasting(self) -> None: ...

    def _record_one(self, outcome: Outcome, at: datetime, worker: str | None) -> bool:
        job = self._jobs.get(outcome.intent_key)
        if job is None or job.status not in OUTCOME_FROM[outcome.status]:
            return False
        claim = self._claims.get(job.intent_key)
        if worker is not None and outcome.status != "sent" and (claim is None or claim.worker != worker):
            return False
        self._claims.pop(job.intent_key, None)
        self._jobs[job.intent_key] = replace(
            job,
            status=_stopped(job) if outcome.status == "cancelled" else outcome.status,
            in_doubt=outcome.status not in ("sent", "failed")
            and (job.in_doubt or (outcome.in_doubt and outcome.status == "pending")),
            receipt=job.receipt if outcome.receipt is None else outcome.receipt,
            error=outcome.error,
            not_before=at + outcome.retry_after if outcome.retry_after else None,
            sent_at=at if outcome.status == "sent" else None,
        )
        return True

    def defer(self, run_id: str | None, channel: str, until: datetime, reason: str, at: datetime) -> int:
        with self._lock:
            due = self._due(run_id, channel, at)
            for job in due:
                self._jobs[job.intent_key] = replace(job, not_before=until, error=reason)
            return len(due)

    def recover(
        self, at: datetime, lease: timedelta, resend: Collection[str], *, channels: Collection[str] | None = None
    ) -> Recovered:
        with self._lock:
            done: Counter[str] = Counter()
            for key, claim in list(self._claims.items()):
                job, kept = self._jobs[key], lease if claim.handed_over else rules.untouched_lease(lease)
                if abs(claim.at - at) <= kept or (channels is not None and job.channel not in channels):
                    continue
                del self._claims[key]
                if not claim.handed_over:
                    self._jobs[key] = replace(job, status="pending", error=rules.UNTOUCHED)
                    done["untouched"] += 1
                    continue
                again = job.channel in resend
                status: JobStatus = "pending" if again else "unknown"
                self._jobs[key] = replace(job, status=status, error=rules.AWAY, in_doubt=again)
                done["resent" if again else "unknown"] += 1
            return Recovered(done["resent"], done["unknown"], done["untouched"])

    def cancel(self, intent_keys: Iterable[str], reason: str, at: datetime, *, by: str = "promocal") -> int:
        with self._lock:
            changed = self._cancelled(intent_keys, reason)
            for (run_id, calendar), count in sorted(changed.items()):
                self.note(audit.cancelled(run_id, calendar, count, reason=reason, by=by, at=at))
            return changed.total()

    def _cancelled(self, intent_keys: Iterable[str], reason: str) -> Counter[tuple[str, str]]:
        changed: Counter[tuple[str, str]] = Counter()
        for key in intent_keys:
            job = self._jobs.get(key)
            if job is not None and job.status in CANCELLABLE:
                self._jobs[key] = replace(job, status=_stopped(job), error=reason)
                changed[job.run_id, job.calendar] += 1
        return changed

    def give_text(
        self, run_id: str, arm: str | None, messages: Mapping[tuple[str, str], str], entry: audit.AuditEntry
    ) -> int:
        with self._lock:
            waiting = [
                job
                for job in self._jobs.values()
                if job.run_id == run_id
                and job.status == "pending"
                and (job.arm, job.message) == (None, None)
                and (job.play, job.channel) in messages
            ]
            for job in waiting:
                self._jobs[job.intent_key] = replace(job, arm=arm, message=messages[job.play, job.channel])
            self.note(entry)
            return len(waiting)

    def approve(self, run_id: str, by: str, at: datetime, answer: Answer = WHOLE_RUN) -> int:
        with self._lock:
            run = self._known_run(run_id)
            if not self._first(run_id, answer.source):
                return 0
            waiting = self._waiting(run_id, answer.plays)
            if not waiting:
                return 0
            if answer.most is not None:
                rest = [job.intent_key for job in waiting[answer.most :]]
                self.cancel(rest, ABOVE_LIMIT, at, by=by)
                waiting = waiting[: answer.most]
            self._jobs |= {job.intent_key: replace(job, status="pending") for job in waiting}
            self.agree_words(run_id, answer.words, at, approved=True)
            self._set_run_status(run_id)
            self.note(
                audit.approved(run_id, run.calendar, len(waiting), by, at, plays=answer.plays, reason=answer.reason)
            )
            return len(waiting)

    def reject(self, run_id: str, by: str, at: datetime, answer: Answer = WHOLE_RUN) -> int:
        with self._lock:
            run = self._known_run(run_id)
            if not self._first(run_id, answer.source):
                return 0
            rest = [job.intent_key for job in self._waiting(run_id, answer.plays)]
            if not rest:
                return 0
            stopped = self._cancelled(rest, REJECTED).total()
            self._set_run_status(run_id)
            self.note(audit.rejected(run_id, run.calendar, stopped, by, at, plays=answer.plays, reason=answer.reason))
            return stopped

    def settle(self, intent_keys: Iterable[str], as_status: JobStatus, by: str, at: datetime) -> list[Job]:
        with self._lock:
            settled: dict[str, Job] = {}
            for key in intent_keys:
                job = settled.get(key) or self._jobs.get(key)
                rules.check_settlement(key, job.status if job else None, as_status)
                assert job is not None  # noqa: S101  a job that is not there cannot be settled
                sent_at = at if as_status == "sent" else None
                settled[key] = replace(job, status=as_status, in_doubt=False, sent_at=sent_at)
            self._jobs.update(settled)
            for entry in audit.settled(settled.values(), as_status, by, at):
                self.note(entry)
            return list(settled.values())

    def jobs(
        self, run_id: str | None = None, *, status: JobStatus | None = None, members: Collection[str] | None = None
    ) -> Iterator[Job]:
        with self._lock:
            found = [job for job in self._jobs.values() if members is None or job.member_id in members]
        return (job for job in found if run_id in (None, job.run_id) and status in (None, job.status))

    def job_counts(
        self, run_id: str | None = None, calendar: str | None = None, *, before: datetime | None = None
    ) -> dict[tuple[str, str, str, JobStatus], int]:
        counts: dict[tuple[str, str, str, JobStatus], int] = {}
        for job in self.jobs(run_id):
            if calendar in (None, job.calendar) and (before is None or job.occurrence_at < before):
                later = before is not None and job.sent_at is not None and job.sent_at >= before
                key = (job.phase, job.play, job.channel, "pending" if later else job.status)
                counts[key] = counts.get(key, 0) + 1
        return dict(sorted(counts.items()))

    def open_runs(self, calendar: str) -> list[str]:
        found = (job for job in self.jobs() if job.status in ("pending", "sending"))
        return sorted({job.run_id for job in found if job.calendar == calendar})

    def open_jobs(self, run_id: str) -> dict[JobStatus, OpenJobs]:
        by_state: dict[JobStatus, list[Job]] = {}
        for job in self.jobs(run_id):
            if job.status not in CLOSED:
                by_state.setdefault(job.status, []).append(job)
        found = {}
        for status, jobs in by_state.items():
            starts = [job.not_before for job in jobs if job.not_before is not None]
            ends = [job.expires_at for job in jobs if job.expires_at is not None]
            found[status] = OpenJobs(
                len(jobs),
                min(starts) if len(starts) == len(jobs) else None,
                max(ends) if len(ends) == len(jobs) else None,
            )
        return found

    def stopped(
        self,
        run_id: str | None = None,
        calendar: str | None = None,
        *,
        status: JobStatus = "cancelled",
        before: datetime | None = None,
    ) -> dict[str, int]:
        stopped = [job for job in self.jobs(run_id, status=status) if before is None or job.occurrence_at < before]
        return rules.by_reason(Counter(job.error for job in stopped if calendar in (None, job.calendar)))


def _stopped(job: Job) -> JobStatus:
    return "unknown" if job.in_doubt else "cancelled"


def _stored(run_id: str, summary: RunSummary) -> RunSummary:
    # Through JSON, as the SQL ledger does: both give back the same.
    return rules.read_summary(run_id, to_json(summary))
