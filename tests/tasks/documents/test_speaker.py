"""Benefits as the staff reads them on paper: moments of the clock and titles of tiers, and nothing that counts days."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from tasks.documents.speaker import Speaker

LIBRARY = files("campaign_calendars") / "library"
NAME = "queens-day-2020"


@pytest.fixture(scope="module")
def loaded() -> LoadedCalendar:
    calendar = load_calendar((LIBRARY / f"{NAME}.yaml").read_text("utf-8"), f"{NAME}.yaml")
    assert calendar.model is not None
    store = load_store((LIBRARY / "stores" / f"{calendar.model.store}.yaml").read_text("utf-8")).model
    assert store is not None
    return bind(calendar, store)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_offer_counts_days_from_day_zero_or_names_a_tier_by_its_id(loaded: LoadedCalendar, lang: str) -> None:
    speaker, tiers = Speaker(lang=lang, loaded=loaded), "|".join(one.id for one in loaded.store.tiers.levels)
    told = [speaker.offer(name) for name in loaded.calendar.benefits]
    assert all(told)
    assert [text for text in told if re.search(rf"\bD[+-]\d|\b({tiers})\b", text)] == []


def test_windows_and_tiers_are_told_as_they_are_meant(loaded: LoadedCalendar) -> None:
    speaker = Speaker(lang="zh", loaded=loaded)
    assert speaker.offer("presale-coupon") == "满199减25；有效期 2020-03-05 00:30 至 2020-03-08 23:59:59"
    assert "金卡会员 2020-02-20 10:00" in speaker.offer("priority-tea")
    assert speaker.offer("nothing of the calendar") == ""
