"""What is looked at once a minute, whatever the server, the ledger or a calendar says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from campaign_calendars.findings.errors import ProblemsFoundError
from flows import attending, looking_after
from flows.attending import TOLD_AFTER, Attending
from flows.bringing_up import files_of
from flows.watching import Presence
from tasks.operations.server_state import ServerState, WorkerState
from tasks.runtime import open_runtime
from tests.tasks.operations.deployed import deployment

from .small_project import write_project

Look = Callable[[str], list[tuple[str, str]]]


class Minutes:
    """A clock that is a minute later whenever somebody looks."""

    now = 0.0

    def wall(self) -> float:
        return self.now

    def __call__(self) -> float:
        self.now += attending.EVERY_SECONDS
        return self.now


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(attending, "remove_left", lambda _rt, _name: ())
    monkeypatch.setattr("flows.future_names.name_future_runs", lambda _rt, _name: 0)
    return write_project(tmp_path, [datetime.now(UTC) + timedelta(days=1)])


def looked(monkeypatch: pytest.MonkeyPatch, look: Look) -> list[str]:
    seen: list[str] = []

    def look_after_runs(_rt: object, name: str) -> list[tuple[str, str]]:
        seen.append(name)
        return look(name)

    monkeypatch.setattr(looking_after, "look_after_runs", look_after_runs)
    return seen


def test_a_server_that_does_not_answer_ends_nothing_and_keeps_no_other_calendar_waiting(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prefect's client raises what its HTTP library raises: that ended `serve`, and with it every run."""

    def look(name: str) -> list[tuple[str, str]]:
        if name == "first":
            raise httpx.ReadTimeout("database is locked")
        return [(f"{name} goes on", "")]

    seen = looked(monkeypatch, look)
    said: list[tuple[str, str]] = []
    told: list[tuple[str, str]] = []
    clock = Minutes()
    attend = Attending(
        project, ("first", "second"), said.append, lambda kind, what: told.append((kind, what[0])), clock, clock.wall
    )
    attend()
    assert seen == ["first", "second"]
    assert said[0][0].startswith("Could not look after runs of first: httpx.ReadTimeout")
    assert said[1:] == [("second goes on", "")]
    assert told == []


def test_the_staff_is_told_once_when_it_stays_so_and_again_when_it_comes_back(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = [True]

    def look(_name: str) -> list[tuple[str, str]]:
        if away[0]:
            raise httpx.ConnectError("nobody there")
        return []

    looked(monkeypatch, look)
    told: list[str] = []
    clock = Minutes()
    attend = Attending(
        project, (), lambda _: None, lambda kind, what: told.append(f"{kind} {what[0]}"), clock, clock.wall
    )
    for _ in range(TOLD_AFTER - 1):
        attend()
    assert told == []
    for _ in range(TOLD_AFTER):
        attend()
    (once,) = told
    assert once.startswith("run_failed Could not look after runs of small-sale")
    away[0] = False
    attend()
    away[0] = True
    for _ in range(TOLD_AFTER):
        attend()
    assert len(told) == 2


def test_it_looks_no_more_than_once_a_minute(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, now = looked(monkeypatch, lambda _name: []), [100.0]
    attend = Attending(project, ("first",), lambda _: None, lambda *_: None, lambda: now[0], lambda: now[0])
    for later in (0.0, 30.0, 29.0, 1.0):
        now[0] += later
        attend()
    assert seen == ["first", "first"]


def test_half_an_edit_of_one_calendar_does_not_keep_the_others_from_being_served(project: Path) -> None:
    (project / "calendars" / "draft.yaml").write_text("calendar: draft\nphases: [", "utf-8")
    with open_runtime(project) as rt:
        files, unreadable = files_of(rt, ())
        assert (list(files), list(unreadable)) == (["small-sale"], ["draft"])
        with pytest.raises(ProblemsFoundError):
            files_of(rt, ("draft",))
        (project / "calendars" / "small-sale.yaml").unlink()
        with pytest.raises(ProblemsFoundError):
            files_of(rt, ())


def server(*, answers: bool = True, alive: bool = True) -> ServerState:
    return ServerState(
        api_url="http://server:4200/api",
        named_by="PREFECT_API_URL",
        version="3",
        problem={} if answers else {"en": "nobody answers", "zh": "没有应答"},
        workers=(WorkerState(name="w", alive=alive, heard_at=None),),
        deployments=(deployment("a.b"),),
    )


def test_a_server_or_worker_that_stays_away_is_told_once_and_not_for_a_restart() -> None:
    said: list[str] = []
    told: list[tuple[str, str]] = []
    presence = Presence(lambda line: said.append(line[0]), lambda kind, line: told.append((kind, line[0])))
    for state in (server(), *[server(answers=False)] * (TOLD_AFTER - 1), server()):
        presence(state)
    assert told == []
    assert said == ["nobody answers", "the server answers and a worker is alive again"]
    for state in (*[server(answers=False)] * 2 * TOLD_AFTER, *[server(alive=False)] * 2 * TOLD_AFTER, server()):
        presence(state)
    assert [kind for kind, _ in told] == ["server", "worker", "worker"]
    assert "no worker is alive" in told[1][1]
    assert told[2][1] == "the server answers and a worker is alive again", "whoever was called out is told of the end"


@pytest.mark.parametrize(("seconds", "way"), [(3_600.0, "on by 3,600 s"), (-3_600.0, "back by 3,600 s")])
def test_after_a_jump_of_the_clock_nobody_is_judged_by_signs_of_the_old_one(
    project: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, way: str
) -> None:
    """A laptop that slept, a clock that was set: runs that live have not been heard for an hour, by the new clock."""
    seen, now, wall = looked(monkeypatch, lambda _name: []), [100.0], [5_000.0]
    said: list[str] = []
    attend = Attending(
        project, ("first",), lambda line: said.append(line[0]), lambda *_: None, lambda: now[0], lambda: wall[0]
    )
    attend()
    wall[0] += seconds
    for later in (0.5, 30.0, 29.0):
        now[0] += later
        wall[0] += later
        attend()
    assert seen == ["first"]
    (told,) = said
    assert way in told
    now[0] += 1.0
    wall[0] += 1.0
    attend()
    assert seen == ["first", "first"]


def test_a_disk_that_is_full_is_told_and_ends_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_project: object) -> None:
        raise OSError(28, "No space left on device", "/var/logs")

    monkeypatch.setattr("tasks.runtime.open_runtime", full)
    said: list[str] = []
    clock = Minutes()
    attend = Attending(project, (), lambda line: said.append(line[0]), lambda *_: None, clock, clock.wall)
    attend()
    assert said == ["Could not look after runs: there is no room left to write /var/logs"]
