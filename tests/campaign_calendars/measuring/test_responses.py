"""Responses learnt from hold-outs: shrunk towards their benefit, rising along a ladder, honest about their source."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign_calendars.measuring.responses import Cell, LearnedResponse, learn

GOLD = Cell("burst", "c10", "gold", None, 1000, 80, 1000, 40)


def by_tier(*cells: Cell) -> dict[tuple[str | None, str | None], LearnedResponse]:
    return {(one.benefit, one.tier): one for one in learn(cells)}


def test_equal_uplifts_stay_as_they_are() -> None:
    found = by_tier(GOLD, replace(GOLD, tier="basic"))
    assert set(found) == {("c10", "gold"), ("c10", "basic"), ("c10", None)}
    assert all(one.response == pytest.approx(0.08) for one in found.values())
    assert all((one.without, one.source) == (0.04, "experimental") for one in found.values())
    assert found["c10", None].members == 2000


def test_a_small_cell_leans_on_the_mean_of_its_benefit() -> None:
    """Raw 25 points of 40 members; the mean of the benefit is near the 4 points of 20,000."""
    small = Cell("burst", "c10", "vip", None, 40, 12, 40, 2)
    found = by_tier(replace(GOLD, treated=20_000, buyers=1600, held=20_000, held_buyers=800), small)
    vip = found["c10", "vip"]
    assert vip.without is not None
    assert 0.04 < vip.response - vip.without < 0.25
    assert found["c10", "gold"].response == pytest.approx(0.08, abs=0.001)
    noise = Cell("burst", "c10", "vip", None, 40, 4, 40, 2)
    spread = by_tier(replace(GOLD, treated=20_000, buyers=1600, held=20_000, held_buyers=800), noise)["c10", "vip"]
    assert spread.without is not None
    assert spread.response - spread.without == pytest.approx(0.04, abs=0.001), "no spread beyond noise: the mean itself"


def test_uplift_never_falls_along_a_ladder() -> None:
    """Faces 5, 10, 20 with raw uplifts 3, 1, 5 points: the first two pool to 2."""
    ladder = [
        Cell("burst", f"c{face}", "gold", face * 100, 10_000, 400 + points * 100, 10_000, 400)
        for face, points in ((5, 3), (10, 1), (20, 5))
    ]
    found = by_tier(*ladder)
    uplifts = [found[f"c{face}", "gold"].response - 0.04 for face in (5, 10, 20)]
    assert uplifts[0] == pytest.approx(uplifts[1])
    assert 0.01 < uplifts[0] < 0.03
    assert uplifts[2] == pytest.approx(0.05)
    gift = by_tier(*(replace(one, face_cents=None) for one in ladder))
    assert gift["c5", "gold"].response == pytest.approx(0.07), "what is no coupon stands on no ladder"


def test_history_without_a_hold_out_is_no_uplift() -> None:
    found = by_tier(replace(GOLD, held=29, held_buyers=1))
    assert {(one.source, one.without, one.response) for one in found.values()} == {("observational", None, 0.08)}
    assert learn([replace(GOLD, treated=0, buyers=0)]) == ()
