"""The bias of earlier forecasts fed back: little of it after few campaigns, nearly all after many."""

from __future__ import annotations

import random
from math import exp, log

import pytest

from campaign_calendars.measuring.correcting import Correction, corrections
from campaign_calendars.measuring.forecasting import Forecast, ForecastFigure, corrections_in_words
from campaign_calendars.measuring.scoring import ScoredFigure


def scored(
    calendar: str, actual: int, *, middle: int = 1_000, phase: str = "burst", corrected: float = 1.0, play: str = "",
    earlier: int = 5,
) -> ScoredFigure:  # fmt: skip
    return ScoredFigure(
        calendar=calendar, phase=phase, play=play, figure="buyers", low=1, median=middle, high=9_999, earlier=earlier,
        widened=1.0, corrected=corrected, actual=actual, inside=True, bias=actual / middle - 1,
    )  # fmt: skip


def factor(*scores: ScoredFigure) -> float:
    return corrections(scores)["buyers"].factor


def by_hand(offs: list[float]) -> float:
    n, mean = len(offs), sum(offs) / len(offs)
    own = sum((off - mean) ** 2 for off in offs)
    spread = (own + 3 * 0.4**2) / (n - 1 + 3)
    return exp(0.04 / (0.04 + spread / n) * mean)


def test_one_campaign_has_proved_nothing() -> None:
    assert corrections([scored("a", 1_300)])["buyers"] == Correction(1.0, 1)


def test_two_that_agree_move_the_next_a_third_of_the_way() -> None:
    """w = .04 / (.04 + .12 / 2) = .4, with a spread of 3 · .16 / 4 = .12."""
    assert factor(scored("a", 1_300), scored("b", 1_300)) == pytest.approx(1.3**0.4, rel=1e-3)


def test_many_that_agree_move_it_nearly_all_the_way() -> None:
    found = corrections([scored(f"c{n}", 1_300) for n in range(20)])["buyers"]
    assert found.campaigns == 20
    assert 1.27 < found.factor < 1.3
    assert found.factor == pytest.approx(by_hand([log(1_300.5 / 1_000.5)] * 20))


def test_what_would_have_made_earlier_forecasts_worse_is_not_followed() -> None:
    """By turns too many and too few: each would have been corrected the wrong way."""
    actual = [1_800, 600, 1_500, 700, 1_200]
    assert factor(*(scored(f"c{n}", one) for n, one in enumerate(actual))) == 1.0


def test_a_bias_with_chance_upon_it_is_shrunk() -> None:
    actual = [1_500, 1_100, 1_700, 1_250]
    found = factor(*(scored(f"c{n}", one) for n, one in enumerate(actual)))
    assert found == pytest.approx(by_hand([log((one + 0.5) / 1_000.5) for one in actual]))
    assert 1.1 < found < 1.36


def test_phases_of_one_campaign_are_one_piece_of_evidence() -> None:
    two = corrections([scored("a", 1_300), scored("a", 1_300, phase="presale"), scored("b", 1_300)])["buyers"]
    assert two == corrections([scored("a", 1_300), scored("b", 1_300)])["buyers"]
    assert two.campaigns == 2


def test_a_corrected_forecast_counts_as_it_would_have_been_without() -> None:
    """Else a correction that was right would be taken back by the next one."""
    plain = factor(scored("a", 1_300), scored("b", 1_300))
    assert factor(scored("a", 1_300), scored("b", 1_300, middle=1_300, corrected=1.3)) == pytest.approx(plain, rel=1e-3)


def test_stopped_campaigns_count_as_a_third_at_most() -> None:
    assert factor(scored("a", 0), scored("b", 0)) == pytest.approx(3**-0.4, rel=1e-9)


def test_plays_and_wide_defaults_tell_nothing() -> None:
    assert corrections([scored("a", 1_300, play="recall"), scored("a", 1_300, earlier=0)]) == {}


def test_what_was_corrected_is_said_and_by_how_many() -> None:
    figure = ForecastFigure(
        figure="buyers", low=1, median=2, high=3, planned=None, earlier=4, widened=1.0, corrected=1.12, corrected_by=5
    )
    other = ForecastFigure(figure="sales", low=1, median=2, high=3, planned=None, earlier=4, widened=1.0)
    said = corrections_in_words(Forecast(phase="b", play="", kind="burst", figures=(figure, other), earlier=()))
    assert said is not None
    assert said[0].endswith("(5 campaign(s) scored): buyers +12%")
    assert said[1] == "按以往预测的偏差修正（已评分活动 5 个）：购买人数 +12%"
    assert corrections_in_words(Forecast(phase="b", play="", kind="burst", figures=(other,), earlier=())) is None


def _errors(bias: float, seed: int) -> tuple[float, float]:
    """Sum of the errors of ten campaigns on the logarithm: as forecast, and corrected by those before each."""
    draw = random.Random(seed)
    seen: list[ScoredFigure] = []
    plain = corrected = 0.0
    for n in range(10):
        actual = round(1_000 * exp(draw.gauss(bias, 0.25)))
        moved = factor(*seen) if seen else 1.0
        plain += abs(log(actual / 1_000))
        corrected += abs(log(actual / (1_000 * moved)))
        seen.append(scored(f"c{n}", actual))
    return plain, corrected


@pytest.mark.parametrize(("bias", "low", "high"), [(0.3, 0.70, 0.85), (0.0, 0.97, 1.03)])
def test_a_lasting_bias_is_taken_out_and_none_is_not_invented(bias: float, low: float, high: float) -> None:
    """400 stores of ten campaigns: what is left of the error of a store that is a third too low, and of one without."""
    both = [_errors(bias, seed) for seed in range(400)]
    assert low < sum(after for _, after in both) / sum(before for before, _ in both) < high
