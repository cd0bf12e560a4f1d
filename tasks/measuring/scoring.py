"""The forecasts of plans that were applied, against what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_calendars.measuring.correcting import corrections
from campaign_calendars.measuring.forecasting import LEVEL, FigureName, PastResult
from campaign_calendars.measuring.scoring import HitRate, KeptForecast, ScoredFigure, hit_rates, score
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.units import Ratio
from tasks.measuring.results import earlier_results
from tasks.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastScores:
    """What plans had said, and what came of it."""

    level: Ratio
    """The share of figures that was to end inside."""
    figures: tuple[ScoredFigure, ...]
    """Of phases that are over, and of their plays; empty: no plan with a forecast was applied before they began."""
    corrected: Mapping[FigureName, Ratio]
    """Figure → by what the next forecast of it is multiplied because of the bias so far, shrunk by how few campaigns
    there are."""
    hit_rates: tuple[HitRate, ...]
    """Over all campaigns of the store that were measured after their end, and the phases of this one that are over."""


def forecast_scores(
    rt: Runtime, loaded: LoadedCalendar, results: Sequence[PastResult], *, as_of: datetime, known_at: datetime
) -> ForecastScores:
    """Score the phases of a calendar that are over, by its results of now, and count the hits of all campaigns."""
    name, store = loaded.calendar.calendar, loaded.calendar.store
    until = min(as_of, known_at)
    over = {phase for phase, span in loaded.timeline.phases.items() if span.end <= until}
    kept = [one for one in rt.ledger.forecasts() if one.store == store]
    mine = score([one for one in kept if one.calendar == name and one.forecast.phase in over], results)
    others = [
        one for one in earlier_results(rt) if one.calendar != name and one.store == store and one.ends_at <= until
    ]
    known = [*scores_of(kept, others, apart=name), *mine]
    moved = {figure: found.factor for figure, found in corrections(known).items()}
    return ForecastScores(level=LEVEL, figures=mine, corrected=moved, hit_rates=hit_rates(known))


def scores_of(
    kept: Collection[KeptForecast], results: Collection[PastResult], *, apart: str
) -> tuple[ScoredFigure, ...]:
    """Scores of the calendars with results, but for one."""
    known = {one.calendar for one in results} - {apart}
    return score([one for one in kept if one.calendar in known], results)
