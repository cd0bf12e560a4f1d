"""The shipped grocery calendar is what the data say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from campaign_calendars.checks import check, load_store
from campaign_calendars.reading.loading import bind, load_calendar
from warehouse.sample.grocery_calendar import calendar_text, read_campaigns

LIBRARY = files("campaign_calendars") / "library"
SHIPPED = (LIBRARY / "grocery-2017.yaml").read_text(encoding="utf-8")


@pytest.mark.grocery
def test_the_shipped_calendar_is_the_generated_one() -> None:
    assert calendar_text(read_campaigns()) == SHIPPED


@pytest.mark.grocery
def test_windows_and_plays_are_those_of_the_campaigns() -> None:
    loaded, store = (
        load_calendar(SHIPPED, "grocery-2017.yaml"),
        load_store((LIBRARY / "stores" / "grocery.yaml").read_text(encoding="utf-8"), "grocery.yaml"),
    )
    assert loaded.problems == store.problems == []
    assert store.model is not None
    timeline = bind(loaded, store.model).timeline
    campaigns = read_campaigns()
    assert len(campaigns) == len(timeline.phases) == len(timeline.occurrences) == 27
    for campaign in campaigns:
        span = timeline.phases[f"type-{campaign.kind}-{campaign.id}"]
        assert (span.start.date(), span.last.date()) == (campaign.start, campaign.end)
        (mailing,) = [each for each in timeline.occurrences if each.play == f"mail-{campaign.id}"]
        assert mailing.at == span.start + timedelta(hours=9)
        wave = timeline.waves[f"type-{campaign.kind}"]
        assert wave.covers(span)
    assert {campaign.kind for campaign in campaigns} == {"a", "b", "c"}


@pytest.mark.grocery
def test_campaigns_overlap() -> None:
    moment = datetime(2017, 5, 5, tzinfo=UTC).date()
    running = [campaign.id for campaign in read_campaigns() if campaign.start <= moment <= campaign.end]
    assert len(running) > 1


def test_the_shipped_calendar_is_clean_and_says_why_its_warnings_are_right() -> None:
    loaded = load_calendar(SHIPPED, "grocery-2017.yaml")
    store = load_store((LIBRARY / "stores" / "grocery.yaml").read_text(encoding="utf-8"), "grocery.yaml")
    assert store.model is not None
    problems = check(bind(loaded, store.model))
    assert {problem.severity for problem in problems} == {"info"}
    # True of this retailer: coupons only (C166), and no mailer for the coupons of campaigns 6 and 15 (C174).
    accepted = [problem.code for problem in problems if "accepted: " in problem.message and "已接受：" in problem.zh]
    assert sorted(accepted) == ["C166", "C174", "C174"]
    overlaps = [problem for problem in problems if problem.code == "C108"]
    assert len({problem.location.line for problem in overlaps}) == len(overlaps)
    assert max(len(problem.message) for problem in overlaps) < 120


@pytest.mark.grocery
def test_as_many_coupons_as_households_and_positions_from_the_data() -> None:
    model = load_calendar(SHIPPED, "grocery-2017.yaml").model
    assert model is not None
    campaigns = {campaign.id: campaign for campaign in read_campaigns()}
    assert sum(campaign.households for campaign in campaigns.values()) == 6_589
    assert [model.benefits[f"coupons-{number}"].stock for number in (8, 13, 18)] == [1_076, 1_077, 1_133]
    assert [number for number, campaign in sorted(campaigns.items()) if not campaign.mailed] == [6, 15]
    assert all(campaign.displayed for campaign in campaigns.values())
