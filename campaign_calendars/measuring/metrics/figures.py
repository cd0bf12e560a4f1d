"""What came of computing metrics: figures in three states, with both of their parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaign_calendars.measuring.metrics.catalogue import metric
from campaign_calendars.measuring.metrics.metric import Grain, MemberRule
from campaign_calendars.values.units import Ratio

State = Literal["value", "empty", "not_measurable"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric in one window and part. Absent is never 0: without its data it has neither part."""

    metric: str
    """Id of the metric."""
    key: str
    """Id of the phase, wave, tier or channel, the day or month; of the calendar its id."""
    part: tuple[str, ...]
    """What tells its rows apart within the window, as `split` of the metric names it; mostly nothing."""
    starts_at: datetime
    """First moment of the window."""
    ends_at: datetime
    """End of the window, no longer part of it; never later than the moment of measuring."""
    state: State
    """`value`; `empty` where the denominator is 0; `not_measurable` without the data it needs."""
    numerator: int | None
    """What is counted; cents of money, null where it cannot be measured."""
    denominator: int | None
    """What it is counted of; null of a count, and where it cannot be measured."""
    value: float | int | None
    """The count or the cents; of others numerator / denominator; null unless `state` is `value`."""
    lacks: str
    """What is missing, as in `needs` of the metric; empty unless `state` is `not_measurable`."""
    open_until: datetime | None = None
    """Until when it may still become another: balances can be paid, articles sent back; null: it is final."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What a metric counts, so that no figure stands alone."""

    metric: str
    """Id of the metric."""
    block: str
    """Part of the catalogue it stands in."""
    title: str
    """Its name, in English."""
    title_zh: str
    """Its name, in Chinese."""
    formula: str
    """Numerator and denominator in words, in English."""
    formula_zh: str
    """Numerator and denominator in words, in Chinese."""
    note: str
    """What fools people, in English; may be empty."""
    note_zh: str
    """What fools people, in Chinese; may be empty."""
    layer: str
    """`result` or `process`: what came of it, or what was done."""
    unit: str
    """In what it is counted: count, money (cents), share, ratio, money_each (cents), points or days."""
    members: str
    """`definition`: members by the store's definition; `joined`: whoever joined; `none`: everybody."""
    distinct: bool
    """Whether it counts persons: such figures are never added up."""
    grains: tuple[Grain, ...]
    """By what it can be told."""
    split: tuple[str, ...]
    """What its rows are told apart by within each window; mostly nothing."""
    needs: tuple[str, ...]
    """Data it needs beside orders and members."""
    source: str
    """Where the definition is taken from."""
    beside: tuple[str, ...]
    """Metrics to be read together with it."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A figure of others beside ours: of peers, of the platform, of a study."""

    metric: str
    """Id of the metric."""
    source: str
    """Who says so."""
    value: float
    """What it is elsewhere: a share of one, or units of the currency."""
    at: datetime | None
    """As of when; null: it always was so."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A target beside what it came to."""

    metric: str
    """Id of the metric."""
    key: str
    """Id of the phase, the wave or the calendar."""
    target: float
    """What is aimed at: a count, money in units of the currency, or a share of one."""
    actual: float | None
    """What it came to, in the same unit; null where it cannot be told."""
    reached: Ratio | None
    """`actual` / `target`; null without either."""


@dataclass(frozen=True, slots=True)
class MetricTable:
    """Metrics of a calendar by one grain."""

    calendar: str
    """Id of the calendar."""
    by: Grain
    """By what the rows are told apart."""
    as_of: datetime
    """Moment of measuring: nothing at or after it counts."""
    known_at: datetime
    """Moment up to which the snapshot knows what happened."""
    reaches_back_to: Mapping[str, datetime]
    """Dataset (orders, events, points, redemptions) → moment from which on it is known: of orders `history_from` of the
    store, else the first one. Those without any row are left out."""
    snapshot_id: str
    """Snapshot it was computed from."""
    members: MemberRule
    """Definition of a member that was used."""
    timezone: str
    """Time zone of days and months."""
    currency: str
    """Currency of amounts."""
    names: tuple[str, ...]
    """The metrics, in the order they were asked for."""
    figures: tuple[Figure, ...]
    """The figures, metric by metric."""
    benchmarks: tuple[Benchmark, ...] = ()
    """What others say of them, the latest of each."""
    aims: tuple[Aim, ...] = ()
    """Targets of the calendar that name them, of its phases, waves or the whole of it."""
    simulated: bool = False
    """Whether members responded by a model, so that nothing they did is real."""


@dataclass(frozen=True, slots=True)
class MetricsShown:
    """Metrics of the catalogue, and their figures where a calendar was named."""

    metrics: tuple[Explained, ...]
    """What each counts."""
    table: MetricTable | None
    """Their figures; null where no calendar was named."""


def figure(
    name: str,
    window: tuple[str, datetime, datetime],
    part: Sequence[str],
    counts: Mapping[str, int],
    lacks: str = "",
) -> Figure:
    """A metric from the counts of its window (key, start, end); `query.column` names a count, those missing are 0."""
    key, starts_at, ends_at = window
    if lacks:
        return Figure(name, key, tuple(part), starts_at, ends_at, "not_measurable", None, None, None, lacks)
    found = metric(name)
    numerator = _product(found.numerator, counts)
    if found.denominator is None:
        return Figure(name, key, tuple(part), starts_at, ends_at, "value", numerator, None, numerator, "")
    denominator = _product(found.denominator, counts)
    if not denominator:
        return Figure(name, key, tuple(part), starts_at, ends_at, "empty", numerator, denominator, None, "")
    value = numerator / denominator
    return Figure(name, key, tuple(part), starts_at, ends_at, "value", numerator, denominator, value, "")


def explained(name: str) -> Explained:
    """What a metric is."""
    found = metric(name)
    return Explained(
        metric=name,
        block=found.block,
        title=found.title.en,
        title_zh=found.title.zh,
        formula=found.formula("en"),
        formula_zh=found.formula("zh"),
        note=found.note.en,
        note_zh=found.note.zh,
        layer=found.layer,
        unit=found.unit,
        members=found.members,
        distinct=found.distinct,
        grains=found.grains,
        split=found.split,
        needs=found.needs,
        source=found.source,
        beside=found.beside,
    )


def _product(names: str, counts: Mapping[str, int]) -> int:
    made = 1
    for name in names.split(" * "):
        made *= counts.get(name, 0)
    return made
