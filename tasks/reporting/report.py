"""Write the report of a calendar from what was measured: a page, a workbook, Markdown or Parquet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from campaign_calendars.deciding.certificate import Certificate
from campaign_calendars.deciding.runs import totals
from campaign_calendars.deciding.words import with_titles
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.deciding.decisions import read_decision
from tasks.documents.markdown import as_markdown
from tasks.documents.page import as_page
from tasks.documents.parts import Document, Section
from tasks.documents.workbook import write_as_workbook
from tasks.measuring.measure import measure
from tasks.measuring.measurement import Measurement
from tasks.receipts.arriving import arrivals
from tasks.reporting.figures import figures_of
from tasks.reporting.sections import appendix, channels, course, effects, forecast, money, people, summary
from tasks.reporting.sections.told import RunRow, Told
from tasks.runtime import Runtime

KINDS = (".html", ".xlsx", ".md", ".parquet")


def require_kind(path: Path) -> None:
    """UsageError where the name of the file does not say what it is to be."""
    if path.suffix.lower() not in KINDS:
        raise UsageError(
            (
                f"{path} is none of a page, a workbook, Markdown or Parquet",
                f"{path} 不是网页、工作簿、Markdown 或 Parquet",
            ),
            ("end the name with .html, .xlsx, .md or .parquet", "文件名请以 .html、.xlsx、.md 或 .parquet 结尾"),
        )


def report(
    rt: Runtime,
    calendar_id: str,
    as_of: datetime,
    target: Path,
    *,
    lang: str = "en",
    measurement: Measurement | None = None,
    again: int | None = None,
) -> Measurement:
    """Measure as of a moment and write `target`, whose ending says what it is; returns the measurement.

    `measurement` is one that was taken at `as_of` already. `again`: seconds after which the page loads itself anew
    while the campaign goes on. A reader never finds half a file.
    """
    require_kind(target)
    if measurement is None:
        measurement = measure(rt, calendar_id, as_of)
    target.parent.mkdir(parents=True, exist_ok=True)
    kind = target.suffix.lower()
    if kind == ".parquet":
        from warehouse.measurement.writing import write_figures

        write_figures(target, figures_of(measurement))
        return measurement
    document = report_document(_told(rt, measurement, as_of, lang=lang, again=again))
    if kind == ".xlsx":
        write_as_workbook(document, target)
        return measurement
    partial = target.with_name(f".{target.name}.partial")
    partial.write_text(as_page(document) if kind == ".html" else as_markdown(document), "utf-8")
    partial.replace(target)
    return measurement


def report_document(told: Told) -> Document:
    """The parts in the order in which a report is read."""
    calendar, store = told.loaded.calendar, told.loaded.store
    title = calendar.title.get(told.lang) or calendar.calendar
    about = [
        told.word("report"),
        f"{told.word('store')} {store.title.get(told.lang) or store.store}",
        f"{told.word('measured')} {told.moment(told.m.as_of)} ({told.zone})",
    ]
    if told.replayed:
        about.append(told.word("replayed"))
    if told.simulated:
        about.append(told.word("simulated"))
    if calendar.source:
        checked = told.word("verified" if calendar.verified else "not_verified")
        about.append(f"{told.word('dates_from')} {calendar.source}{told(f' ({checked})', f'（{checked}）')}")
    made: Iterable[Section | None] = (
        summary.summary(told),
        summary.targets(told),
        summary.peers(told),
        forecast.forecast(told),
        course.phases(told),
        course.days(told),
        people.funnel(told),
        effects.effects(told),
        effects.by_day(told),
        effects.texts(told),
        effects.splits(told),
        people.audiences(told),
        people.exclusions(told),
        channels.channels(told),
        money.budget(told),
        money.benefits(told),
        money.certificate(told),
        course.presale(told),
        course.waves(told),
        effects.truth(told),
        appendix.duties(told),
        appendix.runs(told),
        appendix.data(told),
        appendix.definitions(told),
    )
    return Document(
        title=title,
        lang=told.lang,
        foot=f"{title} · {told.word('measured')} {told.moment(told.m.as_of)} ({told.zone}){_simulated(told)}",
        sections=tuple(section for section in made if section is not None),
        about=" · ".join(about),
        again=told.again if told.m.running_days is not None else None,
    )


def _simulated(told: Told) -> str:
    return f" · {told.word('simulated')}" if told.simulated else ""


def _told(rt: Runtime, measurement: Measurement, as_of: datetime, *, lang: str, again: int | None) -> Told:
    from warehouse.measurement.following import texts

    loaded = rt.load_calendar(measurement.calendar)
    before = [run.run_id for run in rt.ledger.runs(measurement.calendar) if run.as_of < as_of]
    return Told(
        lang=lang,
        loaded=loaded,
        m=measurement,
        runs=_runs(rt, measurement.calendar, as_of),
        datasets=rt.current_snapshot().counts,
        replayed=rt.replayed is not None,
        simulated=rt.simulated,
        certificate=_last_certificate(rt, loaded, as_of),
        arrived=arrivals(rt.ledger, before),
        queries=texts(appendix.QUERIES),
        again=again,
    )


def _last_certificate(rt: Runtime, loaded: LoadedCalendar, as_of: datetime) -> Certificate | None:
    """Of the last run before a moment that planned ahead and whose decision is still there."""
    runs = sorted(
        (run for run in rt.ledger.runs(loaded.calendar.calendar) if run.as_of < as_of), key=lambda run: run.as_of
    )
    for run in reversed(runs):
        decision = read_decision(rt, run.run_id)
        if decision is not None and decision.certificate is not None:
            return with_titles(decision.certificate, loaded.calendar, loaded.store)
    return None


def _runs(rt: Runtime, calendar: str, as_of: datetime) -> list[RunRow]:
    rows = []
    for run in rt.ledger.runs(calendar):
        if run.as_of >= as_of:
            continue
        sums = totals(run.summary.plays)
        rows.append(
            RunRow(
                run_id=run.run_id,
                phase=run.phase,
                at=run.as_of,
                via=run.summary.via,
                chosen=sums.chosen,
                held_out=sums.held_out,
                excluded=sums.excluded,
                sent=run.summary.jobs.get("sent", 0),
                allocations=tuple((play.play, play.allocation) for play in run.summary.plays if play.allocation),
            )
        )
    return rows
