"""What earlier forecasts were off by, fed back into the next ones: all of it only after many campaigns.

A figure that ended above the middle campaign after campaign will do so again; one that did so once may have done it by
chance. So the mean of the logarithms (actual ÷ middle) is shrunk towards nothing, by how far campaigns lie apart and
how many there are: with a normal prior of the bias the posterior mean is w · mean, w = τ² ÷ (τ² + s² ÷ n) (Gelman et
al., Bayesian Data Analysis, 3rd edition, 2.5). Campaigns count, not phases: those of one campaign share its luck.

And only where it has proved itself: had each campaign been corrected by those before it, all of them together would
have ended nearer to their forecasts. In a real year of a grocer they would not have: what looked like a bias was the
luck of a few campaigns, and following it made the error of the next ones a tenth larger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import mean, variance

from campaign_calendars.measuring.forecasting import FigureName
from campaign_calendars.measuring.scoring import ScoredFigure, counts

USUAL_BIAS = 0.2
"""Prior spread of a store's bias on the logarithm (τ): a fifth more or less [inferred]."""
USUAL_SPREAD = 0.4
"""How far single campaigns usually lie apart on the logarithm [inferred]; weighs as much as `_PRIOR_WEIGHT` of them."""
_PRIOR_WEIGHT = 3
MOST_OFF = log(3)
"""A campaign that ended farther off, such as one that was stopped, counts as if it had been this far."""


@dataclass(frozen=True, slots=True)
class Correction:
    """By how much the middle of the next forecast of a figure is moved."""

    factor: float
    """The middle is multiplied by it."""
    campaigns: int
    """Campaigns that it was learnt from."""


def corrections(scores: Iterable[ScoredFigure]) -> Mapping[FigureName, Correction]:
    """Figure → what its next forecast is multiplied by; of figures of whole phases that rested on earlier ones.

    Scores come in the order of their campaigns. A forecast that was corrected itself counts as it would have been
    without.
    """
    found: dict[FigureName, dict[str, list[float]]] = {}
    for one in scores:
        if counts(one):
            off = log((one.actual + 0.5) / (one.median + 0.5)) + log(one.corrected)
            bounded = max(-MOST_OFF, min(MOST_OFF, off))
            found.setdefault(one.figure, {}).setdefault(one.calendar, []).append(bounded)
    return {name: _correction([mean(offs) for offs in mine.values()]) for name, mine in found.items()}


def _correction(offs: Sequence[float]) -> Correction:
    return Correction(factor=exp(_shrunk(offs)) if _has_proved_itself(offs) else 1.0, campaigns=len(offs))


def _shrunk(offs: Sequence[float]) -> float:
    n = len(offs)
    own = variance(offs) if n > 1 else 0.0
    spread = ((n - 1) * own + _PRIOR_WEIGHT * USUAL_SPREAD**2) / (n - 1 + _PRIOR_WEIGHT)
    return USUAL_BIAS**2 / (USUAL_BIAS**2 + spread / n) * mean(offs)


def _has_proved_itself(offs: Sequence[float]) -> bool:
    """Whether campaigns would have ended nearer to forecasts corrected by those before them; the first says nothing."""
    return sum(abs(offs[n] - _shrunk(offs[:n])) - abs(offs[n]) for n in range(1, len(offs))) < 0
