"""Rows that are wrong: each is quarantined with its rule, kept with a warning, or read as it was meant."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

GOOD = 300
Line = Callable[..., str]


# name, cells of the bad orders, the rule that names them
REJECTED = [
    ("id-in-scientific-notation", {"order_id": "2.02602E+17"}, "id-rounded"),
    ("date-order-unknown", {"ordered_at": "03/04/2026 10:00"}, "ordered-at-unreadable"),
    ("excel-serial-date", {"ordered_at": "46089.4167"}, "ordered-at-unreadable"),
    ("a-day-that-is-none", {"ordered_at": "2026-02-30 10:00:00"}, "ordered-at-unreadable"),
    ("full-width-digits", {"amount": "１２３．５０"}, "amount-unreadable"),
    ("amount-in-words", {"amount": "12.3万"}, "amount-unreadable"),
    ("amount-negative", {"amount": "-5"}, "amount-negative"),
    ("refund-above-amount", {"amount": "10", "refunded": "30.01"}, "refund-above-amount"),
    ("refund-negative", {"refunded": "-1"}, "refund-negative"),
    ("paid-before-ordered", {"paid_at": "2025-01-01 00:00:00"}, "paid-before-ordered"),
    ("id-missing", {"order_id": ""}, "order-id-missing"),
    ("date-missing", {"ordered_at": ""}, "ordered-at-missing"),
    ("pieces-negative", {"items": "-3"}, "items-negative"),
]


STOPPING = [REJECTED[number] for number in (0, 1, 4, 7)]


@pytest.fixture(scope="module")
def few(make_trial: Any, line: Line, whole: Any) -> Any:
    """Each kind of bad order once, among 3,000: within every tolerance."""
    trial = make_trial()
    trial.replace(whole(*(line(9000 + n, **cells) for n, (_, cells, _) in enumerate(REJECTED)), good=3000))
    return trial.refresh()


@pytest.fixture(scope="module")
def many(make_trial: Any, line: Line, whole: Any) -> Any:
    """Each of four kinds thirty times among 300: nobody published that by intention."""
    trial = make_trial()
    bad = [line(9000 + 100 * n + k, **cells) for n, (_, cells, _) in enumerate(STOPPING) for k in range(30)]
    trial.replace(whole(*bad))
    return trial.refresh()


@pytest.mark.parametrize("rule", [case[2] for case in REJECTED], ids=[case[0] for case in REJECTED])
def test_a_few_bad_rows_are_quarantined(few: Any, rule: str) -> None:
    assert few.error is None
    assert few.rows == {"accepted": 3000, "quarantined": len(REJECTED), "duplicates": 0}
    assert few.quarantined[rule] == [case[2] for case in REJECTED].count(rule)
    assert any(p.code == "S111" and p.severity == "warning" and rule in p.message for p in few.findings)


@pytest.mark.parametrize("rule", [case[2] for case in STOPPING], ids=[case[0] for case in STOPPING])
def test_many_bad_rows_close_the_gate(many: Any, rule: str) -> None:
    assert many.error is not None
    assert any(p.code == "S110" and p.severity == "error" and rule in p.message for p in many.findings)
    assert many.rows == {"accepted": GOOD, "quarantined": 120, "duplicates": 0}
    assert many.quarantined[rule] == 30


def test_a_line_cut_off_is_kept_apart(trial: Any, line: Line, whole: Any) -> None:
    trial.replace(whole() + line(900)[:20])
    outcome = trial.refresh()
    assert outcome.rows == {"accepted": GOOD, "quarantined": 1, "duplicates": 0}
    assert outcome.quarantined == {"line-broken": 1}
    assert "do not have as many cells as the header" in outcome.said


def test_lines_with_a_cell_too_many(trial: Any, line: Line, whole: Any) -> None:
    trial.replace(whole(*(line(900 + n) + ",extra" for n in range(40))))
    outcome = trial.refresh()
    assert outcome.error is not None
    assert "40 of 340 lines, rule line-broken" in outcome.said
    assert outcome.rows["accepted"] == GOOD


def test_ids_a_spreadsheet_rounded_to_fifteen_digits(trial: Any, line: Line, whole: Any) -> None:
    """18 digits, of which the last three are always zero: no shop numbers its orders like that."""
    from_spreadsheet = [line(n, order_id=f"{202602000000000 + n}000") for n in range(GOOD)]
    trial.replace(whole(*from_spreadsheet, good=0))
    outcome = trial.refresh()
    assert outcome.error is not None
    assert "an id that a spreadsheet turned into a number" in outcome.said
    assert outcome.rows == {"accepted": 0, "quarantined": GOOD, "duplicates": 0}


def test_ids_that_are_numbers_in_a_workbook(trial: Any, line: Line, whole: Any) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(whole(good=0).strip().split(","))
    for number in range(GOOD):
        cells: list[Any] = line(number).split(",")
        cells[0] = int(cells[0]) if number < 2 else cells[0]
        cells[2] = float(cells[2])
        cells[6] = datetime.fromisoformat(cells[6])
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    trial.replace(stream.getvalue(), "orders.xlsx")
    trial.point(path="orders.xlsx")
    outcome = trial.refresh()
    assert outcome.rows == {"accepted": GOOD - 2, "quarantined": 2, "duplicates": 0}
    assert outcome.quarantined == {"id-rounded": 2}
    assert outcome.orders["202602000000000002"][1] == datetime(2026, 2, 3, 2)


# name, cells of one odd order, what is said; it is kept
KEPT = [
    ("state-unknown", {"status": "风控冻结中"}, "order-status-unknown"),
    ("pieces-unreadable", {"items": "两件"}, "items-unreadable"),
    ("clock-in-the-future", {"ordered_at": "2031-01-01 00:00:00", "paid_at": ""}, "orders-after-as-of"),
]


@pytest.fixture(scope="module")
def kept(make_trial: Any, line: Line, whole: Any) -> Any:
    trial = make_trial()
    trial.replace(whole(*(line(900 + 10 * n + k, **cells) for n, (_, cells, _) in enumerate(KEPT) for k in range(6))))
    return trial.refresh()


@pytest.mark.parametrize("rule", [case[2] for case in KEPT], ids=[case[0] for case in KEPT])
def test_what_is_odd_but_usable_is_kept_and_said(kept: Any, rule: str) -> None:
    assert kept.error is None
    assert kept.rows == {"accepted": GOOD + 6 * len(KEPT), "quarantined": 0, "duplicates": 0}
    assert rule in kept.said


def test_exported_again(trial: Any, line: Line, whole: Any) -> None:
    trial.replace(whole(*(line(n) for n in range(20))))
    outcome = trial.refresh()
    assert outcome.rows == {"accepted": GOOD, "quarantined": 0, "duplicates": 20}


def test_an_order_of_nobody(trial: Any, line: Line, whole: Any) -> None:
    trial.replace(whole(line(900, member_id="谁也不是")))
    assert trial.refresh().quarantined == {"order-of-unknown-member": 1}


def test_header_only(trial: Any, whole: Any) -> None:
    trial.replace(whole(good=0))
    outcome = trial.refresh()
    assert outcome.rows in ({}, {"accepted": 0, "quarantined": 0, "duplicates": 0})
    assert "the orders source has no rows" in outcome.said


@pytest.mark.parametrize(
    "content",
    [
        lambda t: "\ufeff" + t,
        lambda t: t.replace("\n", "\r\n"),
        pytest.param(lambda t: t.replace("交易成功", '"交易成功"'), marks=pytest.mark.slow),
        lambda t: "2026年2月订单导出\n\n" + t.replace("总金额", "总金额 ").replace("宝贝总", "\u3000宝贝总"),
        pytest.param(lambda t: t.replace(",", "\t"), marks=pytest.mark.slow),
        pytest.param(lambda t: t.replace("无退款申请", "0.00元"), marks=pytest.mark.slow),
    ],
    ids=["bom", "crlf", "quotes", "a-title-above-and-padded-headers", "tabs", "a-unit"],
)
def test_what_looks_odd_and_is_read_as_meant(trial: Any, whole: Any, content: Callable[[str], str]) -> None:
    trial.replace(content(whole()))
    outcome = trial.refresh()
    assert outcome.error is None
    assert outcome.rows == {"accepted": GOOD, "quarantined": 0, "duplicates": 0}


def test_line_breaks_in_quotes_and_times_without_zone(trial: Any, line: Line, whole: Any) -> None:
    trial.replace(whole(line(900, member_id='"会员1\r\n"', ordered_at="2026-02-28 23:30:00", paid_at="")))
    outcome = trial.refresh()
    assert outcome.rows == {"accepted": GOOD + 1, "quarantined": 0, "duplicates": 0}
    member, ordered = outcome.orders["202602000000000900"][:2]
    assert (member, ordered) == ("会员1", datetime(2026, 2, 28, 15, 30))


def test_characters_that_were_lost_before(trial: Any, whole: Any) -> None:
    trial.replace(whole().replace("交易成功", "交易\ufffd功", 1))
    outcome = trial.refresh()
    assert outcome.error is None
    assert any(p.code == "S108" for p in outcome.findings)
