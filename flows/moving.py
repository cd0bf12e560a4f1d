"""Runs that wait on a server while their project moves: made with its old directory, they go on in the new one.

The scheduler makes its own anew when a deployment changes; a follow-up and a run that waits for a person keep what they
were made with. Where a copy stayed behind, they would send by the ledger of then.
"""

from __future__ import annotations

from flows.names import PRODUCT_TAG, calendar_tag
from flows.server_api import ServerApi

_WAIT = ["SCHEDULED", "PAUSED"]


def move_runs(api: ServerApi, calendar_id: str, project_dir: str) -> int:
    """Give the calendar's runs that wait the directory of now; returns how many had another one."""
    wanted = {
        "deployments": {"tags": {"all_": [PRODUCT_TAG, calendar_tag(calendar_id)]}},
        "flow_runs": {"state": {"type": {"any_": _WAIT}}},
        "sort": "EXPECTED_START_TIME_ASC",
    }
    moved = 0
    for run in api.pages("flow_runs/filter", wanted):
        given = run.get("parameters") or {}
        if given.get("project_dir") not in (None, project_dir):
            api.patch(f"flow_runs/{run['id']}", {"parameters": {**given, "project_dir": project_dir}})
            moved += 1
    return moved
