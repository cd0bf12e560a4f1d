"""Occurrences of a calendar → Prefect deployments and schedules, and the reconcile behind `apply`.

One deployment stands for one (calendar, phase); its schedules (`flows.schedules`) name every moment
at which a play of that phase is due.

Two habits of the server decide the shape of this module (tried on Prefect 3.8):

* Parameters sit on the deployment: those of a schedule are wiped when somebody toggles it.
* Applying is not declarative: schedules and deployments that left the calendar stay active, and
  a naive re-apply un-pauses what an operator paused. Hence our own reconcile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.values.scalars import format_duration
from flows.environment import connected
from flows.names import FLOW_NAME, PRODUCT_TAG, calendar_tag, deployment_name
from flows.schedules import ScheduleSpec, expand, is_sweep, phase_schedules
from flows.server_api import find_server
from flows.specs import DeploymentSpec
from flows.unchanged import held_already
from tasks.deciding.draws import require_same_draws
from tasks.journal import note
from tasks.running.expecting import expect_runs

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.responses import DeploymentResponse

    from campaign_calendars.model.calendar import Calendar, Phase
    from campaign_calendars.time.resolving import Timeline
    from tasks.runtime import Runtime

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reconcile did, by deployment name. `kept_paused`: left paused because an operator paused them.

    `drift`: what somebody had edited on the server, and what became of it.
    """

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept_paused: tuple[str, ...] = field(default=(), compare=False)
    drift: tuple[Said, ...] = field(default=(), compare=False)

    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {name: len(getattr(self, name)) for name in ("created", "updated", "unchanged", "removed")}

    @property
    def any(self) -> bool:
        return bool(self.created or self.updated or self.removed)


# --- deployments: pure -----------------------------------------------------------------------


def deployment_specs(project_dir: Path | str, calendar: Calendar, timeline: Timeline) -> list[DeploymentSpec]:
    """One spec per phase that has at least one moment, in the calendar's order."""
    specs = []
    for phase in calendar.phases:
        schedules = phase_schedules(timeline, phase.id)
        if schedules:
            specs.append(_phase_spec(Path(project_dir).resolve(), calendar, phase, timeline, schedules))
    return specs


def _phase_spec(
    project_dir: Path, calendar: Calendar, phase: Phase, timeline: Timeline, schedules: Sequence[ScheduleSpec]
) -> DeploymentSpec:
    span = timeline.phases[phase.id]
    last = span.end - timedelta(seconds=1)
    goal = "  ".join(text for text in (phase.goal.get("en"), phase.goal.get("zh")) if text)
    lines = [
        f"**{calendar.title.get('en') or calendar.calendar} / {phase.title.get('en') or phase.id}**"
        f" ({calendar.title.get('zh')} {phase.title.get('zh')})".replace(" ( )", ""),
        "",
        *([f"Goal / 目标: {goal}", ""] if goal else []),
        f"{span.start:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S}, {timeline.timezone}.",
        "",
        "| play | audience | moments | first | last |",
        "| --- | --- | ---: | --- | --- |",
    ]
    for play in phase.plays:
        lines += [
            f"| {play.id} | {play.audience} | {sweep.count} | {sweep.span.start:%m-%d %H:%M} "
            f"| every {format_duration(sweep.every)} |"
            for sweep in timeline.sweeps
            if (sweep.phase, sweep.play) == (phase.id, play.id)
        ]
        due = [o.at for o in timeline.occurrences if o.phase == phase.id and o.play == play.id]
        if due:
            lines.append(f"| {play.id} | {play.audience} | {len(due)} | {due[0]:%m-%d %H:%M} | {due[-1]:%m-%d %H:%M} |")
    return DeploymentSpec(
        name=deployment_name(calendar.calendar, phase.id),
        description="\n".join(lines),
        tags=(PRODUCT_TAG, calendar_tag(calendar.calendar), f"phase:{phase.kind}"),
        parameters={"project_dir": str(project_dir), "calendar": calendar.calendar, "phase": phase.id},
        schedules=tuple(schedules),
    )


# --- reconcile -------------------------------------------------------------------------------


def apply_deployments(
    project_dir: Path | str, calendar: Calendar, timeline: Timeline, *, take_over: bool = False
) -> Changes:
    """Make the server hold exactly this calendar's deployments; the API in force is Prefect's own setting.

    One filtered read; what already matches is left alone. Deployments of phases that left the
    calendar are deleted together with their scheduled runs (finished runs stay). A deployment or
    a schedule that an operator paused stays paused.

    Raises UsageError when the calendar's deployments belong to another project directory
    (`take_over=True` claims them).
    """
    specs = deployment_specs(project_dir, calendar, timeline)
    return _reconcile(calendar.calendar, specs, None if take_over else str(Path(project_dir).resolve()))


def deploy(rt: Runtime, name: str, *, take_over: bool = False) -> Changes:
    """`apply_deployments` for a calendar of the project, by id or path.

    Raises ProblemsFoundError when it has errors, UsageError when a worker, which knows only the id,
    would not find the file, or when it draws control groups otherwise than its runs did.
    """
    loaded = rt.load_calendar(name)
    require_same_draws(rt, loaded)
    rt.id_of(loaded)
    address = find_server(rt.settings.state)
    specs = deployment_specs(rt.settings.root, loaded.calendar, loaded.timeline)
    held = held_already(address, loaded.calendar.calendar, specs)
    if held is not None:
        changes = Changes(unchanged=held[0], kept_paused=held[1])
    else:
        with connected({}, address.api_url):
            changes = apply_deployments(rt.settings.root, loaded.calendar, loaded.timeline, take_over=take_over)
    note("applied", calendar=loaded.calendar.calendar, counts=changes.counts())
    # After the server took them: what it will never start must not be missed.
    expect_runs(rt, loaded, rt.clock())
    return changes


def _reconcile(calendar_id: str, specs: Sequence[DeploymentSpec], owner: str | None) -> Changes:
    from prefect.client.orchestration import get_client

    drifted: list[Said] = []
    done: dict[str, list[str]] = {kind: [] for kind in ("created", "updated", "unchanged", "removed", "kept_paused")}
    with get_client(sync_client=True) as client:
        existing = {d.name: d for d in _read_deployments(client, calendar_id)}
        for found in existing.values():
            _refuse_foreign(found, owner)
        write = _writer(client)
        for spec in specs:
            current = existing.pop(spec.name, None)
            if current is not None and is_paused(current):
                done["kept_paused"].append(spec.name)
            if current is not None and _matches(current, spec):
                done["unchanged"].append(spec.name)
                continue
            if current is not None and current.version == spec.version:
                drifted.append(_edited(current, spec))
            write(spec, current)
            done["created" if current is None else "updated"].append(spec.name)
        for found in existing.values():
            client.delete_deployment(found.id)
            done["removed"].append(found.name)
    return Changes(**{kind: tuple(names) for kind, names in done.items()}, drift=tuple(drifted))


def _read_deployments(client: SyncPrefectClient, calendar_id: str) -> list[DeploymentResponse]:
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

    wanted = DeploymentFilter(tags=DeploymentFilterTags(all_=[PRODUCT_TAG, calendar_tag(calendar_id)]))
    found: list[DeploymentResponse] = []
    while True:
        page = client.read_deployments(deployment_filter=wanted, limit=_PAGE, offset=len(found))
        found.extend(page)
        if len(page) < _PAGE:
            return found


def _refuse_foreign(found: DeploymentResponse, owner: str | None) -> None:
    holder = found.parameters.get("project_dir")
    if owner is not None and holder not in (None, owner):
        raise UsageError(
            (
                f"Deployment {found.name} on this server belongs to the project in {holder}.",
                f"该服务器上的部署 {found.name} 属于 {holder} 中的项目。",
            ),
            (
                "Rename the calendar, use another Prefect server, or take the deployments over if the project moved.",
                "请给日历改名、换一个 Prefect 服务器，或在项目已迁移时接管这些部署。",
            ),
        )


def is_paused(found: DeploymentResponse) -> bool:
    """Whether somebody paused it, or one of its schedules."""
    return found.paused or any(not schedule.active for schedule in found.schedules)


def _matches(found: DeploymentResponse, spec: DeploymentSpec) -> bool:
    """Equal hash, and nobody edited what we rely on in the UI since; costs no extra read."""
    rules = [(s.slug, s.schedule) for s in found.schedules]
    held = {(slug, getattr(rule, "rrule", None), getattr(rule, "timezone", None)) for slug, rule in rules}
    return (
        found.version == spec.version
        and dict(found.parameters) == dict(spec.parameters)
        and found.entrypoint == spec.entrypoint
        and found.work_pool_name == spec.work_pool
        and not any(schedule.parameters for schedule in found.schedules)
        and held == {(s.slug, s.rrule, s.timezone) for s in spec.schedules}
    )


def _edited(found: DeploymentResponse, spec: DeploymentSpec) -> Said:
    """What was edited on the server since it was applied, and when; it is put back."""
    held = {str(s.slug): s.schedule for s in found.schedules}
    rules = {slug: (getattr(rule, "rrule", None), getattr(rule, "timezone", None)) for slug, rule in held.items()}
    wanted = {s.slug: (s.rrule, s.timezone) for s in spec.schedules}
    names = [name for name in sorted({*rules, *wanted}) if rules.get(name) != wanted.get(name)]
    what: list[Said] = [(f"schedule {name}", f"计划 {name}") for name in names]
    if dict(found.parameters) != dict(spec.parameters):
        what.append(("parameters", "参数"))
    if any(schedule.parameters for schedule in found.schedules):
        what.append(("parameters of a schedule", "计划的参数"))
    if found.entrypoint != spec.entrypoint:
        what.append(("entrypoint", "入口"))
    if found.work_pool_name != spec.work_pool:
        what.append(("work pool", "工作池"))
    at = f"{found.updated:%Y-%m-%d %H:%MZ}" if found.updated else "?"
    english, chinese = ", ".join(each[0] for each in what), "、".join(each[1] for each in what)
    return (
        f"{spec.name} was edited on the server ({at}): {english}; put back",
        f"{spec.name} 在服务器上被修改（{at}）：{chinese}；已恢复",
    )


def _writer(client: SyncPrefectClient) -> Callable[[DeploymentSpec, DeploymentResponse | None], None]:
    """A function that upserts one spec; what all writes share is looked up at the first one."""
    shared: dict[str, Any] = {}

    def write(spec: DeploymentSpec, current: DeploymentResponse | None) -> None:
        if not shared:
            from prefect.utilities.callables import parameter_schema

            from flows.phase import run_phase

            _ensure_work_pool(client, spec.work_pool)
            shared["flow_id"] = client.create_flow_from_name(FLOW_NAME)
            shared["schema"] = parameter_schema(run_phase).model_dump_for_openapi()
        # One transaction on the server: replaces the schedules as a whole and deletes the future
        # runs of the old ones. `paused` is not sent, so the server keeps what it has.
        client.create_deployment(
            flow_id=shared["flow_id"],
            name=spec.name,
            version=spec.version,
            description=spec.description,
            tags=list(spec.tags),
            parameters=dict(spec.parameters),
            parameter_openapi_schema=shared["schema"],
            enforce_parameter_schema=True,
            entrypoint=spec.entrypoint,
            work_pool_name=spec.work_pool,
            schedules=_schedules_to_write(spec.schedules, current),
        )

    return write


def _schedules_to_write(
    schedules: Sequence[ScheduleSpec], current: DeploymentResponse | None
) -> list[DeploymentScheduleCreate]:
    """A schedule starts inactive when an operator paused it, or paused another that held one of its moments."""
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import RRuleSchedule

    paused: set[datetime] = set()
    sweeps_paused = False
    for held in current.schedules if current is not None else ():
        if not held.active and isinstance(held.schedule, RRuleSchedule):
            paused.update(expand(held.schedule.rrule, held.schedule.timezone or "UTC"))
            sweeps_paused = sweeps_paused or is_sweep(held.slug)
    return [
        DeploymentScheduleCreate(
            schedule=RRuleSchedule(rrule=spec.rrule, timezone=spec.timezone),
            active=paused.isdisjoint(spec.moments) and not (sweeps_paused and is_sweep(spec.slug)),
            slug=spec.slug,
        )
        for spec in schedules
    ]


def _ensure_work_pool(client: SyncPrefectClient, name: str) -> None:
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
    from prefect.workers.process import ProcessWorker

    try:
        client.read_work_pool(name)
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        pool = WorkPoolCreate(
            name=name, type="process", base_job_template=template, description="Runs of promotion calendars (promocal)."
        )
        try:
            client.create_work_pool(pool)
        except ObjectAlreadyExists:  # somebody applied at the same moment
            return
