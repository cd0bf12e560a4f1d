"""How long `apply` takes to bring a calendar of 40 phases to a Prefect server, first and when nothing changed.

Against Prefect's own client writing the same deployments, as it would each time. Both leave the same names there. The
server is a real one on SQLite, in a process of its own.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks import harness
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.timeline import Timeline
from flows.deployments import apply_deployments
from flows.environment import connected, prefect_environment
from flows.held import held
from flows.names import FLOW_NAME
from flows.server import running_server
from flows.server_api import ServerApi, find_server
from flows.specs import deployment_specs

PHASES = 40
ZONE = ZoneInfo("Asia/Shanghai")
REFERENCE = "Prefect's own client, create_deployment for each of the phases"
_CALENDAR = """
calendar: bench
store: corner
timezone: Asia/Shanghai
audiences: {everyone: {where: "joined"}}
phases:
"""
_PHASE = """
  - id: p{n}
    kind: burst
    window: {{from: {first}, to: {last}}}
    plays:
      - {{id: call-{n}, audience: everyone, channels: [sms], at: [{first} 10:00, {last} 20:00], message: a.txt}}
"""


def calendar_text() -> str:
    """Forty phases of two days, from tomorrow on."""
    start = datetime.now(ZONE) + timedelta(days=1)
    days = [start + timedelta(days=2 * n) for n in range(PHASES)]
    phases = (
        _PHASE.format(n=n, first=f"{day:%Y-%m-%d}", last=f"{day + timedelta(days=1):%Y-%m-%d}")
        for n, day in enumerate(days)
    )
    return _CALENDAR + "".join(phases)


def calendar() -> Calendar:
    """The model of it."""
    loaded = load_calendar(calendar_text())
    if loaded.model is None:
        raise SystemExit("\n".join(problem.message for problem in loaded.problems))
    return loaded.model


def names(root: Path, *, remove: bool = False) -> set[str]:
    """What the server holds, after it was removed if that is wanted."""
    with ServerApi(find_server(root), patience=60) as api:
        found = held(api, "bench")
        for each in found.values() if remove else ():
            api.delete(f"deployments/{each.id}")
    return set() if remove else set(found)


def prepare(root: Path, model: Calendar, timeline: Timeline, *, first: bool) -> Callable[[], set[str]]:
    names(root, remove=first)
    if not first:
        apply_deployments(root, model, timeline)

    def work() -> set[str]:
        apply_deployments(root, model, timeline)
        return names(root)

    return work


def prepare_plain(root: Path, model: Calendar, timeline: Timeline, *, first: bool) -> Callable[[], set[str]]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import RRuleSchedule

    specs = deployment_specs(root, model, timeline)
    prepare(root, model, timeline, first=first)

    def work() -> set[str]:
        with get_client(sync_client=True) as client:
            flow_id = client.create_flow_from_name(FLOW_NAME)
            for spec in specs:
                client.create_deployment(
                    flow_id=flow_id,
                    name=spec.name,
                    version=spec.version,
                    tags=list(spec.tags),
                    parameters=dict(spec.parameters),
                    entrypoint=spec.entrypoint,
                    work_pool_name=spec.work_pool,
                    schedules=[
                        DeploymentScheduleCreate(
                            schedule=RRuleSchedule(rrule=rule.rrule, timezone=rule.timezone), slug=rule.slug
                        )
                        for rule in spec.schedules
                    ],
                )
        return names(root)

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    model = calendar()
    timeline = resolve(model)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        settings = prefect_environment(root / "prefect")
        with running_server(settings, log=root / "server.log") as server, connected(settings, server.api_url):
            apply_deployments(root, model, timeline)  # the pool is there, and Prefect is loaded
            for what, first in (("first", True), ("nothing changed", False)):
                ours = partial(prepare, root, model, timeline, first=first)
                plain = partial(prepare_plain, root, model, timeline, first=first)
                both = harness.alternate(ours, plain, rounds=chosen.rounds)
                if both.result != both.expected or len(both.result) != PHASES:
                    raise SystemExit(f"apply leaves {len(both.result)} deployments, Prefect {len(both.expected)}")
                yield both.row(f"apply: {what}", PHASES, "deployments", REFERENCE)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=PHASES, short=PHASES), rows)
