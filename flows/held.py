"""What a server holds of a calendar, asked over plain HTTP and without importing Prefect, held against what it should.

A phase that left the calendar leaves the server in two steps: its deployment is paused and marked with the tag
`LEAVING`, and it is deleted once its runs have ended.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from campaign_calendars.findings.said import Said
from flows.names import PRODUCT_TAG, calendar_tag
from flows.server_api import ServerApi
from flows.specs import DeploymentSpec

LEAVING = "promocal:leaving"
WAS_PAUSED = "promocal:paused-before"
"""Beside `LEAVING`: somebody had paused it before, so it stays paused if its phase comes back."""
_UNDER_WAY = ("PENDING", "RUNNING", "CANCELLING", "PAUSED", "SCHEDULED")


@dataclass(frozen=True, slots=True)
class HeldSchedule:
    """A schedule on the server; `edited`: it has parameters of its own, which ours never have."""

    slug: str
    rrule: str | None
    timezone: str | None
    active: bool
    edited: bool


@dataclass(frozen=True, slots=True)
class HeldDeployment:
    """A deployment on the server, as far as we rely on it."""

    id: str
    name: str
    version: str
    parameters: Mapping[str, Any]
    entrypoint: str
    work_pool: str
    tags: tuple[str, ...]
    paused: bool
    updated: str
    schedules: tuple[HeldSchedule, ...]

    @property
    def leaving(self) -> bool:
        """Its phase left the calendar: it was paused by us, until its runs have ended."""
        return LEAVING in self.tags

    @property
    def stopped(self) -> bool:
        """Whether somebody paused it, or one of its schedules."""
        if self.leaving:
            return WAS_PAUSED in self.tags
        return self.paused or any(not schedule.active for schedule in self.schedules)


def held(api: ServerApi, calendar_id: str) -> dict[str, HeldDeployment]:
    """The deployments of a calendar by name, in one request. Raises a PromocalError when the server cannot be asked."""
    wanted = {"deployments": {"tags": {"all_": [PRODUCT_TAG, calendar_tag(calendar_id)]}}}
    found = [_deployment(row) for row in api.pages("deployments/filter", wanted)]
    return {each.name: each for each in found}


def busy(api: ServerApi, deployments: Collection[HeldDeployment]) -> set[str]:
    """Names of those with a run that has begun and not ended, or that was asked for apart from their schedules."""
    names = {each.id: each.name for each in deployments}
    if not names:
        return set()
    wanted = {
        "deployments": {"id": {"any_": [*names]}},
        "flow_runs": {"state": {"type": {"any_": [*_UNDER_WAY]}}},
    }
    runs = api.pages("flow_runs/filter", wanted)
    own = [run for run in runs if run.get("state_type") != "SCHEDULED" or not run.get("auto_scheduled")]
    return {names[str(run.get("deployment_id"))] for run in own if str(run.get("deployment_id")) in names}


def matches(found: HeldDeployment, spec: DeploymentSpec) -> bool:
    """Equal hash, and nobody edited what we rely on in the UI since; costs no extra read."""
    return found.version == spec.version and not found.leaving and not edited(found, spec)


def edited(found: HeldDeployment, spec: DeploymentSpec) -> list[Said]:
    """What is otherwise on the server than it was written."""
    rules = {each.slug: (each.rrule, each.timezone) for each in found.schedules}
    wanted = {each.slug: (each.rrule, each.timezone) for each in spec.schedules}
    names = [name for name in sorted({*rules, *wanted}) if rules.get(name) != wanted.get(name)]
    what: list[Said] = [(f"schedule {name}", f"计划 {name}") for name in names]
    if dict(found.parameters) != dict(spec.parameters):
        what.append(("parameters", "参数"))
    if any(each.edited for each in found.schedules):
        what.append(("parameters of a schedule", "计划的参数"))
    if found.entrypoint != spec.entrypoint:
        what.append(("entrypoint", "入口"))
    if found.work_pool != spec.work_pool:
        what.append(("work pool", "工作池"))
    return what


def _deployment(row: Mapping[str, Any]) -> HeldDeployment:
    """Anything that is missing or of another shape reads as empty, and so as different from what we write."""
    parameters, schedules = row.get("parameters"), row.get("schedules")
    return HeldDeployment(
        id=str(row.get("id")),
        name=str(row.get("name")),
        version=str(row.get("version")),
        parameters=parameters if isinstance(parameters, dict) else {},
        entrypoint=str(row.get("entrypoint")),
        work_pool=str(row.get("work_pool_name")),
        tags=tuple(map(str, row.get("tags") or ())),
        paused=bool(row.get("paused")),
        updated=str(row.get("updated") or ""),
        schedules=tuple(_schedule(each) for each in schedules or () if isinstance(each, dict)),
    )


def _schedule(row: Mapping[str, Any]) -> HeldSchedule:
    rule = row.get("schedule")
    rule = rule if isinstance(rule, dict) else {}
    return HeldSchedule(
        slug=str(row.get("slug") or ""),
        rrule=rule.get("rrule"),
        timezone=rule.get("timezone"),
        active=bool(row.get("active")),
        edited=bool(row.get("parameters")),
    )
