"""What is declared of nights in which things go wrong (docs/operations.md, "Policies"), on the shop of the trials."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tasks.data.snapshots import list_all, rollback
from tasks.deciding.decide import decide
from tasks.outreach.dispatch import LEASE
from tasks.outreach.outreach import enqueue_run
from tasks.running.expecting import Overdue, expect_runs, look_after
from tasks.running.phase import run_if_due
from tasks.running.status import status
from tasks.runtime import Runtime, open_runtime
from tests.pulling import refresh
from tests.tasks.channels.sink import Sink
from tests.trials.night_shop import CALENDAR, START, orders_of, write_shop
from warehouse.ledger.expected import Expectation
from warehouse.shelf.shelf import locked

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TEN, FOUR, EIGHT = (START + hours * HOUR for hours in (10, 16, 20))


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink(honours_key=True) as running:
        yield running


@pytest.fixture
def shop(tmp_path: Path, sink: Sink) -> Iterator[Runtime]:
    """The shop with one day of its calendar, applied in the night before."""
    write_shop(tmp_path, url=sink.url, ledger=f"sqlite:///{tmp_path}/var/ledger.db", days=1)
    orders_of(tmp_path, 0)
    with open_runtime(tmp_path, clock=lambda: START) as rt:
        apply(rt)
        yield rt


def apply(rt: Runtime, calendar: str = CALENDAR) -> Expectation:
    return expect_runs(rt, rt.load_calendar(calendar), rt.clock())


def come_to(rt: Runtime, now: datetime) -> None:
    rt.clock = lambda: now


def edit(rt: Runtime, old: str, new: str, *, into: str = CALENDAR) -> None:
    folder = rt.settings.root / "calendars"
    text = (folder / f"{CALENDAR}.yaml").read_text("utf-8")
    assert old in text
    (folder / f"{into}.yaml").write_text(text.replace(old, new), "utf-8")


def catch_up(rt: Runtime, calendar: str = CALENDAR) -> list[Overdue]:
    """Look, and start what may still begin or go on, as `serve` does; what was found at the first look."""
    found = look_after(rt, calendar)
    for run in found:
        if run.standing in ("due", "started", "enqueued"):
            run_if_due(rt, calendar, run.phase, run.at)
    return found


def ends(rt: Runtime, calendar: str = CALENDAR) -> dict[tuple[str, datetime], str]:
    return {(row.play, row.at): row.state for row in rt.ledger.expected(calendar)}


def messages_of(rt: Runtime) -> Counter[tuple[str, str]]:
    """(play, local moment) → messages that left."""
    return Counter((job.play, f"{job.occurrence_at + 8 * HOUR:%d %H:%M}") for job in rt.ledger.jobs(status="sent"))


def test_after_an_outage_what_is_stale_stays_and_the_rest_leaves_in_its_order(shop: Runtime) -> None:
    """Down from the night until 17:30: ten o'clock is too old, four o'clock is not, eight is still to come."""
    come_to(shop, START + 17.5 * HOUR)
    found = catch_up(shop)
    assert [(run.at, run.standing) for run in found] == [(TEN, "missed"), (FOUR, "due")]
    assert look_after(shop, CALENDAR) == []
    assert Counter(ends(shop).values()) == {"missed": 1, "done": 2, "due": 1}
    assert {moment for _, moment in messages_of(shop)} == {"05 16:00"}


def test_moments_that_start_together_and_out_of_order_break_no_cap(shop: Runtime) -> None:
    """A scheduler starts everything it missed at once: at most one message in five hours, whatever comes first."""
    edit(shop, "at: [2026-03-05 10:00, 2026-03-05 16:00]", "at: [2026-03-05 10:00, 2026-03-05 11:00]")
    apply(shop)
    come_to(shop, START + 11.5 * HOUR)
    for at in (TEN + HOUR, TEN):
        assert run_if_due(shop, CALENDAR, "day-0", at).status == "finished"
    assert len(messages_of(shop)) > 0
    told = Counter(job.member_id for job in shop.ledger.jobs(status="sent"))
    assert max(told.values()) == 1


def test_a_restored_old_server_starts_what_is_done_and_what_left_the_calendar_in_vain(shop: Runtime) -> None:
    """It knows an older plan: a moment that ran, one that was moved, one of a phase that is gone."""
    come_to(shop, TEN)
    catch_up(shop)
    before = list(shop.ledger.jobs())
    edit(shop, "2026-03-05 16:00, 2026-03-05 20:00", "2026-03-05 16:30, 2026-03-05 20:00")
    apply(shop)
    come_to(shop, FOUR)
    assert run_if_due(shop, CALENDAR, "day-0", TEN).dispatch.sent == 0
    assert run_if_due(shop, CALENDAR, "day-7", FOUR).reason == "calendar night-sale has no phase day-7 any more"
    assert list(shop.ledger.jobs()) == before
    come_to(shop, FOUR + 30 * MINUTE)
    catch_up(shop)
    assert {moment for play, moment in messages_of(shop) if play == "thanks-0"} <= {"05 16:30"}
    assert ends(shop)["thanks-0", FOUR] == "dropped"


def test_an_edit_of_a_live_calendar_changes_what_is_to_come_and_nothing_else(shop: Runtime) -> None:
    come_to(shop, TEN)
    catch_up(shop)
    before, known = list(shop.ledger.jobs()), ends(shop)
    come_to(shop, TEN + HOUR)
    assert apply(shop) == Expectation(0, 0)
    edit(shop, "at: [2026-03-05 16:00, 2026-03-05 20:00]", "at: [2026-03-05 16:00, 2026-03-05 21:00]")
    assert apply(shop) == Expectation(added=1, dropped=1)
    assert apply(shop) == Expectation(0, 0)
    changed = {key: state for key, state in ends(shop).items() if known.get(key) != state}
    assert changed == {("thanks-0", EIGHT): "dropped", ("thanks-0", EIGHT + HOUR): "due"}
    # An audience that nobody is in any more: what was decided stays, what is to come follows the calendar.
    edit(shop, 'everyone: {where: "joined"}', 'everyone: {where: "not joined"}')
    assert run_if_due(shop, CALENDAR, "day-0", TEN).dispatch.sent == 0
    assert list(shop.ledger.jobs()) == before
    come_to(shop, FOUR)
    catch_up(shop)
    assert {moment for play, moment in messages_of(shop) if play == "coupons-0"} == {"05 10:00"}


def test_two_calendars_that_want_the_same_members_share_them(shop: Runtime) -> None:
    """The caps of the store count what any calendar sent, whichever comes first."""
    edit(shop, "calendar: night-sale", "calendar: other-sale", into="other-sale")
    apply(shop, "other-sale")
    come_to(shop, TEN)
    catch_up(shop, "other-sale")
    catch_up(shop)
    sent = list(shop.ledger.jobs(status="sent"))
    assert {job.calendar for job in sent} <= {"other-sale", CALENDAR}
    assert len(sent) > 10
    assert max(Counter(job.member_id for job in sent).values()) == 1
    assert set(ends(shop).values()) == set(ends(shop, "other-sale").values()) == {"done", "due"}


@pytest.mark.parametrize(
    ("first", "hours"), [("2026-03-28", (24, 23)), ("2026-10-24", (24, 25))], ids=["gap", "repeated-hour"]
)
def test_every_local_morning_of_a_clock_change_runs_once(shop: Runtime, first: str, hours: tuple[int, int]) -> None:
    """02:30 of three days in Amsterdam: one of them does not exist, or comes twice; three runs, each at its moment."""
    days = [datetime.fromisoformat(first) + n * timedelta(days=1) for n in range(3)]
    for old, new in {
        "timezone: Asia/Shanghai": "timezone: Europe/Amsterdam",
        "from: 2026-03-05 00:00": f"from: {days[0]:%F} 00:00",
        "to: 2026-03-05 23:59:59": f"to: {days[-1]:%F} 23:59:59",
        "at: [2026-03-05 10:00, 2026-03-05 16:00]": f"at: [{', '.join(f'{day:%F} 02:30' for day in days)}]",
        "at: [2026-03-05 16:00, 2026-03-05 20:00]": f"at: [{days[0]:%F} 20:00]",
    }.items():
        edit(shop, old, new)
    come_to(shop, days[0].astimezone(shop.load_calendar(CALENDAR).timeline.timezone) - timedelta(days=1))
    apply(shop)
    due = sorted(at for play, at in ends(shop) if play == "coupons-0" and at > shop.clock())
    assert [round((later - at) / HOUR) for at, later in pairwise(due)] == list(hours)
    for at in due:
        come_to(shop, at)
        catch_up(shop)
        come_to(shop, at + HOUR)  # the second pass of a repeated hour is no second moment
        assert look_after(shop, CALENDAR) == []
    assert [ends(shop)["coupons-0", at] for at in due] == ["done"] * 3


def test_what_a_dead_worker_held_when_its_phase_ended_has_an_end(shop: Runtime) -> None:
    """Killed while sending in the last quarter of an hour: whatever it had not handed over leaves in time."""
    edit(shop, "to: 2026-03-05 23:59:59", "to: 2026-03-05 20:09:59")
    apply(shop)
    come_to(shop, EIGHT)
    refresh(shop, CALENDAR, EIGHT)
    decided = decide(shop, CALENDAR, "day-0", EIGHT)
    assert decided is not None
    enqueue_run(shop, decided.run_id)
    jobs = list(shop.ledger.jobs(decided.run_id))
    held = shop.ledger.claim(decided.run_id, "sms", 3, "dead", EIGHT)
    assert len(held) == 3 < len(jobs)
    shop.ledger.hand_over({held[0].intent_key: 6}, "dead", EIGHT)

    come_to(shop, EIGHT + 5 * MINUTE)
    catch_up(shop)
    states = Counter(job.status for job in shop.ledger.jobs(decided.run_id))
    assert states == {"sending": 1, "sent": len(jobs) - 1}, "two of its three claims were free again after a minute"

    come_to(shop, EIGHT + 11 * MINUTE)
    assert [run.standing for run in look_after(shop, CALENDAR)] == ["enqueued"], "its worker may live"
    come_to(shop, EIGHT + LEASE + MINUTE)
    (run,) = look_after(shop, CALENDAR)
    assert run.standing == "over"
    states = Counter(job.status for job in shop.ledger.jobs(decided.run_id))
    assert states == {"unknown": 1, "sent": len(jobs) - 1}, "it may have arrived: a person is asked"
    assert ends(shop)["thanks-0", EIGHT] == "done"
    assert look_after(shop, CALENDAR) == []


def test_a_run_of_the_past_is_decided_by_its_moment_and_leaves_the_present_as_it_is(shop: Runtime) -> None:
    """Four o'clock is taken up at half past five: it decides on what stands for four, all others see half past four."""
    come_to(shop, TEN)
    catch_up(shop)
    come_to(shop, FOUR + HOUR / 2)
    refresh(shop, CALENDAR, shop.clock())
    seen = status(shop, CALENDAR)
    books = shop.ledger.books(CALENDAR)
    assert seen.snapshot is not None
    assert books is not None

    come_to(shop, FOUR + 1.5 * HOUR)
    catch_up(shop)
    (run,) = [run for run in shop.ledger.runs(CALENDAR) if run.as_of == FOUR]
    assert (run.status, shop.find_snapshot(run.snapshot_id).as_of) == ("finished", FOUR)
    now = status(shop, CALENDAR)
    assert now.snapshot == seen.snapshot
    assert [row.snapshot_id for row in list_all(shop) if row.current] == [seen.snapshot.snapshot_id]
    after = shop.ledger.books(CALENDAR)
    assert after is not None
    assert after.known_at >= books.known_at, "what was spent since is not forgotten"


def test_what_a_person_went_back_from_is_not_brought_back_by_a_refresh_under_way(shop: Runtime) -> None:
    """The refresh was begun before: it ends first, and the person's word is the last one."""
    first = refresh(shop, CALENDAR, START).snapshot_id
    refresh(shop, CALENDAR, START + HOUR)
    with ThreadPoolExecutor(1) as pool, locked(shop.warehouse_dir, lambda _: None):
        going_back = pool.submit(rollback, shop, first, by="li", reason="cut off")
        time.sleep(0.3)
        assert not going_back.done()
        assert shop.current_snapshot().snapshot_id != first
    assert going_back.result().snapshot_id == first
    assert shop.current_snapshot().snapshot_id == first
