"""What should happen, and the one end it comes to; the same in all ledgers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from warehouse.ledger.expected import LEFT, Expectation, Expected
from warehouse.ledger.port import Ledger

T0 = datetime(2026, 3, 1, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def occurrence(number: int, play: str = "a", calendar: str = "c", *, plan: str | None = None) -> Expected:
    at = T0 + number * HOUR
    return Expected(
        run_id=f"{calendar}.p.{number}", play=play, calendar=calendar, phase="p", at=at, until=at + 2 * HOUR, plan=plan
    )


def states(ledger: Ledger, calendar: str = "c") -> dict[tuple[str, str], str]:
    return {row.key: row.state for row in ledger.expected(calendar)}


def test_what_is_expected_is_kept_in_the_order_of_time(ledger: Ledger) -> None:
    rows = [occurrence(2), occurrence(1, "b"), occurrence(1, "a", plan="abc")]
    assert ledger.expect("c", rows, T0) == Expectation(added=3)
    assert ledger.expected("c") == [rows[2], rows[1], rows[0]]
    assert ledger.expected("d") == []
    assert ledger.expect("c", rows, T0) == Expectation()


def test_what_left_the_calendar_is_dropped_and_comes_back(ledger: Ledger) -> None:
    ledger.expect("c", [occurrence(1), occurrence(2)], T0)
    assert ledger.expect("c", [occurrence(1)], T0 + HOUR / 2) == Expectation(dropped=1)
    (gone,) = ledger.expected("c", state="dropped")
    assert (gone.run_id, gone.reason, gone.ended_at) == ("c.p.2", LEFT, T0 + HOUR / 2)
    assert ledger.expect("c", [occurrence(1), occurrence(2)], T0 + HOUR / 2) == Expectation(added=1)
    assert ledger.expected("c", state="dropped") == []
    assert all(row.reason == "" and row.ended_at is None for row in ledger.expected("c"))


def test_the_past_stays_as_it_is(ledger: Ledger) -> None:
    """A moment that passed was promised, whatever the calendar says later; none is promised after it passed."""
    ledger.expect("c", [occurrence(1), occurrence(3)], T0)
    now = T0 + 2 * HOUR
    assert ledger.expect("c", [occurrence(0), occurrence(4)], now) == Expectation(added=1, dropped=1)
    assert states(ledger) == {("c.p.1", "a"): "due", ("c.p.3", "a"): "dropped", ("c.p.4", "a"): "due"}


def test_a_changed_grace_or_plan_is_kept(ledger: Ledger) -> None:
    ledger.expect("c", [occurrence(1)], T0)
    changed = replace(occurrence(1, plan="new"), until=T0 + 9 * HOUR)
    assert ledger.expect("c", [changed], T0) == Expectation()
    assert ledger.expected("c") == [changed]


def test_each_occurrence_has_one_end(ledger: Ledger) -> None:
    ledger.expect("c", [occurrence(1, "a"), occurrence(1, "b"), occurrence(2)], T0)
    now = T0 + 3 * HOUR
    assert ledger.end_expected("c.p.1", "skipped", "started 3h late", now, plays=["b"]) == 1
    assert ledger.end_expected("c.p.1", "done", "", now) == 1
    assert ledger.end_expected("c.p.1", "missed", "never", now) == 0
    assert states(ledger) == {("c.p.1", "a"): "done", ("c.p.1", "b"): "skipped", ("c.p.2", "a"): "due"}
    assert ledger.end_expected("unknown", "missed", "never", now) == 0
    # It has its end: a calendar that drops or repeats it changes nothing of it.
    ledger.expect("c", [occurrence(1, "a")], T0)
    assert states(ledger)["c.p.1", "a"] == "done"
    assert states(ledger)["c.p.1", "b"] == "skipped"


def test_calendars_do_not_touch_each_other(ledger: Ledger) -> None:
    ledger.expect("c", [occurrence(1)], T0)
    ledger.expect("d", [occurrence(1, calendar="d")], T0)
    ledger.expect("c", [], T0)
    assert states(ledger) == {("c.p.1", "a"): "dropped"}
    assert states(ledger, "d") == {("d.p.1", "a"): "due"}
    assert len(ledger.expected()) == 2


def test_a_run_begins_once_and_an_apply_does_not_make_it_forget(ledger: Ledger) -> None:
    ledger.expect("c", [occurrence(1, "a"), occurrence(1, "b"), occurrence(2)], T0)
    ledger.begin_expected("c.p.1", T0 + HOUR)
    ledger.begin_expected("c.p.1", T0 + 2 * HOUR)
    ledger.expect("c", [occurrence(1, "a", plan="new"), occurrence(1, "b"), occurrence(2)], T0)
    assert [row.began_at for row in ledger.expected("c")] == [T0 + HOUR, T0 + HOUR, None]
