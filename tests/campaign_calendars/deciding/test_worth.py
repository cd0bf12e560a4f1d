"""What a contact is worth, and which audiences change ahead: from the calendar to the brief."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_calendars.audiences.language import AudienceExpr, parse_audience
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.deciding.briefing import make_brief
from campaign_calendars.deciding.worth import changes_ahead, leaves_bp_per_day
from tasks.calendars.checking import read_calendar

LIBRARY = Path(__file__).parents[3] / "campaign_calendars" / "library"
NAMES = AudienceNames(phases=("burst",), plays=("recall",), tiers=("regular", "gold"))


def priorities(tmp_path: Path, text: str) -> dict[str, int]:
    path = tmp_path / "queens-day-2020.yaml"
    path.write_text(text, "utf-8")
    loaded, problems = read_calendar(path, stores=LIBRARY / "stores")
    assert loaded is not None, problems
    briefs = [make_brief(loaded.calendar, loaded.store, loaded.timeline, o) for o in loaded.timeline.occurrences]
    return {brief.play: brief.priority for brief in briefs}


def test_a_priority_is_that_of_the_calendar_else_of_the_kind_of_phase(tmp_path: Path) -> None:
    text = (LIBRARY / "queens-day-2020.yaml").read_text("utf-8")
    usual = priorities(tmp_path, text)
    assert (usual["harvest-active"], usual["presale-recall"], usual["joining-coupon"]) == (100, 60, 30)
    assert usual["best-sellers"] == 70, "a list without a benefit counts less"
    said = priorities(tmp_path, text.replace("id: best-sellers\n", "id: best-sellers\n        priority: 333\n", 1))
    assert said == {**usual, "best-sellers": 333}


@pytest.mark.parametrize(
    ("text", "leave", "changes"),
    [
        ("joined", 0, False),
        ("visits_30d > 0", 200, False),
        ("visits_30d > 0 and cart_adds_7d > 0", 600, False),
        ("not bought_in_campaign", 80, False),
        ("bought_in_phase('burst')", 80, False),
        ("not contacted_by('recall')", 0, True),
        ("contacts_7d = 0", 600, True),
        ("is_birthday_month", 0, True),
    ],
)
def test_audiences_say_how_they_change(text: str, leave: int, changes: bool) -> None:
    expression = parse_audience(text, names=NAMES)
    assert isinstance(expression, AudienceExpr), expression
    assert (leaves_bp_per_day(expression), changes_ahead(expression)) == (leave, changes)
