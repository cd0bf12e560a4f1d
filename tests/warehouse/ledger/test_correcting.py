"""What a person said of an item of a work list, said otherwise: on every ledger alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign_calendars.findings.errors import LedgerError
from warehouse.ledger.audit import AuditFilter
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import JobStatus, Outcome

from .cases import HOUR, RUN, T0, grant, job, put, reserved


def settled(ledger: Ledger, as_status: JobStatus, *members: str) -> list[str]:
    jobs = [replace(job(member), benefit="coupon") for member in members]
    put(ledger, jobs, [grant(one) for one in jobs])
    keys = [one.intent_key for one in ledger.claim(None, "sms", 9, "w", T0)]
    ledger.record([Outcome(key, "to_do") for key in keys], T0)
    ledger.settle(keys, as_status, "li", T0)
    return keys


def test_the_benefit_follows_what_is_said(ledger: Ledger) -> None:
    (key,) = settled(ledger, "sent", "a")
    assert reserved(ledger) == 100
    (off,) = ledger.correct([key], "cancelled", "wang", T0 + HOUR)
    assert (off.status, off.sent_at, reserved(ledger)) == ("cancelled", None, 0)
    (done,) = ledger.correct([key], "sent", "wang", T0 + 2 * HOUR)
    assert (done.status, done.sent_at, reserved(ledger)) == ("sent", T0 + 2 * HOUR, 100)
    (vain,) = ledger.correct([key], "failed", "li", T0 + 3 * HOUR)
    assert (vain.status, reserved(ledger)) == ("failed", 0)
    told = [(one.by, one.value) for one in ledger.audit(AuditFilter(action="correct", subject=key))]
    assert told == [("li", "sent → failed"), ("wang", "cancelled → sent"), ("wang", "sent → cancelled")]


def test_it_is_all_of_them_or_none(ledger: Ledger) -> None:
    keys = settled(ledger, "sent", "a", "b")
    with pytest.raises(LedgerError, match="not in the ledger"):
        ledger.correct([*keys, "nonsense"], "failed", "li", T0)
    with pytest.raises(LedgerError, match="cannot be corrected to sent"):
        ledger.correct(keys, "sent", "li", T0)
    assert {one.status for one in ledger.jobs()} == {"sent"}
    assert ledger.audit(AuditFilter(action="correct")) == []


def test_what_waits_or_is_in_doubt_is_settled_and_not_corrected(ledger: Ledger) -> None:
    put(ledger, [job("a")])
    with pytest.raises(LedgerError, match="is pending"):
        ledger.correct([job("a").intent_key], "sent", "li", T0)


def test_counts_of_a_run_that_was_over_follow(ledger: Ledger) -> None:
    from campaign_calendars.deciding.runs import RunSummary

    (key,) = settled(ledger, "sent", "a")
    ledger.finish_run(RUN.run_id, "finished", RunSummary(jobs={"sent": 1}), T0)
    ledger.correct([key], "failed", "li", T0)
    assert list(ledger.job_counts(RUN.run_id)) == [("burst", "recall", "sms", "failed")]
