"""Quiet hours of a store's channels and of their providers, on the calendar's clock (B3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from campaign_calendars.model.store import QuietHours, Store
from campaign_calendars.providers.of_channel import in_quiet_hours, quiet_spans


def quiet_hours_of(store: Store, timezone: ZoneInfo) -> Callable[[str, datetime], datetime | None]:
    """(channel, aware moment) → the moment its quiet hours end (UTC), None outside them.

    Quiet hours are times of the wall clock: where it is turned, the night is an hour longer or
    shorter, and an end that the clock skips is the first moment after it.
    """

    def quiet_until(channel: str, at: datetime) -> datetime | None:
        spans = list(quiet_spans(store.channels[channel])) if channel in store.channels else []
        until = at
        for _ in spans:  # one span may end within another
            until = max((end for span in spans if (end := end_of(span, until, timezone)) is not None), default=until)
        return until if until > at else None

    return quiet_until


def end_of(quiet: QuietHours, at: datetime, timezone: ZoneInfo) -> datetime | None:
    """When a span of quiet hours ends (UTC) that `at` (aware) lies in; None outside it."""
    local = at.astimezone(timezone)
    if not in_quiet_hours(quiet, local.time()):
        return None
    day = local.date() if local.time() < quiet.to else local.date() + timedelta(days=1)
    end = datetime.combine(day, quiet.to, timezone).astimezone(UTC)
    # In the hour that the clock repeats, the end of the first round lies behind the second.
    return end if end > at else end.astimezone(timezone).replace(fold=1).astimezone(UTC)
