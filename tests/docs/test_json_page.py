"""docs/json.md names exactly the keys that the commands print."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.differences.comparing import compare
from campaign_calendars.findings.problem import Problem
from campaign_calendars.measuring.lift import Arm, contrast
from campaign_calendars.time.rows import timeline_rows
from promocal.cli.calendars import read
from promocal.scaffold import create_project
from tasks.data import snapshots
from tasks.data.refresh import refresh
from tasks.measuring.measure import measure
from tasks.measuring.rates import RATES
from tasks.planning.audiences import audiences
from tasks.planning.plan import plan
from tasks.running.replay import replay, replay_runtime
from tasks.running.status import status
from tasks.runtime import open_runtime
from warehouse.sample.generate import generate
from warehouse.sources.reading import Part
from warehouse.staging.explain import SourceReport

PAGE = (Path(__file__).parents[2] / "docs" / "json.md").read_text("utf-8")
CALENDAR = "queens-day-2020"


def documented(section: str, item: str = "") -> set[str]:
    """The keys of a section's first line of keys, or of its line that starts with `item`."""
    body = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    text = next(part for part in body if part.startswith(section + "\n"))
    line = next(row for row in text.splitlines()[1:] if row.startswith(f"{item}: `" if item else "`"))
    return set(re.findall(r"`(\w+)`", line))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("json") / "shop"
    create_project(root, CALENDAR)
    outside = open_runtime(root)
    span = outside.load_calendar(CALENDAR).timeline.campaign
    generate(root / "data", members=300, seed=5, as_of=span.end)
    rt = replay_runtime(outside, CALENDAR)
    until = outside.load_calendar(CALENDAR).timeline.phases["presale"].start
    found = {"refresh": refresh(outside, CALENDAR, span.start), "plan": plan(outside, CALENDAR)}
    found["audiences"] = audiences(outside, CALENDAR)
    outside.clock = lambda: span.end
    found["replay"] = replay(rt, CALENDAR, until=until)
    found["report"] = measure(rt, CALENDAR, until)
    found["status"] = status(rt)
    found["snapshots"] = snapshots.list_all(outside)
    found["diff"] = snapshots.diff(outside, "current", "current")
    return found


def test_documents(printed: dict[str, Any]) -> None:
    assert set(printed["refresh"]) == documented("refresh")
    assert set(printed["refresh"]["datasets"]["orders"]) == documented("refresh", "A dataset")
    assert set(printed["plan"]) == documented("plan")
    assert set(printed["audiences"]) == documented("audiences")
    assert set(printed["audiences"]["audiences"][0]) == documented("audiences", "An audience")
    assert set(printed["replay"]) | {"report"} == documented("replay")
    assert set(printed["report"]) == documented("report")
    assert set(printed["status"]) == documented("status")


def test_parts(printed: dict[str, Any]) -> None:
    plan_made = printed["plan"]
    assert set(plan_made["occurrences"][0]) == documented("plan", "An occurrence")
    assert set(plan_made["phases"][0]) == documented("plan", "A phase")
    assert set(plan_made["budget"]) == documented("plan", "The budget")
    assert set(printed["replay"]["runs"][0]) == documented("replay", "A run")
    assert set(printed["report"]["phases"][0]) == documented("report", "A measured phase")
    assert set(RATES[0].of(dict.fromkeys(_counted(), 0))) == documented("report", "A rate")
    assert set(contrast(Arm(90, 1), Arm(90, 1)).as_dict()) == documented("report", "A contrast")
    assert set(Problem("C1", "error", "x").as_dict()) == documented("check", "A problem")
    assert set(printed["snapshots"][0]) == documented("snapshots", "A snapshot")
    assert set(printed["diff"]) == documented("snapshots", "A difference of snapshots")


def test_commands_about_calendar_files() -> None:
    old, new = read(CALENDAR), read("double-11-2021")
    assert set(compare(old, new)[0].as_dict()) == documented("diff", "A difference")
    assert set(timeline_rows(old)[0].as_dict()) == documented("graph", "A row")
    assert documented("diff") == {"old", "new", "differences"}
    assert documented("graph") == {"calendar", "timezone", "rows"}


def _counted() -> set[str]:
    return {value for rate in RATES for value in dataclasses.astuple(rate)[1:3]}


def test_a_tested_source() -> None:
    report = SourceReport("orders").as_dict()
    assert set(report) == documented("sources", "A tested source")
    assert {field.name for field in dataclasses.fields(Part)} == documented("sources", "A part")
