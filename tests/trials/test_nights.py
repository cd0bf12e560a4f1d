"""A few of the deaths of `python -m tests.trials.nights`; docs/operations.md has the table of a hundred."""

from __future__ import annotations

import random

import pytest

from tests.trials.deaths import STEPS, aim_at
from tests.trials.nights import KINDS, differences, run_nights


@pytest.mark.parametrize(("kind", "kills"), [("sqlite", 5), pytest.param("postgresql", 20, marks=[pytest.mark.slow])])
def test_a_night_of_deaths_ends_as_an_undisturbed_one(kind: str, kills: int) -> None:
    nights = run_nights(kind, kills=kills, seed=5, days=1)
    assert nights.died.total() >= kills
    assert nights.different == []
    assert nights.ends.keys() == {"done"}
    assert nights.messages > 20 * nights.nights


def test_what_is_lost_or_doubled_or_ends_otherwise_is_a_difference() -> None:
    undisturbed = {"messages": ["a", "b"], "ends": [("run", "done")]}
    assert differences(undisturbed, undisturbed) == []
    night = {"messages": ["a", "a"], "ends": [("run", "missed")]}
    assert differences(night, undisturbed) == [
        "messages: + a",
        "messages: - b",
        "ends: + ('run', 'missed')",
        "ends: - ('run', 'done')",
    ]


def test_every_step_statement_and_file_of_a_run_is_aimed_at() -> None:
    steps = {f"{side} {name}" for name in STEPS for side in ("before", "after")}
    rng = random.Random(1)
    aims = [aim_at({"statement": 3, "file": 2, **dict.fromkeys(steps, 1)}, 1.0, KINDS, rng) for _ in range(500)]
    assert {aim.place for aim in aims if aim.kind == "step"} == steps
    assert {aim.nth for aim in aims if aim.kind == "statement"} == {1, 2, 3}
    assert {aim.nth for aim in aims if aim.kind == "file"} == {1, 2}
    assert {aim.kind for aim in aims} == set(KINDS)
