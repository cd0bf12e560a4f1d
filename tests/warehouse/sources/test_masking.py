"""What a terminal is given of a cell: enough to recognise, never a person, never a control character."""

from __future__ import annotations

import pytest

from warehouse.sources.masking import mask_value, shown_value


@pytest.mark.parametrize(
    ("column", "written", "shown"),
    [
        ("status", "partly returned", "partly returned"),
        ("status", "\x1b[31mpaid\x1b[0m", "[31mpaid [0m"),
        ("status", "paid\u202e\u200b\r\nshipped", "paid shipped"),
        ("amount", "19,99", "19,99"),
        ("amount", "13900000101", "1•••••••"),
        ("ordered_at", "2026-03-20 10:23:17 CST", "2026-03-20 10:23:17 CST"),
        ("member_id", "m-1", "m••"),
        ("status", "wang@example.com", "w•••••••"),
    ],
)
def test_a_cell_in_a_finding(column: str, written: str, shown: str) -> None:
    assert shown_value("orders", column, written) == shown


@pytest.mark.parametrize(
    ("column", "written", "shown"),
    [
        ("name", "王小明", "王**"),
        ("phone", "'13900000101", "'13*******01"),
        ("order_id", '="2016123456789"', '="20********89"'),
        ("birth_on", "1990-05-20", "9999-99-99"),
        ("amount", " 1,234.50\n", "1,234.50"),
        ("city", "\x1b]0;title\x07杭州", "]0;title 杭州"),
    ],
)
def test_a_value_of_a_source(column: str, written: str, shown: str) -> None:
    assert mask_value(column, written) == shown
