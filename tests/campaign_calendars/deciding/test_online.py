"""Days with a member benefit online, of the trailing 15: by facts up to today, by the calendar from then on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from campaign_calendars.deciding.online import benefit_days


def days(first: int, last: int) -> set[date]:
    return {date(2026, 3, 1) + timedelta(days=day - 1) for day in range(first, last + 1)}


@pytest.mark.parametrize(("today", "online"), [(10, 9), (15, 9), (16, 8), (9, 9), (24, 0)])
def test_the_window_slides_over_what_was_online(today: int, online: int) -> None:
    assert benefit_days(10, date(2026, 3, today), set(), days(1, 9)).online == online


def test_facts_count_up_to_today_and_the_calendar_from_then_on() -> None:
    planned = days(1, 9) | days(18, 30)
    by_plan, by_facts = (benefit_days(10, date(2026, 3, 12), planned, known) for known in (None, days(8, 9)))
    assert (by_plan.source, by_plan.online, by_plan.short) == ("planned", 9, True)
    assert (by_facts.source, by_facts.online) == ("facts", 2)
    # 8 and 9 March, then 18 to 27: twelve days within 13 to 27 less those two are ten on 27 March.
    assert by_facts.met_again == date(2026, 3, 27)
    # Nine of the plan fall out one by one while new ones come in.
    assert by_plan.met_again == date(2026, 3, 27)


def test_enough_days_have_nothing_to_be_met_again_and_none_may_come() -> None:
    assert benefit_days(9, date(2026, 3, 15), days(1, 9)).met_again is None
    assert benefit_days(10, date(2026, 3, 15), days(1, 9)).met_again is None
