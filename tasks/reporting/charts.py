"""Charts as SVG text: drawn once while the page is written, no script in the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign_calendars.values.json import to_plain

INK, MUTED, GRID = "#1f2933", "#616e7c", "#e4e7eb"
PHASE_COLOURS = {
    "reservoir": "#2f6690",
    "presale": "#5b8e7d",
    "warm_up": "#d9a441",
    "burst": "#c8553d",
    "maintenance": "#7d6b91",
    "daily": "#8a9ba8",
    "custom": "#3f7cac",
    "wave": "#b8c2cc",
}
_FONT = (
    "system-ui, 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Zen Hei', sans-serif"
)
_CONFIG = {
    "background": "white",
    "view": {"stroke": "transparent"},
    "font": _FONT,
    "axis": {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "gridColor": GRID,
        "domain": False,
        "ticks": False,
        "labelFontSize": 12,
    },
    "header": {"labelColor": INK},
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A phase of the timeline; times as local ISO text without offset: the page shows the calendar's own clock."""

    label: str
    kind: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A planned occurrence on the bar of that label; local ISO text like a bar's."""

    label: str
    at: str


@dataclass(frozen=True, slots=True)
class DayColumn:
    """Messages and sales of a local day, sales in currency units."""

    day: date
    messages: int
    gmv: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference of shares with the ends of its interval."""

    label: str
    difference: float
    low: float
    high: float


def timeline(phases: Sequence[Bar], occurrences: Sequence[Tick], *, width: int = 860) -> str:
    """Phases as bars over local time, one row each, planned occurrences as ticks."""
    import altair as alt

    order = [phase.label for phase in phases]
    rows = [{**to_plain(phase), "colour": PHASE_COLOURS[phase.kind]} for phase in phases]
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, labelColor=INK, labelFontSize=13))
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(height={"band": 0.62}, cornerRadius=3)
        .encode(
            x=alt.X("start:T", title=None, axis=alt.Axis(format="%m-%d", tickCount="week")),
            x2="end:T",
            y=y,
            color=alt.Color("colour:N", scale=None),
        )
    )
    ticks = (
        alt.Chart(alt.InlineData(values=to_plain(occurrences)))
        .mark_tick(color="white", opacity=0.85, thickness=1.5, height={"band": 0.4})
        .encode(x="at:T", y=y)
    )
    return _svg(alt.layer(bars, ticks).properties(width=width, height=max(26 * len(order), 60)), order)


def days(rows: Sequence[DayColumn], *, messages: str, sales: str, width: int = 860) -> str:
    """Messages and sales per local day, one panel each over a shared axis; the texts are the panels' titles."""
    import altair as alt

    data = alt.InlineData(values=to_plain(rows))

    def panel(field: str, title: str, colour: str) -> Any:
        return (
            alt.Chart(data)
            .mark_bar(color=colour)
            .encode(
                x=alt.X(
                    "day:T", timeUnit="utcyearmonthdate", title=None, axis=alt.Axis(format="%m-%d", labelOverlap=True)
                ),
                y=alt.Y(f"{field}:Q", title=title, axis=alt.Axis(tickCount=4, format="~s")),
            )
            .properties(width=width, height=110)
        )

    return _svg(alt.vconcat(panel("messages", messages, "#2f6690"), panel("gmv", sales, "#c8553d"), spacing=12))


def intervals(rows: Sequence[Interval], *, title: str, width: int = 860) -> str:
    """Differences with their intervals; the line at zero is "no effect"."""
    import altair as alt

    order = [row.label for row in rows]
    base = alt.Chart(alt.InlineData(values=to_plain(rows))).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=280, labelColor=INK))
    )
    x = alt.X("low:Q", title=title, axis=alt.Axis(format="+.1%", tickCount=8))
    bars = base.mark_rule(strokeWidth=3, color="#2f6690", opacity=0.55).encode(x=x, x2="high:Q")
    points = base.mark_point(filled=True, size=70, color="#2f6690").encode(x="difference:Q")
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=INK, strokeDash=[3, 3]).encode(x="zero:Q")
    return _svg(alt.layer(zero, bars, points).properties(width=width, height=max(24 * len(order), 60)), order)


def _svg(chart: Any, labels: Sequence[str] = ()) -> str:
    """Text is measured with the fonts of this machine and drawn with those of the reader's: `labels`, which
    stand left of the chart, get room to be wider."""
    import vl_convert

    padding = {"left": 24 + max(map(len, labels), default=0), "right": 12, "top": 4, "bottom": 4}
    svg: str = vl_convert.vegalite_to_svg(chart.configure(**_CONFIG, padding=padding).to_dict())
    # Scale with the page instead of a fixed pixel size; the view box keeps the proportions.
    return re.sub(
        r'<svg [^>]*?(viewBox="[^"]+")[^>]*>',
        r'<svg xmlns="http://www.w3.org/2000/svg" class="chart" \1>',
        svg,
        count=1,
    )
