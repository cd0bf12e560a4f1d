"""An apply that is killed at any of its steps, on a real server: the next one finishes it, as it was agreed to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import UsageError
from flows import applying, deployments
from flows.applying import adopt_plan, apply_plan
from flows.deployments import Changes, preview
from flows.server_api import ServerApi
from tasks.data.refresh import refresh
from tasks.planning.beside import make
from tasks.runtime import Runtime, open_runtime

from .conftest import Harness, remove_deployments
from .small_project import ZONE, write_project

pytestmark = pytest.mark.server
NAME = "small-sale"
TEN = (datetime.now(ZONE) + timedelta(days=3)).replace(hour=10, minute=0, second=0, microsecond=0)


class KilledError(BaseException):
    """The process is gone: nothing that catches errors sees it."""


@pytest.fixture
def rt(tmp_path: Path, prefect_server: Harness) -> Iterator[Runtime]:
    """A project whose phase was applied, and is another one in the calendar of now."""
    write_project(tmp_path, [TEN, TEN + timedelta(days=1)])
    with open_runtime(tmp_path, clock=lambda: datetime.now(UTC)) as rt:
        refresh(rt, NAME, rt.clock())
        apply_plan(rt, NAME, make(rt, NAME).checksum, by="Li")
        path = tmp_path / "calendars" / f"{NAME}.yaml"
        path.write_text(path.read_text("utf-8").replace("id: burst", "id: sale"), "utf-8")
        yield rt
    remove_deployments(NAME)


def killed(place: Any, name: str, *, after: bool) -> Callable[[pytest.MonkeyPatch], None]:
    """The process ends before this call, or after it."""

    def kill(patch: pytest.MonkeyPatch) -> None:
        whole = getattr(place, name)

        def broken(*args: Any, **kwargs: Any) -> None:
            if after:
                whole(*args, **kwargs)
            raise KilledError

        patch.setattr(place, name, broken)

    return kill


STEPS = {
    f"{'after' if after else 'before'} {what}": killed(place, name, after=after)
    for what, place, name in (
        ("the server is asked", deployments, "_steps"),
        ("what left is removed", ServerApi, "delete"),
        ("what is new is written", deployments, "_upsert"),
        ("its moments are expected", deployments, "expect_runs"),
        ("it is done", applying, "end_apply"),
    )
    for after in (False, True)
}


def test_an_apply_that_is_killed_at_any_step_is_finished_by_the_next(rt: Runtime) -> None:
    """Each step in turn, there and back again: one project, one server."""
    path = rt.settings.root / "calendars" / f"{NAME}.yaml"
    phases = ["burst", "sale"]
    for step, kill in STEPS.items():
        checksum = make(rt, NAME).checksum
        with pytest.MonkeyPatch.context() as patch:
            kill(patch)
            with pytest.raises(KilledError):
                apply_plan(rt, NAME, checksum, by="Wang", force=["members", "budget"])
        apply_plan(rt, NAME, checksum, by="Zhao")
        held = f"{NAME}.{phases[-1]}"
        assert preview(rt, NAME) == Changes(unchanged=(held,)), step
        assert rt.ledger.begun_plan(NAME) is None, step
        due = rt.ledger.expected(NAME, state="due")
        assert {(row.phase, row.plan) for row in due} == {(phases[-1], checksum)}, step
        noted = [entry for entry in rt.ledger.audit() if (entry.action, entry.subject) == ("apply", checksum)]
        assert {entry.by for entry in noted} == {"Wang"}, step
        path.write_text(path.read_text("utf-8").replace(f"id: {phases[-1]}", f"id: {phases[0]}x"), "utf-8")
        phases = [phases[-1], f"{phases[0]}x"]


def test_a_project_that_moved_takes_over_what_was_agreed_to_and_nothing_else(rt: Runtime, tmp_path: Path) -> None:
    """The calendar was changed on the way: that change was read by nobody."""
    moved = tmp_path / "moved"
    for part in ("calendars", "stores", "messages", "data", "var", "promocal.toml"):
        whole = shutil.copytree if (tmp_path / part).is_dir() else shutil.copy
        moved.mkdir(exist_ok=True)
        whole(tmp_path / part, moved / part)
    with open_runtime(moved, clock=rt.clock) as there:
        with pytest.raises(UsageError, match="nobody applied small-sale as it is written now") as error:
            adopt_plan(there, NAME, None, by="Li")
        assert "--plan CHECKSUM" in error.value.remedy
        assert "没有人应用过" in error.value.text("zh")
        path = moved / "calendars" / f"{NAME}.yaml"
        path.write_text(path.read_text("utf-8").replace("id: sale", "id: burst"), "utf-8")
        assert adopt_plan(there, NAME, None, by="Li").updated == (f"{NAME}.burst",)
        assert preview(there, NAME).unchanged == (f"{NAME}.burst",)
        agreed = there.ledger.applied_plan(NAME)
        assert agreed is not None
        assert {row.plan for row in there.ledger.expected(NAME)} == {agreed.checksum}


def test_what_waits_of_a_project_that_moved_runs_in_its_new_place(prefect_server: Harness, tmp_path: Path) -> None:
    """A follow-up, and a run that waits for a person: the old directory may still be there, with its ledger of then."""
    from prefect.client.orchestration import get_client
    from prefect.states import Suspended

    from flows.follow_up import deployment_of, start_again
    from flows.steps import ProjectRun

    root, moved = write_project(tmp_path / "old", [TEN, TEN + timedelta(days=1)]), tmp_path / "new"
    with open_runtime(root, clock=lambda: datetime.now(UTC)) as rt:
        refresh(rt, NAME, rt.clock())
        apply_plan(rt, NAME, make(rt, NAME).checksum, by="Li")
        found = deployment_of(NAME, "burst")
        assert found is not None
        for number in (1, 2):
            key = ProjectRun(str(root), NAME, "burst", TEN - timedelta(hours=number))
            start_again(key, found.id, datetime.now(UTC) + timedelta(hours=number), "Looks again")
    with get_client(sync_client=True) as client:
        waits = next(run for run in client.read_flow_runs() if run.parameters.get("as_of"))
        client.set_flow_run_state(waits.id, Suspended(timeout_seconds=3600), force=True)
    shutil.copytree(root, moved)
    with open_runtime(moved, clock=lambda: datetime.now(UTC)) as there:
        adopt_plan(there, NAME, None, by="Li")
    with get_client(sync_client=True) as client:
        left = [run for run in client.read_flow_runs() if run.deployment_id == found.id]
    places = {run.id: run.parameters["project_dir"] for run in left}
    as_of = {run.parameters.get("as_of") for run in left}
    assert waits.id in places
    assert len(places) >= 2
    assert set(places.values()) == {str(moved.resolve())}
    assert len(as_of - {None}) == 2, "and they stand for the same moments"
    remove_deployments(NAME)
