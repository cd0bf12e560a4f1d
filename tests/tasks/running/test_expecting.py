"""Planned occurrences are written down before their moment, and each comes to exactly one end."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from campaign_calendars.deciding.intent import run_id
from campaign_calendars.findings.errors import PromocalError, SourceError
from tasks.deciding.decide import decide
from tasks.outreach.counting import DispatchCounts
from tasks.outreach.outreach import enqueue_run
from tasks.running.expecting import end_reason, expect_runs, look_after, overdue
from tasks.running.phase import run_if_due
from tasks.running.replay import moments
from tasks.runtime import Runtime

CALENDAR = "queens-day-2020"
MINUTE = timedelta(minutes=1)


def first_of(rt: Runtime, phase: str) -> datetime:
    return next(step for step in moments(rt.load_calendar(CALENDAR)) if step.phase == phase).at


def set_clock(rt: Runtime, now: datetime) -> None:
    rt.clock = lambda: now


@pytest.fixture
def applied(shop: Runtime) -> Runtime:
    """The store a minute before the first moment of presale, with everything from there on expected."""
    now = first_of(shop, "presale") - MINUTE
    set_clock(shop, now)
    expect_runs(shop, shop.load_calendar(CALENDAR), now, plan="abc")
    return shop


def ends(rt: Runtime) -> Counter[str]:
    return Counter(row.state for row in rt.ledger.expected(CALENDAR))


def test_every_planned_occurrence_from_now_on_is_expected(applied: Runtime) -> None:
    timeline = applied.load_calendar(CALENDAR).timeline
    wanted = {(run_id(CALENDAR, o.phase, o.at), o.play) for o in timeline.occurrences if o.at > applied.clock()}
    rows = applied.ledger.expected(CALENDAR)
    assert {row.key for row in rows} == wanted
    assert {row.plan for row in rows} == {"abc"}
    assert all(row.at < row.until <= timeline.phases[row.phase].end for row in rows)
    assert overdue(applied, CALENDAR) == []


def test_a_run_that_happens_is_done(applied: Runtime) -> None:
    at = first_of(applied, "presale")
    set_clock(applied, at)
    (waiting,) = overdue(applied, CALENDAR)
    assert (waiting.run_id, waiting.standing) == (run_id(CALENDAR, "presale", at), "due")
    run_if_due(applied, CALENDAR, "presale", at)
    assert ends(applied)["done"] == len(waiting.plays)
    assert look_after(applied, CALENDAR) == []


def test_a_run_that_nothing_started_is_missed_and_says_so(applied: Runtime) -> None:
    at = first_of(applied, "presale")
    set_clock(applied, at + timedelta(hours=1))
    assert [run.standing for run in look_after(applied, CALENDAR)][:1] == ["due"]
    set_clock(applied, at + timedelta(hours=30))
    found = look_after(applied, CALENDAR)
    assert found[0].standing == "missed"
    row = next(row for row in applied.ledger.expected(CALENDAR, state="missed") if row.run_id == found[0].run_id)
    assert row.reason.startswith("nothing started it until 2020-02-24 ")
    assert end_reason(row.reason, "zh").startswith("直到 2020-02-24 ")
    assert row.ended_at == at + timedelta(hours=30)
    assert look_after(applied, CALENDAR) == []
    # It has its end: a run that comes now is too late, and changes nothing of it.
    assert run_if_due(applied, CALENDAR, "presale", at).status == "skipped"
    assert row in applied.ledger.expected(CALENDAR, state="missed")


def test_a_run_killed_before_its_messages_were_enqueued_is_found(applied: Runtime) -> None:
    at = first_of(applied, "presale")
    set_clock(applied, at)
    decide(applied, CALENDAR, "presale", at)
    set_clock(applied, at + MINUTE)
    assert [run.standing for run in overdue(applied, CALENDAR)] == ["started"]
    set_clock(applied, at + timedelta(hours=30))
    found = look_after(applied, CALENDAR)[0]
    assert found.standing == "missed"
    assert "ended before anything was enqueued" in found.reason
    assert "入队之前" in end_reason(found.reason, "zh")
    assert applied.ledger.run(found.run_id).status == "failed"  # type: ignore[union-attr]


def test_a_run_that_failed_at_its_sources_is_as_late_as_it_is(
    applied: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who would get its messages was right at its moment; that it began is said of it."""
    from tasks.running import phase

    def down(*_args: object) -> None:
        raise SourceError(("the source is down", "数据源不可用"))

    at = first_of(applied, "presale")
    set_clock(applied, at + MINUTE)
    with monkeypatch.context() as broken:
        broken.setattr(phase, "young_enough", lambda *_args: None)
        broken.setattr(phase, "refresh", down)
        with pytest.raises(SourceError):
            run_if_due(applied, CALENDAR, "presale", at)
    assert [run.standing for run in overdue(applied, CALENDAR)] == ["started"]
    set_clock(applied, at + timedelta(hours=30))
    missed = next(run for run in look_after(applied, CALENDAR) if run.standing == "missed")
    assert missed.reason.startswith("began at 2020-02-24 ")
    assert run_if_due(applied, CALENDAR, "presale", at).status == "skipped"
    assert {row.state for row in applied.ledger.expected(CALENDAR) if row.run_id == missed.run_id} == {"missed"}


def test_a_finished_run_that_reached_nobody_does_nothing_when_it_is_started_again(
    applied: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.running import phase

    at = first_of(applied, "presale")
    set_clock(applied, at)
    monkeypatch.setattr(phase, "enqueue_run", lambda *_args: None)
    monkeypatch.setattr(phase, "dispatch_run", lambda *_args: DispatchCounts())
    assert run_if_due(applied, CALENDAR, "presale", at).status == "finished"
    monkeypatch.setattr(phase, "refresh", lambda *_args: 1 / 0)
    set_clock(applied, at + timedelta(hours=30))
    assert run_if_due(applied, CALENDAR, "presale", at).status == "finished"


def test_what_is_left_in_the_outbox_goes_on_and_expires_with_its_reason(applied: Runtime) -> None:
    at = first_of(applied, "presale")
    run = run_id(CALENDAR, "presale", at)
    set_clock(applied, at)
    decide(applied, CALENDAR, "presale", at)
    enqueue_run(applied, run)
    waiting = sum(applied.ledger.job_counts(run).values())
    assert waiting > 0
    set_clock(applied, at + timedelta(hours=30))
    (kept,) = (one for one in overdue(applied, CALENDAR) if one.run_id == run)
    assert (kept.standing, kept.left.pending) == ("enqueued", waiting)
    end = applied.load_calendar(CALENDAR).timeline.phases["presale"].end
    set_clock(applied, end + MINUTE)
    look_after(applied, CALENDAR)
    assert applied.ledger.stopped(run) == {"expired": waiting}
    assert {row.state for row in applied.ledger.expected(CALENDAR) if row.run_id == run} == {"done"}


def test_what_nobody_expected_and_may_still_leave_goes_on_too(shop: Runtime) -> None:
    """Begun by hand at a moment that had passed when the calendar was applied; a sweep; messages to be sent again."""
    at = first_of(shop, "presale")
    set_clock(shop, at + MINUTE)
    expect_runs(shop, shop.load_calendar(CALENDAR), shop.clock())
    assert overdue(shop, CALENDAR) == []
    run = run_id(CALENDAR, "presale", at)
    decide(shop, CALENDAR, "presale", at)
    enqueue_run(shop, run)
    (found,) = look_after(shop, CALENDAR)
    assert (found.run_id, found.standing, found.plays) == (run, "enqueued", ())
    assert found.left.pending
    set_clock(shop, shop.load_calendar(CALENDAR).timeline.phases["presale"].end + timedelta(days=30))
    assert run in [one.run_id for one in look_after(shop, CALENDAR) if one.standing == "over"]
    assert shop.ledger.stopped(run) == {"expired": found.left.pending}
    assert run not in [one.run_id for one in look_after(shop, CALENDAR)]


def test_what_a_person_did_excuses_a_run(applied: Runtime) -> None:
    at = first_of(applied, "presale")
    set_clock(applied, at + timedelta(hours=30))
    look_after(applied, CALENDAR, lambda _run: "its deployment was paused")
    (row, *_) = applied.ledger.expected(CALENDAR, state="skipped")
    assert row.at == at
    assert end_reason(row.reason, "zh") == "其部署已被暂停"


def test_a_late_run_skips_what_came_too_late(applied: Runtime) -> None:
    at = first_of(applied, "presale")
    set_clock(applied, at + timedelta(hours=30))
    assert run_if_due(applied, CALENDAR, "presale", at).status == "skipped"
    (row, *_) = applied.ledger.expected(CALENDAR, state="skipped")
    assert (row.at, row.reason) == (at, "started 1d 6h late; presale-recommendation allows 2h")
    assert end_reason(row.reason, "zh") == "晚了 1d 6h 才开始；presale-recommendation 至多晚 2h"


def test_every_occurrence_comes_to_one_end_whatever_kills_its_runs(
    applied: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every step fails at every third time; looked after every ten minutes, nothing is left without an end.

    Between the end of one moment and the next moment there is nothing to look after.
    """
    from tasks.running import phase

    killed: Counter[str] = Counter()
    for name in ("decide", "enqueue_run", "dispatch_run", "finish"):
        real = getattr(phase, name)

        def broken(*args: object, name: str = name, real: object = real, **kwargs: object) -> object:
            killed[name] += 1
            if killed[name] % 3 == 1:
                raise PromocalError(("killed", "被中断"))
            return real(*args, **kwargs)  # type: ignore[operator]

        monkeypatch.setattr(phase, name, broken)
    end = applied.load_calendar(CALENDAR).timeline.phases["presale"].end
    now = applied.clock()
    while now < end:
        waiting = applied.ledger.expected(CALENDAR, state="due")
        now = max(now, min((row.at for row in waiting), default=end)) + timedelta(minutes=10)
        set_clock(applied, now)
        for run in look_after(applied, CALENDAR):
            if run.standing in ("due", "started", "enqueued"):
                try:
                    run_if_due(applied, CALENDAR, run.phase, run.at)
                except PromocalError:
                    continue
    past = [row for row in applied.ledger.expected(CALENDAR) if row.at < end]
    assert {row.reason for row in past if row.state != "done"} == {"no member has a fresh event"}
    assert {row.state for row in past} == {"done", "skipped"}
    assert min(killed.values()) > 3
    assert not [job for job in applied.ledger.jobs() if job.status in ("pending", "sending")]
