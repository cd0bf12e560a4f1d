"""The reconcile behind `apply`: what the server holds of a calendar becomes what it should hold (`flows.specs`).

Two habits of the server decide the shape of this module (tried on Prefect 3.8):

* Parameters sit on the deployment: those of a schedule are wiped when somebody toggles it.
* Applying is not declarative: schedules and deployments that left the calendar stay active, and
  a naive re-apply un-pauses what an operator paused. Hence our own reconcile.

Each step is decided by what the server holds at that moment, so an apply that broke off is finished by the next one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from campaign_calendars.findings.errors import PromocalError, UsageError
from campaign_calendars.findings.said import Said
from flows.environment import connected
from flows.held import LEAVING, WAS_PAUSED, HeldDeployment, busy, edited, held, matches
from flows.moving import move_runs
from flows.names import FLOW_NAME
from flows.schedules import ScheduleSpec, expand, is_sweep
from flows.server_api import ServerAddress, ServerApi, find_server
from flows.specs import DeploymentSpec, deployment_specs
from tasks.deciding.draws import require_same_draws
from tasks.journal import note
from tasks.running.expecting import expect_runs
from tasks.running.guard import open_jobs

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.actions import DeploymentScheduleCreate

    from campaign_calendars.model.calendar import Calendar
    from campaign_calendars.time.resolving import Timeline
    from tasks.runtime import Runtime

# A write waits for the server's other writers (SQLite lets one at a time); asking first has shown that it is there.
_WRITE_SECONDS = 60.0
_KINDS = {"created": "新建", "updated": "更新", "unchanged": "不变", "leaving": "待移除", "removed": "移除"}
_NOTHING: Said = ("no moments to schedule", "没有可排定的时间")
Kind = Literal["created", "updated", "unchanged", "leaving", "removed"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reconcile did, or would do, by deployment name.

    `leaving`: its phase left the calendar; paused, and removed when its runs have ended. `kept_paused`: left paused
    because an operator paused them. `drift`: what somebody had edited on the server, and when.
    """

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept_paused: tuple[str, ...] = field(default=(), compare=False)
    drift: tuple[Said, ...] = field(default=(), compare=False)

    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {each.name: len(getattr(self, each.name)) for each in fields(self) if each.compare}

    @property
    def any(self) -> bool:
        return bool(self.created or self.updated or self.leaving or self.removed)


def in_words(changes: Changes) -> Said:
    """`3 created, 1 removed; 1 kept paused`."""
    counts = {kind: len(getattr(changes, kind)) for kind in _KINDS if getattr(changes, kind)}
    english = ", ".join(f"{count} {kind}" for kind, count in counts.items()) or _NOTHING[0]
    chinese = "，".join(f"{_KINDS[kind]} {count}" for kind, count in counts.items()) or _NOTHING[1]
    if changes.kept_paused:
        paused = ", ".join(changes.kept_paused)
        return f"{english}; kept paused: {paused}", f"{chinese}；保持暂停：{paused}"
    return english, chinese


def told_counts(english: str, lang: str) -> str:
    """Counts as the audit log keeps them (`3 created, 1 removed`), in the language of their reader."""
    counted = re.match(rf"(\d+ ({'|'.join(_KINDS)})(, )?)+", english)
    if lang != "zh" or counted is None:
        return _NOTHING[1] if lang == "zh" and english == _NOTHING[0] else english
    parts = (part.split(" ") for part in counted[0].split(", ") if part)
    rest = english[counted.end() :].replace("; kept paused: ", "；保持暂停：")
    return "，".join(f"{_KINDS[kind]} {count}" for count, kind in parts) + rest


@dataclass(frozen=True, slots=True)
class _Step:
    """What becomes of one deployment: `wanted` is what it should be, `found` what the server holds."""

    kind: Kind
    name: str
    wanted: DeploymentSpec | None = None
    found: HeldDeployment | None = None


def apply_deployments(
    project_dir: Path | str,
    calendar: Calendar,
    timeline: Timeline,
    *,
    take_over: bool = False,
    address: ServerAddress | None = None,
    open_phases: Collection[str] = (),
) -> Changes:
    """Make the server hold exactly this calendar's deployments (`address`; by default the one that Prefect means).

    One filtered read; what already matches is left alone. The deployment of a phase that left the calendar is paused,
    and deleted together with its scheduled runs once no run of it is under way and its phase is not one of
    `open_phases`, which have messages that may still leave (finished runs stay). A deployment or a schedule that an
    operator paused stays paused.

    Raises UsageError when the calendar's deployments belong to another project directory
    (`take_over=True` claims them, and their runs that wait).
    """
    root = Path(project_dir).resolve()
    specs = deployment_specs(root, calendar, timeline)
    server = address or find_server(root)
    changes = _write(server, _steps(server, calendar.calendar, specs, None if take_over else str(root), open_phases))
    if take_over:
        with ServerApi(server, patience=_WRITE_SECONDS) as api:
            move_runs(api, calendar.calendar, str(root))
    return changes


def deploy(rt: Runtime, name: str, *, take_over: bool = False, plan: str | None = None) -> Changes:
    """`apply_deployments` for a calendar of the project, by id or path; `plan`: the checksum it is applied by.

    Raises ProblemsFoundError when it has errors, UsageError when a worker, which knows only the id,
    would not find the file, or when it draws control groups otherwise than its runs did.
    """
    loaded = rt.load_calendar(name)
    require_same_draws(rt, loaded)
    rt.id_of(loaded)
    calendar, timeline, address = loaded.calendar, loaded.timeline, find_server(rt.settings.state)
    waiting = phases_with_open_jobs(rt, calendar.calendar)
    changes = apply_deployments(
        rt.settings.root, calendar, timeline, take_over=take_over, address=address, open_phases=waiting
    )
    note("applied", calendar=calendar.calendar, counts=changes.counts())
    # After the server took them: what it will never start must not be missed.
    expect_runs(rt, loaded, rt.clock(), plan=plan)
    return changes


def preview(rt: Runtime, name: str) -> Changes:
    """What `deploy` would do now; nothing is changed. Raises a PromocalError when the server cannot be asked."""
    loaded = rt.load_calendar(name)
    root, address = rt.settings.root, find_server(rt.settings.state)
    specs = deployment_specs(root, loaded.calendar, loaded.timeline)
    waiting = phases_with_open_jobs(rt, loaded.calendar.calendar)
    return _told(_steps(address, loaded.calendar.calendar, specs, str(root), waiting))


@dataclass(frozen=True, slots=True)
class OnServer:
    """What `deploy` would do, or why the server could not be asked."""

    changes: Changes = field(default_factory=Changes)
    problem: Said | None = None


def on_server(rt: Runtime, name: str) -> OnServer:
    """`preview`, where a server that is away is told, not raised."""
    try:
        return OnServer(preview(rt, name))
    except PromocalError as error:
        return OnServer(problem=error.said)


def remove_left(rt: Runtime, calendar_id: str) -> tuple[str, ...]:
    """Second step of leaving: delete what an apply paused because its phase left, once nothing of it is under way."""
    with ServerApi(find_server(rt.settings.state), patience=_WRITE_SECONDS) as api:
        left = [each for each in held(api, calendar_id).values() if each.leaving]
        if not left:
            return ()
        stays, waiting = busy(api, left), phases_with_open_jobs(rt, calendar_id)
        over = [each for each in left if each.name not in stays and each.parameters.get("phase") not in waiting]
        for each in over:
            api.delete(f"deployments/{each.id}")
    return tuple(each.name for each in over)


def phases_with_open_jobs(rt: Runtime, calendar_id: str) -> set[str]:
    """Phases of the calendar, as it was when they ran, with messages that may still leave."""
    return {run.phase for run in rt.ledger.runs(calendar_id) if open_jobs(rt, run.run_id)}


def _steps(
    address: ServerAddress,
    calendar_id: str,
    specs: Sequence[DeploymentSpec],
    owner: str | None,
    open_phases: Collection[str],
) -> list[_Step]:
    """What has to be done, in the order of the calendar; what leaves comes last."""
    with ServerApi(address) as api:
        existing = held(api, calendar_id)
        gone = [each for name, each in existing.items() if name not in {spec.name for spec in specs}]
        under_way = busy(api, gone)
    for found in existing.values():
        _refuse_foreign(found, owner)
    steps = [_step(spec, existing.get(spec.name)) for spec in specs]
    for found in gone:
        stays = found.name in under_way or str(found.parameters.get("phase")) in open_phases
        steps.append(_Step("leaving" if stays else "removed", found.name, found=found))
    return steps


def _step(spec: DeploymentSpec, found: HeldDeployment | None) -> _Step:
    kind: Kind = "created" if found is None else "unchanged" if matches(found, spec) else "updated"
    return _Step(kind, spec.name, spec, found)


def _told(steps: Sequence[_Step]) -> Changes:
    names: dict[Kind, list[str]] = {}
    for step in steps:
        names.setdefault(step.kind, []).append(step.name)
    kept = [step.name for step in steps if step.wanted and step.found and step.found.stopped]
    drift = [
        _drift(step.found, step.wanted)
        for step in steps
        if step.kind == "updated" and step.wanted and step.found and step.found.version == step.wanted.version
    ]
    told = {kind: tuple(found) for kind, found in names.items()}
    return Changes(**told, kept_paused=tuple(kept), drift=tuple(filter(None, drift)))


def _write(address: ServerAddress, steps: Sequence[_Step]) -> Changes:
    """Do the steps: what leaves is stopped before anything new is there. Prefect is loaded only to write specs."""
    with ServerApi(address, patience=_WRITE_SECONDS) as api:
        for step in steps:
            if step.found and step.kind == "removed":
                api.delete(f"deployments/{step.found.id}")
            elif step.found and step.kind == "leaving":
                _pause(api, step.found)
    specs = [step for step in steps if step.kind in ("created", "updated")]
    if specs:
        with connected({}, address.api_url):
            _upsert(specs)
    return _told(steps)


def _pause(api: ServerApi, found: HeldDeployment) -> None:
    """Marked before it is paused: a pause without the mark is an operator's.

    Paused again each time: a run that the scheduler was just making when it was first is gone then.
    """
    if not found.leaving:
        marks = [LEAVING, WAS_PAUSED] if found.stopped else [LEAVING]
        api.patch(f"deployments/{found.id}", {"tags": [*found.tags, *marks]})
    api.post(f"deployments/{found.id}/pause_deployment", {})


def _refuse_foreign(found: HeldDeployment, owner: str | None) -> None:
    holder, calendar = found.parameters.get("project_dir"), found.parameters.get("calendar")
    if owner is not None and holder not in (None, owner):
        raise UsageError(
            (
                f"Deployment {found.name} on this server belongs to the project in {holder}.",
                f"该服务器上的部署 {found.name} 属于 {holder} 中的项目。",
            ),
            (
                f"If the project moved: promocal adopt {calendar} --by NAME; else rename it, or use another server.",
                f"若项目已迁移：promocal adopt {calendar} --by 姓名；否则请给日历改名，或换一个服务器。",
            ),
        )


def _drift(found: HeldDeployment, spec: DeploymentSpec) -> Said | None:
    """What was edited on the server since it was applied, and when; None: nothing was."""
    what = edited(found, spec)
    if not what:
        return None
    try:
        at = f"{datetime.fromisoformat(found.updated):%Y-%m-%d %H:%MZ}"
    except ValueError:
        at = "?"
    english, chinese = ", ".join(each[0] for each in what), "、".join(each[1] for each in what)
    return (
        f"{spec.name} was edited on the server ({at}): {english}; apply puts it back",
        f"{spec.name} 在服务器上被修改（{at}）：{chinese}；apply 会恢复",
    )


# --- writing ---------------------------------------------------------------------------------


def _upsert(steps: Sequence[_Step]) -> None:
    from prefect.client.orchestration import get_client
    from prefect.utilities.callables import parameter_schema

    from flows.phase import run_phase

    with get_client(sync_client=True) as client:
        for pool in dict.fromkeys(step.wanted.work_pool for step in steps if step.wanted):
            _ensure_work_pool(client, pool)
        flow_id = client.create_flow_from_name(FLOW_NAME)
        schema = parameter_schema(run_phase).model_dump_for_openapi()
        for step in steps:
            spec, found = step.wanted, step.found
            if spec is None:
                continue
            # One transaction on the server: replaces the schedules as a whole and deletes the future
            # runs of the old ones. Unless the phase is back, `paused` is not sent and stays what it is.
            back: Mapping[str, Any] = {"paused": found.stopped} if found and found.leaving else {}
            client.create_deployment(
                flow_id=flow_id,
                name=spec.name,
                version=spec.version,
                description=spec.description,
                tags=list(spec.tags),
                parameters=dict(spec.parameters),
                parameter_openapi_schema=schema,
                enforce_parameter_schema=True,
                entrypoint=spec.entrypoint,
                work_pool_name=spec.work_pool,
                schedules=_schedules_to_write(spec.schedules, found),
                **back,
            )


def _schedules_to_write(
    schedules: Sequence[ScheduleSpec], current: HeldDeployment | None
) -> list[DeploymentScheduleCreate]:
    """A schedule starts inactive when an operator paused it, or paused another that held one of its moments."""
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import RRuleSchedule

    paused: set[datetime] = set()
    sweeps_paused = False
    for each in current.schedules if current is not None else ():
        if not each.active and each.rrule is not None:
            paused.update(expand(each.rrule, each.timezone or "UTC"))
            sweeps_paused = sweeps_paused or is_sweep(each.slug)
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
