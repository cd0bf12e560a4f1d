"""Responses learnt from outcomes of earlier campaigns: small cells lean on the mean of their benefit.

Empirical Bayes: the uplift of a segment is drawn towards that of its benefit by how much of the spread between
segments is noise; along a coupon ladder it never falls with the face value. Without a random control group there
is a rate of response and no uplift.

Who gets what is chosen, so members with one benefit are not like those with another. Where enough members were drawn to
explore, each counts with one over the chance with which he was to get what he got (inverse propensity, Hajek's ratio):
the rate is then that of everybody who could be sent it, and stands against all who were held out. Else it is that of
those whom the plan chose, against the held-out ones for whom it would have chosen the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from campaign_calendars.model.expected import Provenance
from campaign_calendars.values.units import Ratio

MIN_HELD = 30
"""Held-out members a cell needs before anything is said of its uplift."""
MIN_EXPLORED = 30
"""Members a cell needs who were drawn to get its benefit, before they speak for everybody."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """What the archive holds of one calendar."""

    calendar: str
    """Calendar id."""
    outcomes: int
    """Members and plays: one outcome each."""
    members: int
    """Members, by their pseudonyms."""
    held_out: int
    """Outcomes of members held out of the play: what would have happened without it."""
    explored: int
    """Outcomes of members drawn to explore."""
    benefits: int
    """Benefits with outcomes."""
    known_when: datetime
    """The moment they were measured; nothing later counts."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Sums of outcomes; `held` are members held out who would have had the same benefit. `face_cents`: coupons only.

    `explored` were drawn to get it; `weights` are one over the propensity of each who got it, drawn or not, `squares`
    their squares, `weighted_buyers` those of buyers. `all_held` are held out of the plays that offer the benefit.
    """

    phase_kind: str
    benefit: str | None
    tier: str | None
    face_cents: int | None
    treated: float
    buyers: float
    held: int = 0
    held_buyers: int = 0
    explored: int = 0
    weights: float = 0.0
    weighted_buyers: float = 0.0
    squares: float = 0.0
    all_held: int = 0
    all_held_buyers: int = 0

    @property
    def drawn(self) -> int:
        """The explored, where they and the held-out members are enough to speak for everybody."""
        return self.explored if self.explored >= MIN_EXPLORED and self.all_held >= MIN_HELD else 0

    def of_everybody(self) -> Cell:
        """The same for everybody, where enough were drawn: as many members as the weights are worth (Kish 1965)."""
        if not self.drawn:
            return self
        effective = self.weights**2 / self.squares
        return replace(
            self,
            treated=effective,
            buyers=effective * self.weighted_buyers / self.weights,
            held=self.all_held,
            held_buyers=self.all_held_buyers,
        )


@dataclass(frozen=True, slots=True)
class LearnedResponse:
    """What is to be expected of a benefit in a kind of phase, for one tier or for everybody."""

    phase_kind: str
    """Kind of phase."""
    benefit: str | None
    """Benefit id; null: a message without one."""
    tier: str | None
    """Tier; null: everybody else."""
    response: Ratio
    """Share who buy after a contact."""
    without: Ratio | None
    """Share who buy without it; null: nobody was held out, and it is not known."""
    source: Provenance
    """`experimental`: against a random hold-out; `observational`: history without one."""
    members: int
    """Members who were contacted; with enough explorers, as many as all weights together are worth."""
    held_out: int
    """Members who were held out and would have had the same; with enough explorers, all who were held out."""
    explored: int = 0
    """Members who were drawn to get it and so stand, each by the chance of it, for everybody; 0: too few were."""


@dataclass(frozen=True, slots=True)
class _Uplift:
    cell: Cell
    raw: float
    variance: float
    shrunk: float = 0.0


def learn(cells: Iterable[Cell]) -> tuple[LearnedResponse, ...]:
    """Responses by kind of phase and benefit: of each tier, then of everybody."""
    found: list[LearnedResponse] = []
    known = sorted(cells, key=lambda c: (c.phase_kind, c.benefit or "", c.tier or ""))
    for _, kind in groupby(known, key=lambda c: c.phase_kind):
        told = list(kind)
        pooled = [_together(list(same)).of_everybody() for _, same in groupby(told, key=lambda c: c.benefit)]
        pooled = [one for one in pooled if one.treated]
        mine = [one for one in (cell.of_everybody() for cell in told) if one.treated]
        tiers = sorted({one.tier for one in mine if one.tier is not None})
        everybody = _ladder([_uplift(one) for one in pooled if one.held >= MIN_HELD])
        by_tier = {tier: _ladder(_shrunk(mine, tier)) for tier in tiers}
        for one in pooled:
            found += [_said(cell, by_tier[cell.tier]) for cell in mine if cell.benefit == one.benefit and cell.tier]
            found.append(_said(one, everybody))
    return tuple(found)


_SUMS = (
    "treated", "buyers", "held", "held_buyers", "explored", "weights", "weighted_buyers", "squares", "all_held",
    "all_held_buyers",
)  # fmt: skip


def _together(cells: Sequence[Cell]) -> Cell:
    sums = {name: sum(getattr(one, name) for one in cells) for name in _SUMS}
    return replace(cells[0], tier=None, **sums)


def _shrunk(cells: Sequence[Cell], tier: str) -> list[_Uplift]:
    """Of one tier, each benefit's uplift drawn towards the benefit's mean over tiers."""
    found = []
    for _, same in groupby(cells, key=lambda c: c.benefit):
        known = [_uplift(one) for one in same if one.held >= MIN_HELD]
        mean, spread = _mean_and_spread(known)
        for one in known:
            if one.cell.tier == tier:
                weight = spread / (spread + one.variance)
                found.append(replace(one, shrunk=mean + weight * (one.raw - mean)))
    return found


def _uplift(cell: Cell) -> _Uplift:
    """Difference of rates, with half a buyer and half a non-buyer added where its variance is told."""
    raw = cell.buyers / cell.treated - cell.held_buyers / cell.held
    variance = _variance(cell.buyers, cell.treated) + _variance(cell.held_buyers, cell.held)
    return _Uplift(cell, raw, variance, raw)


def _variance(buyers: float, members: float) -> float:
    rate = (buyers + 0.5) / (members + 1)
    return rate * (1 - rate) / members


def _mean_and_spread(known: Sequence[_Uplift]) -> tuple[float, float]:
    """Precision-weighted mean, and the variance between cells (DerSimonian and Laird 1986), never below 0."""
    if not known:
        return 0.0, 0.0
    weights = [1 / one.variance for one in known]
    total = sum(weights)
    mean = sum(w * one.raw for w, one in zip(weights, known, strict=True)) / total
    if len(known) == 1:
        return mean, 0.0
    heterogeneity = sum(w * (one.raw - mean) ** 2 for w, one in zip(weights, known, strict=True))
    scale = total - sum(w * w for w in weights) / total
    return mean, max((heterogeneity - (len(known) - 1)) / scale, 0.0)


def _ladder(known: Sequence[_Uplift]) -> dict[str | None, float]:
    """Uplift by benefit; those of coupons never fall with the face value (pool adjacent violators)."""
    found = {one.cell.benefit: one.shrunk for one in known}
    coupons = sorted((one for one in known if one.cell.face_cents is not None), key=lambda o: o.cell.face_cents or 0)
    levels: list[tuple[float, float, list[str | None]]] = []
    for one in coupons:
        levels.append((one.shrunk, 1 / one.variance, [one.cell.benefit]))
        while len(levels) > 1 and levels[-2][0] > levels[-1][0]:
            (low, first, names), (high, second, more) = levels[-2:]
            levels[-2:] = [((low * first + high * second) / (first + second), first + second, names + more)]
    return found | {name: level for level, _, names in levels for name in names}


def _said(cell: Cell, uplifts: dict[str | None, float]) -> LearnedResponse:
    told = (round(cell.treated), cell.held)
    if cell.held < MIN_HELD or cell.benefit not in uplifts:
        rate = cell.buyers / cell.treated
        return LearnedResponse(cell.phase_kind, cell.benefit, cell.tier, rate, None, "observational", *told)
    without = cell.held_buyers / cell.held
    response = min(max(without + uplifts[cell.benefit], 0.0), 1.0)
    return LearnedResponse(
        cell.phase_kind, cell.benefit, cell.tier, response, without, "experimental", *told, cell.drawn
    )
