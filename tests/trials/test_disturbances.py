"""Short versions of `python -m tests.trials.disturbances`; docs/delivery.md has the table of a whole one."""

from __future__ import annotations

from functools import partial

import pytest

from tests.trials.disturbances import DAY, disturbed, outage, put_to_sleep
from tests.trials.kills import Trials, database


def all_well(found: Trials, messages: int) -> bool:
    return not found.failed() and found.sent == found.messages == messages


@pytest.mark.parametrize("honours_key", [True, False])
def test_clocks_that_are_a_day_wrong_double_nothing_and_lose_nothing(honours_key: bool) -> None:
    with database("sqlite") as url:
        found = disturbed(url, honours_key=honours_key, shifts=(DAY, -DAY), messages=60)
    assert all_well(found, 60), found


def test_a_worker_that_wakes_after_its_lease_doubles_nothing_and_says_what_became_of_it() -> None:
    with database("sqlite") as url:
        found = disturbed(url, honours_key=False, disturb=partial(put_to_sleep, times=2), messages=120)
    assert all_well(found, 120), found


@pytest.mark.slow
@pytest.mark.parametrize("honours_key", [True, False])
def test_a_database_that_is_stopped_and_started_loses_nothing(honours_key: bool) -> None:
    found = outage(3, honours_key=honours_key, messages=200)
    assert all_well(found, 200), found
