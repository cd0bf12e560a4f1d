"""What `promocal doctor` concludes from what a server said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tasks.operations.findings import Finding
from tasks.operations.server_checks import server_checks
from tasks.operations.server_state import ServerState, WorkerState
from tests.tasks.operations.deployed import deployment

MOMENT = datetime(2026, 3, 5, 10, tzinfo=UTC)
WORKER = WorkerState(name="w", alive=True, heard_at=MOMENT)
BURST = deployment("sale.burst", next_at=MOMENT, expects=True)
WELL = ServerState(
    api_url="http://s/api",
    named_by="PREFECT_API_URL",
    version="3.8.8",
    problem={},
    clock_ahead=0.4,
    workers=(WORKER,),
    deployments=(BURST,),
    scheduler_on=True,
)


def judged(server: ServerState) -> dict[str, Finding]:
    """Part → its worst finding."""
    order = ("ok", "warning", "error")
    worst: dict[str, Finding] = {}
    for each in server_checks(server, ["sale"], "/p", "3.8.8"):
        if each.part not in worst or order.index(each.level) > order.index(worst[each.part].level):
            worst[each.part] = each
    return worst


def test_a_server_that_is_well() -> None:
    assert {each.level for each in judged(WELL).values()} == {"ok"}


@pytest.mark.parametrize(
    ("server", "part", "level", "words"),
    [
        (replace(WELL, version="3.7.0"), "server", "warning", "3.7.0"),
        (replace(WELL, clock_ahead=-30.0), "clock", "warning", "30.0 s"),
        (replace(WELL, clock_ahead=900.0), "clock", "error", "900.0 s"),
        (replace(WELL, scheduler_on=False), "scheduler", "error", "without its scheduler"),
        (replace(WELL, deployments=(replace(BURST, ahead=0),)), "scheduler", "error", "sale.burst"),
        (replace(WELL, workers=(replace(WORKER, alive=False),)), "workers", "error", "no worker is alive"),
        (replace(WELL, deployments=(replace(BURST, late=4),)), "workers", "warning", "4 run(s) are late"),
        (replace(WELL, deployments=(replace(BURST, project="/old"),)), "calendars", "warning", "/old"),
        (replace(WELL, deployments=(replace(BURST, paused=True),)), "calendars", "warning", "sale.burst"),
        (replace(WELL, deployments=(replace(BURST, calendar="gone"),)), "calendars", "warning", "gone"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found_with_a_remedy_in_two_languages(
    server: ServerState, part: str, level: str, words: str
) -> None:
    finding = judged(server)[part]
    assert (finding.level, words in finding.message["en"]) == (level, True)
    assert finding.message["zh"] != finding.message["en"]
    assert finding.remedy["en"]
    assert finding.remedy["zh"]


def test_a_paused_deployment_is_not_expected_to_have_runs() -> None:
    paused = replace(BURST, paused=True, ahead=0)
    assert judged(replace(WELL, deployments=(paused,)))["scheduler"].level == "ok"


def test_an_alert_that_the_server_is_to_tell_and_has_no_automation_for_reaches_nobody() -> None:
    """`[alerts] by = "prefect"`, and nobody wrote the automations, or somebody switched one off."""
    told = replace(WELL, tells=("gate", "worker"))

    def of(server: ServerState, *alerts: str) -> list[str]:
        findings = server_checks(server, ["sale"], "/p", "3.8.8", alerts)
        return [each.message["en"] for each in findings if each.level == "error"]

    assert of(told, "gate", "worker") == []
    (said,) = of(told, "gate", "missed", "crashed")
    assert said.startswith("nobody is told of: missed, crashed")
    assert of(WELL) == []
