"""Any sequence of enqueue, claim, send, crash, recover, cancel and approve keeps the promises.

The memory and the SQLite ledger go through the same steps side by side and must stay equal. The
provider is simulated: on "keyed" it drops repeated keys, on "plain" it delivers whatever it gets.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.findings.errors import LedgerError
from tests.drawing import LONG
from warehouse.ledger.approvals import ApprovalRequest
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Books, Grant, GrantState, Job, Outcome, Run, StrayUses
from warehouse.ledger.schema import grants
from warehouse.ledger.sql import SqlLedger
from warehouse.ledger.transitions import LIVE

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
LEASE = timedelta(minutes=10)
LIMITS = BudgetLimits(total_cents=700, pools={"coupons": 500})
STOCK: dict[str, int | None] = {"coupon": 6}
CHANNELS = ("keyed", "plain")
RUNS = ("r1", "r2")

MEMBERS = st.lists(st.sampled_from([f"m{n}" for n in range(8)]), max_size=6)
BECAME = st.one_of(
    st.tuples(st.integers(0, 100), st.integers(0, 100), st.booleans(), st.booleans(), st.none()),
    st.tuples(st.just(0), st.just(0), st.just(False), st.just(False), st.sampled_from(["expired", "refunded"])),
)
WANTS = st.tuples(MEMBERS, st.sampled_from(RUNS), st.sampled_from(CHANNELS), st.booleans())


@dataclass
class Provider:
    """What really reached the members."""

    delivered: Counter[str] = field(default_factory=Counter)

    def accept(self, job: Job) -> None:
        if job.channel == "plain" or not self.delivered[job.intent_key]:
            self.delivered[job.intent_key] += 1


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory()
        self.memory = MemoryLedger()
        self.sql = SqlLedger(f"sqlite:///{self._directory.name}/ledger.db")
        self.provider = Provider()
        self.known: set[str] = set()
        self.now = T0
        self.workers = 0
        self.booked = False
        for run_id in RUNS:
            self.both("begin_run", Run(run_id, "c", "p", T0, "s", "d", "started", RunSummary(), T0))

    def teardown(self) -> None:
        self.sql.close()
        self._directory.cleanup()

    def both(self, method: str, *args: Any, **kwargs: Any) -> Any:
        """The same call on both ledgers; the same answer or the same refusal."""
        answers = []
        for ledger in (self.memory, self.sql):
            try:
                answers.append(getattr(ledger, method)(*args, **kwargs))
            except LedgerError as error:
                answers.append(f"{type(error).__name__}: {error}")
        assert answers[0] == answers[1]
        return answers[0]

    @rule(wants=WANTS, cost=st.integers(0, 200), pooled=st.booleans(), expect=st.booleans())
    def enqueue(self, wants: tuple[list[str], str, str, bool], cost: int, pooled: bool, expect: bool) -> None:
        members, run_id, channel, waits = wants
        jobs = [
            Job(
                intent_key("c", "p", "y", T0, member, channel),
                run_id, "c", "p", "y", T0, member, channel, "coupon",
                status="awaiting_approval" if waits else "pending",
            )
            for member in members
        ]  # fmt: skip
        pool = "coupons" if pooled else None
        grants = [Grant(j.intent_key, "c", "p", "y", j.member_id, "coupon", pool, cost, self.now) for j in jobs]
        answer = self.both(
            "enqueue", run_id, jobs, grants,
            budget=LIMITS, stock=STOCK, expected_position=self.memory.position() if expect else 0, at=self.now,
        )  # fmt: skip
        if not isinstance(answer, str):
            self.known.update(job.intent_key for job in jobs)

    @rule(
        channel=st.sampled_from(CHANNELS),
        limit=st.integers(1, 5),
        death=st.tuples(
            st.sampled_from(["never", "before the hand-over", "before the send", "after the send"]), st.booleans()
        ),
        result=st.sampled_from(["sent", "failed", "timeout", "busy"]),
        run_id=st.sampled_from([None, *RUNS]),
    )
    def dispatch(self, channel: str, limit: int, death: tuple[str, bool], result: str, run_id: str | None) -> None:
        crash, stolen = death
        self.workers += 1
        worker = f"w{self.workers}"
        jobs = self.both("claim", run_id, channel, limit, worker, self.now)
        if crash == "before the hand-over":
            return
        if stolen:
            self.recover()
            self.both("claim", run_id, channel, 2, "another", self.now)
        held = self.both(
            "hand_over", {job.intent_key: 6 * (1 + len(job.member_id) % 2) for job in jobs}, worker, self.now
        )
        assert not (stolen and held), "who lost a claim sends nothing of it"
        jobs = [job for job in jobs if job.intent_key in held]
        if crash == "before the send":
            return
        if result in ("sent", "timeout"):
            for job in jobs:
                self.provider.accept(job)
        if crash == "after the send":
            return
        outcomes = []
        for job in jobs:
            # A provider that honours keys answers a repeated one with what it did the first time.
            arrived = result == "failed" and self.provider.delivered[job.intent_key]
            outcomes.append(self.outcome(job, "sent" if arrived else result))
        self.both("record", outcomes, self.now, worker=worker)

    @staticmethod
    def outcome(job: Job, result: str) -> Outcome:
        if result == "timeout" and job.channel == "plain":
            return Outcome(job.intent_key, "unknown")
        if result in ("timeout", "busy"):
            return Outcome(job.intent_key, "pending", in_doubt=result == "timeout")
        return Outcome(job.intent_key, "sent" if result == "sent" else "failed")

    @rule()
    def renew(self) -> None:
        self.both("renew", f"w{self.workers}", self.now)

    @rule()
    def recover(self) -> None:
        self.now += LEASE + timedelta(seconds=1)
        self.both("recover", self.now, LEASE, {"keyed"})

    @rule(member=st.integers(0, 7), channel=st.sampled_from(CHANNELS))
    def cancel(self, member: int, channel: str) -> None:
        self.both("cancel", [intent_key("c", "p", "y", T0, f"m{member}", channel)], "no", self.now)

    @rule(run_id=st.sampled_from(RUNS))
    def approve(self, run_id: str) -> None:
        self.both("approve", run_id, "wang", self.now)

    @rule(run_id=st.sampled_from(RUNS), words=st.sampled_from("ab"), agreed=st.booleans())
    def reword(self, run_id: str, words: str, agreed: bool) -> None:
        if agreed:
            self.both("agree_words", run_id, {"y": words}, self.now)
        request = ApprovalRequest(
            run_id=run_id, play="y", calendar="c", decision_sha="d", why="w", plan=None, requested_at=self.now,
            until=self.now + LEASE,
        )  # fmt: skip
        self.both("ask_again", [request], {"y": words}, self.now)

    @rule(member=st.integers(0, 7), channel=st.sampled_from(CHANNELS), became=BECAME)
    def book(self, member: int, channel: str, became: tuple[int, int, bool, bool, Any]) -> None:
        self.booked = True
        owed, spent, used, assumed, release = became
        key = intent_key("c", "p", "y", T0, f"m{member}", channel)
        state = GrantState(key, owed, spent, self.now if used else None, assumed, release)
        self.both("book", "c", [state], Books(self.now, "s", {"coupon": StrayUses(1, 2, 1, 1)}))
        assert self.both("books", "c") == Books(self.now, "s", {"coupon": StrayUses(1, 2, 1, 1)})

    @precondition(lambda self: any(self.memory.jobs(status="unknown")))
    @rule(truthful=st.booleans())
    def settle(self, truthful: bool) -> None:
        job = next(iter(self.memory.jobs(status="unknown")))
        arrived = bool(self.provider.delivered[job.intent_key])
        if truthful or arrived:
            self.both("settle", job.intent_key, "sent" if arrived else "pending", "li", self.now)

    @invariant()
    def twins_agree(self) -> None:
        assert list(self.memory.jobs()) == list(self.sql.jobs())
        assert list(self.memory.grant_rows("c")) == list(self.sql.grant_rows("c"))
        assert list(self.memory.grant_rows("c", over=True)) == list(self.sql.grant_rows("c", over=True))
        assert set(self.memory.given_rows("c")) == set(self.sql.given_rows("c"))
        assert self.memory.grant_sums("c") == self.sql.grant_sums("c")
        assert list(self.memory.contact_rows(T0)) == list(self.sql.contact_rows(T0))
        assert self.memory.runs() == self.sql.runs()

    @invariant()
    def one_job_per_intent_and_none_lost(self) -> None:
        keys = [job.intent_key for job in self.sql.jobs()]
        assert len(keys) == len(set(keys))
        assert set(keys) == self.known

    @invariant()
    def nothing_reaches_a_member_twice(self) -> None:
        assert all(times == 1 for times in self.provider.delivered.values() if times)

    @invariant()
    def what_arrived_is_never_forgotten(self) -> None:
        by_key = {job.intent_key: job for job in self.sql.jobs()}
        for key, times in self.provider.delivered.items():
            allowed = (
                {"sent", "sending", "unknown", "pending"} if by_key[key].in_doubt else {"sent", "sending", "unknown"}
            )
            assert not times or by_key[key].status in allowed

    @invariant()
    def nothing_is_sent_that_did_not_arrive(self) -> None:
        assert all(self.provider.delivered[job.intent_key] for job in self.sql.jobs(status="sent"))

    @invariant()
    def budget_and_stock_hold(self) -> None:
        with self.sql._engine.connect() as con:
            held = select(grants.c.pool, grants.c.cost_cents).where(grants.c.released_at.is_(None))
            reserved = [(pool, cents) for pool, cents in con.execute(held)]
        live = sum(job.status in LIVE for job in self.sql.jobs())
        assert len(list(self.sql.given_rows("c"))) == live
        if self.booked:
            return  # what is found used later holds again what may be given meanwhile
        assert sum(cents for _, cents in reserved) <= 700
        assert sum(cents for pool, cents in reserved if pool == "coupons") <= 500
        assert len(reserved) <= 6
        assert len(reserved) == live


TestLedgerMachine = pytest.mark.drawn(LedgerMachine.TestCase)
TestLedgerMachine.settings = settings(
    max_examples=25 if LONG else 8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
