"""A member's own quiet hours: his messages wait, those of others leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import duckdb
import pytest

from campaign_calendars.reading.loading import LoadedCalendar
from tasks.outreach.own_quiet import UNREADABLE, own_hours, own_quiet
from tasks.reporting.labels import stop_reason
from tests.tasks.outreach.test_late_caps import AT, HOUR, calendar, job
from warehouse.models.catalogue import load_layer
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.recipients import RecipientDesk

NIGHT = AT + 12 * HOUR  # 22:00 in Shanghai


def with_tag(tag: str | None, *, post: bool = False) -> LoadedCalendar:
    return calendar(post=post, quiet_tag=tag)


@pytest.fixture
def desk(tmp_path: Path) -> RecipientDesk:
    path = tmp_path / "snap.duckdb"
    with duckdb.connect(str(path)) as con:
        for model in load_layer("staging"):
            con.execute(f"create table {model.name} ({model.ddl()})")
        con.execute("create table member_map as select 'ann-2' as account_id, 'ann' as member_id")
        con.execute(
            'insert into stg_tags (member_id, tag, value, "at", until) values'
            " ('ann', 'rest', '20:00-08:00', '2026-01-01', null), ('ann', 'rest', '21:30～9:00', '2026-02-01', null),"
            " ('ben', 'rest', '21:00-09:00', '2026-01-01', '2026-03-01'), ('eve', 'rest', '晚上', '2026-01-01', null),"
            " ('fay', 'rest', '21:00-09:00', '2026-03-09', null), ('gus', 'other', '21:00-09:00', null, null)"
        )
    snapshot = Snapshot("s", path, AT, {}, (), "f")
    return RecipientDesk(snapshot, at=NIGHT, threads=1, memory_limit="256MB")


def test_a_message_waits_until_its_member_may_be_disturbed(desk: RecipientDesk) -> None:
    """The latest tag counts, one that is over or still to come does not; an account rests as its person does."""
    jobs = [job("now", who) for who in ("ann", "ann-2", "ben", "fay", "gus", "zoe")]
    with desk:
        waits = own_quiet(with_tag("rest"), desk.tagged)(jobs, NIGHT)
        assert own_quiet(with_tag(None), desk.tagged)(jobs, NIGHT) == {}
        assert own_quiet(with_tag("rest", post=True), desk.tagged)(jobs, NIGHT) == {}
        assert own_quiet(with_tag("rest"), desk.tagged)(jobs, AT) == {}
    said = "the member's own quiet hours until 2026-03-09T01:00+00:00"
    assert waits == {"c-ann-now": (said, 11 * HOUR), "c-ann-2-now": (said, 11 * HOUR)}
    assert stop_reason(said, "zh") == "会员自己的免打扰时段，至 2026-03-09T01:00+00:00"


def test_hours_that_cannot_be_read_hold_the_message_back(desk: RecipientDesk) -> None:
    with desk:
        assert own_quiet(with_tag("rest"), desk.tagged)([job("now", "eve")], AT) == {"c-eve-now": (UNREADABLE, HOUR)}
    assert stop_reason(UNREADABLE, "zh") == "会员自己的免打扰时段无法识别"


def test_a_message_never_waits_beyond_its_end(desk: RecipientDesk) -> None:
    short = replace(job("now"), expires_at=NIGHT + timedelta(hours=2))
    with desk:
        (found,) = own_quiet(with_tag("rest"), desk.tagged)([short], NIGHT).values()
    assert found[1] == timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("21:00-09:00", (time(21), time(9))),
        (" 9：30 至 12：00 ", (time(9, 30), time(12))),
        ("22:00—24:00", (time(22), time(0))),
        ("", None), ("21-9", None), ("25:00-09:00", None), ("21:00-09:60", None), ("21:00-09:00; 12:00-13:00", None),
        ("２１:００-０９:００", (time(21), time(9))),
    ],
)  # fmt: skip
def test_hours_as_people_write_them(text: str, hours: tuple[time, time] | None) -> None:
    found = own_hours(text)
    assert (None if found is None else (found.from_, found.to)) == hours


def test_the_moment_is_of_the_calendars_clock() -> None:
    assert datetime(2026, 3, 8, 14, tzinfo=UTC) == NIGHT
