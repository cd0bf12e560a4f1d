"""Triggers through the whole chain on the generated sample: replay over simulated time, runs, plan."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tasks.data.refresh import young_enough
from tasks.planning.plan import plan
from tasks.running.phase import run_if_due, run_phase
from tasks.running.replay import replay, replay_runtime
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh

NOW = datetime.fromisoformat("2020-02-01T00:00:00+08:00")
CALENDAR = "answers"
TEXT = """\
calendar: answers
store: demo-food
timezone: Asia/Shanghai
source: test
audiences:
  members: joined
  buyers: joined and orders_total > 0
phases:
  - id: january
    kind: daily
    window: {from: 2020-01-26 00:00, to: 2020-01-31 23:59:59}
    plays:
      - id: welcome
        audience: members
        channels: [group]
        trigger: {event: join, after: 10m, within: 2d}
        holdout: 50%
      - id: thanks
        audience: buyers
        channels: [group]
        trigger: {event: order_paid, after: 1d, within: 3d, at: "11:00"}
      - id: news
        audience: buyers
        channels: [group]
        at: 2020-01-30 10:05
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from promocal.scaffold import create_project
    from warehouse.sample.generate import generate

    root = tmp_path_factory.mktemp("answers") / "project"
    create_project(root, "queens-day-2020")
    (root / "calendars" / f"{CALENDAR}.yaml").write_text(TEXT, "utf-8")
    generate(root / "data", members=2_000, seed=5, as_of=NOW)
    return root


@pytest.fixture
def shop(template: Path, tmp_path: Path) -> Runtime:
    import shutil

    root = tmp_path / "shop"
    shutil.copytree(template, root)
    return open_runtime(root, clock=lambda: NOW)


def joins(rt: Runtime, start: str, end: str) -> dict[str, datetime]:
    """Who joined in [start, end) and stayed, by member (aware UTC)."""
    with duckdb.connect(str(rt.current_snapshot().path), read_only=True) as con:
        rows = con.execute(
            "select member_id, timezone('UTC', joined_at) from stg_members"
            " where joined_at >= $1::timestamptz and joined_at < $2::timestamptz and left_at is null",
            [start, end],
        ).fetchall()
    return dict(rows)


def test_a_replay_welcomes_everybody_who_joins_once_and_in_time(shop: Runtime) -> None:
    rt = replay_runtime(shop, CALENDAR)
    result = replay(rt, CALENDAR)
    sent = [job for job in rt.ledger.jobs() if job.play == "welcome"]
    joined = joins(rt, "2020-01-26T00:00+08:00", "2020-01-31T22:00+08:00")
    assert len(joined) > 5
    assert max(Counter(job.member_id for job in sent).values()) == 1
    on_time = [job for job in sent if job.member_id in joined and job.occurrence_at == _expected(joined[job.member_id])]
    assert len(on_time) >= 0.9 * len([job for job in sent if job.member_id in joined]), "caps may hold back a few"
    plays = [play for run in result.runs for play in run.plays if play.play == "welcome"]
    held = sum(sum(play.held_out.values()) for play in plays)
    excluded = sum(sum(play.excluded.values()) for play in plays)
    assert held > 0, (held, len(sent), excluded)
    assert sum(play.chosen for play in plays) == len(sent)
    assert sum(play.candidates for play in plays) == len(sent) + held + excluded
    # Thousands of sweeps, as many runs as there were answers to give.
    assert len(result.runs) < 6 * 96 / 4


def _expected(joined: datetime) -> datetime:
    """The first quarter of an hour ten minutes later, but not while groups are quiet (23:00 to 08:00)."""
    zone = ZoneInfo("Asia/Shanghai")
    due = (joined + timedelta(minutes=10)).astimezone(zone)
    at = due + (datetime.min - due.replace(tzinfo=None)) % timedelta(minutes=15)
    if at.hour == 23:
        at += timedelta(hours=2)
    return at if 8 <= at.hour < 23 else at.replace(hour=8, minute=0, second=0, microsecond=0)


def test_a_run_answers_an_event_once_whatever_runs_again(shop: Runtime) -> None:
    at = NOW - timedelta(days=5, hours=-12)
    refresh(shop, CALENDAR, at)
    first = run_phase(shop, CALENDAR, "january", at)
    jobs = {job.intent_key for job in shop.ledger.jobs()}
    assert first.chosen == len(jobs) > 0
    assert run_phase(shop, CALENDAR, "january", at).run_id == first.run_id
    later = run_phase(shop, CALENDAR, "january", at + timedelta(minutes=15))
    assert later.status == "skipped"
    assert {job.intent_key for job in shop.ledger.jobs()} == jobs
    assert [run.run_id for run in shop.ledger.runs()] == [first.run_id], "an idle sweep leaves no trace"


def test_a_sweep_takes_a_young_snapshot_and_a_planned_moment_does_not(shop: Runtime) -> None:
    at = NOW - timedelta(days=3)
    assert young_enough(shop, CALENDAR, "january", at) is None, "nothing is published yet"
    published = refresh(shop, CALENDAR, at).snapshot_id
    assert young_enough(shop, CALENDAR, "january", at) == published
    assert young_enough(shop, CALENDAR, "january", at + timedelta(minutes=15)) is None, "older than data_every"
    assert young_enough(shop, CALENDAR, "january", at - timedelta(minutes=15)) is None, "it knows too much"
    news = datetime.fromisoformat("2020-01-30T10:05:00+08:00")
    refresh(shop, CALENDAR, news)
    assert young_enough(shop, CALENDAR, "january", news) is None


def test_a_moment_between_sweeps_is_no_run(shop: Runtime) -> None:
    summary = run_if_due(shop, CALENDAR, "january", datetime.fromisoformat("2020-01-28T10:07:00+08:00"))
    assert summary.status == "skipped"
    assert "the next moment is 2020-01-28 10:15:00 (welcome)" in summary.reason


def test_a_plan_expects_what_happened_lately(shop: Runtime) -> None:
    refresh(shop, CALENDAR, NOW)
    made = plan(shop, CALENDAR)
    by_play = {row.play: row for row in made.triggers}
    assert set(by_play) == {"welcome", "thanks"}
    assert {row.play for row in made.occurrences} == {"news"}
    welcome = by_play["welcome"]
    lately = joins(shop, "2020-01-04T00:00+08:00", "2020-02-01T00:00+08:00")
    assert welcome.basis.members == len(lately)
    assert welcome.looks == 6 * 96
    assert welcome.members == round(len(lately) / 28 * 6)
    assert plan(shop, CALENDAR).checksum == made.checksum
