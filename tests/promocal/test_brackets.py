"""Brackets in titles and names are text, wherever they are printed; printing never fails."""

from __future__ import annotations

import io

import pytest
from rich.table import Table

from campaign_calendars.findings.errors import UsageError
from promocal.cli.drawing import PlainConsole
from promocal.cli.options import parse_moment

NAMES = [
    "[new] Spring",
    "[/]春茶",
    "[/shop] Lin",
    "[red",
    "[on blue]x",
    "a [link=http://x] b",
    "[[x]]",
    "[@click=x]y",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_looks_like_markup_is_printed_as_written(name: str) -> None:
    stream = io.StringIO()
    console = PlainConsole(file=stream, width=200, highlight=False)
    console.print(f"{name} approved")
    table = Table(title=name)
    table.add_column(name)
    table.add_row(name)
    console.print(table)
    assert stream.getvalue().count(name) == 4


def test_our_own_styles_are_drawn() -> None:
    stream = io.StringIO()
    console = PlainConsole(file=stream, width=200, force_terminal=True, color_system="standard", highlight=False)
    console.print("[bold]done[/] [new]")
    assert "\x1b[1mdone\x1b[0m [new]" in stream.getvalue()


@pytest.mark.parametrize(
    "written",
    ["2026-12-31", "2026-12-31+08:00", "2026-12-31 10:00", "2026-12-31T10:00", "2026/12/31", "2026年12月31日", "soon"],
)
def test_the_remedy_of_a_moment_is_a_moment(written: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_moment(written)
    remedy = caught.value.remedy.removeprefix("write it like ").split(" or ")[0]
    assert parse_moment(remedy).tzinfo is not None
    if written != "soon":
        assert remedy.startswith("2026-12-31T")
