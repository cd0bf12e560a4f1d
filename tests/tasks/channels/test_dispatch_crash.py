"""kill -9 in the middle of a dispatch, against a real endpoint that counts what it delivers."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.intent import intent_key
from campaign_calendars.deciding.runs import RunSummary
from tasks.channels.http import HttpChannel
from tasks.outreach.counting import DispatchCounts
from tasks.outreach.dispatch import dispatch
from tests.tasks.channels.sink import Sink, slow
from warehouse.ledger.records import Job, Run
from warehouse.ledger.sql import SqlLedger
from warehouse.snapshots.recipients import Recipient

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
JOBS = 30
CLAIM = 10  # batch 5, two requests at once
WORKER = Path(__file__).with_name("dispatch_worker.py")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def ledger(url: str) -> Iterator[SqlLedger]:
    opened = SqlLedger(url)
    opened.begin_run(Run("r", "c", "p", T0, "s", "d", "started", RunSummary(), T0))
    jobs = [
        Job(intent_key("c", "p", "y", T0, f"m{n}", "sms"), "r", "c", "p", "y", T0, f"m{n}", "sms") for n in range(JOBS)
    ]
    opened.enqueue("r", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    yield opened
    opened.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


def crash(url: str, sink: Sink, hang: str, when: Callable[[], bool]) -> None:
    """Start a dispatch in a process of its own and kill it as soon as `when` holds."""
    honours = "yes" if sink.honours_key else "no"
    worker = subprocess.Popen(
        [sys.executable, WORKER, url, sink.url, honours, hang], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    )
    deadline = time.monotonic() + 20
    while not when() and time.monotonic() < deadline and worker.poll() is None:
        time.sleep(0.01)
    assert when(), "the worker never came to the point where it should die"
    worker.send_signal(signal.SIGKILL)
    assert worker.wait(5) == -signal.SIGKILL


def go_on(ledger: SqlLedger, sink: Sink, at: datetime) -> DispatchCounts:
    channel = HttpChannel("sms", sink.url, honours_key=sink.honours_key, batch=5, concurrency=2, timeout=5)

    def recipients(members: Sequence[str], _channel: str) -> Mapping[str, Recipient]:
        return {member: Recipient(member, f"138{member}") for member in members}

    return dispatch(
        ledger,
        {"sms": channel},
        recipients,
        lambda job, _: f"hello {job.member_id}",
        run_id="r",
        now=lambda: at,
        worker="next",
    )


def statuses(ledger: SqlLedger) -> Counter[str]:
    return Counter(job.status for job in ledger.jobs())


def test_killed_between_send_and_record_where_keys_are_honoured(ledger: SqlLedger, url: str, sink: Sink) -> None:
    sink.honours_key = True
    sink.faults = [slow(30), slow(30)]
    crash(url, sink, "no", lambda: sum(sink.delivered.values()) == CLAIM)
    assert statuses(ledger) == {"sending": CLAIM, "pending": JOBS - CLAIM}

    sooner = go_on(ledger, sink, T0 + timedelta(minutes=1))
    assert (sooner.sent, sooner.sending) == (JOBS - CLAIM, CLAIM), "the dead worker's lease is not over yet"
    later = go_on(ledger, sink, T0 + timedelta(hours=1))
    assert (later.sent, later.sending, later.unknown) == (CLAIM, 0, 0)
    assert len(sink.delivered) == JOBS
    assert set(sink.delivered.values()) == {1}
    assert sum(len(request["messages"]) for request in sink.requests) == JOBS + CLAIM, "they were sent again"


def test_killed_between_send_and_record_where_nothing_is_honoured(ledger: SqlLedger, url: str, sink: Sink) -> None:
    sink.faults = [slow(30), slow(30)]
    crash(url, sink, "no", lambda: sum(sink.delivered.values()) == CLAIM)

    counts = go_on(ledger, sink, T0 + timedelta(hours=1))
    # The dead worker's ten become unknown on the way in; they are not this dispatch's doing.
    assert counts.sent == JOBS - CLAIM
    assert statuses(ledger) == {"unknown": CLAIM, "sent": JOBS - CLAIM}
    assert go_on(ledger, sink, T0 + timedelta(hours=2)).sent == 0
    assert set(sink.delivered.values()) == {1}
    assert len(sink.delivered) == JOBS


@pytest.mark.parametrize("honours_key", [True, False])
def test_killed_between_claim_and_send(
    ledger: SqlLedger, url: str, sink: Sink, tmp_path: Path, honours_key: bool
) -> None:
    sink.honours_key = honours_key
    flag = tmp_path / "claimed"
    crash(url, sink, str(flag), flag.exists)
    assert sink.requests == []
    go_on(ledger, sink, T0 + timedelta(minutes=2))
    assert statuses(ledger) == {"sent": JOBS}, "nothing of it was handed over, so nothing of it is in doubt"
    assert set(sink.delivered.values()) == {1}
