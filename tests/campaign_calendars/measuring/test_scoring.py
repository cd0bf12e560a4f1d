"""Forecasts against what they came to, and how much wider the next ones are made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log

import pytest

from campaign_calendars.measuring.forecasting import Forecast, ForecastFigure, PastResult
from campaign_calendars.measuring.scoring import (
    MOST_WIDENED,
    KeptForecast,
    ScoredFigure,
    hit_rates,
    newest,
    reached_of_planned,
    score,
    widening,
)

T0 = datetime(2025, 3, 1, tzinfo=UTC)
REACH = ForecastFigure(figure="reach", low=80, median=100, high=125, planned=120, earlier=4, widened=1.0)
BUYERS = ForecastFigure(figure="buyers", low=5, median=10, high=20, planned=None, earlier=4, widened=1.0)
KEPT = KeptForecast(
    checksum="a", calendar="spring", store="shop", kept_at=T0,
    forecast=Forecast(phase="burst", play="", kind="burst", figures=(REACH, BUYERS), earlier=()),
)  # fmt: skip
RESULT = PastResult(
    calendar="spring", store="shop", phase="burst", play="", kind="burst", starts_at=T0, ends_at=T0 + timedelta(days=4),
    contacted=90, buyers=25, sales_cents=1, granted=1, redemptions=1, worst_cents=1, benefit_cents=1, message_cents=1,
)  # fmt: skip


def test_a_figure_is_inside_or_not_and_its_bias_has_a_sign() -> None:
    reach, buyers = score([KEPT], [RESULT])
    assert (reach.actual, reach.inside, reach.bias) == (90, True, pytest.approx(-0.1))
    assert (buyers.actual, buyers.inside, buyers.bias) == (25, False, pytest.approx(1.5))
    edge = score([KEPT], [replace(RESULT, buyers=20)])[1]
    assert edge.inside, "an end belongs to the interval"


def test_what_reached_nobody_came_to_nothing() -> None:
    assert [(one.actual, one.inside) for one in score([KEPT], [])] == [(0, False), (0, False)]
    nothing = replace(BUYERS, low=0, median=0, high=3)
    kept = replace(KEPT, forecast=replace(KEPT.forecast, figures=(nothing,)))
    assert score([kept], [])[0].bias is None


def test_what_no_source_tells_is_not_scored() -> None:
    figures = tuple(replace(REACH, figure=name) for name in ("reach", "redemptions", "cost"))
    kept = replace(KEPT, forecast=replace(KEPT.forecast, figures=figures))
    assert [one.figure for one in score([kept], [replace(RESULT, redemptions=None)])] == ["reach"]
    assert len(score([kept], [RESULT])) == 3


def test_the_plan_that_was_applied_last_counts() -> None:
    later = replace(KEPT, checksum="b", kept_at=T0 + timedelta(hours=1))
    play = replace(KEPT, forecast=replace(KEPT.forecast, play="recall"))
    assert newest([later, KEPT, play]) == [later, play] or newest([later, KEPT, play]) == [play, later]


def test_reach_is_told_by_what_the_plan_had() -> None:
    names = ("spring", "summer", "autumn")
    kept = [replace(KEPT, calendar=name) for name in names]
    results = [replace(RESULT, calendar=name) for name in (*names, "winter")]
    assert reached_of_planned(results, kept) == (90 / 120,) * 3
    assert reached_of_planned([*results[:2], replace(results[2], contacted=0)], kept) == (), "of two campaigns only"


def scored(actual: int, **other: object) -> ScoredFigure:
    one = score([KEPT], [replace(RESULT, buyers=actual)])[1]
    return replace(one, **other)  # type: ignore[arg-type]


def test_the_interval_is_widened_to_hold_eight_of_ten_and_never_narrowed() -> None:
    assert widening([scored(41)] * 3) == {}, "three say nothing"
    assert widening([scored(12)] * 9) == {}, "all inside: as it is"
    factors = widening([scored(12)] * 3 + [scored(40)])
    assert factors == {"buyers": pytest.approx(log(40.5 / 10.5) / log(20.5 / 10.5))}, (
        "the fourth of four: rank ⌈0.8 × 5⌉"
    )
    assert widening([scored(12)] * 8 + [scored(40)]) == {}, "one of nine outside: eight of ten hold"
    assert widening([scored(2)] * 4) == {"buyers": pytest.approx(log(10.5 / 2.5) / log(10.5 / 5.5))}, (
        "below as well as above"
    )
    assert widening([scored(9_000)] * 4) == {"buyers": MOST_WIDENED}
    assert widening([scored(20, widened=2.0)] * 4) == {"buyers": pytest.approx(2.0)}, "it was wider then already"


def test_only_whole_phases_with_experience_count() -> None:
    some = [scored(41, play="recall"), scored(41, earlier=0)] * 4
    assert (widening(some), hit_rates(some)) == ({}, ())
    (rate,) = hit_rates([*some, scored(12), scored(15), scored(41)])
    assert (rate.figure, rate.scored, rate.inside, rate.bias, rate.widened) == ("buyers", 3, 2, 0.5, 1.0)
