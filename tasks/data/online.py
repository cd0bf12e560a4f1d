"""Whether member benefits have been online long enough for the platform (A1#8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from campaign_calendars.deciding.online import BenefitDays, benefit_days, planned_days
from campaign_calendars.set_up.dark import DarkDay, dark_days

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar
    from warehouse.snapshots.snapshot import Snapshot


def days_with_benefits(loaded: LoadedCalendar, snapshot: Snapshot, at: datetime) -> BenefitDays | None:
    """The 15 days that end on the local day of a moment; None where the store states no `benefit_days`."""
    from warehouse.snapshots.offers import days_online

    needed = loaded.store.benefit_days
    if needed is None:
        return None
    today = at.astimezone(loaded.timeline.timezone).date()
    return benefit_days(needed, today, planned_days(loaded.calendar, loaded.timeline), days_online(snapshot, today))


def dark_positions(loaded: LoadedCalendar, snapshot: Snapshot | None, at: datetime) -> tuple[DarkDay, ...]:
    """Days on which positions show nothing: by what was online up to the local day of a moment, then as planned."""
    from warehouse.snapshots.offers import benefits_online

    if not any(one.needs or one.needs_content for one in loaded.store.positions.values()):
        return ()
    today = at.astimezone(loaded.timeline.timezone).date()
    known = benefits_online(snapshot, today) if snapshot is not None else None
    return dark_days(loaded.calendar, loaded.store, loaded.timeline, known, today)
