"""Some deaths of `python -m tests.trials.served`: a real Prefect server, a real worker, kill -9."""

from __future__ import annotations

import pytest

from tests.trials.served import run_served

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("prefect")]


def test_a_night_of_deaths_on_a_real_server_ends_as_an_undisturbed_one() -> None:
    served, different = run_served(kills=3, seed=1, days=1)
    assert sum(served.machine.died.values()) > 0
    assert different == []
