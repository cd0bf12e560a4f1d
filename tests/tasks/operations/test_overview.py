"""Where calendars stand, told from a calendar, a ledger and what a server said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.deciding.decide import decide
from tasks.operations.overview import ProjectOverview, overview
from tasks.operations.server_state import ServerState
from tasks.outreach.outreach import enqueue_run
from tasks.running.expecting import expect_runs, look_after
from tasks.running.phase import run_if_due
from tasks.running.status import status
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import ZONE, write_project
from tests.pulling import refresh
from tests.tasks.operations.deployed import deployment
from warehouse.ledger.audit import applied

TEN = datetime(2026, 3, 5, 10, tzinfo=ZONE)
DAY = timedelta(days=1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path, [TEN + n * DAY for n in range(4)])


def at(project: Path, now: datetime) -> Runtime:
    return open_runtime(project, clock=lambda: now.astimezone(UTC))


def look(rt: Runtime, server: ServerState | None = None) -> ProjectOverview:
    return overview(rt, status(rt), server, None)


def test_before_it_was_applied_nothing_is_missed(project: Path) -> None:
    with at(project, TEN + DAY + timedelta(hours=5)) as rt:
        (one,) = look(rt).calendars
    assert (one.stands, one.missed, one.due, one.applied_at) == ("during", (), (), None)
    assert [(each.at, each.phase, each.plays) for each in one.next] == [
        (TEN + 2 * DAY, "burst", ("recall",)),
        (TEN + 3 * DAY, "burst", ("recall",)),
    ]


def test_a_moment_without_a_run_is_due_within_its_grace_and_missed_after_it(project: Path) -> None:
    with at(project, TEN - DAY) as rt:
        expect_runs(rt, rt.load_calendar("small-sale"), rt.clock())
        rt.ledger.note(applied("small-sale", "small-sale", "Li", rt.clock()))
    with at(project, TEN + timedelta(minutes=30)) as rt:
        (one,) = look(rt).calendars
        assert [run.run_id for run in one.due] == ["small-sale.burst.20260305T020000Z"]
        assert one.missed == ()
    with at(project, TEN + DAY + timedelta(hours=3)) as rt:
        (one,) = look(rt).calendars
        assert one.due == ()
        assert [run.at for run in one.missed] == [TEN + DAY, TEN]
        assert (one.applied_by, one.moments_left) == ("Li", 2)


def test_a_run_that_happened_is_neither_due_nor_missed(project: Path) -> None:
    with at(project, TEN + timedelta(minutes=1)) as rt:
        run_if_due(rt, "small-sale", "burst", TEN)
    with at(project, TEN + timedelta(hours=5)) as rt:
        (one,) = look(rt).calendars
    assert (one.finished, one.due, one.missed) == (1, (), ())


def test_a_calendar_with_errors_does_not_hide_the_others(project: Path) -> None:
    (project / "calendars" / "broken.yaml").write_text("calendar: broken\nstore: nowhere\n", "utf-8")
    with at(project, TEN - 9 * DAY) as rt:
        broken, small = look(rt).calendars
    assert (broken.calendar, broken.stands) == ("broken", "unreadable")
    assert (small.calendar, small.stands) == ("small-sale", "before")


def test_what_the_server_says_stands_beside_its_calendar(project: Path) -> None:
    held = (
        deployment("small-sale.burst", project="", ahead=2, paused=True, late=2),
        deployment("other.burst", project="", late=7),
    )
    server = ServerState(api_url="http://x/api", named_by="", version="3", problem={}, deployments=held)
    with at(project, TEN - 9 * DAY) as rt:
        (one,) = look(rt, server).calendars
    assert (one.deployments, one.paused, one.late) == (1, ("small-sale.burst",), 2)


def test_a_run_at_work_is_running_however_late_and_whatever_waits(project: Path) -> None:
    """A long refresh after its grace, and messages that wait for the rate of their channel while it sends."""
    late, sends = "small-sale.burst.20260305T020000Z", "small-sale.burst.20260306T020000Z"
    with at(project, TEN - DAY) as rt:
        expect_runs(rt, rt.load_calendar("small-sale"), rt.clock())
    with at(project, TEN + DAY) as rt:
        refresh(rt, "small-sale", TEN + DAY)
        decided = decide(rt, "small-sale", "burst", TEN + DAY)
        assert decided is not None
        enqueue_run(rt, decided.run_id)
        held = (deployment("small-sale.burst", running=2, at_work=(late, sends)),)
        server = ServerState(api_url="http://x/api", named_by="", version="3", problem={}, deployments=held)
        (alone,), (one,) = look(rt).calendars, look(rt, server).calendars
    assert ([run.run_id for run in alone.missed], alone.running, alone.waiting) == ([late], (), (sends,))
    assert (one.missed, one.due, one.running, one.waiting) == ((), (), (late, sends), ())


def test_a_missed_run_is_told_once_and_by_the_calendars_clock(project: Path) -> None:
    """Killed before it enqueued: the ledger has it as failed, too."""
    with at(project, TEN - DAY) as rt:
        expect_runs(rt, rt.load_calendar("small-sale"), rt.clock())
    with at(project, TEN) as rt:
        refresh(rt, "small-sale", TEN)
        decide(rt, "small-sale", "burst", TEN)
    with at(project, TEN + timedelta(hours=5)) as rt:
        look_after(rt, "small-sale")
        (one,) = look(rt).calendars
    assert one.failed == ()
    assert [f"{run.at:%m-%d %H:%M}" for run in one.missed] == ["03-05 10:00"]
