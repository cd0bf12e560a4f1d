"""Runs that were suspended for an answer go on: over the API, without a new run and without importing Prefect.

So is asked which runs are under way, or were cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from campaign_calendars.deciding.intent import run_id
from flows.names import PRODUCT_TAG, calendar_tag
from flows.server_api import ServerAddress, ServerApi, find_server

if TYPE_CHECKING:
    from tasks.runtime import Runtime

BY_A_PERSON = "Cancelled"
"""Name of the state of what a person cancelled; what ends so by itself says why."""


def suspended(rt: Runtime, calendar_id: str, run: str) -> set[str]:
    """Runs of the server (id) that are suspended and stand for a run of the ledger."""
    with ServerApi(find_server(rt.settings.state)) as api:
        return {str(row["id"]) for row in _suspended(api, calendar_id) if ledger_run(row) == run}


def runs_under_way(address: ServerAddress, calendars: Sequence[str]) -> list[str]:
    """Names of the runs of calendars that have begun and not ended. Raises a PromocalError where it cannot be asked."""
    begun = {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}
    with ServerApi(address) as api:
        found = [row for name in calendars for row in api.pages("flow_runs/filter", _runs_in(name, begun), most=1_000)]
    return [str(row.get("name")) for row in found]


def cancelled_since(rt: Runtime, calendar_id: str, run: str, since: datetime) -> datetime | None:
    """When a person cancelled a run of the server that stands for a run of the ledger, if after the moment `since`.

    Runs that ended cancelled by themselves (`Rejected`, `NobodyReached` …) have another name.
    """
    wanted = _runs_in(calendar_id, {"type": {"any_": ["CANCELLED"]}, "name": {"any_": [BY_A_PERSON]}})
    with ServerApi(find_server(rt.settings.state)) as api:
        rows = [row for row in api.pages("flow_runs/filter", wanted, most=1_000) if ledger_run(row) == run]
    cancelled = [datetime.fromisoformat(row["state"]["timestamp"]) for row in rows if row.get("state")]
    return max((moment for moment in cancelled if moment > since), default=None)


def stopped_on_the_server(rt: Runtime, run: str) -> bool:
    """Whether a person cancelled a run of the ledger there, none of it waits for an answer, and nobody resumed it.

    It is halted then, if it was not. Raises a PromocalError where the server cannot be asked.
    """
    from tasks.outreach.halting import keep_stopped

    calendar = rt.find_run(run).calendar
    if suspended(rt, calendar, run):
        return False
    cancelled = cancelled_since(rt, calendar, run, datetime.min.replace(tzinfo=UTC))
    return cancelled is not None and keep_stopped(rt, run, cancelled)


def wake(rt: Runtime, calendar_id: str, wanted: Callable[[str], bool]) -> list[str]:
    """Let the suspended runs of a calendar go on whose ledger run (id) is `wanted`; returns their ids.

    A run takes up where it stopped: it looks into the ledger first, whoever answered there. Raises a PromocalError
    where the server cannot be asked.
    """
    woken = []
    with ServerApi(find_server(rt.settings.state)) as api:
        for row in _suspended(api, calendar_id):
            name = ledger_run(row)
            if name is None or not wanted(name):
                continue
            state = {
                "type": "SCHEDULED",
                "name": "Resuming",
                "message": "It was answered",
                "state_details": {"scheduled_time": datetime.now(UTC).isoformat()},
            }
            done = api.post(f"flow_runs/{row['id']}/set_state", {"state": state, "force": False})
            if isinstance(done, dict) and done.get("status") == "ACCEPT":
                woken.append(name)
    return woken


def _suspended(api: ServerApi, calendar_id: str) -> list[Any]:
    ours = _runs_in(calendar_id, {"type": {"any_": ["PAUSED"]}, "name": {"any_": ["Suspended"]}})
    return api.pages("flow_runs/filter", ours, most=1_000)


def _runs_in(calendar_id: str, state: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "deployments": {"tags": {"all_": [PRODUCT_TAG, calendar_tag(calendar_id)]}},
        "flow_runs": {"state": state},
        "sort": "EXPECTED_START_TIME_DESC",
    }


def ledger_run(row: Mapping[str, Any]) -> str | None:
    """The id in the ledger of a run of the server; None where its moment cannot be read."""
    given = row.get("parameters") or {}
    try:
        moment = datetime.fromisoformat(given.get("as_of") or row["expected_start_time"]).astimezone(UTC)
        return run_id(given["calendar"], given["phase"], moment.replace(microsecond=0))
    except (KeyError, ValueError, TypeError):
        return None
