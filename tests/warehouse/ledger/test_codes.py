"""Codes of partners: each goes out once, whoever asks, on every ledger; a stopped message gives its code back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from warehouse.ledger.engine import open_engine
from warehouse.ledger.port import Ledger
from warehouse.ledger.records import Outcome
from warehouse.ledger.schema import partner_codes
from warehouse.ledger.sql import SqlLedger

from .cases import HOUR, RUN, T0, handed_over, job, put

JOBS = [job(member) for member in ("ann", "ben", "cem", "dan")]
KEYS = [one.intent_key for one in JOBS]


def test_three_codes_for_four_members(ledger: Ledger) -> None:
    put(ledger, JOBS)
    assert ledger.take_codes("youku", KEYS, ["a", "b", "c"], T0) == dict(zip(KEYS, "abc", strict=False))
    again = ledger.take_codes("youku", list(reversed(KEYS)), ["c", "b", "a"], T0 + HOUR)
    assert again == dict(zip(KEYS, "abc", strict=False)), "whoever has one keeps it, however often he asks"
    rows = ledger.code_rows("youku")
    assert [(row.digest, row.status, row.taken_at) for row in rows] == [(one, "pending", T0) for one in "abc"]
    assert ledger.code_rows("other") == []


def test_a_cancelled_message_gives_its_code_back(ledger: Ledger) -> None:
    put(ledger, JOBS)
    ledger.take_codes("youku", KEYS[:3], ["a", "b", "c"], T0)
    ledger.cancel([KEYS[1]], "expired", T0)
    assert [row.digest for row in ledger.code_rows("youku")] == ["a", "c"]
    assert ledger.take_codes("youku", [KEYS[3]], ["a", "b", "c"], T0) == {KEYS[3]: "b"}


@pytest.mark.parametrize(("status", "free"), [("sent", []), ("unknown", []), ("pending", []), ("failed", ["a"])])
def test_what_may_have_arrived_keeps_its_code(ledger: Ledger, status: str, free: list[str]) -> None:
    put(ledger, JOBS[:2])
    ledger.take_codes("youku", [KEYS[0]], ["a"], T0)
    handed_over(ledger, "sms", 1, "w", T0)
    ledger.record([Outcome(KEYS[0], status)], T0, worker="w")  # type: ignore[arg-type]
    assert list(ledger.take_codes("youku", [KEYS[1]], ["a"], T0).values()) == free


def test_runs_and_calendars_share_the_codes_of_a_partner(ledger: Ledger) -> None:
    other = replace(RUN, run_id="d.burst.1", calendar="d")
    theirs = job("ann", run=other)
    put(ledger, JOBS)
    put(ledger, [theirs], run=other)
    assert ledger.take_codes("youku", KEYS[:1], ["a", "b"], T0) == {KEYS[0]: "a"}
    assert ledger.take_codes("youku", [theirs.intent_key], ["a", "b"], T0) == {theirs.intent_key: "b"}
    assert {row.calendar for row in ledger.code_rows("youku")} == {"c", "d"}


def test_codes_that_are_alike_of_two_partners_are_two(ledger: Ledger) -> None:
    put(ledger, JOBS)
    assert ledger.take_codes("youku", KEYS[:1], ["a"], T0) == {KEYS[0]: "a"}
    assert ledger.take_codes("card", KEYS[1:2], ["a"], T0) == {KEYS[1]: "a"}


def test_a_code_twice_in_a_list_is_one_and_so_is_a_message_that_asks_twice(ledger: Ledger) -> None:
    put(ledger, JOBS)
    assert ledger.take_codes("youku", [KEYS[0], KEYS[0], KEYS[1]], ["a", "a", "b"], T0) == {KEYS[0]: "a", KEYS[1]: "b"}
    assert ledger.take_codes("youku", [KEYS[2]], [], T0) == {}
    assert ledger.take_codes("youku", [], ["c"], T0) == {}


def test_eight_at_once_never_take_one_code_twice(sql_url: str) -> None:
    ledgers = [SqlLedger(sql_url) for _ in range(8)]
    jobs = [job(f"m{n}") for n in range(48)]
    put(ledgers[0], jobs)
    digests = [f"d{n}" for n in range(40)]

    def take(number: int) -> dict[str, str]:
        mine = [one.intent_key for one in jobs[number * 6 : number * 6 + 6]]
        return ledgers[number].take_codes("youku", mine, digests, T0)

    with ThreadPoolExecutor(8) as pool:
        taken = [digest for found in pool.map(take, range(8)) for digest in found.values()]
    assert sorted(taken) == sorted(digests), "every code once, and none lies idle"
    for one in ledgers:
        one.close()


def test_the_tables_keys_forbid_it_whatever_the_code_does(sql_url: str) -> None:
    with closing(SqlLedger(sql_url)) as ledger:
        put(ledger, JOBS)
        ledger.take_codes("youku", KEYS[:1], ["a"], T0)
    engine = open_engine(sql_url)
    for row in (("youku", "a", KEYS[1]), ("card", "b", KEYS[0])):
        with pytest.raises(IntegrityError), engine.begin() as con:
            con.execute(insert(partner_codes).values(partner=row[0], digest=row[1], intent_key=row[2], taken_at=T0))
    engine.dispose()
