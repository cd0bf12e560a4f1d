"""What a phase will bring, before it begins (A1#24): figures with an interval, and the earlier phases they rest on.

A figure of this kind of phase was another one in each earlier campaign, whatever chance did inside it. So an interval
rests on how far earlier campaigns lay apart; the chance of single members alone would give one that is far too narrow.
Fewer than three earlier campaigns with a phase of a kind say nothing of that, however many phases or plays they had:
those of one campaign share its luck. Then a wide default is shown, and said to be one. How
figures are drawn is the business of `warehouse/measurement/forecasting.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaign_calendars.findings.said import Said

LEVEL = 0.8
"""The share of figures that end inside their interval, if forecasts are right: eight of ten."""
MIN_EARLIER = 3
"""Earlier campaigns with a phase of a kind that it takes to know how far campaigns lie apart."""

FigureName = Literal["reach", "buyers", "redemptions", "cost", "sales"]
FIGURES: tuple[FigureName, ...] = ("reach", "buyers", "redemptions", "cost", "sales")
FIGURE_WORDS: Mapping[FigureName, Said] = {
    "reach": ("reach", "触达人数"),
    "buyers": ("buyers", "购买人数"),
    "redemptions": ("redemptions", "核销数"),
    "cost": ("cost", "成本"),
    "sales": ("sales", "成交额"),
}
MONEY: frozenset[FigureName] = frozenset({"cost", "sales"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PastResult:
    """What became of a phase that is over, or of one of its plays; money in cents."""

    calendar: str
    """Calendar id."""
    store: str
    """Store id."""
    phase: str
    """Phase id."""
    play: str
    """Play id; empty: the whole phase."""
    kind: str
    """Kind of phase, e.g. `presale`."""
    starts_at: datetime
    """When the phase began."""
    ends_at: datetime
    """When it ended."""
    contacted: int
    """Members to whom a message went out; posts in groups count nobody."""
    buyers: int
    """Of them, those who paid an order after the first message and before the phase ended."""
    sales_cents: int
    """What they paid for these orders, net of refunds."""
    granted: int
    """Benefits granted."""
    redemptions: int | None
    """Of them, those that were used; null: no source tells it of each of them."""
    worst_cents: int
    """What the granted ones would have cost, had each been used at its full cost."""
    benefit_cents: int
    """What those that were used did cost."""
    message_cents: int
    """What the messages cost."""
    currency: str = ""
    """Currency of these amounts; empty: kept by an earlier promocal, then that of the store."""

    def actual(self, figure: FigureName) -> int | None:
        """What a forecast figure came to, money in cents; None: no source tells it."""
        cost = None if self.redemptions is None else self.benefit_cents + self.message_cents
        return dict(zip(FIGURES, (self.contacted, self.buyers, self.redemptions, cost, self.sales_cents), strict=True))[
            figure
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUnit:
    """What a plan does in a phase, or in one of its plays; a forecast starts from it."""

    phase: str
    """Phase id."""
    play: str
    """Play id; empty: the whole phase."""
    kind: str
    """Kind of phase."""
    members: int
    """Persons who are to get a message, and members whom triggers are expected to find."""
    grants: int
    """Benefits that are to be granted."""
    with_order: int
    """Of them, those that only a buyer can use."""
    worst_cents: int
    """What these would cost, were each used at its full cost."""
    message_cents: int
    """What the messages are to cost."""

    def planned(self, figure: FigureName) -> int | None:
        """What the plan itself says of a figure: reach, and the most it can cost."""
        return {"reach": self.members, "cost": self.worst_cents + self.message_cents}.get(figure)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastFigure:
    """One figure to come, in whole numbers; money in cents."""

    figure: FigureName
    """`reach`: members contacted; `buyers` and `sales`: of these, until the phase ends; `redemptions` of what the phase
    grants; `cost`: benefits used, and messages."""
    low: int
    """One figure in ten ends below."""
    median: int
    """As many end below as above."""
    high: int
    """One figure in ten ends above."""
    planned: int | None
    """What the plan itself has: members, or the most it can cost; null: it says nothing of it."""
    earlier: int
    """Earlier phases (of a play: plays), of three campaigns or more, that the interval rests on; 0: a wide default."""
    widened: float
    """How many times the interval is as wide as these say, because earlier forecasts were too sure; 1: as they say."""
    corrected: float = 1.0
    """By what the figure was multiplied because earlier forecasts were off to one side; 1: as earlier phases say."""
    corrected_by: int = 0
    """Campaigns whose forecasts were scored, and that say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPhase:
    """An earlier phase that a forecast rests on."""

    calendar: str
    """Calendar id."""
    phase: str
    """Phase id."""
    starts_at: datetime
    """When it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a phase or a play is to bring."""

    phase: str
    """Phase id."""
    play: str
    """Play id; empty: the whole phase."""
    kind: str
    """Kind of phase."""
    figures: tuple[ForecastFigure, ...]
    """In one fixed order; without earlier orders of the store there are no sales."""
    earlier: tuple[EarlierPhase, ...]
    """Earlier phases of this kind in this store, oldest first; of fewer than three campaigns they are not used."""

    @property
    def campaigns(self) -> int:
        """Campaigns that the earlier phases are of."""
        return len({one.calendar for one in self.earlier})

    def figure(self, name: FigureName) -> ForecastFigure | None:
        """A figure by its name; None where it was not forecast."""
        return next((one for one in self.figures if one.figure == name), None)


def results_before(
    results: Iterable[PastResult], unit: PlannedUnit, *, calendar: str, store: str, before: datetime, currency: str = ""
) -> tuple[PastResult, ...]:
    """Results of the store that speak for a phase or play: of other calendars, over by `before`, of the same kind, and
    in the same currency.

    For a play those of plays of its id, where enough campaigns had it; else of all plays in phases of the kind.
    """
    same = [
        one
        for one in results
        if one.store == store
        and one.calendar != calendar
        and one.kind == unit.kind
        and one.ends_at <= before
        and bool(one.play) == bool(unit.play)
        and one.contacted
        and (not currency or one.currency in ("", currency))
    ]
    own = [one for one in same if one.play == unit.play]
    found = own if enough_campaigns(one.calendar for one in own) else same
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.calendar, one.phase, one.play)))


def enough_campaigns(calendars: Iterable[str]) -> bool:
    """Whether results of these calendars tell how far campaigns lie apart."""
    return len(set(calendars)) >= MIN_EARLIER


def phases_of(results: Sequence[PastResult]) -> tuple[EarlierPhase, ...]:
    """The phases of results, each once, oldest first."""
    found = dict.fromkeys((one.starts_at, one.calendar, one.phase) for one in results)
    return tuple(EarlierPhase(calendar=name, phase=phase, starts_at=at) for at, name, phase in found)


def figures_in_words(forecast: Forecast, currency: str) -> Said:
    """The figures of a forecast in one line, each with its interval; amounts in whole units of the currency."""
    wide = not any(one.earlier for one in forecast.figures)
    parts = [_figure_in_words(one, currency) for one in forecast.figures]
    english, chinese = (sep.join(part[n] for part in parts) for n, sep in enumerate((", ", "、")))
    return (
        f"{english}" + ("; a wide default, not experience" if wide else "; eight of ten end inside"),
        f"{chinese}" + ("；默认区间，并非经验值" if wide else "；十个中约八个落在区间内"),
    )


def _figure_in_words(one: ForecastFigure, currency: str) -> Said:
    unit, name = (100, f" {currency}") if one.figure in MONEY else (1, "")
    middle, low, high = (f"{value / unit:,.0f}" for value in (one.median, one.low, one.high))
    english, chinese = FIGURE_WORDS[one.figure]
    return f"{english} {middle}{name} ({low}–{high})", f"{chinese} {middle}{name}（{low}–{high}）"


def basis_in_words(forecast: Forecast) -> Said:
    """What a forecast rests on, in one sentence: earlier phases by id and date, or that there are too few."""
    known, campaigns = len(forecast.earlier), forecast.campaigns
    if campaigns < MIN_EARLIER:
        kind = _KINDS_ZH[forecast.kind]
        zh = f"同类阶段（{kind}）只有 {campaigns} 个活动的历史" if known else "没有同类阶段的历史"
        return (
            (
                f"fewer than three earlier campaigns with a phase of kind {forecast.kind} ({campaigns}):"
                " a wide default, not experience"
            ),
            f"{zh}（不足三个活动）：采用宽泛的默认区间，并非经验值",
        )
    named = [f"{one.calendar}/{one.phase} {one.starts_at:%Y-%m-%d}" for one in forecast.earlier]
    shown, more = named[-_NAMED:], max(len(named) - _NAMED, 0)
    return (
        f"from {known} earlier phases: {', '.join(shown)}" + (f" and {more} before" if more else ""),
        f"依据 {known} 个历史阶段：{'、'.join(shown)}" + (f"，以及更早的 {more} 个" if more else ""),
    )


def corrections_in_words(forecast: Forecast) -> Said | None:
    """Which figures were moved because earlier forecasts were off to one side, by how many campaigns; None: none."""
    moved = [one for one in forecast.figures if abs(one.corrected - 1) >= _TOLD_FROM]
    if not moved:
        return None
    english, chinese = (
        sep.join(f"{FIGURE_WORDS[one.figure][n]} {one.corrected - 1:+.0%}" for one in moved)
        for n, sep in enumerate((", ", "、"))
    )
    few, many = min(one.corrected_by for one in moved), max(one.corrected_by for one in moved)
    by = f"{few}" if few == many else f"{few}–{many}"
    return (
        f"corrected because earlier forecasts were off to one side ({by} campaign(s) scored): {english}",
        f"按以往预测的偏差修正（已评分活动 {by} 个）：{chinese}",
    )


_TOLD_FROM = 0.005
"""Corrections that round to no percent are not told."""
_NAMED = 4
"""Earlier phases that are named, the newest ones."""
_KINDS_ZH: Mapping[str, str] = {
    "reservoir": "蓄水",
    "presale": "预售",
    "warm_up": "预热",
    "burst": "爆发",
    "maintenance": "维护",
    "daily": "日常",
    "custom": "自定义",
}
