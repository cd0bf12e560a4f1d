"""Write the report page of a calendar from what was measured."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from campaign_calendars.deciding.runs import totals
from tasks.measuring.measure import measure
from tasks.measuring.measurement import Measurement
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
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, "utf-8")
    return measurement


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
            )
        )
    return rows
