"""Measures and bindings that come in while messages wait: held until the measure ends, cancelled for who has left."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.model.restrictions import Restriction, measure_on
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from promocal.scaffold import create_project
from tasks.deciding.decide import decide
from tasks.deciding.measures import with_measures
from tasks.outreach.measures import gone_groups, held_by_measures
from tasks.outreach.outreach import dispatch_run
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from tests.tasks.outreach.test_late_facts import read, write
from warehouse.ledger.records import Job
from warehouse.sample.generate import generate
from warehouse.snapshots.measures import Measure, measures_of, parts

AT = datetime.fromisoformat("2020-02-01T11:00:00+08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEXT = """\
calendar: recall
store: demo-food
timezone: Asia/Shanghai
source: test
audiences:
  away: joined and recency_days > 60
phases:
  - id: winter
    kind: daily
    window: {from: 2020-01-10 00:00, to: 2020-02-29 23:59:59}
    plays:
      - {id: come-back, audience: away, channels: [group], at: 2020-02-01 11:00, approve: {above: 0}}
  - id: spring
    kind: daily
    window: {from: 2020-02-02 00:00, to: 2020-02-20 23:59:59}
    plays:
      - {id: again, audience: away, channels: [group, sms], at: 2020-02-03 11:00}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Runtime:
    root = tmp_path / "shop"
    create_project(root, "queens-day-2020")
    (root / "calendars" / "recall.yaml").write_text(TEXT, "utf-8")
    generate(root / "data", members=300, seed=5, as_of=AT)
    (root / "data" / "measures.csv").write_text("处置,开始,结束\n", "utf-8")
    settings = root / "promocal.toml"
    columns = '[sources.measures]\npath = "data/measures.csv"\n'
    columns += '[sources.measures.columns]\nkind = "处置"\nstarts_on = "开始"\nends_on = "结束"\n'
    settings.write_text(settings.read_text("utf-8") + "\n" + columns, "utf-8")
    rt = open_runtime(root, clock=lambda: AT)
    refresh(rt, "recall", AT)
    return rt


def test_a_measure_holds_what_waits_and_turns_what_is_decided_to_another_channel(shop: Runtime) -> None:
    run_id = run_phase(shop, "recall", "winter", AT).run_id
    jobs = list(shop.ledger.jobs(run_id))
    gone = jobs[0].member_id
    file = next((shop.settings.root / "data").glob("contact_points-*.csv"))
    rows, header = read(file)
    assert {job.member_id for job in jobs} <= {row["member_id"] for row in rows if row["channel"] == "group"}
    for row in rows:
        if (row["member_id"], row["channel"]) == (gone, "group"):
            row["unbound_at"] = f"{AT + HOUR:%Y-%m-%d %H:%M:%S}"
    write(file, rows, header)
    measures = shop.settings.root / "data" / "measures.csv"
    measures.write_text("处置,开始,结束\n限制社区功能,2020-02-01,2020-02-04\n限制飞行,2020-02-01,2020-02-02\n", "utf-8")
    refresh(shop, "recall", AT + 2 * HOUR)
    shop.ledger.approve(run_id, "li", AT + 3 * HOUR)

    shop.clock = lambda: AT + 3 * HOUR
    held = dispatch_run(shop, run_id)
    assert (held.sent, held.pending) == (0, len(jobs))
    waiting = list(shop.ledger.jobs(run_id))
    assert {job.error for job in waiting} == {"closed by a measure of the platform until 2020-02-04"}
    assert {job.not_before for job in waiting} == {datetime.fromisoformat("2020-02-05T00:00:00+08:00")}

    decision = decide(shop, "recall", "spring", AT + 2 * DAY)
    assert decision is not None
    (play,) = decision.plays
    assert set(play.channels) == {"sms"}
    assert play.excluded["restricted"] > 0

    shop.clock = lambda: AT + 4 * DAY
    sent = dispatch_run(shop, run_id)
    assert (sent.sent, sent.cancelled, sent.pending) == (len(jobs) - 1, 1, 0)
    assert Counter(job.error for job in shop.ledger.jobs(run_id) if job.status == "cancelled") == {
        "not in the group or not bound to the assistant any more": 1
    }


def loaded(restrictions: str, text: str = TEXT) -> LoadedCalendar:
    store = load_store(
        "store: demo-food\ntiers: {window: 365d, levels: [{id: basic}]}\n"
        "channels: {sms: {consent: required}, group: {kind: group, consent: implied,"
        f" group: {{kind: flash, ends_on: 2020-02-02}}}}}}\nrestrictions: {restrictions}\n"
    )
    calendar = load_calendar(text, "calendar.yaml")
    assert store.model is not None, store.problems
    assert calendar.model is not None, calendar.problems
    return bind(calendar, store.model)


def job(channel: str, expires_at: datetime | None = None) -> Job:
    return Job("k", "r", "recall", "winter", "come-back", AT, "m1", channel, expires_at=expires_at)


@pytest.mark.parametrize(
    ("expires", "waits"),
    [(None, timedelta(hours=85)), (AT + 9 * DAY, timedelta(hours=85)), (AT + HOUR, HOUR)],
)
def test_a_message_waits_until_the_measure_ends_or_it_expires(expires: datetime | None, waits: timedelta) -> None:
    held = held_by_measures(loaded("[{channels: [sms], from: 2020-01-30, to: 2020-02-04}]"))
    assert held([job("sms", expires)], AT)["k"] == ("closed by a measure of the platform until 2020-02-04", waits)
    assert held([job("group")], AT) == {}
    assert held([job("sms")], AT + 4 * DAY) == {}


def test_what_only_tells_of_joining_waits_as_what_gives_for_it() -> None:
    lost = "[{kind: recruiting, from: 2020-01-30, to: 2020-02-04}]"
    assert held_by_measures(loaded(lost))([job("sms")], AT) == {}
    telling = TEXT.replace("channels: [group], at", "channels: [group], announces: [w], at")
    known = loaded(lost, telling + "benefits: {w: {kind: new_member_coupon, value: 5}}\n")
    assert set(held_by_measures(known)([job("sms")], AT)) == {"k"}


def test_messages_to_a_dissolved_group_are_cancelled() -> None:
    known = loaded("[]")
    assert gone_groups(known, [job("group"), job("sms")], AT + DAY) == {}
    assert gone_groups(known, [job("sms")], AT + 2 * DAY) == {}
    assert gone_groups(known, [job("group")], AT + 2 * DAY) == {"k": "the group has ended"}


def known(*rows: Measure, monkeypatch: pytest.MonkeyPatch) -> tuple[Restriction, ...]:
    monkeypatch.setattr("warehouse.snapshots.measures.measures_of", lambda _: rows)
    snapshot: Any = None
    return tuple(with_measures(loaded("[]"), snapshot).store.restrictions)


def test_channels_of_a_measure_are_read_however_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for written in ("sms；group", "SMS/Group", "sms group", "短信、sms，group"):
        (found,) = known(Measure(None, parts(written), AT.date(), None, ""), monkeypatch=monkeypatch)
        assert set(found.channels) == {"sms", "group"}


def test_a_measure_that_names_no_channel_of_the_store_closes_what_its_kind_does_or_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = Measure("community", ("社群",), AT.date(), None, "")
    (found,) = known(row, monkeypatch=monkeypatch)
    assert measure_on([found], AT.date(), "group", loaded("[]").store.channels["group"]) is found
    with pytest.raises(UsageError, match="no channel 社群"):
        known(replace(row, kind=None), monkeypatch=monkeypatch)


def test_a_measure_that_ends_before_it_begins_holds_until_further_notice(shop: Runtime) -> None:
    measures = shop.settings.root / "data" / "measures.csv"
    measures.write_text("处置,开始,结束\n限制社区功能,2020-02-12,2020-02-02\n", "utf-8")
    refresh(shop, "recall", AT + 2 * HOUR)
    assert [row.ends_on for row in measures_of(shop.current_snapshot())] == [None]
    assert len(with_measures(shop.load_calendar("recall"), shop.current_snapshot()).store.restrictions) == 1
