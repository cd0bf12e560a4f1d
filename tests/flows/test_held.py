"""Applying what a server holds already: one request, no Prefect, and what was edited there is seen."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.held import busy, held, matches
from flows.server_api import ServerAddress, ServerApi
from flows.specs import DeploymentSpec, deployment_specs
from tasks.runtime import open_runtime

from .small_project import ZONE, write_project
from .test_server_api import answering

TEN = datetime(2030, 3, 5, 10, tzinfo=ZONE)


@pytest.fixture
def specs(tmp_path: Path) -> list[DeploymentSpec]:
    write_project(tmp_path, [TEN + n * timedelta(days=1) for n in range(3)])
    with open_runtime(tmp_path, clock=lambda: datetime(2030, 1, 1, tzinfo=UTC)) as rt:
        loaded = rt.load_calendar("small-sale")
    return deployment_specs(tmp_path, loaded.calendar, loaded.timeline)


def rows(specs: list[DeploymentSpec]) -> list[dict[str, Any]]:
    """What Prefect's API answers about them."""
    return [
        {
            "name": spec.name,
            "version": spec.version,
            "parameters": dict(spec.parameters),
            "entrypoint": spec.entrypoint,
            "work_pool_name": spec.work_pool,
            "paused": False,
            "schedules": [
                {
                    "slug": rule.slug,
                    "schedule": {"rrule": rule.rrule, "timezone": rule.timezone},
                    "active": True,
                    "parameters": {},
                }
                for rule in spec.schedules
            ],
        }
        for spec in specs
    ]


def ask(rows: list[dict[str, Any]]) -> Any:
    with answering(200, json.dumps(rows).encode()) as url, ServerApi(ServerAddress(url, "PREFECT_API_URL")) as api:
        return held(api, "small-sale")


def test_what_is_held_is_unchanged_and_a_pause_is_told(specs: list[DeploymentSpec]) -> None:
    answered = rows(specs)
    (found,) = ask(answered).values()
    assert matches(found, specs[0])
    assert not found.stopped
    answered[0]["schedules"][0]["active"] = False
    (found,) = ask(answered).values()
    assert matches(found, specs[0])
    assert found.stopped


@pytest.mark.parametrize(
    "edit",
    [
        lambda row: row.update(version="x"),
        lambda row: row["parameters"].update(phase="warm-up"),
        lambda row: row.update(work_pool_name="another"),
        lambda row: row.update(entrypoint="x.y"),
        lambda row: row["schedules"].pop(),
        lambda row: row["schedules"][0]["parameters"].update(phase="x"),
        lambda row: row["schedules"][0]["schedule"].update(rrule="FREQ=DAILY"),
        lambda row: row["schedules"][0].update(schedule={"interval": 60}),
        lambda row: row.update(tags=["promocal:leaving"]),
        lambda row: row.update(parameters=7),
        lambda row: row.update(schedules=None),
        lambda row: row.pop("version"),
    ],
)
def test_what_somebody_edited_is_not_what_was_written(
    specs: list[DeploymentSpec], edit: Callable[[dict[str, Any]], object]
) -> None:
    answered = copy.deepcopy(rows(specs))
    edit(answered[0])
    (found,) = ask(answered).values()
    assert not matches(found, specs[0])


def test_only_runs_that_somebody_began_keep_a_deployment(specs: list[DeploymentSpec]) -> None:
    (found,) = ask([{**row, "id": "d1"} for row in rows(specs)]).values()
    for run, keeps in (
        ({"deployment_id": "d1", "state_type": "SCHEDULED", "auto_scheduled": True}, False),
        ({"deployment_id": "d1", "state_type": "SCHEDULED", "auto_scheduled": False}, True),
        ({"deployment_id": "d1", "state_type": "PAUSED", "auto_scheduled": True}, True),
        ({"deployment_id": "another", "state_type": "RUNNING"}, False),
    ):
        with answering(200, json.dumps([run]).encode()) as url, ServerApi(ServerAddress(url, "it")) as api:
            assert busy(api, [found]) == ({found.name} if keeps else set())


def test_a_deployment_says_the_goal_of_its_phase_in_both_languages(tmp_path: Path) -> None:
    write_project(tmp_path, [TEN])
    path = tmp_path / "calendars" / "small-sale.yaml"
    goal = "    goal: {en: Wake old members, zh: 唤醒老会员}\n    window:"
    path.write_text(path.read_text("utf-8").replace("    window:", goal), "utf-8")
    with open_runtime(tmp_path) as rt:
        loaded = rt.load_calendar("small-sale")
    (spec,) = deployment_specs(tmp_path, loaded.calendar, loaded.timeline)
    assert "Goal / 目标: Wake old members  唤醒老会员" in spec.description


def test_a_worker_may_have_the_project_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.steps import ProjectRun

    write_project(tmp_path, [TEN])
    monkeypatch.setenv("PROMOCAL_PROJECT", str(tmp_path))
    with ProjectRun("/where/it/was/applied", "small-sale", "burst", TEN).runtime() as rt:
        assert rt.settings.root == tmp_path


def test_asking_imports_no_prefect() -> None:
    code = "import sys, flows.deployments, flows.held, flows.asking; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
