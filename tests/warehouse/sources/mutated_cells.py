"""What a cell may be turned into, by kind of column: written → what may come of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

# What is documented to stand for an empty cell, and for one that cannot be read but must not be lost.

NOTHING: frozenset[Any] = frozenset({None, 0})
_INSTANT = frozenset({datetime(2026, 3, 20, 2, 23, 17)})
_MONEY = frozenset({123450})
ERRORS = ("#N/A", "NULL", "\\N", "nan", "None", "#REF!", "#DIV/0!", "无", "-", "—", "合计")

CELLS: dict[str, dict[str, frozenset[Any]]] = {
    "amount": {
        **dict.fromkeys(("1,234.50", "1 234.50", "¥1234.50", "￥1,234.50", "1234.50元", "1234.5", "+1234.50"), _MONEY),
        **dict.fromkeys((" 1234.50 ", "1234.500", "1，234.50", '="1234.50"', "1.2345e3", "１２３４.５０"), _MONEY),
        **dict.fromkeys(("1234,50", "1.234,50", "1,234,50", "12,34.50", "1'234.50", "$1234.50", "1234.50 CNY"), _MONEY),
        **dict.fromkeys(("1234.5O", "1234.50.00", "0x4D2", "1234·50", "1234 50", "1 2 3 4.50", "一千"), _MONEY),
        **dict.fromkeys(("-1234.50", "1234.50-", "(1234.50)", "−1234.50"), frozenset({-123450})),
        **dict.fromkeys(("6900000000017", "99999999999999999999", "1e12", "Infinity"), frozenset()),
    },
    "count": {
        **dict.fromkeys(("3.0", "3.00", " 3 ", '="3"', "３", "3件", "3,0", "+3"), frozenset({3})),
        "3,000": frozenset({3000}),
        # Pieces given back are no purchase, and points earned below zero are no gain (A6): never accepted.
        **dict.fromkeys(("-3", "3.5", "三", "6900000000017", "3-", "1e12"), frozenset()),
    },
    "moment": {
        **dict.fromkeys(("2026-03-20T10:23:17", "2026/3/20 10:23:17", "2026年3月20日 10:23:17"), _INSTANT),
        **dict.fromkeys(("2026-03-20 10:23:17 +0800", "2026-03-20T02:23:17Z", "2026-03-20 02:23:17 +00:00"), _INSTANT),
        **dict.fromkeys(
            ("2026-03-20 11:23:17+09:00", "2026-03-20 10:23:17.000", "2026-03-19 21:23:17 -05:00"), _INSTANT
        ),
        **dict.fromkeys(
            ("20/03/2026 10:23:17", "03/20/2026 10:23:17", "20-Mar-2026 10:23:17", "20260320102317"), _INSTANT
        ),
        **dict.fromkeys(
            ("2026-03-20 10:23:17 CST", "2026.03.20 10:23:17", "2026-03-20 10:23:17 AM", "46101.432836"), _INSTANT
        ),
        **dict.fromkeys(("1773973397", "1773973397000", "2026-03-20 10.23.17", "２０２６-03-20 10:23:17"), _INSTANT),
        **dict.fromkeys(
            ("03/04/2026 10:00", "2026-13-20 10:00:00", "2026-02-30 10:00:00", "10:23", "明天"), frozenset()
        ),
        **dict.fromkeys(("26-03-20 10:23:17", "2026-03-20 25:00:00", "2026-03-20 10:23:17 +99:00"), frozenset()),
        "0000-00-00 00:00:00": NOTHING,
    },
    "day": {
        **dict.fromkeys(
            ("1990/5/20", "1990年5月20日", "19900520", "1990-05-20 00:00:00"), frozenset({date(1990, 5, 20)})
        ),
        **dict.fromkeys(("1990-05-19T16:00:00Z", "1990.05.20", "20/05/1990"), frozenset({date(1990, 5, 20)})),
        **dict.fromkeys(("1990-02-30", "05/06/1990", "90-05-20", "生日"), frozenset()),
    },
    "word": {"拼团中": frozenset(), "交易": frozenset()},
    "id": {},
    "text": {'a "b", c': frozenset({'a "b", c'}), "a\nb": frozenset({"a\nb"}), "'": frozenset({"'", None})},
}
"""Kind of a column → what may be written there → what it may be read as; any row may be set aside instead."""
