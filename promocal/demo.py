"""The demo: a generated store runs a calendar through simulated time, and its members respond."""

from __future__ import annotations

import re
import shutil
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Tell
from campaign_calendars.measuring.metrics.catalogue import target_metric
from promocal.scaffold import create_project
from tasks.calendars.lookup import shipped_calendars
from tasks.measuring.measurement import Measurement
from tasks.reporting.report import report
from tasks.running.phase import RunOutcome, run_phase
from tasks.running.replay import Moment, PhaseRunner, moments, replay, replay_runtime
from tasks.runtime import Runtime, open_runtime

CALENDAR = "queens-day-2020"
_MARK = ".promocal-demo"
_SHIPPED_FOR = 20_000
"""Members of the shop that the shipped calendars are made for."""
_AIM = re.compile(r"(\w+): (\d+)(\.\d+)?(?=[,}])")


@dataclass(frozen=True, slots=True)
class DemoResult:
    project: Path
    report: Path
    member: str
    """The one who got most messages."""
    measurement: Measurement
    runs: int
    prefect_runs: int
    seconds: float


def run_demo(
    target: Path,
    *,
    members: int,
    seed: int,
    lang: str,
    say: Tell,
    prefect: bool = True,
    calendar: str = CALENDAR,
) -> DemoResult:
    """Make `target` anew and run the calendar in it. One run of each phase goes through Prefect."""
    started = time.monotonic()
    calendar = _make_directory(target, calendar)
    if calendar in shipped_calendars():
        fit_targets(target / "calendars" / f"{calendar}.yaml", members)
    page = target / "report.html"
    with (
        open_runtime(target, progress=say) as project,
        # The replay's state is the project's own: every command finds it there afterwards.
        replay_runtime(project, calendar, state=project.settings.state) as rt,
    ):
        with ExitStack() as stack:
            # The server comes up while members are generated and pulled for the first time.
            run = _runner(stack, rt, calendar) if prefect else run_phase
            _generate(rt, calendar, target, members=members, seed=seed)
            result = replay(rt, calendar, world=_world(rt, calendar, target, seed), pulls=_pulls, run=run)
        say(("writing the report", "正在写报告"))
        measurement = report(rt, calendar, rt.clock(), page, lang=lang, measurement=result.measurement)
        heard = Counter(contact.member_id for contact in rt.ledger.contact_rows(rt.clock()))
    return DemoResult(
        project=target,
        report=page,
        member=max(sorted(heard), key=heard.__getitem__),
        measurement=measurement,
        runs=len(result.runs),
        prefect_runs=sum(run.via == "prefect" for run in result.runs),
        seconds=time.monotonic() - started,
    )


def _make_directory(target: Path, calendar: str) -> str:
    """The name of the calendar in the project that was made: what was the path of a file is the copy there."""
    if target.exists():
        if not (target / _MARK).is_file() and any(target.iterdir()):
            raise UsageError(
                (f"{target} is not empty and not a demo", f"{target} 不是空目录，也不是演示目录"),
                ("choose another directory with --output", "请用 --output 换一个目录"),
            )
        shutil.rmtree(target)
    made = create_project(target, calendar)
    (target / _MARK).touch()
    return made.calendar.stem


def fit_targets(path: Path, members: int) -> None:
    """Make the counts and amounts that a calendar aims at those of a shop of so many members; shares stay."""

    def fitted(aim: re.Match[str]) -> str:
        if target_metric(aim[1]).unit not in ("count", "money"):
            return aim[0]
        figure = max(round(int(aim[2]) * members / _SHIPPED_FOR), 1)
        return f"{aim[1]}: {figure}{aim[3] or ''}"

    lines = path.read_text("utf-8").split("\n")
    told = (_AIM.sub(fitted, line) if line.lstrip().startswith("targets: {") else line for line in lines)
    path.write_text("\n".join(told), "utf-8")


def _generate(rt: Runtime, calendar: str, target: Path, *, members: int, seed: int) -> None:
    from warehouse.sample.generate import generate

    rt.progress((f"generating {members:,} members", f"正在生成 {members:,} 名会员"))
    begin = rt.load_calendar(calendar).timeline.campaign.start
    with ThreadPoolExecutor(1) as hands:
        # What judges the pulls takes seconds to import; drawing and writing leave Python time for it.
        judge = hands.submit(import_module, "warehouse.staging.expectations")
        generate(target / "data", members=members, seed=seed, as_of=begin, format="csv", dirty=True)
        judge.result()


def _world(rt: Runtime, calendar: str, target: Path, seed: int) -> Any:
    """Members whose response is known: see docs/sample-data.md."""
    from warehouse.sample.calendar_effects import world_params
    from warehouse.sample.world import World

    return World(target / "data", seed, world_params(rt.load_calendar(calendar)))


def _pulls(last: Moment, step: Moment) -> bool:
    """Members respond all the time; the store looks before every planned moment, as a real run does."""
    return last.at != step.at


def _runner(stack: ExitStack, rt: Runtime, calendar: str) -> PhaseRunner:
    """A phase runner that sends one run of each phase through Prefect, the others directly.

    It is the first one for which the server is up, and the phase's last one at the latest.
    """
    from flows.embedded import embedded_prefect, run_phase_here

    server = stack.enter_context(embedded_prefect(rt.settings.state / "prefect"))
    last = {step.phase: step.at for step in moments(rt.load_calendar(calendar))}
    done: set[str] = set()

    def run(rt: Runtime, calendar: str, phase: str, as_of: datetime) -> RunOutcome:
        if phase in done or not (server.ready() or as_of == last[phase]):
            return run_phase(rt, calendar, phase, as_of)
        server.wait()
        done.add(phase)
        return run_phase_here(rt, calendar, phase, as_of, rt.current_snapshot().snapshot_id).outcome

    return run
