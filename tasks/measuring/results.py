"""Results of phases that are over, for the forecasts of later ones: counts and money, nothing of any member.

One Parquet file for each calendar in `results/` of the project's state, written anew whenever the calendar is measured
after its end.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.measuring.forecasting import PastResult
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.measurement import MeasurementSession


def keep_results(rt: Runtime, loaded: LoadedCalendar, session: MeasurementSession, as_of: datetime) -> list[PastResult]:
    """Results of phases and plays so far; kept where the campaign is over and the snapshot knows all of it."""
    calendar = loaded.calendar
    found = session.results(
        calendar.store,
        kinds={phase.id: phase.kind for phase in calendar.phases},
        full_costs={name: benefit.cost_cents for name, benefit in calendar.benefits.items()},
        currency=loaded.store.currency,
    )
    if min(as_of, session.known_at) >= loaded.timeline.campaign.end:
        from warehouse.measurement.results import write_results

        folder = _folder(rt)
        folder.mkdir(parents=True, exist_ok=True)
        write_results(folder / f"{calendar.calendar}.parquet", found)
    return found


def earlier_results(rt: Runtime) -> list[PastResult]:
    """Everything that is kept, oldest first."""
    from warehouse.measurement.results import kept_results

    return kept_results(sorted(_folder(rt).glob("*.parquet")))


def _folder(rt: Runtime) -> Path:
    return rt.settings.state / "results"
