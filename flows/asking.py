"""What the Prefect server knows of promocal's deployments, in five small requests and without importing Prefect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from campaign_calendars.findings.errors import PromocalError
from flows.held import LEAVING
from flows.names import AUTOMATION, PRODUCT_TAG, WORK_POOL
from flows.schedules import last_moment
from flows.server_api import ServerAddress, ServerApi, find_server
from flows.waking import ledger_run
from tasks.operations.server_state import DeploymentState, ServerState, WorkerState

_OURS = {"deployments": {"tags": {"all_": [PRODUCT_TAG]}}}
_RECENT = timedelta(days=7)


def ask_server(state: Path, now: datetime) -> ServerState:
    """The server that is meant, and what it says; one that cannot be asked is told, not raised."""
    address = ServerAddress("", "")
    try:
        address = find_server(state)
        with ServerApi(address) as api:
            try:
                return _asked(api, now)
            except (AttributeError, TypeError):  # JSON, but not of the shape that Prefect's answers have
                raise api.no_prefect() from None
    except PromocalError as error:
        return ServerState(
            api_url=address.shown,
            named_by=address.named_by,
            version="",
            problem=dict(zip(("en", "zh"), error.said, strict=True)),
            remedy=dict(zip(("en", "zh"), error.remedy_said, strict=True)),
        )


def _asked(api: ServerApi, now: datetime) -> ServerState:
    version = str(api.get("admin/version"))
    ahead = (api.server_time - api.asked_at).total_seconds() if api.server_time and api.asked_at else None
    deployments = api.pages("deployments/filter", {**_OURS, "sort": "NAME_ASC"})
    counted = _count(api, now)
    return ServerState(
        api_url=api.address.shown,
        named_by=api.address.named_by,
        version=version,
        problem={},
        clock_ahead=ahead,
        workers=tuple(_workers(api)),
        deployments=tuple(_deployment(each, counted[str(each.get("id"))], now) for each in deployments),
        scheduler_on=_scheduler_on(api),
        tells=tuple(_told_by_itself(api)),
    )


def _told_by_itself(api: ServerApi) -> Iterable[str]:
    for row in api.pages("automations/filter", {}):
        name = str(row.get("name"))
        if row.get("enabled") and name.startswith(AUTOMATION):
            yield name.removeprefix(AUTOMATION)


def _scheduler_on(api: ServerApi) -> bool | None:
    held: Any = api.get("admin/settings")
    for name in ("server", "services", "scheduler", "enabled"):
        held = held.get(name) if isinstance(held, dict) else None
    return held if isinstance(held, bool) else None


@dataclass
class _Counted:
    at_work: list[str | None] = field(default_factory=list)
    late: int = 0
    failed: int = 0
    ahead: list[datetime] = field(default_factory=list)


def _count(api: ServerApi, now: datetime) -> Mapping[str, _Counted]:
    """Deployment id → what its runs are doing."""
    found: defaultdict[str, _Counted] = defaultdict(_Counted)
    for run in _runs(api, {"type": {"any_": ["SCHEDULED", "PENDING", "RUNNING", "CANCELLING"]}}):
        one = found[str(run.get("deployment_id"))]
        if run.get("state_type") != "SCHEDULED":
            one.at_work.append(ledger_run(run))
        elif run.get("state_name") == "Late":
            one.late += 1
        elif at := _moment(run.get("next_scheduled_start_time") or run.get("expected_start_time")):
            one.ahead.append(at)
    ended = {"end_time": {"after_": (now - _RECENT).isoformat()}}
    for run in _runs(api, {"type": {"any_": ["FAILED", "CRASHED"]}}, ended):
        found[str(run.get("deployment_id"))].failed += 1
    return found


def _runs(api: ServerApi, state: Mapping[str, Any], also: Mapping[str, Any] | None = None) -> Iterable[Any]:
    wanted = {**_OURS, "flow_runs": {"state": state, **(also or {})}, "sort": "EXPECTED_START_TIME_ASC"}
    return api.pages("flow_runs/filter", wanted)


def _workers(api: ServerApi) -> list[WorkerState]:
    pools = api.post("work_pools/filter", {"work_pools": {"name": {"any_": [WORK_POOL]}}})
    rows = api.pages(f"work_pools/{WORK_POOL}/workers/filter", {}) if pools else []
    found = [
        WorkerState(
            name=str(row.get("name")),
            alive=row.get("status") == "ONLINE",
            heard_at=_moment(row.get("last_heartbeat_time")),
        )
        for row in rows
    ]
    return sorted(found, key=lambda worker: (not worker.alive, worker.name))


def _deployment(row: Mapping[str, Any], counted: _Counted, now: datetime) -> DeploymentState:
    given = row.get("parameters") or {}
    schedules = row.get("schedules") or []
    paused, leaving = bool(row.get("paused")), LEAVING in (row.get("tags") or ())
    return DeploymentState(
        name=str(row.get("name")),
        calendar=str(given.get("calendar", "")),
        phase=str(given.get("phase", "")),
        project=str(given.get("project_dir", "")),
        paused=not leaving and (paused or any(not each.get("active") for each in schedules)),
        leaving=leaving,
        running=len(counted.at_work),
        at_work=tuple(dict.fromkeys(run for run in counted.at_work if run is not None)),
        ahead=len(counted.ahead),
        next_at=min(counted.ahead, default=None),
        late=counted.late,
        failed=counted.failed,
        expects=not paused
        and any(each.get("active") and _comes(each.get("schedule") or {}, now) for each in schedules),
    )


def _comes(schedule: Mapping[str, Any], now: datetime) -> bool:
    """Whether one of our rules has a moment to come."""
    last = last_moment(str(schedule.get("rrule", "")), str(schedule.get("timezone") or "UTC"))
    return last is not None and last > now


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC) if text else None
    except ValueError:
        return None
