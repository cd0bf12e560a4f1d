"""The human lane: decided like a message, handed over as a work-list, open until a person settles it."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import LedgerError, UsageError
from campaign_calendars.values.json import from_json, to_json, to_plain
from promocal.scaffold import create_project
from tasks.outreach.work_lists import WorkItem, settle_work, work
from tasks.outreach.work_sheets import read_sheet, write_sheet
from tasks.running.phase import run_phase
from tasks.running.status import status
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from warehouse.ledger.audit import AuditFilter
from warehouse.sample.generate import generate

NOW = datetime.fromisoformat("2020-02-01T11:00:00+08:00")
CALENDAR = "calls"
TEXT = """\
calendar: calls
store: demo-food
timezone: Asia/Shanghai
source: test
audiences: {members: joined}
phases:
  - id: winter
    kind: daily
    window: {from: 2020-01-10 00:00, to: 2020-02-29 23:59:59}
    plays:
      - id: call
        audience: members
        channels: [dedicated_service]
        trigger: {event: join, after: 1h, within: 20d}
        lane: human
        message: messages/call.txt
"""


@pytest.fixture
def shop(tmp_path: Path) -> Runtime:
    root = tmp_path / "shop"
    create_project(root, "queens-day-2020")
    (root / "calendars" / f"{CALENDAR}.yaml").write_text(TEXT, "utf-8")
    (root / "messages" / "call.txt").write_text("您好 {{ member.name }}，{{ store.title }}欢迎您。\n", "utf-8")
    generate(root / "data", members=800, seed=5, as_of=NOW)
    rt = open_runtime(root, clock=lambda: NOW)
    refresh(rt, CALENDAR, NOW)
    return rt


def test_people_get_a_list_and_say_what_came_of_it(shop: Runtime) -> None:
    summary = run_phase(shop, CALENDAR, "winter", NOW)
    chosen = summary.chosen
    assert chosen >= 3
    assert summary.jobs == {"to_do": chosen}
    assert status(shop).jobs == {"to_do": chosen}

    (file,) = (shop.settings.state / "outbox" / summary.run_id).rglob("call.csv")
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert len(rows) == chosen
    for row in rows:
        due = datetime.fromisoformat(row["due_at"]) - datetime.fromisoformat(row["event_at"])
        assert (row["event"], due) == ("join", timedelta(days=20))
        assert not any(character.isdigit() for character in row["name"])

    items = work(shop, CALENDAR)
    assert [item.id for item in items] == [job.intent_key for job in shop.ledger.jobs()]
    assert {item.words.split("，")[0] for item in items} == {"您好 ***"}
    assert [from_json(WorkItem, to_json(item)) for item in items] == items
    for item in to_plain(items):
        assert (item["event_at"][-6:], item["due_at"][-6:]) == ("+08:00", "+08:00")
    first, second, third = (item.id for item in items[:3])
    assert settle_work(shop, first[:12], "done", "li").status == "sent"
    assert settle_work(shop, second, "unreachable", "li").status == "failed"
    assert settle_work(shop, third, "skip", "li").status == "cancelled"
    assert len(work(shop, summary.run_id)) == chosen - 3
    everything = work(shop, CALENDAR, settled=True)
    assert sorted(i.state for i in everything if i.state != "open") == ["done", "skip", "unreachable"]
    assert {row.by for row in shop.ledger.audit(AuditFilter(subject=first))} == {"li"}


def test_an_item_is_settled_once_and_a_run_again_adds_none(shop: Runtime) -> None:
    run_phase(shop, CALENDAR, "winter", NOW)
    items = work(shop, CALENDAR)
    settle_work(shop, items[0].id, "done", "li")
    with pytest.raises(UsageError, match="no open item"):
        settle_work(shop, items[0].id, "done", "li")
    with pytest.raises(UsageError, match="too short"):
        settle_work(shop, items[1].id[:4], "done", "li")
    with pytest.raises(LedgerError, match="settled as sent or failed or cancelled, not as pending"):
        shop.ledger.settle([items[1].id], "pending", "li", NOW)
    run_phase(shop, CALENDAR, "winter", NOW)
    assert len(work(shop, CALENDAR)) == len(items) - 1
    run_phase(shop, CALENDAR, "winter", NOW + timedelta(minutes=15))
    members = [item.member_id for item in work(shop, CALENDAR, settled=True)]
    assert len(members) == len(set(members))


def test_an_unknown_name_is_said(shop: Runtime) -> None:
    with pytest.raises(UsageError, match="no such run or calendar: nothing"):
        work(shop, "nothing")


def _filled(path: Path, results: dict[str, tuple[str, str]], head: str, to: Path) -> None:
    """The sheet as a person fills it in: item → (result, by)."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.reader(file))
    assert found[0][0] == head
    with to.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(found[0])
        writer.writerows([*row[:-2], *results.get(row[0], ("", ""))] for row in found[1:])


def test_a_sheet_goes_out_and_comes_back_with_results(shop: Runtime, tmp_path: Path) -> None:
    run_phase(shop, CALENDAR, "winter", NOW)
    items = work(shop, CALENDAR)
    write_sheet(items, tmp_path / "work.csv", "zh")
    a, b, c, d = (item.id for item in items[:4])
    filled = tmp_path / "filled.csv"
    _filled(
        tmp_path / "work.csv",
        {a: ("完成", "李"), b: ("联系不上", ""), c: ("skip", ""), d: ("也许", "")},
        "编号",
        filled,
    )
    read = read_sheet(shop, work(shop, CALENDAR, settled=True), filled, "wang")
    assert read.settled == {"done": 1, "unreachable": 1, "skip": 1}
    assert (read.already, read.left_open) == (0, len(items) - 4)
    assert [(one.line, one.why[0]) for one in read.refused] == [(5, "the result is none of done, unreachable, skip")]
    states = {item.id: item.state for item in work(shop, CALENDAR, settled=True)}
    assert [states[key] for key in (a, b, c, d)] == ["done", "unreachable", "skip", "open"]
    assert {row.by for row in shop.ledger.audit(AuditFilter(subject=a))} == {"李"}
    assert {row.by for row in shop.ledger.audit(AuditFilter(subject=b))} == {"wang"}

    again = read_sheet(shop, work(shop, CALENDAR, settled=True), filled, "wang")
    assert (again.settled, again.already) == ({}, 3)
    _filled(tmp_path / "work.csv", {a: ("skip", ""), "f" * 64: ("done", "")}, "编号", filled)
    later = read_sheet(shop, work(shop, CALENDAR, settled=True), filled, "wang")
    assert [(one.before, one.now, one.by) for one in later.corrected] == [("done", "skip", "wang")]
    assert later.refused == []
    (entry,) = shop.ledger.audit(AuditFilter(action="correct"))
    assert (entry.subject, entry.by, entry.value) == (a, "wang", "sent → cancelled")
    assert {item.id: item.state for item in work(shop, CALENDAR, settled=True)}[a] == "skip"


def test_a_workbook_comes_back_too_and_contradictions_settle_nothing(shop: Runtime, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    run_phase(shop, CALENDAR, "winter", NOW)
    items = work(shop, CALENDAR)
    write_sheet(items, tmp_path / "work.xlsx", "en")
    book = load_workbook(tmp_path / "work.xlsx")
    page = book.worksheets[0]
    assert page.cell(1, 1).value == "item"
    page.cell(2, 11).value = "Done"
    page.cell(3, 11).value = "skip"
    page.append([items[1].id, *[None] * 9, "done", "li"])
    page.append(["no such item", *[None] * 9, "done", "li"])
    book.save(tmp_path / "work.xlsx")
    read = read_sheet(shop, work(shop, CALENDAR, settled=True), tmp_path / "work.xlsx", "wang")
    assert read.settled == {"done": 1}
    assert [one.why[0] for one in read.refused] == [
        "the item has another result above",
        "no item of this list has this id",
    ]
    assert {item.id: item.state for item in work(shop, CALENDAR, settled=True)}[items[1].id] == "open"
    with pytest.raises(UsageError, match=r"neither \.xlsx nor \.csv"):
        write_sheet(items, tmp_path / "work.ods", "en")
