"""A receiver that answers nonsense: every message lands where docs say, nothing raises, nobody is named."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.findings.errors import ChannelError
from tasks.channels.answers import LONGEST_WAIT, storable
from tasks.channels.http import HttpChannel
from tasks.outreach.dispatch import dispatch
from tests.tasks.channels.hostile import KEYS, PEOPLE, TEXT, Hostile, Lands, Receiver, answers
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Job, Run
from warehouse.ledger.sql import SqlLedger
from warehouse.snapshots.recipients import Recipient

NOON = datetime(2026, 4, 10, 4, tzinfo=UTC)
STATES: Mapping[Lands, Mapping[bool, tuple[str, bool]]] = {
    "sent": {False: ("sent", False), True: ("sent", False)},
    "failed": {False: ("failed", False), True: ("failed", False)},
    "later": {False: ("pending", False), True: ("pending", False)},
    "broken": {False: ("pending", False), True: ("pending", False)},
    "doubt": {False: ("unknown", False), True: ("pending", True)},
}


def known(members: Sequence[str], _channel: str) -> Mapping[str, Recipient]:
    return {member: Recipient(member, *reversed(PEOPLE[int(member[1:])])) for member in members}


def handed(ledger: Ledger, run: str, url: str, *, timeout: float = 3.0, **keys: object) -> list[Job]:
    """Three messages to three people through the channel; the jobs as they are then."""
    jobs = [Job(f"{run}{key}"[:64], run, "spring", "sale", "note", NOON, f"m{n}", "sms") for n, key in enumerate(KEYS)]
    ledger.begin_run(Run(run, "spring", "sale", NOON, "snap", "sha", "started", RunSummary(), NOON))
    ledger.enqueue(run, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=NOON)
    sms = HttpChannel("sms", url, retries=0, timeout=timeout, **keys)  # type: ignore[arg-type]
    dispatch(ledger, {"sms": sms}, known, lambda _, to: f"{to.name}，{TEXT}", run_id=run, now=lambda: NOON, worker="w")
    return list(ledger.jobs(run))


def check(hostile: Hostile, url: str, ledger: Ledger, *, honours_key: bool, timeout: float = 3.0) -> None:
    said_broken = ""
    try:
        handed(ledger, "", url, honours_key=honours_key, timeout=timeout)
    except ChannelError as error:
        said_broken = error.text() + error.remedy_text("zh")
    assert not _personal(said_broken)
    jobs = list(ledger.jobs(""))
    assert bool(said_broken) == ("broken" in hostile.lands), hostile.name
    assert [(job.status, job.in_doubt) for job in jobs] == [STATES[one][honours_key] for one in hostile.lands], (
        hostile.name
    )
    for job in jobs:
        for said in (job.receipt, job.error):
            assert said is None or said == storable(said), hostile.name
            assert not _personal(said or ""), hostile.name
        assert job.not_before is None or job.not_before <= NOON + LONGEST_WAIT


def _personal(text: str) -> bool:
    plain = re.sub(r"[\s.-]", "", text)
    return any(name in text or number in plain for name, number in PEOPLE) or TEXT[:8] in text


def trial(seed: int, count: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Receiver() as receiver:
        for number, hostile in enumerate(answers(seed, count)):
            receiver.answer = hostile.raw
            check(hostile, receiver.url, MemoryLedger(), honours_key=bool(number % 2))
    assert len(receiver.requests) == count, "one request for each answer: nothing is repeated that may have arrived"
    assert not _personal(caplog.text)


def test_a_hundred_hostile_answers(caplog: pytest.LogCaptureFixture) -> None:
    trial(7, 100, caplog)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_many_hostile_answers(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    trial(100 + seed, 500, caplog)


def test_a_real_ledger_takes_them_too(tmp_path: Path) -> None:
    ledger = SqlLedger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with Receiver() as receiver:
        for number, hostile in enumerate(answers(11, 12)):
            receiver.answer = hostile.raw
            try:
                jobs = handed(ledger, f"r{number}.", receiver.url)
            except ChannelError:
                jobs = list(ledger.jobs(f"r{number}."))
            assert "sending" not in {job.status for job in jobs}
    ledger.close()


def test_an_answer_that_never_ends_is_left_alone() -> None:
    drip = Hostile("drip", b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 65_536 * 40, ("doubt",) * 3)
    with Receiver(drip.raw, pause=0.2) as receiver:
        started = datetime.now(UTC)
        check(drip, receiver.url, MemoryLedger(), honours_key=False, timeout=0.5)
    assert datetime.now(UTC) - started < timedelta(seconds=4)


def answered(status: int, body: str, *headers: str) -> bytes:
    raw = body.encode()
    head = [f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(raw)}"]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + raw


def found(answer: bytes, **keys: object) -> list[Job]:
    ledger = MemoryLedger()
    with Receiver(answer) as receiver:
        return handed(ledger, "", receiver.url, **keys)


def test_a_receipt_with_half_an_emoji_is_kept(tmp_path: Path) -> None:
    results = json.dumps({"results": [{"key": key, "status": "sent", "receipt": "ok \ud83d"} for key in KEYS]})
    ledger = SqlLedger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with Receiver(answered(200, results)) as receiver:
        jobs = handed(ledger, "", receiver.url)
    ledger.close()
    assert [(job.status, job.receipt) for job in jobs] == [("sent", "ok \ufffd")] * 3


@pytest.mark.parametrize("asked", ["999999999999", "1775800000"])
def test_a_wait_of_years_ends_within_the_hour(asked: str) -> None:
    jobs = found(answered(429, "", f"Retry-After: {asked}"))
    assert {(job.status, job.not_before) for job in jobs} == {("pending", NOON + timedelta(hours=1))}
    assert {job.error for job in jobs} == {"HTTP 429 (asked to wait longer than an hour; tried again after one)"}


def test_a_name_in_the_error_of_a_gateway_is_not_kept() -> None:
    jobs = found(answered(400, "cannot reach 甲一 at 139 0000 0101"))
    assert {(job.status, job.error) for job in jobs} == {("failed", "HTTP 400: cannot reach *** at ***")}


@pytest.mark.parametrize(("honours_key", "expected"), [(True, ("pending", True)), (False, ("unknown", False))])
def test_a_conflict_is_no_fault_of_the_settings(honours_key: bool, expected: tuple[str, bool]) -> None:
    assert {(job.status, job.in_doubt) for job in found(answered(409, ""), honours_key=honours_key)} == {expected}
