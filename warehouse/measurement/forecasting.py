"""Figures of a phase drawn from how they lay in earlier ones: beta-binomial rates, log-normal amounts.

**Rates** (buyers of those contacted, redemptions of what was granted): each earlier phase has a rate of its own, drawn
from a beta distribution. Its two parameters are uncertain themselves, with the vague prior (α + β)^(−5/2) (Gelman et
al., Bayesian Data Analysis, 3rd edition, 5.3), summed over a grid. A figure to come: a pair of parameters, a rate, a
binomial number.

**Amounts** (sales for a buyer, what a use costs of its full cost, reach of what was planned): log-normal between
phases, mean and variance unknown, so the logarithm of the next one follows Student's t (ibid. 3.2).

Numbers are drawn by a generator that is seeded by the caller: the same plan gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, expit

from campaign_calendars.measuring.correcting import Correction
from campaign_calendars.measuring.forecasting import (
    LEVEL,
    MIN_EARLIER,
    FigureName,
    ForecastFigure,
    PastResult,
    PlannedUnit,
    enough_campaigns,
)

DRAWS = 10_000
_LOGITS = np.linspace(-7.6, 7.6, 153)
_SIZES = np.linspace(np.log(0.5), np.log(1e5), 100)
"""The grid: log odds of the mean rate, and logarithm of α + β."""
_BUYS_DEFAULT = (1.0, 9.0)
"""Without experience 1 to 23 of 100 contacted members buy (80 %)."""
_USES_DEFAULT = (1.0, 1.0)
"""Without experience any share of what is granted is used, 10 to 90 of 100; where it takes an order, by buyers."""
_REACH_DEFAULT = (4.0, 1.0)
"""Without experience 56 to 97 of 100 planned members are reached: later moments of a plan are an upper estimate."""
_SPEND_SPREAD = 0.5
"""Without experience a buyer's sales are half to twice an order of the store: ± 1.28 × 0.5 on the logarithm."""
_LEAST_SPREAD = 0.03
"""Plans that were reached in full three times may be missed the next time: on the logarithm reach lies no nearer
together than that [inferred]. Without, an interval would be one number, and no miss could ever widen it."""
_AS_IT_IS = Correction(1.0, 0)
_FARTHEST = 10.0
"""Draws of t with two degrees of freedom know no bounds; farther out no quantile looks."""

Rates: TypeAlias = Sequence[tuple[int, int]]
"""(trials, successes) of each earlier phase."""
T = TypeVar("T")
Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """What earlier campaigns of the store say about a phase or play."""

    results: Sequence[PastResult]
    """Of its kind, over before the plan was made."""
    reached: Sequence[float] = ()
    """Members contacted for each planned one, of applied plans with a forecast, of three campaigns or more."""
    order_cents: float | None = None
    """What an order of the store was paid with in the last months; None: it had none."""
    widened: Mapping[FigureName, float] | None = None
    """Figure → how many times as wide its interval has to be, by forecasts that were scored."""
    corrected: Mapping[FigureName, Correction] | None = None
    """Figure → by what it is multiplied, by the bias of forecasts that were scored."""


def forecast_figures(unit: PlannedUnit, known: Experience, seed: int) -> tuple[ForecastFigure, ...]:
    """The figures of a phase or play with their intervals; the same arguments give the same ones."""
    rng = np.random.default_rng(seed)
    drawn, rests_on = _drawn(unit, known, rng)
    most: dict[FigureName, float] = {
        "reach": unit.members * _most_reached(known.reached),
        "buyers": float(drawn["reach"].max()),
        "redemptions": float(unit.grants * drawn["reach"].max() / max(unit.members, 1)),
    }
    figures = []
    for name, draws in drawn.items():
        # A default is wide enough, and no experience was ever off about it.
        factor = (known.widened or {}).get(name, 1.0) if rests_on[name] else 1.0
        moved = (known.corrected or {}).get(name, _AS_IT_IS) if rests_on[name] else _AS_IT_IS
        drawn_so = np.minimum(_spread_out(draws, factor) * moved.factor, most.get(name, np.inf))
        low, median, high = _quantiles(drawn_so)
        figures.append(
            ForecastFigure(
                figure=name,
                low=low,
                median=median,
                high=high,
                planned=unit.planned(name),
                earlier=rests_on[name],
                widened=factor,
                corrected=moved.factor,
                corrected_by=moved.campaigns,
            )
        )
    return tuple(figures)


def _drawn(
    unit: PlannedUnit, known: Experience, rng: np.random.Generator
) -> tuple[dict[FigureName, Floats], dict[FigureName, int]]:
    """Figure → draws, and how many earlier phases each rests on; money in cents."""
    past = known.results
    share = _amounts(known.reached, rng, least_spread=_LEAST_SPREAD)
    reached = rng.beta(*_REACH_DEFAULT, DRAWS) if share is None else np.minimum(share, _most_reached(known.reached))
    reach: Whole = np.rint(unit.members * reached).astype(np.int64)
    grants: Whole = np.rint(unit.grants * reached).astype(np.int64)
    bought = _told(past, lambda one: (one.contacted, one.buyers))
    # Results that were kept by an earlier promocal count both coupons of a pack.
    used = _told(
        past,
        lambda one: (
            (one.granted, min(one.redemptions, one.granted)) if one.granted and one.redemptions is not None else None
        ),
    )
    buyers = draw_count(reach, bought, rng, _BUYS_DEFAULT)
    redemptions = draw_count(grants, used, rng) if used else _unknown_uses(unit, reach, buyers, rng)
    prices = _amounts(_told(past, _share_of_cost), rng)
    each = unit.worst_cents / unit.grants if unit.grants else 0.0
    cost = redemptions * each * (1.0 if prices is None else prices) + unit.message_cents * reached
    drawn: dict[FigureName, Floats] = {
        "reach": reach.astype(np.float64),
        "buyers": buyers.astype(np.float64),
        "redemptions": redemptions.astype(np.float64),
        "cost": cost,
    }
    rests_on: dict[FigureName, int] = {
        "reach": _enough(known.reached),
        "buyers": len(bought),
        "redemptions": len(used),
        "cost": len(used) if unit.grants else _enough(known.reached),
    }
    paid = _told(past, lambda one: one.sales_cents / one.buyers if one.buyers and one.sales_cents > 0 else None)
    spend = _amounts(paid, rng)
    if spend is None and known.order_cents:
        spend = known.order_cents * np.exp(_SPEND_SPREAD * rng.standard_normal(DRAWS))
    if spend is not None:
        drawn["sales"], rests_on["sales"] = buyers * spend, min(len(paid), len(bought))
    return drawn, rests_on


def _unknown_uses(unit: PlannedUnit, reach: Whole, buyers: Whole, rng: np.random.Generator) -> Whole:
    """Uses without experience: any share of what was granted, of what takes an order only by buyers."""
    with_order, free = (
        np.rint(count * reach / max(unit.members, 1)).astype(np.int64)
        for count in (unit.with_order, unit.grants - unit.with_order)
    )
    bought = buyers / np.maximum(reach, 1)
    used, unbound = (rng.beta(*_USES_DEFAULT, DRAWS) for _ in range(2))
    return (rng.binomial(with_order, bought * used) + rng.binomial(free, unbound)).astype(np.int64)


def draw_count(
    trials: Whole, past: Rates, rng: np.random.Generator, default: tuple[float, float] = _BUYS_DEFAULT
) -> Whole:
    """So many successes of `trials` (one for each draw), by the rates of earlier phases; `default`: α and β without."""
    if len(past) < MIN_EARLIER:
        alpha, beta = (np.full(DRAWS, value) for value in default)
    else:
        alphas, betas, weights = beta_posterior(past)
        cells = rng.choice(weights.size, DRAWS, p=weights.ravel())
        alpha, beta = alphas.ravel()[cells], betas.ravel()[cells]
    return rng.binomial(trials, rng.beta(alpha, beta)).astype(np.int64)


def beta_posterior(past: Rates) -> tuple[Floats, Floats, Floats]:
    """α, β and their posterior weight over the grid, given trials and successes of earlier phases.

    Known answer: the 71 experiments of Gelman et al., table 5.1, have the mean α 2.4 and β 14.3.
    """
    mean, size = expit(_LOGITS), np.exp(_SIZES)
    alpha, beta = np.outer(mean, size), np.outer(1 - mean, size)
    # The prior (α + β)^(−5/2), times αβ because the grid is even in log odds and log size (ibid. 5.10).
    weight = np.log(alpha) + np.log(beta) - 2.5 * np.log(alpha + beta)
    for trials, successes in past:
        weight += betaln(alpha + successes, beta + trials - successes) - betaln(alpha, beta)
    weight = np.exp(weight - weight.max())
    return alpha, beta, weight / weight.sum()


def _told(past: Sequence[PastResult], of: Callable[[PastResult], T | None]) -> list[T]:
    """What results say where they say anything; nothing where fewer than three campaigns do."""
    found = [(one.calendar, value) for one in past if (value := of(one)) is not None]
    return [value for _, value in found] if enough_campaigns(name for name, _ in found) else []


def _share_of_cost(one: PastResult) -> float | None:
    """What a use did cost of the full cost of a grant, in an earlier phase with both."""
    if not one.redemptions or one.benefit_cents <= 0 or one.worst_cents <= 0:
        return None
    return (one.benefit_cents / one.redemptions) / (one.worst_cents / one.granted)


def _amounts(known: Sequence[float], rng: np.random.Generator, *, least_spread: float = 0.0) -> Floats | None:
    """Draws of the next of some positive amounts; None where there are too few of them."""
    if len(known) < MIN_EARLIER:
        return None
    logs = np.log(np.asarray(known, dtype=np.float64))
    spread = max(logs.std(ddof=1), least_spread) * np.sqrt(1 + 1 / len(logs))
    steps = np.clip(rng.standard_t(len(logs) - 1, DRAWS), -_FARTHEST, _FARTHEST)
    drawn: Floats = np.exp(logs.mean() + spread * steps)
    return drawn


def _most_reached(known: Sequence[float]) -> float:
    """A plan is an upper estimate of its reach, unless more came of one already."""
    return 1.0 if max(known, default=0.0) <= 1.0 else float("inf")


def _enough(known: Sequence[object]) -> int:
    return len(known) if len(known) >= MIN_EARLIER else 0


def _spread_out(draws: Floats, factor: float) -> Floats:
    """Draws so many times as far from their median, on the logarithm; none stays none."""
    if factor == 1.0:
        return draws
    median = float(np.median(draws))
    if median <= 0:
        return draws * factor
    spread: Floats = median * (draws / median) ** factor
    return spread


def _quantiles(draws: Floats) -> tuple[int, int, int]:
    tail = (1 - LEVEL) / 2
    low, median, high = np.quantile(draws, [tail, 0.5, 1 - tail], method="inverted_cdf")
    return round(float(low)), round(float(median)), round(float(high))
