from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tasks.data.suppressions import import_suppressions
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Suppression

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)


def test_good_rows_are_taken_and_bad_ones_are_located() -> None:
    ledger = MemoryLedger()
    text = (
        "\ufeffmember_id,channel,reason\r\n"
        "m1,sms,回复R\r\n"
        "m2,,complained\r\n"
        ",sms,who?\r\n"
        "\r\n"
        'm3,sms,"two\nlines"\r\n'
        "m4,pigeon,no\r\n"
        "m5,sms\r\n"
        "m6,sms,\r\n"
        "m1,sms,again\r\n"
    )
    done = import_suppressions(ledger, text, T0, file="r.csv", channels=["sms", "push"])
    assert list(ledger.suppression_rows()) == [
        Suppression("m1", "sms", "回复R", T0),
        Suppression("m2", None, "complained", T0),
        Suppression("m3", "sms", "two\nlines", T0),
    ]
    assert (done.rows, done.new, done.known) == (8, 3, 1)
    assert done.rows == done.new + done.known + len(done.problems)
    assert [(p.code, str(p.location)) for p in done.problems] == [
        ("S602", "r.csv:4:1"),
        ("S602", "r.csv:8:1"),
        ("S602", "r.csv:9:1"),
        ("S602", "r.csv:10:1"),
    ]
    assert [p.message for p in done.problems] == [
        "member_id is empty",
        "channel pigeon is not known; known: push, sms",
        "2 cells under 3 columns",
        "reason is empty",
    ]
    assert all(p.text("zh") != p.message and p.remedy("zh") for p in done.problems)


def test_the_channel_column_may_be_absent() -> None:
    ledger = MemoryLedger()
    assert import_suppressions(ledger, "reason,member_id\nR,m1\n", T0).new == 1
    assert ledger.suppressed("any", ["m1"]) == {"m1"}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "no member_id and no reason"),
        ("member_id,channel", "no reason"),
        ("member_id,reason,phone", "nobody reads: phone"),
        ("member_id,reason,reason", "the same column twice"),
    ],
)
def test_a_wrong_header_takes_nothing(header: str, words: str) -> None:
    ledger = MemoryLedger()
    done = import_suppressions(ledger, f"{header}\nm1,R,x\n", T0)
    assert [(p.code, p.location.line) for p in done.problems] == [("S601", 1)]
    assert words in done.problems[0].message
    assert list(ledger.suppression_rows()) == []
