"""Words that are SQL, patterns, formulas or paths are words to every ledger: kept as they are, and never run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from warehouse.ledger import audit
from warehouse.ledger.audit import AuditFilter
from warehouse.ledger.deliveries import Report
from warehouse.ledger.erasing import ERASED
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Outcome, Suppression, TierOverride

from .cases import HOUR, RUN, T0, grant, job, put, statuses

WORDS = (
    "'; drop table jobs; -- \"; delete from grants; --",
    "' or '1'='1 union select receipt from jobs _%",
    "=1+1 $1 :name ? {member} ../../etc/passwd 甲'一\\",
)


@pytest.mark.parametrize("word", WORDS)
def test_a_member_of_such_a_name_is_one_member(ledger: Ledger, word: str) -> None:
    run = replace(RUN, calendar=word, run_id=f"{word}.burst.1")
    mine, other = replace(job(word, run=run), benefit="coupon"), replace(job("ben", run=run), benefit="coupon")
    put(ledger, [mine, other], [grant(mine), grant(other)], run=run)
    ledger.suppress([Suppression(word, word, word, T0)])
    assert ledger.suppressed(word, {word, "ben"}) == {word}
    ledger.set_tier(TierOverride(word, word, T0, None, word, word))
    [claimed] = ledger.claim(run.run_id, "sms", 1, word, T0)
    assert ledger.hand_over({claimed.intent_key: 6, word: 6}, word, T0) == {claimed.intent_key}
    assert ledger.record([Outcome(claimed.intent_key, "sent", receipt=word, error=word)], T0, worker=word) == 1
    assert [row.member_id for row in ledger.away({word, "nobody"}, T0 - HOUR)] == [word]
    assert ledger.report([Report(ref=word, state="delivered", at=T0, code=word)], T0).new == 1
    assert ledger.cancel([other.intent_key, word], word, T0, by=word) == 1
    assert statuses(ledger) == {word: "sent", "ben": "cancelled"}
    assert ledger.stopped(run.run_id) == {word: 1}
    assert {one.member_id for one in ledger.jobs(members=[word])} == {word}
    assert [one.calendar for one in ledger.runs(word)] == [word]
    assert len(ledger.audit(AuditFilter(by=word))) == 2
    assert ledger.erase([word], "erased-1", audit.erased("asked", "Lin", T0), T0).out == 1
    assert set(statuses(ledger)) == {"erased-1", "ben"}
    assert [row.member_id for row in ledger.suppression_rows()] in ([], ["erased-1"])


def test_a_pattern_erases_nobody_else(ledger: Ledger) -> None:
    put(ledger, [job("a_c%"), job("abcd"), job("a_c%d")])
    ledger.erase(["a_c%"], "erased-1", audit.erased("asked", "Lin", T0), T0)
    found = {one.member_id: one.error for one in ledger.jobs()}
    assert found == {"erased-1": ERASED, "abcd": None, "a_c%d": None}
