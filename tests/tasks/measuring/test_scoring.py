"""From a plan that was applied to its score: kept, held against what came, shown, and fed into the next forecast."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook

from campaign_calendars.measuring.forecasting import Forecast, ForecastFigure
from campaign_calendars.measuring.scoring import MOST_WIDENED
from tasks.measuring.measure import measure
from tasks.measuring.measurement import Measurement
from tasks.measuring.results import earlier_results
from tasks.outreach.outreach import dispatch_run
from tasks.planning.plan import plan
from tasks.reporting.report import report
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import MEMBERS
from tests.pulling import refresh
from tests.tasks.planning.applied import DAY, NAME, TEN, applied_project
from warehouse.measurement.results import write_results

NEXT = "next-sale"
AFTER = TEN + 3 * DAY


USES_SOURCE = """
[sources.redemptions]
kind = "csv"
path = "data/redemptions.csv"
timezone = "Asia/Shanghai"
"""


class Clock:
    """One that a test sets."""

    now: datetime = TEN


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The plan was applied, its run sent, two members bought after it, and three days are over. Tests only measure."""
    root, clock = tmp_path_factory.mktemp("ended") / "project", Clock()
    with applied_project(root, 1):
        pass
    with open_runtime(root, clock=lambda: clock.now.astimezone(UTC)) as rt:
        outcome = run_if_due(rt, NAME, "burst", TEN)
        dispatch_run(rt, outcome.run_id)
    with (root / "promocal.toml").open("a", encoding="utf-8") as file:
        file.write(USES_SOURCE)
    with open_runtime(root, clock=lambda: clock.now.astimezone(UTC)) as rt:
        reached = [job.member_id for job in rt.ledger.jobs(outcome.run_id, status="sent")]
        with (root / "data" / "orders.csv").open("a", encoding="utf-8") as file:
            for n, member in enumerate(reached[:2]):
                at = f"{TEN + timedelta(hours=2):%Y-%m-%d %H:%M:%S}"
                file.write(f"new-{n},{member},{at},{at},60.00\n")
        used = f"u-1,{reached[0]},coupon_10,{TEN + timedelta(hours=2):%Y-%m-%d %H:%M:%S}"
        text = f"redemption_id,member_id,benefit,redeemed_at\n{used}\n"
        (root / "data" / "redemptions.csv").write_text(text, "utf-8")
        clock.now = AFTER
        refresh(rt, NAME, AFTER)
        yield rt


def scores(found: Measurement) -> dict[str, tuple[int, bool]]:
    return {one.figure: (one.actual, one.inside) for one in found.forecasts.figures if not one.play}


def test_what_the_plan_said_is_held_against_what_came(ended: Runtime) -> None:
    kept = ended.ledger.forecasts(NAME)
    assert [(one.store, one.forecast.phase, one.forecast.play) for one in kept] == [
        ("corner", "burst", ""), ("corner", "burst", "recall"),
    ]  # fmt: skip
    found = measure(ended, NAME, AFTER)
    funnel = found.phases[0].funnel
    assert 2 < funnel.contacted <= len(MEMBERS)
    assert {name: actual for name, (actual, _) in scores(found).items()} == {
        "reach": funnel.contacted, "buyers": 2, "redemptions": 1, "cost": 10_00,
    }, "no orders were known before, so no sales were forecast"  # fmt: skip
    assert funnel.buyers == 2
    assert found.forecasts.hit_rates == (), "a wide default counts for no hit rate"
    assert [(one.calendar, one.contacted) for one in earlier_results(ended)] == [(NAME, funnel.contacted)] * 2


def test_while_the_phase_goes_on_nothing_is_scored(ended: Runtime) -> None:
    assert measure(ended, NAME, TEN + timedelta(hours=5)).forecasts.figures == ()


def test_the_report_shows_every_figure_and_its_verdict_in_both_languages(ended: Runtime, tmp_path: Path) -> None:
    found = measure(ended, NAME, AFTER)
    texts = {}
    for lang in ("en", "zh"):
        target = tmp_path / f"{lang}.md"
        report(ended, NAME, AFTER, target, lang=lang, measurement=found)
        texts[lang] = target.read_text("utf-8")
    assert "Forecast against actual" in texts["en"]
    assert "| buyers |" in texts["en"]
    assert "预测与实际" in texts["zh"]
    assert "购买人数" in texts["zh"]
    for other in ("report.xlsx", "rows.parquet"):
        report(ended, NAME, AFTER, tmp_path / other, measurement=found)
    assert {"forecast against actual", "plays against actual"} <= set(
        load_workbook(tmp_path / "report.xlsx").sheetnames
    )
    named = duckdb.sql(f"select figure from '{tmp_path / 'rows.parquet'}' where part = 'forecasts'").fetchall()
    assert len(named) == len(set(named)) > 10, "every figure has a name of its own"


def test_a_phase_that_has_begun_is_forecast_no_more(ended: Runtime) -> None:
    assert plan(ended, NAME).forecasts == ()


def test_misses_of_other_calendars_make_the_next_interval_wider(ended: Runtime, tmp_path: Path) -> None:
    """Four earlier bursts came to twice the 100 buyers (90 to 110) that were forecast: the next interval is wider."""
    measure(ended, NAME, AFTER)
    (first, *_) = [one for one in earlier_results(ended) if not one.play]
    shutil.copytree(ended.settings.root, tmp_path / "project")
    with open_runtime(tmp_path / "project", clock=ended.clock) as rt:
        calendars = rt.settings.root / "calendars"
        text = (calendars / f"{NAME}.yaml").read_text("utf-8").replace(NAME, NEXT).replace("2026-03", "2026-04")
        (calendars / f"{NEXT}.yaml").write_text(text, "utf-8")
        past = [
            replace(first, calendar=f"c{n}", contacted=500 + 10 * n, buyers=200 + n,
                    starts_at=first.starts_at - n * 30 * DAY, ends_at=first.ends_at - n * 30 * DAY)
            for n in range(1, 5)
        ]  # fmt: skip
        for one in past:
            write_results(rt.settings.state / "results" / f"{one.calendar}.parquet", [one])
        before = _buyers(rt)
        assert (before.earlier, before.widened) == (5, 1.0)
        said = ForecastFigure(figure="buyers", low=90, median=100, high=110, planned=None, earlier=3, widened=1.0)
        for one in past:
            rt.ledger.record_plan(one.calendar, one.calendar, "{}", one.starts_at)
            forecast = Forecast(phase="burst", play="", kind="burst", figures=(said,), earlier=())
            rt.ledger.keep_forecasts(one.calendar, "corner", [forecast], one.starts_at - DAY)
        after = _buyers(rt)
        assert after.widened == MOST_WIDENED, "seven times as far as the end of the interval"
        assert after.high - after.low > before.high - before.low
        (rate,) = measure(rt, NEXT, AFTER).forecasts.hit_rates
    assert (rate.figure, rate.scored, rate.inside) == ("buyers", 4, 0)
    assert rate.bias == pytest.approx(1.025, abs=0.01)


def _buyers(rt: Runtime) -> ForecastFigure:
    made = plan(rt, NEXT)
    return next(each for one in made.forecasts if not one.play for each in one.figures if each.figure == "buyers")
