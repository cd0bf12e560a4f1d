"""What a play announces: told to everybody reached, granted to nobody, gone when it is closed or used up."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from promocal.scaffold import create_project
from tasks.outreach.announcing import announced_at, why_silent
from tasks.outreach.outreach import dispatch_run
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from warehouse.ledger.records import Books, StrayUses
from warehouse.sample.generate import generate

AT = datetime.fromisoformat("2020-02-01T11:00:00+08:00")
CALENDAR = "tell"
TEXT = """\
calendar: tell
store: demo-food
timezone: Asia/Shanghai
source: test
budget: {total: 100000.00}
audiences: {members: joined}
benefits:
  gift: {kind: member_extra_gift, item: 茶, items: 2, stock: 5000, unit_cost: 5, offered: {to: 2020-02-01}}
  back: {kind: member_cashback, amount: 149, value: 20, valid: 15d, offered: {from: 2020-02-01, to: 2020-02-03}}
phases:
  - id: winter
    kind: daily
    window: {from: 2020-01-10 00:00, to: 2020-02-29 23:59:59}
    plays:
      - id: gifts
        audience: members
        channels: [group]
        announces: [gift, back]
        at: [2020-02-01 11:00, 2020-02-10 11:00]
        message: messages/gifts.txt
"""


@pytest.fixture
def shop(tmp_path: Path) -> Runtime:
    root = tmp_path / "shop"
    create_project(root, "queens-day-2020")
    (root / "calendars" / f"{CALENDAR}.yaml").write_text(TEXT, "utf-8")
    (root / "messages" / "gifts.txt").write_text("{{ benefit.title }} | {{ announced.text }}", "utf-8")
    generate(root / "data", members=300, seed=5, as_of=AT)
    rt = open_runtime(root, clock=lambda: AT)
    refresh(rt, CALENDAR, AT)
    return rt


def at(rt: Runtime, moment: datetime) -> tuple[str, ...]:
    loaded = rt.load_calendar(CALENDAR)
    return announced_at(loaded, "winter", why_silent(rt, loaded, "winter", moment))["winter", "gifts"]


def test_everybody_reached_is_told_and_nothing_is_granted(shop: Runtime) -> None:
    assert "announces: [gift, back]" in TEXT
    summary = run_phase(shop, CALENDAR, "winter", AT)
    (play,) = summary.plays
    assert play.chosen > 2
    assert (play.benefits, play.benefit_cost_cents) == ({}, 0)
    assert list(shop.ledger.grant_rows(CALENDAR)) == []
    made = [file for file in shop.settings.root.rglob("*.csv") if file.parent.name != "data"]
    text = "".join(file.read_text("utf-8-sig") for file in made)
    both = "现货满2件加赠茶、满149元返20元券（下次下单使用）"
    assert text.count(both) == play.chosen


def test_what_is_closed_or_used_up_is_told_no_more(shop: Runtime) -> None:
    assert at(shop, AT) == ("gift", "back")
    assert at(shop, AT + timedelta(days=1)) == ("back",)
    assert at(shop, AT + timedelta(days=3)) == ()
    shop.ledger.book(CALENDAR, [], Books(AT, "test", {"gift": StrayUses(4_999, 500)}))
    assert at(shop, AT) == ("gift", "back")
    shop.ledger.book(CALENDAR, [], Books(AT, "test", {"gift": StrayUses(5_000, 1_000)}))
    assert at(shop, AT) == ("back",)


def test_a_play_with_nothing_left_to_announce_reaches_nobody(shop: Runtime) -> None:
    later = AT + timedelta(days=9)
    shop.clock = lambda: later
    refresh(shop, CALENDAR, later)
    (play,) = run_phase(shop, CALENDAR, "winter", later).plays
    assert play.chosen == 0
    assert play.excluded["benefit_window"] > 0


def test_a_message_that_waited_until_nothing_is_left_to_announce_is_cancelled(shop: Runtime) -> None:
    file = shop.settings.root / "calendars" / f"{CALENDAR}.yaml"
    file.write_text(TEXT.replace("        message:", "        approve: {above: 0}\n        message:"), "utf-8")
    waiting = run_phase(shop, CALENDAR, "winter", AT)
    assert waiting.status == "awaiting_approval"
    later = AT + timedelta(days=5)
    shop.clock = lambda: later
    shop.ledger.approve(waiting.run_id, "li", later)
    assert dispatch_run(shop, waiting.run_id).sent == 0
    assert {(job.status, job.error) for job in shop.ledger.jobs(waiting.run_id)} == {("cancelled", "benefit_window")}
