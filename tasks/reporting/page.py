"""Measurement + calendar + runs → the report page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from importlib.resources import files
from typing import TYPE_CHECKING

from campaign_calendars.deciding.certificate import Certificate
from campaign_calendars.deciding.contact import REASONS
from campaign_calendars.deciding.words import (
    allocated_in_words,
    amount_of,
    beside_it,
    called,
    headline_of,
    limit_rows,
    never_ending,
    scarce_rows,
    worth_of,
)
from campaign_calendars.findings.said import in_language
from campaign_calendars.measuring.worth import worth_in_words
from campaign_calendars.model.benefits import describe
from campaign_calendars.model.calendar import Phase
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.measurement import Measurement
from tasks.receipts.arriving import Arrived
from tasks.reporting import charts
from tasks.reporting.labels import stop_reason, words

if TYPE_CHECKING:
    from jinja2 import Template

    from warehouse.shelf.manifest import DatasetCounts


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the page lists it; `via` says how it ran, `prefect` or `direct`."""

    run_id: str
    phase: str
    at: datetime
    via: str
    chosen: int
    held_out: int
    excluded: int
    sent: int
    allocations: tuple[tuple[str, Certificate], ...] = ()
    """Plays that were decided member by member."""


@dataclass(frozen=True, slots=True)
class _Totals:
    """The cards at the top of the page."""

    gmv_cents: int
    orders: int
    sent: int
    to_do: int
    member_share: float | None
    reserved_cents: int
    budget_cents: int | None


@dataclass(frozen=True, slots=True)
class _PlanPart:
    """The certificate of the last plan: headline, other ways beside it; name, use, room and worth of what is shared."""

    headline: str
    beside: str
    rows: list[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class _DutyRow:
    """Something the merchant has to do, in the language of the page."""

    phase: str
    text: str
    level: str
    due: datetime


def render_report(
    loaded: LoadedCalendar,
    measurement: Measurement,
    *,
    runs: Sequence[RunRow],
    datasets: Mapping[str, DatasetCounts],
    lang: str = "en",
    replayed: bool = False,
    certificate: Certificate | None = None,
    arrived: Sequence[Arrived] = (),
) -> str:
    """The page as HTML text, complete in itself: styles and charts are inside, nothing is loaded.

    `datasets` is the account of the snapshot, by name; `certificate` that of the last plan; `arrived` what
    receipts tell.
    """
    w = words(lang)
    return _template().render(
        w=w,
        lang=lang,
        m=measurement,
        **_names(loaded, lang),
        currency=loaded.store.currency,
        source=loaded.calendar.source,
        verified=loaded.calendar.verified,
        replayed=replayed,
        css=(files("tasks.reporting") / "report.css").read_text("utf-8"),
        text=lambda value: value.get(lang),
        aims={phase.id: _aims(phase, lang, w) for phase in loaded.calendar.phases},
        local=lambda moment: _local(loaded, moment),
        reason=lambda code: REASONS[code].title.get(lang),
        stopped_by=lambda reason: stop_reason(reason, lang),
        benefit_text={name: describe(benefit, lang) for name, benefit in loaded.calendar.benefits.items()},
        basis=loaded.calendar.budget.basis if loaded.calendar.budget else "worst_case",
        totals=_totals(measurement),
        worth=_worth(measurement, lang),
        timeline_svg=_timeline(loaded, measurement, lang),
        days_svg=_days(loaded, measurement, w),
        effects=_effects(measurement, w, lang),
        duties=_duties(loaded, lang),
        runs=runs,
        datasets=datasets,
        definitions=_definitions(measurement, lang, w),
        plan=_plan(certificate, lang) if certificate is not None else None,
        allocated=_allocated(runs, lang),
        arrived=arrived,
    )


def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tasks.reporting", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(n=_count, money=_money, pct=_percent, points=_points, fig=_figure)
    return environment.get_template("report.html")


def _allocated(runs: Sequence[RunRow], lang: str) -> list[tuple[str, str, datetime, str]]:
    """Phase, play, moment and words of each play that was decided member by member."""
    return [
        (run.phase, play, run.at, in_language(allocated_in_words(told), lang))
        for run in runs
        for play, told in run.allocations
    ]


def _plan(certificate: Certificate, lang: str) -> _PlanPart:
    """What is short, limits, and what money and stock never end; days of channels and daily caps only if short."""
    shown = {row.name: row for part in (scarce_rows, limit_rows, never_ending) for row in part(certificate)}
    return _PlanPart(
        in_language(headline_of(certificate), lang),
        in_language(beside_it(certificate), lang),
        [
            (
                in_language(called(row), lang),
                amount_of(row, row.used),
                amount_of(row, row.capacity),
                in_language(worth_of(row, certificate.objective), lang),
            )
            for row in shown.values()
        ],
    )


def _names(loaded: LoadedCalendar, lang: str) -> dict[str, str]:
    """What calendar and store are called; without a title, their ids."""
    calendar, store = loaded.calendar, loaded.store
    return {"title": calendar.title.get(lang) or calendar.calendar, "store": store.title.get(lang) or store.store}


def _aims(phase: Phase, lang: str, w: Mapping[str, str]) -> str:
    """What a phase is for, and what the platform gives for it."""
    given = ", ".join(text.get(lang) for text in phase.platform_support)
    parts = (phase.goal.get(lang), f"{w['platform_support']}: {given}" if given else "")
    return " · ".join(part for part in parts if part)


def _totals(measurement: Measurement) -> _Totals:
    budget = next(line for line in measurement.accounts if line.name == "budget")
    store_cents = sum(phase.sales.gmv_cents for phase in measurement.phases)
    member_cents = sum(phase.sales.member_gmv_cents for phase in measurement.phases)
    return _Totals(
        gmv_cents=sum(day.gmv_cents for day in measurement.days),
        orders=sum(day.orders for day in measurement.days),
        sent=sum(play.jobs.get("sent", 0) for play in measurement.plays),
        to_do=sum(play.jobs.get("to_do", 0) for play in measurement.plays),
        member_share=member_cents / store_cents if store_cents else None,
        reserved_cents=budget.held,
        budget_cents=budget.limit,
    )


def _worth(measurement: Measurement, lang: str) -> list[str]:
    effect = measurement.programme.contrast
    if effect is None:
        return []
    told = worth_in_words(effect, measurement.currency, days=measurement.running_days, left=measurement.days_left)
    return [in_language(said, lang) for said in told]


def _timeline(loaded: LoadedCalendar, measurement: Measurement, lang: str) -> str:
    zone, spans = loaded.timeline.timezone, loaded.timeline.phases
    titles = {phase.phase: phase.title.get(lang) or phase.phase for phase in measurement.phases}
    bars = [
        charts.Bar(
            titles[row.phase], row.kind, _naive(spans[row.phase].start, zone), _naive(spans[row.phase].end, zone)
        )
        for row in measurement.phases
    ]
    ticks = [charts.Tick(titles[o.phase], _naive(o.at, zone)) for o in loaded.timeline.occurrences]
    return charts.timeline(bars, ticks)


def _naive(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).replace(tzinfo=None).isoformat()


def _days(loaded: LoadedCalendar, measurement: Measurement, w: Mapping[str, str]) -> str:
    rows = [charts.DayColumn(day.day, day.messages, day.gmv_cents / 100) for day in measurement.days]
    return charts.days(rows, messages=w["messages"], sales=f"{w['gmv']} ({loaded.store.currency})")


def _effects(measurement: Measurement, w: Mapping[str, str], lang: str) -> str | None:
    rows = [
        charts.Interval(play.title.get(lang) or play.play, found.difference, *(found.while_running or found.interval))
        for play in measurement.plays
        if (found := play.contrast) and found.interval and found.difference is not None
    ]
    return charts.intervals(rows, title=w["difference"]) if rows else None


def _duties(loaded: LoadedCalendar, lang: str) -> list[_DutyRow]:
    return [
        _DutyRow(
            phase=phase.title.get(lang) or phase.id,
            text=duty.text.get(lang),
            level=duty.level,
            due=loaded.timeline.due[phase.id, index],
        )
        for phase in loaded.calendar.phases
        for index, duty in enumerate(phase.duties)
    ]


def _definitions(measurement: Measurement, lang: str, w: Mapping[str, str]) -> list[tuple[str, str]]:
    presale = measurement.presale.rates if measurement.presale else {}
    return [(w[name], rate.says(lang)) for name, rate in {**measurement.phases[0].rates, **presale}.items()]


def _local(loaded: LoadedCalendar, moment: datetime) -> str:
    return f"{moment.astimezone(loaded.timeline.timezone):%Y-%m-%d %H:%M}"


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _money(cents: float | None) -> str:
    return "–" if cents is None else f"{cents / 100:,.2f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}"


def _points(value: float | None) -> str:
    """A difference of shares, in percentage points."""
    return "–" if value is None else f"{value * 100:+.2f} pp"


def _figure(value: float | None, metric: str) -> str:
    if metric.endswith(("_rate", "_share")):
        return _percent(value)
    return _count(value)
