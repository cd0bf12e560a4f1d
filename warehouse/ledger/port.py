"""The ledger as its users see it. `SqlLedger` and `MemoryLedger` pass the same contract tests.

The ledger is the operational truth: at most one job per intent, every transition committed
before or after the fact it stands for, budget and stock re-checked where they are used.
All moments are arguments; the ledger never reads a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import PhaseDecision, RunSummary
from warehouse.ledger.approvals import Approvals
from warehouse.ledger.audit import EVERYTHING, AuditEntry, AuditFilter
from warehouse.ledger.away import AwayRow
from warehouse.ledger.correcting import Corrections
from warehouse.ledger.deliveries import Deliveries
from warehouse.ledger.expected import ExpectedOccurrences
from warehouse.ledger.forecasts import Forecasts
from warehouse.ledger.guards import Guards
from warehouse.ledger.plan_records import PlanRecord
from warehouse.ledger.records import (
    Books,
    CodeRow,
    ContactRow,
    Draw,
    DutyTick,
    Enqueued,
    GivenRow,
    Grant,
    GrantRow,
    GrantState,
    GrantSum,
    Job,
    JobStatus,
    OpenJobs,
    Outcome,
    PlatformId,
    Recovered,
    Run,
    RunStatus,
    SnapshotRecord,
    Suppression,
    TierOverride,
)
from warehouse.ledger.retention import Retention


class Ledger(ExpectedOccurrences, Approvals, Forecasts, Guards, Deliveries, Corrections, Retention, Protocol):
    """Every method is one transaction; every failure is a `LedgerError`."""

    def close(self) -> None: ...

    # -- runs -----------------------------------------------------------------------------------
    def position(self) -> int:
        """Grows by one with every enqueue that inserted something."""

    def begin_run(self, run: Run, decision: PhaseDecision | None = None) -> Run:
        """Record the run, and what was decided of it, and return what is stored.

        A run that reached the outbox keeps what it was decided on: the stored record comes back
        unchanged and the caller resumes it. Any other is replaced.
        """

    def decision(self, run_id: str) -> PhaseDecision | None:
        """What was decided of a run; None: no such run, or a release that did not keep it here decided it."""

    def finish_run(self, run_id: str, status: RunStatus, summary: RunSummary, at: datetime) -> None: ...

    def run(self, run_id: str) -> Run | None: ...

    def runs(self, calendar: str | None = None) -> list[Run]:
        """Ordered by (as_of, run_id)."""

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
        at: datetime,
        decision_sha: str | None = None,
    ) -> Enqueued:
        """Jobs, their grants, the use of budget and stock and the run's state, all or nothing.

        An intent that is already known is skipped, with its grant. `jobs` is consumed before
        `grants`. With `decision_sha`, raises LedgerMovedError before anything is written if the run is by now
        decided otherwise. Raises LedgerError naming pool or benefit, asked and left, when a limit would be
        exceeded; LedgerMovedError when the position is not the expected one and something is new.
        """

    def claim(self, run_id: str | None, channel: str, limit: int, worker: str, at: datetime) -> list[Job]:
        """Up to `limit` pending jobs → sending, committed on return, oldest first within a run.

        A power cut may take it back until the hand-over: nothing has left then.
        """

    def hand_over(self, costs: Mapping[str, int], worker: str, at: datetime) -> set[str]:
        """Mark claimed jobs right before the first byte of them leaves; returns those this worker still holds.

        Only they may be sent: the others were taken back meanwhile, and what was never handed over never is in doubt.
        `costs`: intent key → cents of the message as it leaves, which are kept with the job.
        """

    def renew(self, worker: str, at: datetime) -> int:
        """The worker lives: the leases of all it holds begin anew; returns how many jobs."""

    def due_members(self, run_id: str | None, channel: str, limit: int, at: datetime) -> list[str]:
        """Members of the jobs that the next claims will take, in that order; changes nothing."""

    def record(
        self, outcomes: Iterable[Outcome], at: datetime, *, worker: str | None = None, lasting: bool = True
    ) -> int:
        """Write outcomes of claimed jobs; returns how many changed a job.

        "sent" is accepted late, from unknown and pending too. With `worker`, everything else
        applies only to jobs this worker still holds. Not `lasting`: committed, but a power cut may take it back until
        the next write that is, or `make_lasting`; the jobs are then handed over, as if nobody had told.
        """

    def make_lasting(self) -> None:
        """What was recorded so far outlives a power cut."""

    def lacking_text(self, run_id: str, at: datetime) -> set[tuple[str, str]]:
        """(play, channel) of the run's pending jobs that are due at `at` and have no text yet."""

    def give_text(
        self, run_id: str, arm: str | None, messages: Mapping[tuple[str, str], str], entry: AuditEntry
    ) -> int:
        """(play, channel) → template for the pending jobs that wait for the best text; `entry` says why it is `arm`."""

    def defer(self, run_id: str | None, channel: str, until: datetime, reason: str, at: datetime) -> int:
        """Keep pending jobs that are due back until `until`, with the reason."""

    def recover(
        self, at: datetime, lease: timedelta, resend: Collection[str], *, channels: Collection[str] | None = None
    ) -> Recovered:
        """Jobs claimed before `at - lease` and never recorded: their worker is gone.

        Those not handed over are pending again, after a minute at the latest. Of the others, channels in `resend`
        honour our key, so their jobs go back to pending; the rest become unknown. `channels` limits the search,
        None means all.
        """

    def cancel(self, intent_keys: Iterable[str], reason: str, at: datetime, *, by: str = "promocal") -> int:
        """Stop jobs that have not been claimed (awaiting_approval, pending); returns how many.

        One whose earlier attempt may have arrived becomes unknown instead of cancelled. An audit entry for each run.
        """

    def settle(self, intent_keys: Iterable[str], as_status: JobStatus, by: str, at: datetime) -> list[Job]:
        """A person decides, about all of them or none: an unknown job was sent, failed, or goes out again
        (pending); one to do was done (sent), led nowhere (failed) or is not wanted any more (cancelled).
        An audit entry for each run."""

    def jobs(
        self, run_id: str | None = None, *, status: JobStatus | None = None, members: Collection[str] | None = None
    ) -> Iterator[Job]:
        """In the order of their enqueue; those of some members only, if given."""

    def job_counts(
        self, run_id: str | None = None, calendar: str | None = None, *, before: datetime | None = None
    ) -> dict[tuple[str, str, str, JobStatus], int]:
        """(phase, play, channel, status) → jobs.

        With `before` those of occurrences before that moment only; what left at it or later was pending then. What was
        stopped or failed since counts as that: the ledger keeps no moment of it.
        """

    def open_jobs(self, run_id: str) -> dict[JobStatus, OpenJobs]:
        """State → jobs of the run that are in it, for every state but sent, failed and cancelled; none are built."""

    def open_runs(self, calendar: str) -> list[str]:
        """Ids of the runs of a calendar with messages that may leave without a person, or that a worker has."""

    def stopped(
        self,
        run_id: str | None = None,
        calendar: str | None = None,
        *,
        status: JobStatus = "cancelled",
        before: datetime | None = None,
    ) -> dict[str, int]:
        """Reason → cancelled jobs, the most frequent first; those without a reason are a person's doing.

        With `status` pending: why jobs may not leave yet. With `before` those of occurrences before that moment only.
        """

    # -- history --------------------------------------------------------------------------------
    def contact_rows(
        self,
        until: datetime | None,
        *,
        since: datetime | None = None,
        exclude_run: str | None = None,
        sent: bool = False,
    ) -> Iterator[ContactRow]:
        """Live jobs planned at or before `until` (None: at any), and not before `since`, by (at, intent key).

        A run that is decided again leaves itself out with `exclude_run`. `sent`: only those that did leave, at the
        moment they left, which is then the moment by which they are chosen and ordered.
        """

    def left_rows(self, before: datetime) -> Iterator[tuple[object, ...]]:
        """Of each message that left before a moment (member id, channel, calendar, phase, play, moment, benefit, cost
        in cents), in no order, for a table: the moment at which it left is aware, or its text.
        """

    def outbox_rows(self, runs: Collection[str]) -> Iterator[tuple[object, ...]]:
        """Of what these runs have in the outbox (intent key, phase, play, channel, member id, benefit, state, moment,
        cost in cents), in the order of their enqueue. The moment is that at which it left, or was planned to, as long
        as it has not; it is as in `left_rows`.
        """

    def away(self, members: Collection[str], since: datetime, *, but: Collection[str] = ()) -> list[AwayRow]:
        """What members got on any channel after `since`, of any calendar, or may get any moment, by intent key.

        `but`: intent keys that are left out, as of what whoever asks has in hand. Sets, where they are many.
        """

    def grant_rows(self, calendar: str | None, *, for_points: bool = False, over: bool = False) -> Iterator[GrantRow]:
        """Grants of a calendar (None: of all) that hold stock and money, ordered by (granted_at, intent key).

        `for_points`: only those that ask points of the member. `over`: also those that came back unused, but
        for those whose message was stopped.
        """

    def granted(self, calendar: str) -> dict[str, int]:
        """Benefit → how many grants of a calendar hold stock and money."""

    # -- books ----------------------------------------------------------------------------------
    def given_rows(
        self, calendar: str, others_of: Collection[str] | None = None, *, run_id: str | None = None
    ) -> Iterator[GivenRow]:
        """Grants whose messages were not stopped, with what is known of them, in any order.

        With `others_of` those that other calendars gave of benefits of these names; with `run_id` of one run alone.
        """

    def extend(self, ends: Iterable[tuple[str, datetime]]) -> None:
        """Grants (intent key) that can be used until later than was known; none ends earlier by it."""

    def book(self, calendar: str, states: Iterable[GrantState], kept: Books) -> int:
        """Write down what became of grants, and on which data; returns how many changed.

        Stock and money of those with a release are free at once; one that is found used later holds them again.
        """

    def books(self, calendar: str) -> Books | None:
        """When and on what the grants were last looked at; None: never."""

    def grant_sums(self, calendar: str) -> list[GrantSum]:
        """Every grant of a calendar there ever was and every block of its books, summed up.

        Ordered by (phase, benefit, pool, state).
        """

    # -- control groups -------------------------------------------------------------------------
    def keep_draws(self, draws: Iterable[Draw]) -> None:
        """Keep how groups are drawn; one that is known stays as it is."""

    def redraw(self, draws: Iterable[Draw], entry: AuditEntry) -> None:
        """Draw groups otherwise from now on: a person decided it, and `entry` says who and why."""

    def draws(self, calendar: str) -> list[Draw]:
        """Ordered by name."""

    # -- duties, and ids of the platform ---------------------------------------------------------
    def tick(self, tick: DutyTick, detail: str = "") -> bool:
        """A duty is done, with an audit entry; False, and nothing is kept, where it was done before.

        `detail`: where that is known from.
        """

    def untick(self, calendar: str, duty: str, reason: str, by: str, at: datetime) -> bool:
        """A duty is not done after all, with an audit entry; False when it was not ticked."""

    def ticks(self, calendar: str) -> list[DutyTick]:
        """Ordered by duty."""

    def set_platform_ids(self, rows: Iterable[PlatformId], entry: AuditEntry) -> None:
        """Keep what the platform calls benefits, in the place of what was known; `entry` says who brought it."""

    def platform_ids(self, calendar: str, *, shared: bool = False) -> list[PlatformId]:
        """Ordered by (calendar, benefit, part); `shared`: those of other calendars under ids that this one has too."""

    # -- codes of partners -----------------------------------------------------------------------
    def take_codes(
        self, partner: str, intent_keys: Sequence[str], digests: Sequence[str], at: datetime
    ) -> dict[str, str]:
        """Intent key → digest of the code its message has: the one it had before, else the first free of `digests`.

        A code goes out once, whichever calendar asks; one whose message was stopped is free again. Who is not in the
        answer has none: there are too few.
        """

    def code_rows(self, partner: str) -> list[CodeRow]:
        """Codes that messages have or wait to have, ordered by digest."""

    # -- suppressions ---------------------------------------------------------------------------
    def suppress(self, rows: Iterable[Suppression], entry: AuditEntry | None = None) -> int:
        """Add; a known (member, channel) keeps its first reason. Returns how many were new.

        `entry` is kept with them: who brought them, in which list.
        """

    def suppression_rows(self) -> Iterator[Suppression]:
        """Ordered by (member_id, channel)."""

    def suppressed(self, channel: str, member_ids: Collection[str]) -> set[str]:
        """Those of the members (or digests of numbers) that must not be contacted on this channel."""

    def refuses_numbers(self) -> bool:
        """Whether any suppression is given for a telephone number."""

    # -- tiers set by hand ----------------------------------------------------------------------
    def set_tier(self, override: TierOverride) -> None:
        """Set a member's tier by hand, in the place of an earlier override, with an audit entry (A6)."""

    def clear_tier(self, member_id: str, reason: str, by: str, at: datetime) -> bool:
        """End the override that holds at `at`, with an audit entry; False when there is none."""

    def tier_rows(self) -> Iterator[TierOverride]:
        """All overrides ever, in the order they were set; those of one member never overlap."""

    # -- snapshots, plans, audit ----------------------------------------------------------------
    def record_snapshot(self, snapshot_id: str, as_of: datetime, fingerprint: str, counts: Mapping[str, Any]) -> None:
        """Idempotent: a known snapshot is left as it is."""

    def snapshots(self) -> list[SnapshotRecord]: ...

    def record_plan(self, checksum: str, calendar: str, body: str, at: datetime) -> None:
        """Idempotent: the same checksum is the same plan. What stands beside it (duties, forecasts) is told as it was
        made last, until somebody agrees to it; then it stays as it was agreed to."""

    def plan(self, checksum: str) -> PlanRecord | None: ...

    def last_plan(self, calendar: str) -> PlanRecord | None:
        """The newest plan of a calendar."""

    def applied_plan(self, calendar: str, before: datetime | None = None) -> PlanRecord | None:
        """The plan of a calendar that was applied last, or last `before` a moment; None: none was."""

    def begun_plan(self, calendar: str) -> PlanRecord | None:
        """The plan whose apply broke off, and after which no other was applied."""

    def begin_apply(self, checksum: str, by: str, at: datetime, *, forced: str, written: str) -> None:
        """Somebody agreed to the plan, and it is being applied. Raises LedgerError if it was never recorded."""

    def mark_applied(self, checksum: str, by: str, at: datetime, detail: str = "") -> None:
        """The plan somebody agreed to is now in force; `detail`: what that changed, for the audit log.

        Raises LedgerError if it was never recorded.
        """

    def note(self, entry: AuditEntry) -> None:
        """Keep in the audit what a person did outside the ledger."""

    def audit(self, wanted: AuditFilter = EVERYTHING) -> list[AuditEntry]:
        """Newest first; of one moment, the one written last first."""
