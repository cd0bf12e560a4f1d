"""Forecasts against what became of them: inside or not, how far off, and how much wider the next one has to be.

**Widening.** A score says how far a figure ended from the middle, as a part of the way to the end of its interval, on
the logarithm; 1 is the end itself. If eight of ten are to end inside, an interval has to reach as far as the score of
rank ⌈0.8 (n + 1)⌉ of n earlier ones, whatever they are distributed like: conformal prediction with normalised scores
(Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005; Lei, G'Sell, Rinaldo, Tibshirani and
Wasserman, JASA 113, 2018, 5.2). So that many times as far apart campaigns are taken to lie. Few misses make no interval
narrower, and fewer than four scores say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, log
from statistics import median

from campaign_calendars.measuring.forecasting import (
    FIGURES,
    LEVEL,
    FigureName,
    Forecast,
    ForecastFigure,
    PastResult,
    enough_campaigns,
)
from campaign_calendars.values.units import Ratio

MOST_WIDENED = 5.0
"""No interval gets more times as wide: beyond that it says nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForecast:
    """A forecast of a plan that was applied."""

    checksum: str
    """The plan."""
    calendar: str
    """Calendar id."""
    store: str
    """Store id."""
    kept_at: datetime
    """When the plan was applied."""
    forecast: Forecast
    """What it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredFigure:
    """A forecast figure, and what it came to; money in cents."""

    calendar: str
    """Calendar id."""
    phase: str
    """Phase id."""
    play: str
    """Play id; empty: the whole phase."""
    figure: FigureName
    """Which figure."""
    low: int
    """Lower end of the forecast."""
    median: int
    """Its middle."""
    high: int
    """Its upper end."""
    earlier: int
    """Earlier phases that it rested on; 0: a wide default."""
    widened: float
    """How many times as wide it was made because earlier forecasts were too sure."""
    corrected: float
    """By what its middle was multiplied because of the bias of earlier forecasts; 1: by nothing."""
    actual: int
    """What it came to."""
    inside: bool
    """Whether that lies between the ends, or on one."""
    bias: Ratio | None
    """How much more it came to than the middle, as a share of the middle; null for a middle of 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRate:
    """How many figures of a kind ended inside their interval, over all campaigns of the store."""

    figure: FigureName
    """Which figure."""
    scored: int
    """Figures of whole phases that rested on earlier ones, and whose phase is over."""
    inside: int
    """Of them, those that ended inside."""
    bias: Ratio | None
    """The median of their biases; null where there is none."""
    widened: float
    """How many times as wide the next interval is made; 1: as earlier phases say."""


def newest(kept: Iterable[KeptForecast]) -> list[KeptForecast]:
    """Of each phase and play the forecast that was applied last: plans forecast only what has not begun."""
    found = {(one.calendar, one.forecast.phase, one.forecast.play): one for one in sorted(kept, key=_when)}
    return list(found.values())


def _when(kept: KeptForecast) -> tuple[datetime, str]:
    return kept.kept_at, kept.checksum


def score(kept: Iterable[KeptForecast], results: Iterable[PastResult]) -> tuple[ScoredFigure, ...]:
    """The newest forecasts against results; a phase or play without a result reached nobody, so it came to nothing.

    What no source tells is not scored.
    """
    known = {(one.calendar, one.phase, one.play): one for one in results}
    found = []
    for one in newest(kept):
        result = known.get((one.calendar, one.forecast.phase, one.forecast.play))
        for figure in one.forecast.figures:
            actual = 0 if result is None else result.actual(figure.figure)
            if actual is not None:
                found.append(_scored(one, figure, actual))
    return tuple(found)


def _scored(kept: KeptForecast, one: ForecastFigure, actual: int) -> ScoredFigure:
    return ScoredFigure(
        calendar=kept.calendar,
        phase=kept.forecast.phase,
        play=kept.forecast.play,
        figure=one.figure,
        low=one.low,
        median=one.median,
        high=one.high,
        earlier=one.earlier,
        widened=one.widened,
        corrected=one.corrected,
        actual=actual,
        inside=one.low <= actual <= one.high,
        bias=(actual - one.median) / one.median if one.median else None,
    )


def reached_of_planned(known: Iterable[PastResult], kept: Iterable[KeptForecast]) -> tuple[float, ...]:
    """Members contacted for each planned one, of results whose plan was applied with a forecast; none where these are
    of fewer than three campaigns.
    """
    planned = {
        (one.calendar, one.forecast.phase, one.forecast.play): one.forecast.figure("reach") for one in newest(kept)
    }
    found = [
        (one.calendar, one.contacted / figure.planned)
        for one in known
        if (figure := planned.get((one.calendar, one.phase, one.play))) and figure.planned and one.contacted
    ]
    return tuple(share for _, share in found) if enough_campaigns(name for name, _ in found) else ()


def hit_rates(scores: Sequence[ScoredFigure]) -> tuple[HitRate, ...]:
    """Of each figure with scores that count: those of whole phases that rested on earlier ones."""
    factors = widening(scores)
    found = []
    for name in FIGURES:
        mine = [one for one in scores if one.figure == name and counts(one)]
        biases = [one.bias for one in mine if one.bias is not None]
        if mine:
            found.append(
                HitRate(
                    figure=name,
                    scored=len(mine),
                    inside=sum(one.inside for one in mine),
                    bias=median(biases) if biases else None,
                    widened=factors.get(name, 1.0),
                )
            )
    return tuple(found)


def widening(scores: Iterable[ScoredFigure]) -> Mapping[FigureName, float]:
    """Figure → how many times as wide its interval has to be for eight of ten to end inside; only where above 1."""
    found: dict[FigureName, list[float]] = {}
    for one in scores:
        if counts(one):
            found.setdefault(one.figure, []).append(_farness(one) * one.widened)
    factors = {}
    for name, known in found.items():
        rank = ceil(round(LEVEL * (len(known) + 1), 6))  # 0.8 is a little more in binary
        if rank <= len(known) and (factor := sorted(known)[rank - 1]) > 1:
            factors[name] = min(factor, MOST_WIDENED)
    return factors


def counts(one: ScoredFigure) -> bool:
    """Whether a score tells of experience: one of a whole phase that rested on earlier ones."""
    return not one.play and one.earlier > 0


def _farness(one: ScoredFigure) -> float:
    """How far from the middle a figure ended, as a part of the way to the end on its side."""
    if one.actual == one.median:
        return 0.0
    if one.actual > one.median:
        return _way(one.median, one.actual) / _way(one.median, max(one.high, one.median + 1))
    return _way(one.actual, one.median) / _way(min(one.low, one.median - 1), one.median)


def _way(low: int, high: int) -> float:
    """From one figure to a larger one, on the logarithm; half a unit keeps off zero."""
    return log((high + 0.5) / (low + 0.5))
