"""Write the report page of a calendar from what was measured."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from campaign_calendars.deciding.certificate import Certificate
from campaign_calendars.deciding.runs import totals
from tasks.deciding.decisions import read_decision
from tasks.measuring.measure import measure
from tasks.measuring.measurement import Measurement
from tasks.receipts.arriving import arrivals
from tasks.reporting.page import RunRow, render_report
from tasks.runtime import Runtime


def report(
    rt: Runtime,
    calendar_id: str,
    as_of: datetime,
    target: Path,
    *,
    lang: str = "en",
    measurement: Measurement | None = None,
) -> Measurement:
    """Measure as of a moment and write the page to `target`; returns the measurement.

    `measurement` is one that was taken at `as_of` already.
    """
    loaded = rt.load_calendar(calendar_id)
    if measurement is None:
        measurement = measure(rt, calendar_id, as_of)
    page = render_report(
        loaded,
        measurement,
        runs=_runs(rt, loaded.calendar.calendar, as_of),
        datasets=rt.current_snapshot().counts,
        lang=lang,
        replayed=rt.replayed is not None,
        certificate=_last_certificate(rt, loaded.calendar.calendar, as_of),
        arrived=arrivals(
            rt.ledger, [run.run_id for run in rt.ledger.runs(loaded.calendar.calendar) if run.as_of < as_of]
        ),
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, "utf-8")
    return measurement


def _last_certificate(rt: Runtime, calendar: str, as_of: datetime) -> Certificate | None:
    """Of the last run before a moment that planned ahead and whose decision is still there."""
    runs = sorted((run for run in rt.ledger.runs(calendar) if run.as_of < as_of), key=lambda run: run.as_of)
    for run in reversed(runs):
        decision = read_decision(rt, run.run_id)
        if decision is not None and decision.certificate is not None:
            return decision.certificate
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
