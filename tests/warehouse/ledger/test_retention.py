"""Forgetting who the members of old runs were."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import inspect, text

from warehouse.ledger import audit
from warehouse.ledger.deliveries import Report
from warehouse.ledger.engine import reading
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Outcome, Suppression, TierOverride
from warehouse.ledger.retention import GONE, Forgotten
from warehouse.ledger.sql import SqlLedger

from .cases import HOUR, RUN, T0, grant, job, put

LATER = replace(RUN, run_id="c.burst.2", as_of=T0 + 48 * HOUR)
NOTE = audit.forgot("2026-03-09", "li", T0 + 99 * HOUR)


def test_members_of_closed_old_runs_are_forgotten_and_nobody_else(ledger: Ledger) -> None:
    put(ledger, [job("a"), job("b")], [grant(job("a")), grant(job("b"))])
    put(ledger, [job("a", run=LATER, at=LATER.as_of)], run=LATER)
    ledger.suppress([Suppression("b", None, "unsubscribed", T0)])
    ledger.set_tier(TierOverride("a", "gold", T0, T0 + HOUR, "sorry", "li"))
    ledger.set_tier(TierOverride("b", "gold", T0, None, "sorry", "li"))
    before = T0 + 24 * HOUR
    assert ledger.forget(before, NOTE) == Forgotten((), 0, tiers=1), "messages of it may still leave"
    claimed = ledger.claim(RUN.run_id, "sms", 9, "w", T0)
    ledger.record([Outcome(each.intent_key, "sent", "r-a") for each in claimed], T0, worker="w")
    counts, sums = ledger.job_counts(), ledger.grant_sums("c")
    assert ledger.forget(before, NOTE) == Forgotten((RUN.run_id,), 2, tiers=0)
    assert [(one.member_id, one.receipt) for one in ledger.jobs(RUN.run_id)] == [(GONE, None)] * 2
    assert [one.member_id for one in ledger.jobs(LATER.run_id)] == ["a"]
    assert {row.member_id for row in ledger.grant_rows("c")} == {GONE}
    assert (ledger.job_counts(), ledger.grant_sums("c")) == (counts, sums), "what was done stays"
    assert [row.member_id for row in ledger.suppression_rows()] == ["b"], "a refusal holds on"
    assert [row.member_id for row in ledger.tier_rows()] == ["b"]
    assert {one.subject for one in ledger.audit() if one.action == "set_tier"} == {GONE}
    assert put(ledger, [job("a"), job("b")]).new_jobs == 0, "and is not done a second time"


def test_reports_that_fitted_nothing_go_when_they_are_old(ledger: Ledger) -> None:
    ledger.report([Report(ref=f"r{n}", state="delivered", at=T0 + n * HOUR, member_id="ann") for n in range(3)], T0)
    assert ledger.forget(T0 + 2 * HOUR, NOTE) == Forgotten((), 0, 0, reports=2)
    assert [one.ref for one in ledger.reports_aside()] == ["r2"]
    ledger.erase(["ann"], "erased-1", audit.erased("asked", "Lin", T0), T0)
    assert ledger.reports_aside() == []


def test_nothing_of_a_forgotten_member_is_left_in_any_table(sql_url: str) -> None:
    ledger = SqlLedger(sql_url)
    put(ledger, [job("zqm-001")], [grant(job("zqm-001"))])
    ledger.set_tier(TierOverride("zqm-001", "gold", T0, T0 + HOUR, "sorry", "li"))
    [claimed] = ledger.claim(None, "sms", 9, "w", T0)
    ledger.record([Outcome(claimed.intent_key, "sent", "zqm-001 ok")], T0, worker="w")
    ledger.forget(T0 + HOUR, NOTE)
    with reading(ledger._engine) as con:
        for table in inspect(con).get_table_names():
            rows = con.execute(text(f"select * from {table}")).all()
            assert not [row for row in rows if any("zqm-001" in str(cell) for cell in row)], table
    ledger.close()
