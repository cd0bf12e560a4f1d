"""A message that waits while its member buys: cancelled at dispatch, with the reason, on a real project."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from promocal.scaffold import create_project
from tasks.outreach.outreach import dispatch_run
from tasks.running.phase import finish_again, run_phase
from tasks.running.status import status
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from warehouse.ledger.records import Job
from warehouse.sample.generate import generate

AT = datetime.fromisoformat("2020-02-01T11:00:00+08:00")
HOUR = timedelta(hours=1)
CALENDAR = "recall"
UNPAID = dict.fromkeys(("paid_at", "closed_at", "completed_at", "refunded", "refunded_at"), "") | {"status": "unpaid"}
TEXT = """\
calendar: recall
store: demo-food
timezone: Asia/Shanghai
source: test
budget: {total: 100000.00}
audiences:
  away: joined and recency_days > 60
  members: joined
benefits:
  coupon: {kind: member_coupon, threshold: 199.00, value: 40.00, stock: 500, valid: 30d}
phases:
  - id: winter
    kind: daily
    window: {from: 2020-01-10 00:00, to: 2020-02-29 23:59:59}
    plays:
      - id: come-back
        audience: away
        channels: [group]
        benefits: [coupon]
        at: 2020-02-01 11:00
        approve: {above: 0}
      - id: unpaid
        audience: members
        channels: [group]
        trigger: {event: order_unpaid, after: 30m, within: 30d}
        approve: {above: 0}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Runtime:
    root = tmp_path / "shop"
    create_project(root, "queens-day-2020")
    (root / "calendars" / f"{CALENDAR}.yaml").write_text(TEXT, "utf-8")
    generate(root / "data", members=400, seed=5, as_of=AT)
    owe(root)
    rt = open_runtime(root, clock=lambda: AT)
    refresh(rt, CALENDAR, AT)
    return rt


def decided(rt: Runtime) -> tuple[str, dict[str, list[Job]]]:
    """The run that waits for approval, and its jobs by play."""
    summary = run_phase(rt, CALENDAR, "winter", AT)
    assert summary.status == "awaiting_approval"
    jobs: dict[str, list[Job]] = {"come-back": [], "unpaid": []}
    for job in rt.ledger.jobs():
        jobs[job.play].append(job)
    return summary.run_id, jobs


def owe(root: Path) -> None:
    """Members who bought before leave another order unpaid."""
    file = next((root / "data").glob("orders-*.csv"))
    rows, header = read(file)
    last = {row["member_id"]: row for row in rows if row["paid_at"]}
    for number, row in enumerate(list(last.values())[:40]):
        rows.append({**row, "order_id": f"owed{number}", "ordered_at": f"{AT - 2 * HOUR:%Y-%m-%d %H:%M:%S}"} | UNPAID)
    write(file, rows, header)


def read(file: Path) -> tuple[list[dict[str, str]], list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return rows, list(rows[0])


def write(file: Path, rows: list[dict[str, str]], header: list[str]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, header)
        writer.writeheader()
        writer.writerows(rows)


def pay(rt: Runtime, buyers: dict[str, datetime], unpaid_of: set[str]) -> None:
    """Another export: new orders of `buyers`, paid at once, and payment of what `unpaid_of` owed."""
    file = next((rt.settings.root / "data").glob("orders-*.csv"))
    rows, header = read(file)
    for row in rows:
        if row["member_id"] in unpaid_of and not row["paid_at"] and not row["closed_at"]:
            row |= {"paid_at": f"{AT + HOUR:%Y-%m-%d %H:%M:%S}", "status": "paid"}
    for number, (member, at) in enumerate(buyers.items()):
        moment = f"{at:%Y-%m-%d %H:%M:%S}"
        rows.append(
            dict.fromkeys(header, "")
            | {"order_id": f"late{number}", "member_id": member, "ordered_at": moment, "paid_at": moment}
            | {"amount": "88.00", "items": "1", "status": "paid"}
        )
    write(file, rows, header)


def refresh_now(rt: Runtime, buyers: dict[str, datetime], unpaid_of: set[str]) -> None:
    pay(rt, buyers, unpaid_of)
    refresh(rt, CALENDAR, AT + 2 * HOUR)


def with_a_retry_behind_it(rt: Runtime, buyers: dict[str, datetime], unpaid_of: set[str]) -> None:
    """A run of an older moment is repeated within its grace, and pulls for its moment."""
    refresh_now(rt, buyers, unpaid_of)
    refresh(rt, CALENDAR, AT - HOUR)


def with_a_retry_that_reads_it(rt: Runtime, buyers: dict[str, datetime], unpaid_of: set[str]) -> None:
    """What is new comes in with the pull of such a run alone."""
    refresh(rt, CALENDAR, AT + 2 * HOUR)
    pay(rt, buyers, unpaid_of)
    refresh(rt, CALENDAR, AT - HOUR)


@pytest.mark.parametrize("refreshed", [refresh_now, with_a_retry_behind_it, with_a_retry_that_reads_it])
def test_who_bought_while_the_message_waited_gets_none(
    shop: Runtime, refreshed: Callable[[Runtime, dict[str, datetime], set[str]], None]
) -> None:
    run_id, jobs = decided(shop)
    since, before, still, *_ = jobs["come-back"]
    assert len(jobs["unpaid"]) > 1
    owing = {job.member_id for job in jobs["unpaid"]}
    paid = min(owing - {since.member_id, before.member_id})
    reserved = sum(row.cost_cents for row in shop.ledger.grant_rows(CALENDAR))
    shop.clock = lambda: AT + 3 * HOUR
    refreshed(shop, {since.member_id: AT + HOUR, before.member_id: AT - HOUR}, {paid})
    shop.ledger.approve(run_id, "li", AT + 3 * HOUR)

    sent = dispatch_run(shop, run_id)
    summary = finish_again(shop, run_id, sent)
    ended = {(job.play, job.member_id): (job.status, job.error) for job in shop.ledger.jobs(run_id)}
    for job in (since, before):
        assert ended["come-back", job.member_id] == ("cancelled", "no longer in the audience")
    assert ended["unpaid", paid] == ("cancelled", "the event it answers no longer holds")
    assert ended["come-back", still.member_id] == ("sent", None)
    cancelled = [key for key, (state, _) in ended.items() if state == "cancelled"]
    assert len(cancelled) == sent.cancelled == summary.jobs["cancelled"] == 3
    assert sent.sent == len(ended) - 3
    assert reserved - sum(row.cost_cents for row in shop.ledger.grant_rows(CALENDAR)) == 2 * 4000
    (run,) = status(shop).runs
    assert run.stopped == {"no longer in the audience": 2, "the event it answers no longer holds": 1}
    with next((shop.settings.state / "outbox" / run_id).rglob("come-back.csv")).open(encoding="utf-8-sig") as file:
        assert not {row["member_id"] for row in csv.DictReader(file)} & {since.member_id, before.member_id}


def test_the_snapshot_of_the_decision_and_older_ones_change_nothing(
    shop: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("nothing is to be computed")

    older = shop.current_snapshot()
    refresh(shop, CALENDAR, AT + timedelta(minutes=1))
    run_id, jobs = decided(shop)
    shop.ledger.approve(run_id, "li", AT)
    from warehouse.shelf.shelf import point_to

    point_to(older)
    monkeypatch.setattr("warehouse.decision.second_look.look_again", never)
    assert dispatch_run(shop, run_id).sent == len(jobs["come-back"]) + len(jobs["unpaid"])
