"""A replay with members who respond: the measured effect covers the world's true one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import UsageError
from promocal.demo import run_demo
from tasks.measuring.measure import measure
from tasks.running.replay import moments, replay, replay_runtime
from tasks.runtime import Runtime

CALENDAR = "queens-day-2020"


class Diary:
    """A world that only writes down when it was moved on, and with how many contacts."""

    def __init__(self) -> None:
        self.steps: list[tuple[datetime, datetime, int]] = []

    def advance(self, start: datetime, end: datetime, contacts: Iterable[tuple[Any, ...]]) -> None:
        self.steps.append((start, end, sum(1 for _ in contacts)))


def test_the_world_lives_without_gaps_and_hears_every_contact_once(shop: Runtime) -> None:
    rt = replay_runtime(shop, CALENDAR)
    until = rt.load_calendar(CALENDAR).timeline.phases["presale"].end
    world = Diary()
    pulled = replay(rt, CALENDAR, world=world, pulls=lambda last, step: last.phase != step.phase, until=until)
    assert world.steps[0][0] == rt.load_calendar(CALENDAR).timeline.campaign.start
    assert all(before[1] == after[0] for before, after in zip(world.steps, world.steps[1:], strict=False))
    assert world.steps[-1][1] == until
    assert sum(count for *_, count in world.steps) == sum(run["chosen"] for run in pulled["runs"])


def test_a_kept_session_decides_what_fresh_ones_decide(shop: Runtime) -> None:
    digests = []
    until = shop.load_calendar(CALENDAR).timeline.phases["warm-up"].start
    for keep in (True, False):
        rt = replay_runtime(shop, CALENDAR)
        if not keep:
            rt.kept = None
        replay(rt, CALENDAR, until=until)
        digests.append([run.decision_sha for run in rt.ledger.runs(CALENDAR)])
        rt.close()
    assert digests[0] == digests[1]
    assert len(digests[0]) > 20


def test_moments_are_in_order_and_hold_every_occurrence_once(shop: Runtime) -> None:
    loaded = shop.load_calendar(CALENDAR)
    steps = moments(loaded)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert sum(len(step.occurrences) for step in steps) == len(loaded.timeline.occurrences)


def test_a_replay_leaves_the_real_ledger_and_outbox_alone(shop: Runtime) -> None:
    rt = replay_runtime(shop, CALENDAR)
    replay(rt, CALENDAR, until=moments(rt.load_calendar(CALENDAR))[2].at)
    assert shop.ledger.runs() == []
    assert not (shop.settings.state / "outbox").exists()


def test_the_demo_ends_with_a_report_and_an_effect(tmp_path: Path) -> None:
    result = run_demo(tmp_path / "demo", members=1_500, seed=3, lang="zh", say=lambda _: None, prefect=False)
    assert result.report.stat().st_size > 50_000
    assert result.runs == len(moments_of(tmp_path / "demo"))
    programme = result.measurement["programme"]
    assert programme["arms"]["treated"]["members"] > 500
    assert programme["contrast"]["difference"] > 0
    assert measure_again(tmp_path / "demo") == result.measurement
    with pytest.raises(UsageError, match="not empty"):
        run_demo(tmp_path, members=100, seed=1, lang="en", say=lambda _: None)


def moments_of(project: Path) -> list[Any]:
    from tasks.runtime import open_runtime

    return moments(open_runtime(project).load_calendar(CALENDAR))


def measure_again(project: Path) -> dict[str, Any]:
    from tasks.runtime import open_runtime

    rt = replay_runtime(open_runtime(project), CALENDAR, fresh=False)
    return measure(rt, CALENDAR, rt.load_calendar(CALENDAR).timeline.campaign.end)
