"""Occurrences of a calendar → what the server should hold: one deployment for each (calendar, phase). Pure.

Its schedules (`flows.schedules`) name every moment at which a play of that phase is due; its version is a hash of the
whole, so that equal versions mean there is nothing to write.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.values.scalars import format_duration
from flows.names import ENTRYPOINT, PRODUCT_TAG, WORK_POOL, calendar_tag, deployment_name
from flows.schedules import ScheduleSpec, phase_schedules

if TYPE_CHECKING:
    from campaign_calendars.model.calendar import Calendar, Phase
    from campaign_calendars.time.resolving import Timeline

# Part of every content hash: raise it when a release changes what a deployment holds.
_SPEC_FORMAT = 1


@dataclass(frozen=True, slots=True)
class DeploymentSpec:
    """What the server should hold for one (calendar, phase)."""

    name: str
    description: str
    tags: tuple[str, ...]
    parameters: Mapping[str, str]
    schedules: tuple[ScheduleSpec, ...]
    entrypoint: str = ENTRYPOINT
    work_pool: str = WORK_POOL

    @property
    def version(self) -> str:
        """Content hash: equal versions mean there is nothing to write."""
        text = json.dumps([_SPEC_FORMAT, asdict(self)], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


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
