"""Steps of sequences: on their local day, once, not too late, not after the goal."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from campaign_calendars.deciding.briefs import Brief, HoldoutRule, StepBrief, TriggerBrief
from campaign_calendars.deciding.contact import CapRule
from warehouse.features import history

from .test_triggers import PLACED, add, connect, outcome
from .test_triggers import brief as brief_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# 10:00 of 5 March 2026 in Shanghai.
LOOK = datetime(2026, 3, 5, 2, tzinfo=UTC)
STEP = StepBrief("newcomer", by_day=True, since=LOOK - 30 * DAY)
THIRD_DAY = TriggerBrief(
    "join", 3 * DAY + 10 * HOUR, 3 * DAY + 22 * HOUR, "Asia/Shanghai", channels=("sms",), step=STEP
)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect() as made:
        made.execute('create table snap.stg_tags (member_id varchar, tag varchar, "at" timestamp, until timestamp)')
        yield made


def brief(trigger: TriggerBrief = THIRD_DAY, at: datetime = LOOK, **changes: Any) -> Brief:
    return dataclasses.replace(brief_of(0, trigger), at=at, play="newcomer-3d-1000", **changes)


def join(con: duckdb.DuckDBPyConnection, **members: str) -> None:
    """Members who joined at a local time of Shanghai."""
    add(con, *members)
    for member, at in members.items():
        moment = datetime.fromisoformat(f"{at}+08:00").astimezone(UTC).replace(tzinfo=None)
        con.execute("insert into snap.stg_members values (?, null, ?)", [member, moment])


def order(con: duckdb.DuckDBPyConnection, member: str, at: datetime) -> None:
    moment = at.astimezone(UTC).replace(tzinfo=None)
    con.execute(
        f"insert into snap.stg_orders ({PLACED}) values (?, $2, $2, null, null, null, 0, 9000)".replace("?", "$1"),
        [member, moment],
    )


def test_a_step_of_days_counts_local_days(con: duckdb.DuckDBPyConnection) -> None:
    # The third local day after 2 March is the 5th, whenever on the 2nd somebody joined.
    join(con, early="2026-03-02 00:00", late="2026-03-02 23:59", other="2026-03-03 00:00")
    assert sorted(outcome(con, brief())) == ["early", "late"]
    assert sorted(outcome(con, brief(at=LOOK + DAY))) == ["other"]


def test_the_cause_names_day_zero_itself(con: duckdb.DuckDBPyConnection) -> None:
    join(con, a="2026-03-02 23:59")
    assert outcome(con, brief())["a"][2] == "trigger:join@2026-03-02T15:59:00Z"


def test_local_days_keep_their_time_when_the_clocks_change(con: duckdb.DuckDBPyConnection) -> None:
    # Berlin sets its clocks on 29 March 2026: three local days after the 27th it is 10:00 at 08:00 UTC.
    add(con, "a")
    con.execute("insert into snap.stg_members values ('a', null, '2026-03-27 20:00')")
    berlin = dataclasses.replace(THIRD_DAY, timezone="Europe/Berlin")
    assert not outcome(con, brief(berlin, datetime(2026, 3, 30, 7, 59, tzinfo=UTC)))
    assert list(outcome(con, brief(berlin, datetime(2026, 3, 30, 8, tzinfo=UTC)))) == ["a"]


def test_a_missed_step_is_skipped_with_its_reason_and_told_once(con: duckdb.DuckDBPyConnection) -> None:
    join(con, a="2026-03-01 09:00", b="2026-03-02 09:00")
    # Nobody looked on the 4th; the look of the 5th is 24 hours late for `a`.
    assert {name: row[:2] for name, row in outcome(con, brief()).items()} == {
        "a": ("excluded", "step_late"),
        "b": ("chosen", None),
    }
    assert not outcome(con, brief(at=LOOK + DAY)), "neither again"


def test_what_was_due_before_the_phase_is_not_its_concern(con: duckdb.DuckDBPyConnection) -> None:
    join(con, a="2026-03-01 09:00", b="2026-03-02 09:00")
    starts = dataclasses.replace(STEP, since=LOOK - HOUR)
    assert list(outcome(con, brief(dataclasses.replace(THIRD_DAY, step=starts)))) == ["b"]


def test_a_step_held_back_for_too_long_ends_as_late(con: duckdb.DuckDBPyConnection) -> None:
    join(con, a="2026-03-02 09:00")
    history.load_contacts(con, [("a", "sms", "cal", "burst", "other", LOOK - HOUR, None)])
    caps = (CapRule((), 1, 20 * HOUR),)
    assert outcome(con, brief(caps=caps))["a"][1] == "cap"
    assert outcome(con, brief(at=LOOK + DAY, caps=caps))["a"][1] == "step_late"
    assert not outcome(con, brief(at=LOOK + 2 * DAY, caps=caps))


def test_a_longer_grace_lets_the_next_look_write(con: duckdb.DuckDBPyConnection) -> None:
    join(con, a="2026-03-01 09:00")
    patient = dataclasses.replace(THIRD_DAY, within=THIRD_DAY.after + 36 * HOUR)
    assert outcome(con, brief(patient))["a"][0] == "chosen"


def test_a_member_gets_a_step_once_however_often_it_begins(con: duckdb.DuckDBPyConnection) -> None:
    paid = dataclasses.replace(THIRD_DAY, event="order_paid")
    add(con, "a")
    order(con, "a", LOOK - 3 * DAY)
    order(con, "a", LOOK - 2 * DAY)
    assert outcome(con, brief(paid))["a"][0] == "chosen"
    assert outcome(con, brief(paid, LOOK + DAY))["a"][1] == "already_reached"


@pytest.mark.parametrize(
    ("hours", "reason"),
    [(-1, None), (1, "goal_reached"), (71, "goal_reached"), (75, None)],
    ids=["before day zero", "since", "just now", "not yet known"],
)
def test_who_reached_the_goal_since_day_zero_gets_no_more(
    con: duckdb.DuckDBPyConnection, hours: int, reason: str | None
) -> None:
    goal = dataclasses.replace(THIRD_DAY, step=dataclasses.replace(STEP, goal_events=("order_paid", "consult")))
    join(con, a="2026-03-02 09:00")
    order(con, "a", datetime.fromisoformat("2026-03-02T09:00+08:00") + hours * HOUR)
    assert outcome(con, brief(goal))["a"][1] == reason


def test_an_answer_ends_a_sequence_as_well(con: duckdb.DuckDBPyConnection) -> None:
    goal = dataclasses.replace(THIRD_DAY, step=dataclasses.replace(STEP, goal_events=("order_paid", "consult")))
    join(con, a="2026-03-02 09:00", b="2026-03-02 09:00")
    con.execute("insert into snap.stg_events values ('a', 'consult', '2026-03-03'), ('b', 'visit', '2026-03-03')")
    assert {name: row[1] for name, row in outcome(con, brief(goal)).items()} == {"a": "goal_reached", "b": None}


def test_a_tag_ends_a_sequence_while_it_is_carried(con: duckdb.DuckDBPyConnection) -> None:
    goal = dataclasses.replace(THIRD_DAY, step=dataclasses.replace(STEP, goal_tag="served"))
    join(con, has="2026-03-02 09:00", had="2026-03-02 09:00", other="2026-03-02 09:00")
    con.execute(
        "insert into snap.stg_tags values ('has', 'served', '2026-03-01', null),"
        " ('had', 'served', '2026-03-01', '2026-03-04'), ('other', 'vip', '2026-03-01', null)"
    )
    found = outcome(con, brief(goal))
    assert {name: row[1] for name, row in found.items()} == {"has": "goal_reached", "had": None, "other": None}


def test_both_arms_are_drawn_before_the_goal_is_asked(con: duckdb.DuckDBPyConnection) -> None:
    goal = dataclasses.replace(THIRD_DAY, step=dataclasses.replace(STEP, goal_events=("order_paid",)))
    members = {f"m{number}": "2026-03-02 09:00" for number in range(40)}
    join(con, **members)
    for member in members:
        order(con, member, LOOK - DAY)
    found = outcome(con, brief(goal, holdouts=(HoldoutRule("play", "salt", 5_000),)))
    assert {row[0] for row in found.values()} == {"held_out", "excluded"}
    assert {row[1] for row in found.values() if row[0] == "excluded"} == {"goal_reached"}


def test_day_zero_of_a_binding_is_the_first_one(con: duckdb.DuckDBPyConnection) -> None:
    add(con, "a", "b")
    con.execute("update snap.stg_contact_points set bound_at = '2026-03-02 01:00' where member_id = 'a'")
    con.execute("update snap.stg_contact_points set bound_at = '2026-02-02 01:00' where member_id = 'b'")
    con.execute(
        "insert into snap.stg_contact_points values ('b', 'sms', null, null, null, false, '2026-03-02 01:00', null)"
    )
    found = outcome(con, brief(dataclasses.replace(THIRD_DAY, event="bound")))
    assert {name: row[1] for name, row in found.items()} == {"a": None}
