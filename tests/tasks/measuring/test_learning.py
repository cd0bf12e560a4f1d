"""From a campaign that ended to the next one: outcomes are archived, learnt from, and stand before what is written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_calendars.deciding.expecting import values_of
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.measuring.responses import LearnedResponse
from campaign_calendars.values.json import from_json, to_json
from tasks.calendars.learned import Learned, learned_file, read_learned, with_learned
from tasks.measuring.learning import archived, learn_responses
from tasks.measuring.measure import measure
from tasks.planning.plan import plan
from tasks.planning.planned import Plan
from tasks.runtime import Runtime
from tests.pulling import refresh

CALENDAR = "queens-day-2020"
LEARNED = Learned(
    datetime(2026, 1, 1, tzinfo=UTC),
    ("spring",),
    (
        LearnedResponse("burst", None, "gold", 0.06, 0.021, "experimental", 900, 100),
        LearnedResponse("burst", None, None, 0.03, None, "observational", 900, 0),
        LearnedResponse("burst", "no-such-benefit", None, 0.9, None, "observational", 900, 0),
    ),
)


def test_nothing_is_kept_before_the_end_and_nothing_is_learnt_from_nothing(shop: Runtime) -> None:
    end = shop.load_calendar(CALENDAR).timeline.campaign.end
    measure(shop, CALENDAR, end.replace(day=1))
    assert archived(shop).campaigns == ()
    with pytest.raises(UsageError, match="nothing to learn from"):
        learn_responses(shop)
    measure(shop, CALENDAR, end)
    assert archived(shop).campaigns == (), "the snapshot is of the first day: nobody has bought yet"
    refresh(shop, CALENDAR, end)
    measure(shop, CALENDAR, end)
    assert [path.name for path in learned_file(shop.settings.state).parent.glob("*.parquet")] == [f"{CALENDAR}.parquet"]


def test_what_was_learnt_stands_before_what_is_written_where_that_is_wanted(shop: Runtime) -> None:
    file = learned_file(shop.settings.state)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(to_json(LEARNED), "utf-8")
    assert from_json(Learned, file.read_bytes()) == LEARNED == read_learned(shop.settings.state)
    loaded = shop.load_calendar(CALENDAR)
    assert with_learned(loaded, shop.settings.state) is loaded, "nobody asked for it"
    path = Path(shop.calendar_path(CALENDAR))
    path.write_text(path.read_text("utf-8") + "\nvalues: {learned: true, responses: [{response: 1%}]}\n", "utf-8")
    first, second, written = values_of(shop.load_calendar(CALENDAR).calendar, loaded.store).responses
    assert (first.segment, first.phase, first.response, first.without) == ("tier = 'gold'", "burst", 600, 210)
    assert (first.source, second.source, second.without) == ("experimental", "observational", None)
    assert (second.segment, written.response, written.source) == (None, 100, "assumed")
    file.write_text("{}", "utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        shop.load_calendar(CALENDAR)


def test_a_plan_with_figures_for_every_benefit_maximises_money(shop: Runtime, shop_plan: Plan) -> None:
    """What it rests on adds up to its value; without the figures it counts priorities."""
    assert shop_plan.certificate.objective == "priority"  # type: ignore[union-attr]
    benefits = shop.load_calendar(CALENDAR).calendar.benefits
    lines = [f"    - {{benefit: {name}, response: 9%, source: experimental}}" for name in benefits]
    lines.append("    - {response: 4%}")
    path = Path(shop.calendar_path(CALENDAR))
    figures = "\nvalues:\n  margin: 60%\n  basket: 300\n  baseline: 1%\n  responses:\n" + "\n".join(lines)
    path.write_text(path.read_text("utf-8") + figures + "\n", "utf-8")
    certificate = plan(shop, CALENDAR).certificate
    assert certificate is not None
    assert certificate.objective == "money"
    assert set(certificate.rests_on) == {"assumed", "experimental"}
    assert sum(certificate.rests_on.values()) == pytest.approx(certificate.value)
    assert certificate.value <= certificate.bound
