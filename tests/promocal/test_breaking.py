"""No line begins with a closing mark or ends with an opening one: tables, messages and the help, however narrow."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from promocal.cli.app import application
from promocal.cli.breaking import CLOSING, OPENING, breaks, broken
from promocal.cli.drawing import PlainConsole
from promocal.cli.fitting import FittingTable
from promocal.cli.tree import command_line, walk

CHINESE = (
    "会员被排除的原因（每次触达各计一次），见下表：“店铺对照组”、“活动对照组”（5%）。满 99.00 减 15.00（共 400 张）！"
)
_FRAME = " │╭╮╰╯─"


def drawn(what: object, width: int) -> list[str]:
    console = PlainConsole(file=io.StringIO(), width=width, highlight=False)
    console.print(what)
    return [line.strip(_FRAME) for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def wrong(lines: list[str]) -> list[str]:
    return [line for line in lines if line and (line[0] in "）》」』】”’，。、；：！？" or line[-1] in "（《「『【“‘")]


@pytest.mark.parametrize("width", range(8, 81, 3))
def test_a_sentence(width: int) -> None:
    lines = drawn(CHINESE, width)
    assert wrong(lines) == []
    assert "".join(lines).replace(" ", "") == CHINESE.replace(" ", "")
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", range(30, 81, 7))
def test_a_table(width: int) -> None:
    table = FittingTable(
        "原因（各计一次）", "会员（人）", "说明", box=None, pad_edge=False, title="会员被排除的原因（全部）"
    )
    table.add_row("超出频次上限（每 7 天 5 条）", "13,603", CHINESE)
    table.add_row("库存用完（权益）", "35,003", "券“满 99 减 15”发完（共 400 张），不再发放。")
    assert wrong(drawn(table, width)) == []


@given(st.text("会员，。（）“”、a1 -", max_size=60), st.integers(8, 40))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    at = [0, *breaks(text, width), len(text)]
    lines = [text[start:end] for start, end in pairwise(at)]
    assert "".join(lines) == text
    assert at == sorted(set(at)) or not text
    assert all(cell_len(line.rstrip()) <= width for line in lines)


def test_a_count_stays_with_what_is_counted() -> None:
    assert drawn("专属客服 99, 淘宝群 5, 短信 139", 24) == ["专属客服 99, 淘宝群 5,", "短信 139"]


def test_styles_stay_where_they_were() -> None:
    text = Text.from_markup("[bold]会员专享券[/]（满 199 减 30）", style="dim")
    made = broken(text, 12)
    assert made.plain.replace("\n", "") == text.plain
    assert [made.plain[span.start : span.end] for span in made.spans if span.style == "bold"] == ["会员专享券"]
    assert made.style == "dim"


def test_marks_are_told_apart() -> None:
    assert not set(CLOSING) & set(OPENING)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_the_chinese_help_of_every_command(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer import rich_utils

    for name in ("Console", "_make_rich_text", *_words()):
        monkeypatch.setattr(rich_utils, name, getattr(rich_utils, name))
    monkeypatch.setattr(rich_utils, "MAX_WIDTH", width)
    for context, command in walk(command_line(application(), "zh")):
        lines = [line.strip(_FRAME) for line in command.get_help(context).splitlines()]
        assert wrong(lines) == [], context.command_path


def _words() -> list[str]:
    from promocal.cli import help_zh

    return list(help_zh.WORDS)
