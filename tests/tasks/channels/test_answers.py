"""What comes back from outside is made fit for the ledger in one place."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from tasks.channels.answers import (
    BUSY_WAIT,
    LONGEST_WAIT,
    TEXT_LENGTH,
    charset_of,
    decoded,
    fit_outcomes,
    read_json,
    storable,
    unpacked,
    wait_asked,
)
from tasks.channels.port import Batch, Message
from warehouse.ledger.records import Job, Outcome, Run
from warehouse.ledger.sql import SqlLedger

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
PEOPLE = (("甲一", "13900000101"), ("Li Na", "+86 139-0000-0102"), ("欧阳小明", "li.na@example.com"))
TEXT = "您的专属优惠券 30 元已到账，请于三日内使用"


def batch(count: int = 3) -> Batch:
    people = [PEOPLE[n % len(PEOPLE)] for n in range(count)]
    messages = [
        Message(f"k{n}", f"member-{n}", f"{name}，{TEXT}", None, address, name)
        for n, (name, address) in enumerate(people)
    ]
    return Batch("r", "c", "burst", "recall", "sms", tuple(messages))


# -- texts --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("ok \ud83d", "ok \ufffd"),
        ("a\x00b\x1b[31mc\nd\te", "a b [31mc d e"),
        ("left\u202eright\u200b\ufeff", "leftright"),
        ("x" * 5_000, "x" * TEXT_LENGTH),
        (b"\xff\xfeab", "\ufffd\ufffdab"),
        (77, "77"),
        (-1.5, "-1.5"),
        (True, "True"),
        ({"deep": 1}, "(dict)"),
        ([[]], "(list)"),
    ],
)
def test_anything_becomes_one_short_line(said: object, kept: str) -> None:
    assert storable(said) == kept


def test_a_number_of_a_million_digits_is_none() -> None:
    assert storable(10**6_000) == "a number of too many digits"


@given(st.text(st.characters(), max_size=300) | st.binary(max_size=300) | st.integers() | st.floats() | st.none())
@settings(max_examples=300, deadline=None)
def test_a_storable_text_can_be_kept_and_shown(said: object) -> None:
    kept = storable(said)
    assert len(kept) <= TEXT_LENGTH
    assert kept.encode().decode() == kept
    assert "\x00" not in kept
    assert len(kept.splitlines()) <= 1
    assert storable(kept) == kept


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("好".encode(), None, "好"),
        ("好".encode("gb18030"), "gb18030", "好"),
        ("好".encode("utf-16"), "utf-16", "好"),
        ("好".encode("gb18030"), "no-such-charset", "\ufffd\ufffd"),
        ("好".encode("gb18030"), "idna", "\ufffd\ufffd"),
        (b"\xef\xbb\xbf{}", None, "{}"),
    ],
)
def test_bytes_are_read_as_well_as_they_can_be(body: bytes, charset: str | None, text: str) -> None:
    assert decoded(body, charset) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "<html>OK</html>",
        "[" * 10_000 + "]" * 10_000,
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        "1" * 1_000_000,
        '{"status": "sent", "status": "failed"}',
        "\x00",
    ],
)
def test_json_that_cannot_be_read_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        read_json(text)


def test_a_packed_answer_never_unfolds_beyond_its_limit() -> None:
    assert unpacked(gzip.compress(b"{}"), "gzip", 100) == b"{}"
    assert unpacked(zlib.compress(b"{}"), "deflate", 100) == b"{}"
    assert unpacked(b"{}", "", 100) == b"{}"
    for body, encoding in (
        (gzip.compress(bytes(50_000_000)), "gzip"),
        (gzip.compress(b"x" * 50)[:-9], "gzip"),
        (b"junk", "gzip"),
        (b"{}", "br"),
    ):
        with pytest.raises(ValueError, match=r"it is|encoding"):
            unpacked(body, encoding, 100)


def test_a_content_type_names_its_charset() -> None:
    assert charset_of('text/html; charset="GB18030"') == "GB18030"
    assert charset_of("text/html") is charset_of(None) is charset_of("x; charset=;") is None


# -- waits --------------------------------------------------------------------------------------
NOW = "Sun, 08 Mar 2026 02:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("1.5", 1.5),
        ("007", 7),
        ("-5", 0),
        ("Sun, 08 Mar 2026 02:10:00 GMT", 600),
        ("Sunday, 08-Mar-26 02:10:00 GMT", 600),
        ("Sun Mar  8 02:10:00 2026", 600),
        ("Sun, 08 Mar 2026 10:10:00 +0800", 600),
        ("Sun, 08 Mar 2026 01:00:00 GMT", 0),
        ("Sun, 08 Mar 2082 01:00:00 GMT", 3600),
        ("1775800000", 3600),
        ("60000", 3600),
        ("999999999999", 3600),
        ("9" * 500, 3600),
        ("٣٠", None),
        ("１２０", None),
        ("²", None),
        ("1e3", None),
        ("nan", None),
        ("inf", None),
        ("0x10", None),
        ("30s", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Zzz 9999 99:99:99 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0),
        ("\ud83d", None),
    ],
)
def test_a_wait_is_read_in_every_form_and_held_within_an_hour(value: str, seconds: float | None) -> None:
    found = wait_asked([value], NOW)
    assert (found.seconds if found else None) == seconds
    if found:
        assert timedelta(seconds=1) <= found.time <= LONGEST_WAIT
        assert bool(found.note) == (value in {"1775800000", "60000", "999999999999", "9" * 500} or "2082" in value)


def test_a_date_counts_from_the_answer_or_from_now() -> None:
    later = "Sun, 08 Mar 2026 02:10:00 GMT"
    assert wait_asked([later], "nonsense") is None
    assert wait_asked([later], "nonsense", T0 + timedelta(minutes=4)) == wait_asked(["360"])
    assert wait_asked([later, "5", "x"], NOW) == wait_asked(["600"])
    assert wait_asked([]) is None


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_header_breaks_the_reading_of_a_wait(value: str, date: str) -> None:
    found = wait_asked([value], date, T0)
    assert found is None or 0 <= found.seconds <= LONGEST_WAIT.total_seconds()


# -- outcomes -----------------------------------------------------------------------------------
def states(answer: object, *, honours_key: bool = False) -> list[tuple[str, bool]]:
    return [(one.status, one.in_doubt) for one in fit_outcomes(batch(), answer, honours_key=honours_key)]


def half_way() -> Iterator[Outcome]:
    yield Outcome("k0", "sent")
    raise RuntimeError


SENT, UNKNOWN, DOUBT = ("sent", False), ("unknown", False), ("pending", True)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, [UNKNOWN] * 3),
        (7, [UNKNOWN] * 3),
        ([], [UNKNOWN] * 3),
        ("sent", [UNKNOWN] * 3),
        ({"k0": "sent"}, [UNKNOWN] * 3),
        ([None, 3, {"intent_key": "k0"}, Outcome(["k0"], "sent")], [UNKNOWN] * 3),  # type: ignore[arg-type]
        (half_way(), [SENT, UNKNOWN, UNKNOWN]),
        ([Outcome("k0", "sent"), Outcome("k0", "sent", receipt="r")], [SENT, UNKNOWN, UNKNOWN]),
        ([Outcome("k0", "sent"), Outcome("k0", "failed")], [UNKNOWN] * 3),
        ([Outcome("k0", "pending"), Outcome("k0", "failed")], [UNKNOWN] * 3),
        ([Outcome("other", "sent"), Outcome("k2", "sent")], [UNKNOWN, UNKNOWN, SENT]),
        ([Outcome("k0", "cancelled"), Outcome("k1", ""), Outcome("k2", ["sent"])], [UNKNOWN] * 3),  # type: ignore[arg-type]
        ([Outcome("k0", "pending", in_doubt=True)], [UNKNOWN] * 3),
        ([Outcome("k0", "to_do", in_doubt=True)], [("to_do", False), UNKNOWN, UNKNOWN]),
    ],
)
def test_every_message_has_one_outcome_whatever_a_channel_returns(
    answer: Any, expected: list[tuple[str, bool]]
) -> None:
    answer = list(answer) if isinstance(answer, list) else answer
    if isinstance(answer, Iterator):
        assert states(answer) == expected
        return
    assert states(answer) == expected
    assert states(answer, honours_key=True) == [DOUBT if state == UNKNOWN else state for state in expected]


def test_the_receipt_of_either_is_kept() -> None:
    answer = [Outcome("k0", "sent"), Outcome("k0", "sent", receipt="r-1")]
    assert fit_outcomes(batch(1), answer, honours_key=False) == [Outcome("k0", "sent", receipt="r-1")]


@pytest.mark.parametrize("wait", [None, timedelta(), timedelta.max, timedelta.min, -timedelta(5), "soon", 5])
def test_a_wait_of_a_channel_is_held_within_bounds(wait: Any) -> None:
    found = fit_outcomes(batch(1), [Outcome("k0", "pending", retry_after=wait)], honours_key=False)[0].retry_after
    assert found is not None
    assert timedelta(seconds=1) <= found <= LONGEST_WAIT
    if not isinstance(wait, timedelta):
        assert found == BUSY_WAIT


texts = st.text(st.characters(), max_size=60) | st.integers() | st.none() | st.binary(max_size=20) | st.just([[{}]])
outcomes = st.builds(
    Outcome,
    st.sampled_from(["k0", "k1", "k2", "k9", "", 3, None]),
    st.sampled_from(["sent", "failed", "pending", "unknown", "cancelled", "to_do", "", None, 1, ()]),
    texts,
    texts,
    st.timedeltas() | st.none() | st.text(max_size=3),
    st.booleans() | st.none(),
)


@given(st.lists(outcomes | st.none() | st.text(max_size=3), max_size=8), st.booleans())
@settings(max_examples=300, deadline=None)
def test_any_list_of_outcomes_can_be_recorded(answer: list[Any], honours_key: bool) -> None:
    found = fit_outcomes(batch(), answer, honours_key=honours_key)
    assert [one.intent_key for one in found] == ["k0", "k1", "k2"]
    for one in found:
        assert one.status in {"sent", "failed", "pending", "unknown", "to_do"}
        assert honours_key or not one.in_doubt
        assert (one.retry_after is not None) == (one.status == "pending")
        for said in (one.receipt, one.error):
            assert said is None or said == storable(said)


def test_the_ledger_takes_what_was_made_fit(tmp_path: Path) -> None:
    ledger = SqlLedger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.begin_run(Run("r", "c", "burst", T0, "s", "d", "started", RunSummary(), T0))
    jobs = [Job(m.intent_key, "r", "c", "burst", "recall", T0, m.member_id, "sms") for m in batch().messages]
    ledger.enqueue("r", jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=T0)
    ledger.claim("r", "sms", 9, "w", T0)
    odd: Any = [
        Outcome("k0", "sent", receipt="ok \ud83d"),
        Outcome("k1", "failed", error="\x00\ud800 nobody"),
        Outcome("k2", "pending", retry_after=timedelta.max),
    ]
    ledger.record(fit_outcomes(batch(), odd, honours_key=False), T0, worker="w")
    assert [(job.status, job.receipt, job.error) for job in ledger.jobs()] == [
        ("sent", "ok \ufffd", None),
        ("failed", None, "\ufffd nobody"),
        ("pending", None, None),
    ]
    assert [job.not_before for job in ledger.jobs()][2] == T0 + LONGEST_WAIT
    ledger.close()
