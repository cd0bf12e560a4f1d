"""Charts draw what they are given where the scale has it; hostile texts stay texts."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import get_args
from xml.etree import ElementTree as ET

from tasks.reporting.charts.columns import Panel, columns
from tasks.reporting.charts.curves import Curve, curves
from tasks.reporting.charts.drawing import Told, ticks, width_of
from tasks.reporting.charts.forest import Interval, forest
from tasks.reporting.charts.marks import Mark, legend, mark
from tasks.reporting.charts.timeline import Bar, Tick, timeline

HOSTILE = "</text><script>alert('1')</script> & \x00\"大促\""
DAYS = [date(2026, 3, 1) + timedelta(days=n) for n in range(10)]
SVG = "{http://www.w3.org/2000/svg}"


def drawn() -> list[str]:
    told = Told(HOSTILE, HOSTILE)
    bar = Bar(HOSTILE, "burst", datetime(2026, 3, 1), datetime(2026, 3, 4))
    return [
        chart
        for width in (860, 360)
        for chart in (
            timeline([bar], [Tick(HOSTILE, datetime(2026, 3, 2))], width=width, told=told),
            columns(DAYS, [Panel(HOSTILE, [0.0] * 10, "red")], width=width, told=told),
            forest([Interval(HOSTILE, 0.1, -0.1, 0.3, HOSTILE)], axis=HOSTILE, figure=str, width=width, told=told),
            curves(DAYS, [Curve(HOSTILE, [None] * 9 + [1.0], "red")], figure=str, width=width, told=told),
        )
    ]


def test_whatever_is_written_stays_text_and_the_chart_well_formed() -> None:
    for chart in drawn():
        root = ET.fromstring(chart)
        assert root.get("role") == "img"
        assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
            "svg", "title", "desc", "text", "rect", "line", "circle", "path",
        }  # fmt: skip
        assert "<script" not in chart


def test_nothing_is_drawn_outside_of_the_picture() -> None:
    for chart in drawn():
        width = float(re.search(r'viewBox="0 0 (\d+)', chart).group(1))  # type: ignore[union-attr]
        places = [float(x) for x in re.findall(r' (?:x|x1|x2|cx)="([-0-9.]+)"', chart)]
        assert min(places) >= 0
        assert max(places) <= width


def test_an_interval_stands_where_the_scale_has_it() -> None:
    chart = forest([Interval("a", 0.5, 0.0, 1.0)], axis="x", figure=lambda value: f"{value:g}")
    at = {
        name: float(x)
        for x, name in re.findall(r'<text x="([0-9.]+)" y="[0-9.]+" [^>]*middle"[^>]*>([-0-9.]+)<', chart)
    }
    centre = float(re.search(r'cx="([0-9.]+)"', chart).group(1))  # type: ignore[union-attr]
    assert abs(centre - (at["0"] + at["1"]) / 2) < 0.2


def test_ticks_are_round_and_hold_both_ends() -> None:
    assert ticks(0, 97, 4) == [0, 25, 50, 75, 100]
    assert ticks(-0.03, 0.11, 4)[0] <= -0.03 < 0.11 <= ticks(-0.03, 0.11, 4)[-1]
    assert ticks(0, 0, 4)[0] == 0


def test_each_state_of_a_moment_has_a_shape_of_its_own_and_its_words() -> None:
    drawn = {kind: mark(50, 10, 11, kind) for kind in get_args(Mark)}
    without_colour = {re.sub(r'(fill|stroke)="[^"]*"', "", text) for text in drawn.values()}
    assert len(without_colour) == len(drawn)  # told apart without colours
    words = {kind: f"word of {kind}" for kind in get_args(Mark)}
    for width in (860, 360):
        parts, height = legend(words, 100, width)
        svg = "".join(parts)
        assert all(text in svg for text in words.values())
        assert height >= 18
        ends = [float(x) + width_of(text, 12) for x, text in re.findall(r'<text x="([\d.]+)".*?>(.*?)</text>', svg)]
        assert max(ends) <= width
    assert legend({}, 100, 860) == ([], 0.0)


def test_every_state_of_the_board_is_drawn_and_explained() -> None:
    from tasks.board.gathering import MomentState
    from tasks.board.told import MARKS, MEANINGS, STATES

    assert set(MARKS) == set(STATES) == set(get_args(MomentState))
    assert set(MARKS.values()) <= set(MEANINGS)
    assert MARKS["not_run"] != MARKS["done"]
