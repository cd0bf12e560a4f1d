"""What a later phase has reserved, what a lowered pool stops, and what comes back, on a real project."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tasks.accounting.accounts import Account
from tasks.outreach.outreach import dispatch_run, enqueue_run
from tasks.planning.budget import budget
from tests.flows.small_project import MEMBERS
from warehouse.ledger.records import Suppression

from .two_phases import BEST, BURST, CALENDAR, TEASER, Shop

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def lines(shop: Shop) -> dict[str, Account]:
    return {line.name: line for line in budget(shop.rt, CALENDAR).accounts if line.unit == "cents"}


def states(line: Account) -> tuple[int | None, ...]:
    """Spent, owed or reserved, planned and free."""
    return (line.spent, line.open + line.reserved, line.planned, line.free)


def test_a_phase_cannot_take_what_a_later_one_has_reserved(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    assert budget(shop.rt, CALENDAR).accounts[0].planned is None, "no data yet: nothing can be planned"
    shop.pull(TEASER - HOUR)
    before = lines(shop)
    assert states(before["pool coupons"]) == (0, 0, 5000, 0)
    assert (before["phase teaser"].planned, before["phase burst"].planned) == (2000, 3000)
    teaser = shop.run("teaser", TEASER)
    assert (teaser.chosen, teaser.plays[0].excluded) == (2, {"kept_for_later": 6})
    after = lines(shop)
    assert states(after["pool coupons"]) == (0, 2000, 3000, 0)
    assert states(after["budget"]) == (0, 2000, 3000, 45000)
    assert (states(after["phase teaser"])[:3], states(after["phase burst"])[:3]) == ((0, 2000, 0), (0, 0, 3000))
    shop.run("burst", BURST)
    assert shop.given("burst") == BEST


def test_a_pool_lowered_below_its_use_stops_only_what_would_go_beyond_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    teaser = shop.run("teaser", TEASER)
    shop.write(pool="10.00")
    assert states(lines(shop)["pool coupons"]) == (0, 2000, 0, -1000)
    assert enqueue_run(shop.rt, teaser.run_id).new_jobs == 0, "what was decided stays as it is"
    shop.redeem(shop.given("teaser")[0], TEASER + HOUR)
    shop.redeem(shop.given("teaser")[1], TEASER + HOUR)
    burst = shop.run("burst", BURST)
    assert (burst.chosen, burst.plays[0].excluded) == (0, {"benefit_budget": 3})
    assert states(lines(shop)["pool coupons"]) == (2000, 0, 0, -1000)


def pool_of(shop: Shop) -> Account:
    """The pool as it is, whatever the plan of now will take of it."""
    return next(line for line in budget(shop.rt, CALENDAR, ahead=False).accounts if line.name == "pool coupons")


def test_a_pool_of_40_from_reserved_to_spent_and_released(tmp_path: Path) -> None:
    """Four of six get a coupon of 10.00; one is cancelled, two use theirs, the last one's is over."""
    shop = Shop(tmp_path, pool="40.00", plan="first_come", approve=", approve: {above: 0}")
    shop.rt.ledger.suppress(Suppression(member, None, "test", TEASER) for member in MEMBERS[:2])
    run = shop.run("teaser", TEASER)
    assert (run.chosen, run.plays[0].excluded) == (4, {"suppressed": 2, "benefit_budget": 2})
    pool = pool_of(shop)
    assert (pool.reserved, pool.free) == (4000, 0)
    cancelled, *_ = shop.rt.ledger.jobs(run.run_id)
    shop.rt.ledger.cancel([cancelled.intent_key], "test", TEASER)
    shop.rt.ledger.approve(run.run_id, "li", TEASER)
    assert dispatch_run(shop.rt, run.run_id).sent == 3
    pool = pool_of(shop)
    assert (pool.reserved, pool.open, pool.stopped, pool.free) == (0, 3000, 1000, 1000)
    given = [job.member_id for job in shop.rt.ledger.jobs(run.run_id, status="sent")]
    for member in given[:2]:
        shop.redeem(member, TEASER + HOUR)
    shop.pull(TEASER + 2 * HOUR)
    assert states(pool_of(shop)) == (2000, 1000, None, 1000)
    shop.pull(TEASER + 4 * DAY)
    pool = pool_of(shop)
    assert (pool.spent, pool.stopped + pool.expired, pool.open, pool.free) == (2000, 2000, 0, 2000)


def test_validity_counts_from_when_the_message_left(tmp_path: Path) -> None:
    """Approved a day and a half later, sent then, used two hours after that: valid for twelve hours."""
    shop = Shop(tmp_path, approve=", approve: {above: 0}")
    run = shop.run("teaser", TEASER)
    shop.pull(TEASER + 5 * DAY)
    assert states(lines(shop)["phase teaser"])[:2] == (0, 2000), "what waits for a person does not end"
    shop.now = TEASER + 36 * HOUR
    shop.rt.ledger.approve(run.run_id, "li", shop.now)
    assert dispatch_run(shop.rt, run.run_id).sent == 2
    ends = {row.valid_until for row in shop.rt.ledger.grant_rows(CALENDAR)}
    assert ends == {TEASER + 48 * HOUR}, "the ledger itself says so, before any data comes"
    used, unused = shop.given("teaser")
    shop.redeem(used, TEASER + 38 * HOUR)
    shop.pull(TEASER + 5 * DAY)
    assert states(lines(shop)["phase teaser"])[:2] == (1000, 0)
    assert shop.given("teaser") == sorted([used, unused])


def test_what_is_not_used_in_time_is_given_again_by_a_later_run(tmp_path: Path) -> None:
    shop = Shop(tmp_path, pool="20.00", plan="first_come")
    assert shop.run("teaser", TEASER).chosen == 2
    used, _ = shop.given("teaser")
    shop.redeem(used, TEASER + HOUR)
    shop.pull(TEASER + 3 * DAY)
    assert states(lines(shop)["pool coupons"]) == (1000, 1000, 0, 0)
    burst = shop.run("burst", BURST)
    assert (burst.chosen, burst.plays[0].excluded) == (1, {"benefit_budget": 2})
    found = lines(shop)
    assert states(found["pool coupons"]) == (1000, 1000, 0, 0)
    assert (found["pool coupons"].expired, found["phase teaser"].expired) == (1000, 1000)
    held = sum(row.held_cents for row in shop.rt.ledger.grant_rows(CALENDAR))
    assert held == found["budget"].held == 2000, "what decisions count is what the ledger shows"
    shop.pull(BURST + 9 * DAY)
    assert states(lines(shop)["pool coupons"]) == (1000, 0, None, 1000), "the campaign is over, and so is the coupon"


def test_the_coupon_of_an_order_that_came_back_is_free_again_once_it_is_over(tmp_path: Path) -> None:
    shop = Shop(tmp_path, pool="10.00", plan="first_come")
    shop.run("teaser", TEASER)
    (member,) = shop.given("teaser")
    shop.order("o-new", member, TEASER + HOUR, "80.00")
    shop.redeem(member, TEASER + HOUR, "o-new")
    shop.pull(TEASER + DAY)
    assert states(lines(shop)["pool coupons"])[0] == 1000
    orders = shop.root / "data" / "orders.csv"
    head, *rows = orders.read_text("utf-8").splitlines()
    refunds = ["80.00,2026-03-10 09:00:00" if row.startswith("o-new") else "," for row in rows]
    orders.write_text("\n".join([f"{head},refunded,refunded_at", *map(",".join, zip(rows, refunds, strict=True))]))
    assert shop.run("burst", BURST).chosen == 1
    found = lines(shop)["pool coupons"]
    assert (states(found), found.refunded) == ((0, 1000, 0, 0), 1000)
