"""Steps: what is retried, what is not, and what an exception may say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from campaign_calendars.findings.errors import (
    ChannelBusyError,
    DiskFullError,
    LedgerMovedError,
    SourceError,
    UsageError,
)
from flows import steps
from flows.steps import STEPS, ProjectRun, StepError, StepInterruptedError, sealed, step

from .conftest import Harness

KEY = ProjectRun("/nowhere", "small-sale", "burst", datetime(2026, 11, 1, 2, tzinfo=UTC))


class OperationalError(Exception):
    """Named like the database drivers' own."""


def test_foreign_exceptions_lose_their_text_and_keep_type_and_place() -> None:
    def choke() -> None:
        raise ValueError("could not convert '哨兵王1号' 13912345601")

    with pytest.raises(StepError) as caught:
        sealed(choke)()
    error = caught.value
    assert "哨兵王" not in error.message
    assert "139" not in error.message
    assert error.message.startswith("builtins.ValueError at test_steps.py:")
    assert "in choke" in error.message
    assert error.__cause__ is None
    assert error.__context__ is None
    assert not error.retryable


@pytest.mark.parametrize("error", [ConnectionResetError("x"), TimeoutError("x"), OperationalError("x")])
def test_connection_trouble_is_worth_another_try(error: Exception) -> None:
    def choke() -> None:
        raise error

    with pytest.raises(StepInterruptedError) as caught:
        sealed(choke)()
    assert caught.value.retryable


def test_our_own_errors_pass_as_they_are() -> None:
    mine = SourceError(("orders.csv does not exist", "orders.csv 不存在"), ("put it there", "请放到该处"))

    def choke() -> None:
        raise mine

    with pytest.raises(SourceError) as caught:
        sealed(choke)()
    assert caught.value is mine


def test_every_row_of_the_table_names_what_it_runs() -> None:
    assert {name: row.run.__name__ for name, row in STEPS.items()} == {name: name for name in STEPS}
    assert all(len(row.delay_seconds) == row.retries for row in STEPS.values())


def test_a_ledger_that_moved_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    import tasks.outreach.outreach

    def moved(*_: Any) -> Any:
        raise LedgerMovedError(("somebody was faster", "有人更快"))

    monkeypatch.setattr(tasks.outreach.outreach, "enqueue_run", moved)
    with steps.given_runtime(object()):  # type: ignore[arg-type]
        assert steps.enqueue(KEY) is None


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[Any]], list[Any]]]:
    """Put a step in the table that answers with the given values, raising those that are exceptions."""

    def install(answers: list[Any]) -> list[Any]:
        left = list(answers)

        def refresh(key: ProjectRun) -> Any:
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        row = replace(STEPS["refresh"], run=refresh, delay_seconds=(0, 0, 0))
        monkeypatch.setitem(STEPS, "refresh", row)
        step.cache_clear()
        return left

    yield install
    step.cache_clear()


@pytest.mark.server
@pytest.mark.parametrize(
    ("answers", "unused", "outcome"),
    [
        ([ConnectionError("x"), ChannelBusyError(("wait", "请等候")), {"snapshot_id": "s"}], 0, {"snapshot_id": "s"}),
        ([UsageError(("wrong", "有误")), {"snapshot_id": "s"}], 1, UsageError),
        ([ValueError("x"), {"snapshot_id": "s"}], 1, StepError),
        ([TimeoutError("x")] * 4 + [{"snapshot_id": "s"}], 1, StepInterruptedError),
    ],
    ids=["connection-then-busy-then-well", "ours", "foreign", "retries-used-up"],
)
def test_only_what_may_go_away_is_tried_again(
    prefect_server: Harness,
    flaky: Callable[[list[Any]], list[Any]],
    answers: list[Any],
    unused: int,
    outcome: Any,
) -> None:
    from prefect import flow

    left = flaky(answers)

    @flow(name="one-step")
    def one_step() -> Any:
        return step("refresh")(KEY)

    if isinstance(outcome, dict):
        assert one_step() == outcome
    else:
        with pytest.raises(outcome):
            one_step()
    assert len(left) == unused


def test_a_full_disk_is_told_as_one() -> None:
    def choke() -> None:
        raise OSError(28, "No space left on device", "/var/decisions/a.json")

    with pytest.raises(DiskFullError, match=r"no room left to write /var/decisions/a\.json") as caught:
        sealed(choke)()
    assert caught.value.__context__ is None
    assert not caught.value.retryable
