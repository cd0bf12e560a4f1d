"""The forecast of a plan, by results that were kept: what it rests on, and that the plan stays the same plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.measuring.forecasting import Forecast, ForecastFigure, PastResult
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.values.json import from_json, to_json
from tasks.planning.forecasting import posts_of
from tasks.planning.plan import plan
from tasks.planning.planned import Plan
from tasks.runtime import Runtime
from tests.flows.small_project import MEMBERS
from tests.pulling import refresh
from tests.tasks.conftest import SALE, SMALL
from warehouse.measurement.results import write_results

LIBRARY = Path(__file__).parents[3] / "campaign_calendars" / "library"
START = datetime(2025, 3, 5, tzinfo=UTC)
PAST = PastResult(
    calendar="sale", store="corner", phase="burst", play="", kind="burst", starts_at=START,
    ends_at=START + timedelta(days=4), contacted=300, buyers=118, sales_cents=540_000, granted=240, redemptions=60,
    worst_cents=240_000, benefit_cents=48_000, message_cents=1_200,
)  # fmt: skip


def keep(rt: Runtime, count: int, play: str = "") -> None:
    folder = Path(rt.settings.state) / "results"
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        one = replace(PAST, calendar=f"sale-{n}", play=play, buyers=118 + 4 * n, sales_cents=540_000 + 90_000 * n)
        write_results(folder / f"sale-{n}.parquet", [one])


def of(made: Plan, play: str) -> Forecast:
    return next(one for one in made.forecasts if one.play == play)


def figure(made: Plan, name: str, play: str = "") -> ForecastFigure:
    return next(one for one in of(made, play).figures if one.figure == name)


def test_a_plan_says_what_its_phases_and_plays_are_to_bring(small: Runtime) -> None:
    without = plan(small, SMALL)
    assert [(one.phase, one.play) for one in without.forecasts] == [("burst", ""), ("burst", "recall")]
    assert all(not one.earlier and {figure.earlier for figure in one.figures} == {0} for one in without.forecasts)
    keep(small, 4)
    made = plan(small, SMALL)
    assert made.checksum == without.checksum, "what is done to whom is the same"
    assert made == plan(small, SMALL), "and so is the forecast, whenever it is made"
    assert from_json(Plan, to_json(made)) == made
    assert [one.calendar for one in of(made, "").earlier] == ["sale-0", "sale-1", "sale-2", "sale-3"]
    assert of(made, "recall") == of(without, "recall"), "no play is known from before"
    assert (figure(made, "buyers").earlier, figure(made, "reach").earlier) == (4, 0)
    assert (figure(made, "reach").planned, figure(made, "cost").planned) == (8, 8 * 1000)
    assert figure(without, "buyers").median < figure(made, "buyers").median, "four of ten bought, not one"


def test_plays_are_forecast_by_plays(small: Runtime) -> None:
    keep(small, 4, play="another")
    made = plan(small, SMALL)
    assert (len(of(made, "recall").earlier), len(of(made, "").earlier)) == (4, 0)


def test_posts_in_groups_are_no_contacts() -> None:
    calendar = load_calendar((LIBRARY / "queens-day-2020.yaml").read_text("utf-8")).model
    assert calendar is not None
    assert ("burst", "best-sellers") in posts_of(calendar)
    assert ("burst", "recall-unbought") not in posts_of(calendar)


_ANSWERS = """
      - id: thanks
        audience: everyone
        benefits: [coupon_10]
        channels: [sms]
        trigger: {event: order_paid, within: 2d}
        message: messages/recall.txt
"""


@pytest.mark.parametrize("basis", ["worst_case", "expected"])
def test_what_a_use_costs_does_not_depend_on_what_the_budget_reserves(small: Runtime, basis: str) -> None:
    """Eight members order every four days of the 28 before, so the play answers as many in the two days it lasts."""
    root = small.settings.root
    calendar = root / "calendars" / f"{SMALL}.yaml"
    text = calendar.read_text("utf-8").replace("value: 10.00", "value: 10.00, redemption_rate: 30%")
    head, tail = text.split("holdout: {campaign")
    budget = f"budget: {{total: 5000.00, basis: {basis}}}\n"
    calendar.write_text(f"{head.rstrip()}{_ANSWERS}holdout: {{campaign{tail}{budget}", "utf-8")
    with (root / "data" / "orders.csv").open("a", encoding="utf-8") as orders:
        for day in range(8, 29, 4):
            for n, member in enumerate(MEMBERS):
                orders.write(f"x{day}-{n},{member},2026-02-{day:02} 10:00:00,2026-02-{day:02} 10:05:00,90.00\n")
    refresh(small, SMALL, SALE - timedelta(minutes=30))
    made = plan(small, SMALL)
    [answers] = made.triggers
    assert answers.members > 0
    assert figure(made, "cost", "thanks").planned == answers.members * 10_00
    assert figure(made, "cost", "recall").planned == 8 * 10_00
