"""What phases are to bring, for a person."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from campaign_calendars.measuring.forecasting import (
    FIGURE_WORDS,
    MIN_EARLIER,
    MONEY,
    basis_in_words,
    corrections_in_words,
)
from promocal.cli.language import either, translated
from promocal.cli.output import console, escape, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaign_calendars.measuring.forecasting import Forecast, ForecastFigure
    from tasks.planning.planned import Plan


def print_forecast(plan: Plan) -> None:
    """A row for each figure of each phase, and what it rests on; plays stand in the JSON and in the document."""
    phases = [one for one in plan.forecasts if not one.play]
    if not phases:
        return
    rows = table("Forecast", "phase", "figure", "middle", "low", "high", "the plan has")
    for one in phases:
        for number, figure in enumerate(one.figures):
            rows.add_row("" if number else one.phase, *_cells(figure))
    rows.columns[1].justify = "left"
    console().print(rows, "")
    console().print(_meaning())
    _print_basis(phases)


def _meaning() -> str:
    return either(
        "[dim]Of figures that rest on earlier phases about eight of ten end between low and high. Reach: members"
        " contacted; buyers, sales: theirs, until the phase ends; cost: benefits used, and messages. Not what the"
        " campaign adds: only a hold-out tells that.[/]\n",
        "[dim]以历史阶段为依据的数字，十个中约有八个落在上下限之间。触达：实际联系到的会员；购买人数与成交额：这些会员"
        "在阶段结束前的；成本：已使用的权益与消息费。这不是活动带来的增量，增量只能由对照组得出。[/]\n",
    )


def _print_basis(phases: Sequence[Forecast]) -> None:
    """What each rests on; phases in a row without experience in one line."""
    out = console()
    for few, some in groupby(phases, key=lambda one: one.campaigns if one.campaigns < MIN_EARLIER else None):
        found = list(some)
        if few is not None and len(found) > 1:
            names = either(", ", "、").join(one.phase for one in found)
            text = either(
                "fewer than three earlier campaigns with such phases: a wide default, not experience",
                "有同类阶段的历史活动不足三个：采用宽泛的默认区间，并非经验值",
            )
            out.print(f"[bold]{names}[/]  {text}")
            continue
        for one in found:
            out.print(f"[bold]{one.phase}[/]  {escape(translated(basis_in_words(one)))}")
            _print_wide(one)
    out.print("")


def _print_wide(forecast: Forecast) -> None:
    """Single figures without experience beside others that have it, and what was corrected and widened."""
    wide = [translated(FIGURE_WORDS[one.figure]) for one in forecast.figures if not one.earlier]
    if wide and forecast.campaigns >= MIN_EARLIER:
        names = either(", ", "、").join(wide)
        console().print(
            either("  a wide default, no experience yet: {names}", "  尚无经验、采用默认区间：{names}", names=names)
        )
    if (moved := corrections_in_words(forecast)) is not None:
        console().print(f"  {escape(translated(moved))}")
    for one in forecast.figures:
        if one.widened > 1:
            console().print(
                either(
                    "  {figure}: {times:.1f} times as wide, earlier forecasts were too sure",
                    "  {figure}：区间放宽到 {times:.1f} 倍，因为此前的预测过于自信",
                    figure=translated(FIGURE_WORDS[one.figure]),
                    times=one.widened,
                )
            )


def _cells(figure: ForecastFigure) -> tuple[str, ...]:
    """Amounts in whole units of the currency: an interval knows no cents."""
    unit = 100 if figure.figure in MONEY else 1
    values = (figure.median, figure.low, figure.high, figure.planned)
    return (
        translated(FIGURE_WORDS[figure.figure]),
        *("–" if value is None else f"{value / unit:,.0f}" for value in values),
    )
