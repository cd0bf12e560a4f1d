"""Regions of which the truth is known, drawn as sums: members of one region buy alike, sizes are unequal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from campaign_calendars.measuring.lift import Arm, Sums
from warehouse.measurement.regions import RegionSums

BUYERS, PAID = 0.085, 12_000
"""Share of buyers, and what one pays on average, in cents."""
Floats = NDArray[np.float64]


def rates_of(
    rng: np.random.Generator, regions: int, alike: float, steady: float, share: float = BUYERS
) -> tuple[Floats, Floats]:
    """Share of buyers of each region now and before; `alike` is the correlation of two members of one region (ICC)."""
    spread = np.sqrt(np.log1p(alike * (1 - share) / share))
    first = rng.normal(size=regions)
    second = steady * first + np.sqrt(1 - steady**2) * rng.normal(size=regions)
    now, before = (np.clip(share * np.exp(spread * z - spread**2 / 2), 0.0005, 0.9) for z in (first, second))
    return now, before


def sizes_of(rng: np.random.Generator, regions: int, unequal: float, members: int) -> NDArray[np.int64]:
    """Members of each region; `unequal` is the spread of the sizes by their mean."""
    drawn = rng.lognormal(0, np.sqrt(np.log1p(unequal**2)), regions)
    return np.maximum(drawn / drawn.sum() * members, 30).astype(np.int64)


def draw(rng: np.random.Generator, regions: int, share: float, least: int = 4) -> NDArray[np.bool_]:
    """Which regions are held out, as the hash draws them, and at least so many of each group."""
    while True:
        held: NDArray[np.bool_] = rng.random(regions) < share
        if least <= held.sum() <= regions - least:
            return held


def drawn_regions(
    rng: np.random.Generator,
    regions: int,
    *,
    alike: float,
    unequal: float = 0.5,
    steady: float = 0.8,
    share: float = 0.3,
    added: float = 0.0,
    members: int = 20_000,
    least: int = 4,
) -> list[RegionSums]:
    """One experiment; in treated regions the share of buyers grows by the factor 1 + `added`."""
    sizes, held = sizes_of(rng, regions, unequal, members), draw(rng, regions, share, least)
    now, before = rates_of(rng, regions, alike, steady)
    bought = rng.binomial(sizes, np.where(held, now, np.minimum(now * (1 + added), 1)))
    earlier = rng.binomial(sizes, before)
    prices = np.exp(np.sqrt(alike) / 2 * rng.normal(size=regions))
    spend, earlier_spend = (paid(rng, count, prices) for count in (bought, earlier))
    return [
        RegionSums(f"r{n:02}", bool(held[n]), Arm(int(sizes[n]), int(bought[n]), int(spend[n]), sums=Sums(
            orders=int(bought[n]), before_cents=int(earlier_spend[n]), buyers_before=int(earlier[n]),
        )))
        for n in range(regions)
    ]  # fmt: skip


def paid(rng: np.random.Generator, buyers: NDArray[np.int64], prices: Floats) -> Floats:
    """What so many buyers of each region pay together: skewed, and dearer in some regions."""
    skewed: Floats = rng.gamma(np.maximum(buyers, 1e-9) * 0.42, PAID / 0.42) * prices  # as a lognormal of spread 1.1
    return skewed


def by_member(rows: Sequence[RegionSums]) -> tuple[Arm, Arm]:
    """The same as if members had been drawn: treated, held out."""
    arms = [[row.arm for row in rows if row.held_out == held] for held in (False, True)]
    treated, control = (Arm(sum(a.members for a in one), sum(a.buyers for a in one)) for one in arms)
    return treated, control
