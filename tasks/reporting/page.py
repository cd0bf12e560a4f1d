"""Measurement + calendar + runs → the report page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

from campaign_calendars.deciding.contact import REASONS
from campaign_calendars.model.benefits import describe
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.reporting import charts
from tasks.reporting.labels import stop_reason, words


def render_report(
    loaded: LoadedCalendar,
    measurement: dict[str, Any],
    *,
    runs: Sequence[dict[str, Any]],
    datasets: dict[str, dict[str, int]],
    lang: str = "en",
    replayed: bool = False,
) -> str:
    """The page as HTML text, complete in itself: styles and charts are inside, nothing is loaded.

    `runs`: {run_id, phase, at, via, chosen, held_out, excluded, sent}; `datasets`: the snapshot's
    {name: {rows_in, accepted, quarantined, duplicates}}.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tasks.reporting", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(n=_count, money=_money, pct=_percent, points=_points, fig=_figure)
    template = environment.get_template("report.html")
    w = words(lang)
    return template.render(
        w=w,
        lang=lang,
        m=measurement,
        title=loaded.calendar.title.get(lang) or loaded.calendar.calendar,
        store=loaded.store.title.get(lang) or loaded.store.store,
        currency=loaded.store.currency,
        source=loaded.calendar.source,
        verified=loaded.calendar.verified,
        replayed=replayed,
        css=(files("tasks.reporting") / "report.css").read_text("utf-8"),
        text=lambda value: value.get(lang) or value.get("en") or value.get("zh") or "",
        local=lambda moment: _local(loaded, moment),
        reason=lambda code: REASONS[code].title.get(lang),
        stopped_by=lambda reason: stop_reason(reason, lang),
        benefit_text={name: describe(benefit, lang) for name, benefit in loaded.calendar.benefits.items()},
        basis=loaded.calendar.budget.basis if loaded.calendar.budget else "worst_case",
        totals=_totals(measurement),
        timeline_svg=_timeline(loaded, measurement, lang),
        days_svg=_days(loaded, measurement, w),
        effects=_effects(measurement, w, lang),
        duties=_duties(loaded, lang),
        runs=runs,
        datasets=datasets,
        definitions=_definitions(measurement, lang, w),
    )


def _totals(measurement: dict[str, Any]) -> dict[str, Any]:
    phases = measurement["phases"]
    share = {
        "numerator": sum(p["sales"]["member_gmv_cents"] for p in phases),
        "denominator": sum(p["sales"]["gmv_cents"] for p in phases),
    }
    days = measurement["days"]
    return {
        "gmv_cents": sum(day["gmv_cents"] for day in days),
        "orders": sum(day["orders"] for day in days),
        "messages": sum(day["messages"] for day in days),
        "sent": sum(play["jobs"].get("sent", 0) for play in measurement["plays"]),
        "to_do": sum(play["jobs"].get("to_do", 0) for play in measurement["plays"]),
        "member_share": share["numerator"] / share["denominator"] if share["denominator"] else None,
        "reserved_cents": measurement["budget"]["reserved_cents"],
        "budget_cents": measurement["budget"]["total_cents"],
    }


def _timeline(loaded: LoadedCalendar, measurement: dict[str, Any], lang: str) -> str:
    zone = loaded.timeline.timezone
    titles = {p["phase"]: p["title"].get(lang) or p["phase"] for p in measurement["phases"]}
    phases = [
        {
            "label": titles[row["phase"]],
            "kind": row["kind"],
            "start": _naive(loaded.timeline.phases[row["phase"]].start, zone),
            "end": _naive(loaded.timeline.phases[row["phase"]].end, zone),
        }
        for row in measurement["phases"]
    ]
    ticks = [{"label": titles[o.phase], "at": _naive(o.at, zone)} for o in loaded.timeline.occurrences]
    return charts.timeline(phases, ticks)


def _naive(moment: datetime, zone: Any) -> str:
    return moment.astimezone(zone).replace(tzinfo=None).isoformat()


def _days(loaded: LoadedCalendar, measurement: dict[str, Any], w: dict[str, str]) -> str:
    rows = [
        {"day": day["day"], "messages": day["messages"], "gmv": day["gmv_cents"] / 100} for day in measurement["days"]
    ]
    return charts.days(rows, messages=w["messages"], sales=f"{w['gmv']} ({loaded.store.currency})")


def _effects(measurement: dict[str, Any], w: dict[str, str], lang: str) -> str | None:
    rows = [
        {
            "label": play["title"].get(lang) or play["play"],
            "difference": play["contrast"]["difference"],
            "low": play["contrast"]["interval"][0],
            "high": play["contrast"]["interval"][1],
        }
        for play in measurement["plays"]
        if play["contrast"] and play["contrast"]["interval"]
    ]
    return charts.intervals(rows, title=w["difference"]) if rows else None


def _duties(loaded: LoadedCalendar, lang: str) -> list[dict[str, Any]]:
    return [
        {
            "phase": phase.title.get(lang) or phase.id,
            "text": duty.text.get(lang),
            "level": duty.level,
            "due": loaded.timeline.due[phase.id, index],
        }
        for phase in loaded.calendar.phases
        for index, duty in enumerate(phase.duties)
    ]


def _definitions(measurement: dict[str, Any], lang: str, w: dict[str, str]) -> list[tuple[str, str]]:
    rates = measurement["phases"][0]["rates"]
    key = "definition_zh" if lang == "zh" else "definition"
    return [(w[name], rate[key]) for name, rate in rates.items()]


def _local(loaded: LoadedCalendar, moment: datetime | str) -> str:
    aware = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return f"{aware.astimezone(loaded.timeline.timezone):%Y-%m-%d %H:%M}"


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _money(cents: int | None) -> str:
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
