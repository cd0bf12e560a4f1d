"""How long a grant is valid can turn out to be longer, never shorter, and of one run alone, on every ledger."""

from __future__ import annotations

from dataclasses import replace

from warehouse.ledger.port import Ledger

from .cases import HOUR, RUN, T0, grant, job, put


def test_a_later_end_counts_and_an_earlier_one_does_not(ledger: Ledger) -> None:
    jobs = [job(member) for member in ("ann", "ben", "cem")]
    ends = (T0 + 12 * HOUR, T0 + 12 * HOUR, None)
    put(ledger, jobs, [replace(grant(one), valid_until=end) for one, end in zip(jobs, ends, strict=True)])
    keys = [one.intent_key for one in jobs]
    ledger.extend([(keys[0], T0 + 48 * HOUR), (keys[1], T0 + HOUR), (keys[2], T0 + HOUR), ("nobody", T0)])
    found = {row.member_id: row.valid_until for row in ledger.grant_rows("c")}
    assert found == {"ann": T0 + 48 * HOUR, "ben": T0 + 12 * HOUR, "cem": None}


def test_given_rows_of_one_run(ledger: Ledger) -> None:
    later = replace(RUN, run_id="c.burst.2")
    one, other = job("ann"), job("ben", run=later, at=T0 + HOUR)
    put(ledger, [one], [grant(one)])
    put(ledger, [other], [grant(other)], run=later)
    assert [row.member_id for row in ledger.given_rows("c", run_id=later.run_id)] == ["ben"]
    assert {row.member_id for row in ledger.given_rows("c")} == {"ann", "ben"}
