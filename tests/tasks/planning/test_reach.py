"""An assumed reach is told wherever its figures stand; without it, and without facts, a group reaches nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tasks.duties.ticking import tick
from tasks.measuring.measure import measure
from tasks.planning.plan import plan
from tasks.planning.reach import reach_findings
from tasks.reporting.report import report
from tasks.running.phase import run_phase
from tasks.runtime import Runtime
from tests.pulling import refresh
from tests.tasks.outreach.test_late_facts import read, write
from warehouse.snapshots.bindings import members_there

CALENDAR = "told"
AT = datetime.fromisoformat("2020-02-02T11:00:00+08:00")
TEXT = """\
calendar: told
store: demo-food
timezone: Asia/Shanghai
source: test
audiences: {all: joined}
phases:
  - id: winter
    kind: daily
    window: {from: 2020-02-01 00:00, to: 2020-02-29 23:59:59}
    plays:
      - {id: post, audience: all, channels: [group], at: 2020-02-02 11:00}
      - {id: shown, audience: all, positions: [member_center, venue]}
"""


@pytest.fixture
def told(shop: Runtime) -> Runtime:
    (shop.settings.root / "calendars" / f"{CALENDAR}.yaml").write_text(TEXT, "utf-8")
    store = shop.settings.root / "stores" / "demo-food.yaml"
    text = store.read_text("utf-8").replace("positions:\n", "positions:\n  venue: {domain: public}\n")
    store.write_text(text, "utf-8")
    return shop


def without_group(rt: Runtime) -> None:
    """The same data without a row of the group."""
    file = next((rt.settings.root / "data").glob("contact_points-*.csv"))
    rows, header = read(file)
    write(file, [row for row in rows if row["channel"] != "group"], header)
    refresh(rt, CALENDAR, AT - timedelta(hours=12))


def change_group(rt: Runtime, old: str, new: str) -> None:
    store = rt.settings.root / "stores" / "demo-food.yaml"
    text = store.read_text("utf-8")
    assert old in text
    store.write_text(text.replace(old, new), "utf-8")


def test_facts_are_what_a_plan_reaches_and_a_crowded_group_is_told(told: Runtime) -> None:
    made, loaded, snapshot = plan(told, CALENDAR), told.load_calendar(CALENDAR), told.current_snapshot()
    there = members_there(snapshot, ["group"], AT)["group"]
    assert len(there) == 10
    load = made.channels["group"]
    assert 0 < load.messages <= sum(there.values())
    assert (load.assumed, made.totals.assumed, reach_findings(loaded, snapshot)) == (0, 0, [])
    most = max(there.values())
    change_group(told, "capacity: 500000", f"capacity: {most - 1}")
    found = reach_findings(told.load_calendar(CALENDAR), snapshot)
    assert {problem.code for problem in found} == {"S142"}
    assert len(found) == sum(members >= most for members in there.values())


def test_nobody_is_reached_without_facts_and_an_assumption_is_told_everywhere(told: Runtime) -> None:
    without_group(told)
    made = plan(told, CALENDAR)
    assert (made.totals.chosen, made.totals.excluded) == (0, made.totals.candidates)
    assert [problem.code for problem in reach_findings(told.load_calendar(CALENDAR), told.current_snapshot())] == [
        "S140"
    ]

    change_group(told, "group: {kind: member", "assumed_reach: 30%\n    group: {kind: member")
    made = plan(told, CALENDAR)
    assert 0 < made.channels["group"].messages == made.channels["group"].assumed == made.totals.assumed
    assert [problem.code for problem in reach_findings(told.load_calendar(CALENDAR), told.current_snapshot())] == [
        "S141"
    ]
    told.clock = lambda: AT
    run_phase(told, CALENDAR, "winter", AT)
    later = AT + timedelta(days=1)
    target = told.settings.root / "report.html"
    measured = report(told, CALENDAR, later, target)
    assert measured.assumed == {"group": made.totals.assumed} == measure(told, CALENDAR, later).assumed
    assert f"assumed reach of Member group: {made.totals.assumed:,}" in target.read_text("utf-8")


def test_positions_have_an_audience_and_send_nothing(told: Runtime) -> None:
    change_group(told, "benefit_days", "restrictions: [{kind: hidden, from: 2020-02-10, to: 2020-02-11}]\nbenefit_days")
    made = plan(told, CALENDAR)
    (placement,) = made.phases[0].placements
    assert placement.members == made.occurrences[0].candidates > 0
    assert (placement.positions, placement.dark) == (("member_center", "venue"), ("venue",))
    assert {row.play for row in made.occurrences} == {"post"}
    assert {task.duty: task.state for task in made.places} == {
        "winter/member_center": "due",
        "winter/venue": "due",
    }
    tick(told, CALENDAR, "winter/venue", "Li Wei")
    again = plan(told, CALENDAR)
    assert {task.duty: task.done_by for task in again.places if task.state == "done"} == {"winter/venue": "Li Wei"}
    assert again.checksum == made.checksum, "how far people are is no part of a plan"
    assert replace(made, channels={}).totals.chosen == made.channels["group"].messages
