"""Tables on narrow terminals: figures whole, text folded, records where columns have no room."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from promocal.cli import output
from promocal.cli.fitting import FittingTable


def drawn(table: FittingTable, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined]


def small() -> FittingTable:
    table = FittingTable("name", "when", "in audience", box=None, pad_edge=False, title="Shown")
    table.add_row("warm-up  预热促活期，给会员的专属权益", "2020-03-05 10:00", "1,234,567")
    table.add_row("burst", "2020-03-08 09:30", "12")
    return table


def test_a_table_with_room_is_a_table() -> None:
    lines = drawn(small(), 100).splitlines()
    assert len(lines) == 4
    assert lines[3].split() == ["burst", "2020-03-08", "09:30", "12"]


def test_text_folds_before_a_figure_is_cut() -> None:
    page = drawn(small(), 48)
    assert "1,234,567" in page
    assert page.count("2020-03-0") == 2
    assert len(page.splitlines()) > 4
    assert max(map(cell_len, page.splitlines())) <= 48


def test_what_has_no_room_becomes_a_record_a_row() -> None:
    lines = [line.rstrip() for line in drawn(small(), 36).splitlines()]
    assert lines[0] == "Shown"
    assert "  when 2020-03-05 10:00" in lines
    assert "  in audience 1,234,567" in lines
    assert lines[-1].strip().endswith("12")
    assert max(map(cell_len, lines)) <= 36


@given(
    st.lists(st.tuples(st.text("abc 预热促活", max_size=30), st.integers(0, 10**9), st.integers(0, 10**7)), min_size=1),
    st.integers(30, 160),
)
def test_whatever_the_width_every_figure_is_there(rows: list[tuple[str, int, int]], width: int) -> None:
    table = FittingTable("名称", "选中会员人数", "amount of money", box=None, pad_edge=False)
    for name, count, cents in rows:
        table.add_row(name, f"{count:,}", output.money(cents))
    page = drawn(table, width)
    assert max(map(cell_len, page.splitlines())) <= width
    for _, count, cents in rows:
        assert f"{count:,}" in page
        assert output.money(cents) in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_titles_and_headings_speak_the_language(monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setenv("PROMOCAL_LANG", lang)
    table = output.table("Phases", "phase", "    column", "held out")
    heads = [table.title, *(column.header for column in table.columns)]
    chinese = ["阶段", "阶段", "    列", "对照"]
    assert heads == (chinese if lang == "zh" else ["Phases", "phase", "    column", "held out"])
