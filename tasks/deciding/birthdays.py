"""Birthday gifts that other calendars gave: a person gets one a year, whichever calendar it comes from (A3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from campaign_calendars.findings.errors import PromocalError
from campaign_calendars.model.benefits.gifts import BirthdayGift
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.runtime import Runtime


def given_by_others(rt: Runtime, loaded: LoadedCalendar) -> Iterator[tuple[str, datetime]]:
    """(member, moment) of each; nothing is read for a calendar without a birthday gift.

    A calendar that is gone or cannot be read any more says nothing of what its benefits were.
    """
    if not any(isinstance(benefit, BirthdayGift) for benefit in loaded.calendar.benefits.values()):
        return
    gifts: dict[str, frozenset[str]] = {loaded.calendar.calendar: frozenset()}
    for grant in rt.ledger.grant_rows(None):
        if grant.calendar not in gifts:
            gifts[grant.calendar] = _gifts_of(rt, grant.calendar)
        if grant.benefit in gifts[grant.calendar]:
            yield grant.member_id, grant.granted_at


def _gifts_of(rt: Runtime, calendar: str) -> frozenset[str]:
    try:
        benefits = rt.load_calendar(calendar).calendar.benefits
    except PromocalError:
        return frozenset()
    return frozenset(name for name, benefit in benefits.items() if isinstance(benefit, BirthdayGift))
