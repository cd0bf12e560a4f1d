"""Some deaths of `python -m tests.trials.served`: a real Prefect server, a real worker, kill -9.

docs/operations.md has the table of a hundred.
"""

from __future__ import annotations

import pytest

from tests.trials.served import run_served

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.mark.parametrize("ledger", ["sqlite", "postgresql"])
def test_a_night_of_deaths_on_a_real_server_ends_as_an_undisturbed_one(ledger: str) -> None:
    night = run_served(ledger, kills=6, seed=1, days=1)
    assert night.died.total() > 0
    assert night.different == []
    assert night.ends.keys() == {"done"}
