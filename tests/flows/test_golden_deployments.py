"""Golden files: the deployments of every shipped calendar, and every date on which they fire.

After a change that is meant, write them anew and read the difference:

    PROMOCAL_WRITE_GOLDEN=1 python -m pytest tests/flows/test_golden_deployments.py
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from campaign_calendars.reading.loading import LoadedCalendar
from flows.schedules import ScheduleSpec, is_sweep
from flows.specs import DeploymentSpec, deployment_specs
from promocal.walkthrough import load, shipped

GOLDEN = Path(__file__).parents[1] / "golden" / "deployments"
PROJECT = "/project"
SHOWN_OF_A_SWEEP = 3


def fires(rule: ScheduleSpec) -> list[datetime]:
    """The moments of a rule (UTC), read by the library that Prefect reads it with, not by ours."""
    zone = ZoneInfo(rule.timezone)
    return [wall.replace(tzinfo=zone).astimezone(UTC) for wall in rrulestr(rule.rrule)]


def page(loaded: LoadedCalendar) -> str:
    specs = deployment_specs(PROJECT, loaded.calendar, loaded.timeline)
    return "\n".join(line for spec in specs for line in lines(spec, loaded.timeline.timezone))


def lines(spec: DeploymentSpec, zone: ZoneInfo) -> Iterator[str]:
    yield f"# {spec.name}  version {spec.version}"
    yield f"{spec.entrypoint}  pool {spec.work_pool}  tags {', '.join(spec.tags)}"
    yield "  ".join(f"{name}={value}" for name, value in spec.parameters.items())
    yield from (f"| {line}".rstrip() for line in spec.description.split("\n"))
    for rule in spec.schedules:
        moments = fires(rule)
        yield f"{rule.slug}  [{rule.timezone}]  {rule.rrule.replace(chr(10), ' ')}  {len(moments)} in all"
        shown = moments[:SHOWN_OF_A_SWEEP] + moments[-1:] if is_sweep(rule.slug) else moments
        yield from (f"    {moment.astimezone(zone):%Y-%m-%d %H:%M:%S %z}" for moment in shown)
    yield ""


@pytest.mark.parametrize("name", shipped())
def test_deployments_and_dates_are_those_of_the_golden_file(name: str) -> None:
    file, found = GOLDEN / f"{name}.txt", page(load(name))
    if os.environ.get("PROMOCAL_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, "utf-8")
    assert file.read_text("utf-8") == found, "if it is meant: PROMOCAL_WRITE_GOLDEN=1, see the top of this file"


@pytest.mark.parametrize("name", shipped())
def test_the_dates_are_the_planned_moments_and_no_others(name: str) -> None:
    loaded = load(name)
    for spec in deployment_specs(PROJECT, loaded.calendar, loaded.timeline):
        phase = spec.parameters["phase"]
        wanted = {each.at.astimezone(UTC) for each in loaded.timeline.occurrences if each.phase == phase}
        looks: set[datetime] = set()
        for sweep in loaded.timeline.sweeps:
            if sweep.phase == phase and sweep.first is not None:
                looks |= {(sweep.first + sweep.every * n).astimezone(UTC) for n in range(sweep.count)}
        fired = [moment for rule in spec.schedules for moment in fires(rule)]
        assert len(fired) == len(set(fired)), "no moment fires twice"
        assert wanted | looks <= set(fired)
        if not looks:
            assert set(fired) == wanted


def test_no_golden_file_is_left_over() -> None:
    assert sorted(file.stem for file in GOLDEN.iterdir()) == sorted(shipped())
