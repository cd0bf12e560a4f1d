"""Write the report page of a calendar from what was measured."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tasks.deciding.decide import run_totals
from tasks.measuring.measure import measure
from tasks.reporting.page import render_report
from tasks.runtime import Runtime


def report(
    rt: Runtime,
    calendar_id: str,
    as_of: datetime,
    target: Path,
    *,
    lang: str = "en",
    measurement: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Measure as of a moment and write the page to `target`; returns the measurement.

    `measurement` is one that was taken at `as_of` already.
    """
    loaded = rt.load_calendar(calendar_id)
    if measurement is None:
        measurement = measure(rt, calendar_id, as_of)
    snapshot = rt.current_snapshot()
    datasets = {name: asdict(account) for name, account in snapshot.counts.items()}
    page = render_report(
        loaded,
        measurement,
        runs=_runs(rt, loaded.calendar.calendar, as_of),
        datasets=datasets,
        lang=lang,
        replayed=rt.replayed is not None,
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, "utf-8")
    return measurement


def _runs(rt: Runtime, calendar: str, as_of: datetime) -> list[dict[str, Any]]:
    rows = []
    for run in rt.ledger.runs(calendar):
        if run.as_of >= as_of:
            continue
        plays = list(run.summary.get("plays", []))
        rows.append(
            {
                "run_id": run.run_id,
                "phase": run.phase,
                "at": run.as_of,
                "via": run.summary.get("via", "direct"),
                "sent": run.summary.get("jobs", {}).get("sent", 0),
                **run_totals(plays),
            }
        )
    return rows
