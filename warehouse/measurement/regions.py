"""Differences between arms that were drawn by region: each region is one observation, weighted by its members.

Weighted least squares of the means of regions on the arm (and on what the same regions did before), with the error of
Bell and McCaffrey (2002, "CR2") and their degrees of freedom, which are few where regions are few or of unequal size.
Of a region that has two fifths of its group or more the error is that of leaving it out (the jackknife, "CR3";
MacKinnon, Nielsen and Webb 2023): CR2 takes it for certain, and calls up to a third of campaigns without effect one.
It is what a regression over all members with errors clustered by region comes to, from sums alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from campaign_calendars.measuring.detectable import POWER
from campaign_calendars.measuring.lift import (
    MIN_ARM,
    Arm,
    Contrast,
    Difference,
    Growth,
    MoneyContrast,
    Price,
    Return,
    Sums,
    no_money,
    verdict_of,
    withheld,
)
from campaign_calendars.measuring.regions import LARGE, RegionRow, RegionUnits, enough
from warehouse.measurement.errors import StandardError, ratio

METHOD = "weighted by members, regions as units (Bell and McCaffrey), t interval, 95 %"
_EXPLAINED_FROM, _REGIONS_FROM = 0.3, 10
"""Share of the spread that the time before has to explain, and regions there have to be, before it is taken off."""
_WHOLE, _NOTHING = 1 - 1e-9, 1e-12
_BEYOND = 100
"""Logarithm of a growth that says nothing any more."""

Floats = NDArray[np.float64]
_Of = Callable[[Arm], float]


@dataclass(frozen=True, slots=True)
class RegionSums:
    """A region, whether it was held out, and the sums of its members."""

    region: str
    held_out: bool
    arm: Arm


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference of two arms between regions; `freedom` are its degrees of freedom."""

    estimate: float
    error: float
    freedom: float

    def around(self) -> Difference:
        return StandardError(self.error, self.freedom).around(self.estimate)

    def reach(self) -> float:
        """How many standard errors the ends of the interval are away."""
        return StandardError(1.0, self.freedom).reach()

    @property
    def detectable(self) -> float:
        """The smallest difference that is found four times in five."""
        from scipy.special import stdtrit

        return (self.reach() + float(stdtrit(self.freedom, POWER))) * self.error


def difference_of(means: Floats, treated: NDArray[np.bool_], members: Floats, before: Floats | None = None) -> Estimate:
    """Treated minus held out in means of regions, each weighted by its members; less what `before` explains, if given.

    At least two regions of each arm. Known answers: `tests/warehouse/measurement/test_regions.py` against statsmodels.
    """
    columns = [np.ones_like(means), treated.astype(float), *([] if before is None else [before])]
    root = np.sqrt(members)
    design, outcome = np.column_stack(columns) * root[:, None], means * root
    inverse = np.linalg.inv(design.T @ design)
    rows = inverse @ design.T
    rest = outcome - design @ (rows @ outcome)
    # How much each region weighs in its own fit; no matrix of regions by regions, of which cities make millions.
    weight = np.einsum("ij,ji->i", design, rows)
    left = 1 - np.minimum(weight, _WHOLE)
    # One that draws its group's mean to itself hardly differs from it, and would seem to have no spread: of such a
    # region the difference from the others of its group counts.
    part = members / np.where(treated, members[treated].sum(), members[~treated].sum())
    squares = rows[1] ** 2 / np.where(part > LARGE, left**2, left)
    error = sqrt(float((squares * rest**2).sum()))
    if error <= _NOTHING * float(np.abs(means).max()):
        error = 0.0
    trace = float((squares * (1 - weight)).sum())
    shared = (design * squares[:, None]).T @ design @ inverse
    norm = float((squares**2 * (1 - 2 * weight)).sum() + (shared * shared.T).sum())
    return Estimate(float(rows[1] @ outcome), error, trace**2 / norm)


def chosen(adjusted: Estimate) -> Estimate:
    """An estimate that is shown because the same data spoke for it: that costs it a degree of freedom.

    Without, twelve regions of unequal size claim nothing as an effect in 6 to 7 of 100 experiments instead of 5.
    """
    return replace(adjusted, freedom=max(adjusted.freedom - 1, 1.0))


def explained_by(means: Floats, treated: NDArray[np.bool_], members: Floats, before: Floats) -> float | None:
    """Share of the spread inside the arms that `before` explains (R²); None where there is no spread."""
    rests = []
    for values in (means, before):
        centred = np.array(values)
        for arm in (treated, ~treated):
            centred[arm] -= np.average(values[arm], weights=members[arm])
        rests.append(centred)
    first, second = ((rest**2 * members).sum() for rest in rests)
    if first <= 0 or second <= 0:
        return None
    return float((rests[0] * rests[1] * members).sum() ** 2 / (first * second))


@dataclass(frozen=True, slots=True)
class _Regions:
    """Regions with members, as columns."""

    rows: tuple[RegionSums, ...]
    treated: NDArray[np.bool_]
    members: Floats

    @classmethod
    def of(cls, rows: Iterable[RegionSums]) -> _Regions:
        kept = tuple(row for row in rows if row.arm.members)
        return cls(
            kept,
            np.array([not row.held_out for row in kept], dtype=bool),
            np.array([row.arm.members for row in kept], dtype=float),
        )

    def means(self, of: _Of) -> Floats:
        return np.array([of(row.arm) for row in self.rows], dtype=float) / self.members

    def plain(self, of: _Of) -> Estimate:
        return difference_of(self.means(of), self.treated, self.members)

    def judged(self, of: _Of, before: _Of) -> _Judged:
        """By the rule that was set beforehand: less the time before where it explains enough, and regions are many."""
        plain, means, earlier = self.plain(of), self.means(of), self.means(before)
        explained = explained_by(means, self.treated, self.members, earlier)
        if explained is None:
            return _Judged(plain, plain, None, None)
        adjusted = chosen(difference_of(means, self.treated, self.members, earlier))
        worth = explained >= _EXPLAINED_FROM and len(self.rows) >= _REGIONS_FROM
        return _Judged(adjusted if worth else plain, plain, adjusted, explained)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What is judged: the plain difference or the adjusted one; None where nothing happened before."""

    shown: Estimate
    plain: Estimate
    adjusted: Estimate | None
    explained: float | None

    @property
    def is_adjusted(self) -> bool:
        return self.adjusted is not None and self.shown is self.adjusted


def compare_regions(
    rows: Sequence[RegionSums], *, by: str, without: int = 0, margin: float | None = None, money: bool = True
) -> Contrast:
    """Treated regions against those held out, in conversion and, unless `money` is false, in money.

    `without`: members without a region, who are in none of the rows; `margin` (0 to 1) makes profit of money. Fewer
    than four regions of an arm give no verdict, neither do regions with members in both arms.
    """
    treated, control = (_together(row.arm for row in rows if row.held_out == held) for held in (False, True))
    regions = _Regions.of(rows)
    seen = [row.region for row in regions.rows]
    mixed = tuple(sorted({name for name in seen if seen.count(name) > 1}))
    units = _units(regions, by, mixed, without)
    found = Contrast(
        treated, control, None, None, "too few regions", METHOD,
        money=no_money(METHOD, "too few regions") if money else None, regions=units,
    )  # fmt: skip
    if mixed:
        return withheld(found, "not as drawn")
    if not enough(units.held_out, units.treated):
        return found
    return _compared(found, units, regions, margin)


def _compared(found: Contrast, units: RegionUnits, regions: _Regions, margin: float | None) -> Contrast:
    if min(found.treated.members, found.control.members) < MIN_ARM:
        return withheld(found, "too few members")
    bought = regions.judged(lambda arm: arm.buyers, lambda arm: _sums(arm).buyers_before)
    money, judged = found.money, None
    if money is not None:
        money, judged = _money(found, regions, margin)
    units = replace(
        units,
        explained=bought.explained,
        adjusted=bought.is_adjusted,
        plain=bought.plain.estimate,
        error=bought.shown.error,
        freedom=bought.shown.freedom,
        money_adjusted=judged is not None and judged.is_adjusted,
        money_freedom=judged.shown.freedom if judged is not None else None,
    )
    if bought.shown.error == 0:  # nobody bought anywhere, or everybody did
        return replace(withheld(replace(found, regions=units), "too few buyers"), money=money)
    shown = bought.shown.around()
    return replace(
        found,
        difference=shown.estimate,
        interval=(shown.low, shown.high),
        verdict=verdict_of(shown.low, shown.high),
        growth=_growth(regions, lambda arm: arm.buyers),
        p=shown.p,
        money=money,
        regions=units,
    )


def _money(found: Contrast, regions: _Regions, margin: float | None) -> tuple[MoneyContrast, _Judged | None]:
    if min(found.treated.buyers, found.control.buyers) < MIN_ARM:
        return no_money(METHOD, "too few buyers"), None
    judged = regions.judged(lambda arm: arm.spend_cents, lambda arm: _sums(arm).before_cents)
    if judged.shown.error == 0:
        return no_money(METHOD, "all paid the same"), None
    shown = judged.shown.around()
    return MoneyContrast(
        method=METHOD,
        difference=shown,
        growth=_growth(regions, lambda arm: arm.spend_cents),
        adjusted=judged.adjusted.around() if judged.adjusted is not None and judged.adjusted.error > 0 else None,
        explained=judged.explained,
        order_value=None,
        returned=_returned(regions, judged, margin) if margin is not None else None,
        per_buyer=_price(regions, lambda arm: arm.buyers),
        per_order=_price(regions, lambda arm: _sums(arm).orders),
        verdict=verdict_of(shown.low, shown.high),
    ), judged


def _growth(regions: _Regions, of: _Of) -> Growth | None:
    """Ratio of the arms' means less one, by the delta method on its logarithm.

    None where an arm has nothing, or where it is beyond words.
    """
    means = regions.means(of)
    first, second = (
        float(np.average(means[arm], weights=regions.members[arm])) for arm in (regions.treated, ~regions.treated)
    )
    if first <= 0 or second <= 0:
        return None
    # Of the logarithm, a region's mean counts as its share of the mean of its arm.
    shares = np.where(regions.treated, means / first, means / second)
    found = difference_of(shares, regions.treated, regions.members)
    centre, reach = log(first) - log(second), found.reach() * found.error
    if abs(centre) + reach > _BEYOND:
        return None
    return Growth(exp(centre) - 1, exp(centre - reach) - 1, exp(centre + reach) - 1)


def _returned(regions: _Regions, judged: _Judged, margin: float) -> Return:
    """Margin of what was added, less cost: one outcome of each region, so that cost and sales vary together."""
    cost = regions.plain(lambda arm: _sums(arm).cost_cents)

    def left(arm: Arm) -> float:
        return margin * arm.spend_cents - _sums(arm).cost_cents

    means, earlier = regions.means(left), regions.means(lambda arm: _sums(arm).before_cents)
    profit = difference_of(means, regions.treated, regions.members, earlier if judged.is_adjusted else None)
    profit = chosen(profit) if judged.is_adjusted else profit
    per_cost = None
    if cost.estimate > cost.reach() * cost.error:
        times = margin * judged.plain.estimate / cost.estimate
        rest = regions.plain(lambda arm: margin * arm.spend_cents - times * _sums(arm).cost_cents)
        reach = rest.reach() * rest.error / cost.estimate
        per_cost = Growth(times - 1, times - 1 - reach, times - 1 + reach)
    return Return(margin=margin, cost_cents=cost.estimate, profit=profit.around(), per_cost=per_cost)


def _price(regions: _Regions, of: _Of) -> Price | None:
    """Added cost for one more of something, with the interval of a ratio after Fieller (1954); None as for members."""
    cost, more = regions.plain(lambda arm: _sums(arm).cost_cents), regions.plain(of)
    both = regions.plain(lambda arm: _sums(arm).cost_cents + of(arm))
    shared = (both.error**2 - cost.error**2 - more.error**2) / 2
    return ratio(cost.estimate, cost.error**2, more.estimate, more.error**2, shared, more.reach())


def _units(regions: _Regions, by: str, mixed: tuple[str, ...], without: int) -> RegionUnits:
    held = tuple(sorted(row.region for row in regions.rows if row.held_out))
    return RegionUnits(
        by=by,
        treated=len(regions.rows) - len(held),
        held_out=len(held),
        names=held,
        mixed=mixed,
        without_region=without,
        largest=largest_of(regions.rows),
        plain=None,
        explained=None,
        adjusted=False,
        error=None,
        freedom=None,
        money_adjusted=False,
        money_freedom=None,
        rows=tuple(
            RegionRow(
                region=row.region,
                held_out=row.held_out,
                members=row.arm.members,
                buyers=row.arm.buyers,
                spend_cents=row.arm.spend_cents,
                buyers_before=_sums(row.arm).buyers_before,
                before_cents=_sums(row.arm).before_cents,
            )
            for row in sorted(regions.rows, key=lambda row: (row.region, row.held_out))
        ),
    )


def detectable_of(units: RegionUnits) -> float | None:
    """The smallest difference in conversion that such regions show four times in five; None: they can show none."""
    if not units.error or units.freedom is None:
        return None
    smallest = Estimate(0.0, units.error, units.freedom).detectable
    return smallest if smallest < 1 else None  # of few regions, or where one has most members: more than everybody


def largest_of(rows: Sequence[RegionSums]) -> float | None:
    """The largest share of its arm's members that one region has."""
    shares = [0.0]
    for held in (False, True):
        sizes = [row.arm.members for row in rows if row.held_out == held]
        shares += [max(sizes) / sum(sizes)] if sum(sizes) else []
    return max(shares) or None


def _together(arms: Iterable[Arm]) -> Arm:
    """Arms as one."""
    members = buyers = spend = contacted = joined = 0
    sums = [0] * len(astuple(Sums()))
    for arm in arms:
        members, buyers, spend = members + arm.members, buyers + arm.buyers, spend + arm.spend_cents
        contacted, joined = contacted + arm.contacted, joined + arm.joined
        sums = [a + b for a, b in zip(sums, astuple(_sums(arm)), strict=True)]
    return Arm(members, buyers, spend, contacted=contacted, joined=joined, sums=Sums(*sums))


def _sums(arm: Arm) -> Sums:
    return arm.sums or Sums()
