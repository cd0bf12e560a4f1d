"""Whether a run may still do its work: window, due plays, lateness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from tasks.running.guard import NO_EVENTS, OpenJobs, Verdict, judge, open_jobs, skip_reason
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, JobStatus, Outcome, OutcomeStatus, Run
from warehouse.ledger.sql import SqlLedger

STORE = """
store: shop
tiers: {window: 365d, levels: [{id: basic, spend: 0}]}
channels: {sms: {consent: implied}}
contact_policy: {late_grace: 2h}
"""
CALENDAR = """
calendar: queens-day
store: shop
timezone: Asia/Shanghai
day_zero: 2020-03-08
audiences:
  everyone: {where: "joined"}
phases:
  - id: burst
    kind: burst
    window: {from: D-3 00:00, to: D+0 23:59:59}
    plays:
      - {id: patient, audience: everyone, channels: [sms], at: daily 10:00, on_late: {grace: 6h, then: skip}}
      - {id: strict, audience: everyone, channels: [sms], at: daily 10:00}
      - {id: always, audience: everyone, channels: [sms], at: D-1 20:00, on_late: {grace: 1h, then: run}}
      - {id: evening, audience: everyone, channels: [sms], at: D-1 20:00, on_late: {grace: 1h, then: skip}}
"""


@pytest.fixture(scope="module")
def loaded() -> LoadedCalendar:
    store = load_store(STORE).model
    calendar = load_calendar(CALENDAR)
    assert store is not None
    assert calendar.model is not None, calendar.problems
    return bind(calendar, store)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


TEN = at("2020-03-06T10:00")


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (timedelta(0), Verdict(("patient", "strict"))),
        (timedelta(hours=2), Verdict(("patient", "strict"))),
        (timedelta(hours=2, seconds=1), Verdict(("patient",), ("strict",))),
        (timedelta(hours=6), Verdict(("patient",), ("strict",))),
        (
            timedelta(hours=7),
            Verdict((), ("patient", "strict"), "started 7h late; patient allows 6h, strict allows 2h"),
        ),
    ],
)
def test_each_play_has_its_own_grace(loaded: LoadedCalendar, late: timedelta, expected: Verdict) -> None:
    assert judge(loaded, "burst", TEN, TEN + late) == expected


def test_then_run_is_never_too_late(loaded: LoadedCalendar) -> None:
    moment = at("2020-03-07T20:00")
    assert judge(loaded, "burst", moment, moment + timedelta(days=1)) == Verdict(("always",), ("evening",))


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2020-03-09T10:00", "2020-03-09 10:00:00 is outside burst, which lasts from 2020-03-05 00:00:00 to"),
        ("2020-03-04T23:59:59", "is outside burst"),
        ("2020-03-06T10:17", "no play of burst is due at 2020-03-06 10:17:00; the next moment is 2020-03-07 10:00:00"),
        ("2020-03-08T10:00:01", "no play of burst is due at 2020-03-08 10:00:01"),
    ],
)
def test_moments_at_which_nothing_runs(loaded: LoadedCalendar, moment: str, reason: str) -> None:
    verdict = judge(loaded, "burst", at(moment), at(moment))
    assert verdict.plays == ()
    assert reason in verdict.reason


def test_a_moment_ahead_does_not_run_but_clocks_may_differ_a_little(loaded: LoadedCalendar) -> None:
    assert judge(loaded, "burst", TEN, TEN - timedelta(minutes=6)).reason == "2020-03-06 10:00:00 has not come yet"
    assert judge(loaded, "burst", TEN, TEN - timedelta(minutes=4)).plays == ("patient", "strict")


def test_a_phase_that_left_the_calendar(loaded: LoadedCalendar) -> None:
    assert judge(loaded, "presale", TEN, TEN).reason == "calendar queens-day has no phase presale any more"


def job(member: str, status: JobStatus, not_before: datetime | None = None, expires_at: datetime | None = None) -> Job:
    entry: JobStatus = "awaiting_approval" if status == "awaiting_approval" else "pending"
    return Job(
        member, "run", "c", "p", status, TEN, member, "sms", not_before=not_before, expires_at=expires_at, status=entry
    )


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ([job("a", "sent"), job("b", "failed"), job("c", "cancelled")], OpenJobs()),
        ([job("a", "pending", TEN), job("b", "pending", TEN + timedelta(hours=1))], OpenJobs(2, not_before=TEN)),
        ([job("a", "pending", TEN), job("b", "pending")], OpenJobs(2)),
        ([job("a", "awaiting_approval", None, TEN)], OpenJobs(0, 1, expires_at=TEN)),
        ([job("a", "pending", None, TEN), job("b", "awaiting_approval")], OpenJobs(1, 1)),
        ([job("a", "unknown"), job("b", "sent")], OpenJobs(unknown=1)),
        ([job("a", "sending", None, TEN)], OpenJobs(0, 0, 1, expires_at=TEN)),
    ],
)
@pytest.mark.parametrize("closed", [False, True])
def test_open_jobs(tmp_path: Path, jobs: list[Job], expected: OpenJobs, closed: bool) -> None:
    for ledger in (MemoryLedger(), SqlLedger(f"sqlite:///{tmp_path / 'ledger.db'}")):
        ledger.begin_run(Run("run", "c", "p", TEN, "s", "d", "started", RunSummary(), TEN))
        ledger.enqueue("run", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=TEN)
        became: dict[str, JobStatus] = {one.intent_key: cast("JobStatus", one.play) for one in jobs}
        moved = [key for key, status in became.items() if status not in ("pending", "awaiting_approval")]
        waiting = [one.intent_key for one in jobs if one.intent_key not in moved]
        for one in ledger.claim("run", "sms", len(jobs), "w", TEN - timedelta(days=1)):
            if one.intent_key in waiting:
                ledger.record([Outcome(one.intent_key, "pending")], TEN, worker="w")
            elif became[one.intent_key] != "sending":
                ledger.record([Outcome(one.intent_key, cast("OutcomeStatus", one.play))], TEN, worker="w")
        if closed:
            ledger.finish_run("run", "finished", RunSummary(), TEN)
        rt: Any = SimpleNamespace(ledger=ledger)
        assert open_jobs(rt, "run") == expected
        ledger.close()
    assert bool(expected) == bool(expected.pending or expected.awaiting_approval or expected.sending)


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("calendar x has no phase p any more", "日历 x 中已没有阶段 p"),
        (
            "no play of p is due at 10:00; the next moment is 11:00 (recall)",
            "p 在 10:00 没有到期的玩法；下一个时间是 11:00（recall）",
        ),
        ("no play of p is due at 10:00", "p 在 10:00 没有到期的玩法"),
        ("started 1d 2h late; a allows 6h, b allows 2h", "晚了 1d 2h 才开始；a 至多晚 6h，b 至多晚 2h"),
        (NO_EVENTS[0], "没有会员有新的行为"),
        ("something else", "something else"),
    ],
)
def test_why_a_run_was_skipped_is_told_in_the_reader_s_language(english: str, chinese: str) -> None:
    assert skip_reason(english, "en") == english
    assert skip_reason(english, "zh") == chinese
