"""A replay with members who respond: the measured effect covers the world's true one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from tasks.running.replay import moments, replay, replay_runtime
from tasks.runtime import Runtime

CALENDAR = "queens-day-2020"
WAYS = pytest.mark.parametrize("steps", [3, pytest.param(30, marks=pytest.mark.slow)])
"""How many moments of the calendar are gone through: those of its first days, or two phases and their border."""


class Diary:
    """A world that only writes down when it was moved on, and with how many contacts."""

    def __init__(self) -> None:
        self.steps: list[tuple[datetime, datetime, int]] = []

    def advance(self, start: datetime, end: datetime, contacts: Iterable[tuple[Any, ...]]) -> None:
        self.steps.append((start, end, sum(1 for _ in contacts)))


@WAYS
def test_the_world_lives_without_gaps_and_hears_every_contact_once(shop: Runtime, steps: int) -> None:
    rt = replay_runtime(shop, CALENDAR)
    until = moments(rt.load_calendar(CALENDAR))[steps].at
    world = Diary()
    pulled = replay(rt, CALENDAR, world=world, pulls=lambda last, step: last.phase != step.phase, until=until)
    assert world.steps[0][0] == rt.load_calendar(CALENDAR).timeline.campaign.start
    assert all(before[1] == after[0] for before, after in zip(world.steps, world.steps[1:], strict=False))
    assert world.steps[-1][1] == until
    assert sum(count for *_, count in world.steps) == sum(run.chosen for run in pulled.runs)


@WAYS
def test_a_kept_session_decides_what_fresh_ones_decide(shop: Runtime, steps: int) -> None:
    digests = []
    until = moments(shop.load_calendar(CALENDAR))[steps].at
    for keep in (True, False):
        rt = replay_runtime(shop, CALENDAR)
        if not keep:
            rt.kept = None
        replay(rt, CALENDAR, until=until)
        digests.append([run.decision_sha for run in rt.ledger.runs(CALENDAR)])
        rt.close()
    assert digests[0] == digests[1]
    assert len(digests[0]) > steps // 2


def test_moments_are_in_order_and_hold_every_occurrence_once(shop: Runtime) -> None:
    loaded = shop.load_calendar(CALENDAR)
    steps = moments(loaded)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert sum(len(step.occurrences) for step in steps) == len(loaded.timeline.occurrences)


def test_a_replay_leaves_the_real_ledger_and_outbox_alone(shop: Runtime) -> None:
    rt = replay_runtime(shop, CALENDAR)
    replay(rt, CALENDAR, until=moments(rt.load_calendar(CALENDAR))[1].at)
    assert shop.ledger.runs() == []
    assert not (shop.settings.state / "outbox").exists()
