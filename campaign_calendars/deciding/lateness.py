"""How late a play may still start (B9, misfire): one rule for runs and for plans."""

from __future__ import annotations

from datetime import timedelta

from campaign_calendars.model.calendar import Play
from campaign_calendars.model.store import Store


def grace(play: Play, store: Store) -> timedelta:
    """How late the play may start: what it says itself, else the store."""
    return play.on_late.grace if play.on_late else store.contact_policy.late_grace


def too_late(play: Play, store: Store, late_by: timedelta) -> bool:
    """Whether a start that late is skipped; `on_late: run` always starts."""
    runs_anyway = play.on_late is not None and play.on_late.then == "run"
    return late_by > grace(play, store) and not runs_anyway
