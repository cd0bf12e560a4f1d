"""The processes of the trials: one that enqueues a run, one that dispatches it. Forked off a process that has imported
all they need, so that a new one is at work within milliseconds."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import aiohttp  # noqa: F401 - imported before the fork, as are the next
import psycopg  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from tasks.channels.http import HttpChannel
from tasks.outreach.dispatch import dispatch
from warehouse.ledger.engine import patiently
from warehouse.ledger.records import Job, Run
from warehouse.ledger.sql import SqlLedger
from warehouse.snapshots.recipients import Recipient

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
LEASE = timedelta(seconds=2)
BATCH, AT_ONCE = 5, 2


def jobs_of(run_id: str, messages: int) -> list[Job]:
    members = (f"m{number}" for number in range(messages))
    keyed = ((intent_key("c", run_id, "y", T0, member, "sms"), member) for member in members)
    return [Job(key, run_id, "c", "p", "y", T0, member, "sms") for key, member in keyed]


def enqueue(url: str, run_id: str, messages: int) -> None:
    """One process: begin the run and enqueue it; killed at any point, another one does it again."""
    ledger = SqlLedger(url)
    ledger.begin_run(Run(run_id, "c", "p", T0, "s", "d", "started", RunSummary(), T0))
    jobs = jobs_of(run_id, messages)
    ledger.enqueue(run_id, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0, decision_sha="d")
    ledger.close()


def work(url: str, run_id: str, receiver: str, honours_key: bool, shift: timedelta = timedelta()) -> None:
    """One worker, whose clock is wrong by `shift`: dispatch until nothing is open."""
    ledger = patiently(lambda: SqlLedger(url))
    channel = HttpChannel(
        "sms", receiver, token=f"w-{os.getpid()}", honours_key=honours_key, batch=BATCH, concurrency=AT_ONCE, retries=0
    )

    def recipients(members: Sequence[str], _channel: str) -> Mapping[str, Recipient]:
        return {member: Recipient(member, "13800000000") for member in members}

    while ledger.open_jobs(run_id).keys() - {"unknown"}:
        dispatch(
            ledger,
            {"sms": channel},
            recipients,
            lambda job, _: f"hello {job.member_id}",
            run_id=run_id,
            now=lambda: datetime.now(UTC) + shift,
            worker=f"w-{os.getpid()}-{time.monotonic_ns()}",
            lease=LEASE,
        )
        time.sleep(0.05)
    ledger.close()
