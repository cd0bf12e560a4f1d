"""A few of the trials of `python -m tests.trials.kills`; docs/delivery.md has the table of a whole one."""

from __future__ import annotations

import pytest

from tests.trials.kills import run_trials


@pytest.mark.parametrize(("kind", "honours_key"), [("sqlite", False), ("postgresql", True)])
def test_nothing_is_doubled_and_nothing_lost(kind: str, honours_key: bool) -> None:
    trials = run_trials(kind, honours_key=honours_key, kills=8, seed=7)
    assert trials.kills >= 8
    assert trials.in_flight > 0
    assert not trials.failed(), trials
    assert trials.sent + trials.unknown == trials.messages
    assert honours_key or trials.unknown > 0, "a kill in flight leaves something to ask about"
