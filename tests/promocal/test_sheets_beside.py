"""Sheets that a calendar names, beside an editor and a watched check."""

from __future__ import annotations

from pathlib import Path

import pytest

from promocal.cli.watching import stamps
from promocal.editor.serving import server
from promocal.editor.sheets import Sheet

TEXT = "calendar: spring\nprices: {from: prices.csv}\nlists: {from: ../../out.csv}\n"


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    path = tmp_path / "calendars" / "spring.yaml"
    path.parent.mkdir()
    (tmp_path / "promocal.toml").write_text("", "utf-8")
    (tmp_path / "prices.csv").write_text("goods,phase\n", "utf-8")
    path.write_text(TEXT, "utf-8")
    return path


def test_who_watches_a_calendar_watches_its_sheets(calendar: Path) -> None:
    sheet = calendar.parent.parent / "prices.csv"
    before = stamps([calendar])
    assert set(before) == {calendar, sheet}, "and nothing outside of the project"
    sheet.write_text("goods,phase\ntea,burst\n", "utf-8")
    assert stamps([calendar])[sheet] != before[sheet]
    calendar.write_bytes(b"\xff\xfe")
    assert set(stamps([calendar])) == {calendar}


def test_an_editor_is_told_of_the_sheets_that_are_named_and_of_no_others(calendar: Path) -> None:
    root, ls = calendar.parent.parent, server("en")
    ls.sheets[calendar.as_uri()] = Sheet(calendar.as_uri(), calendar, TEXT)
    asked = ("prices.csv", "data/orders.csv", "stores/corner.yaml")
    assert [ls.concerns((root / name).as_uri()) for name in asked] == [True, False, True]
