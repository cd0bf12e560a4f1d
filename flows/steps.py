"""The steps of a run as Prefect tasks: one table of names, retries and time limits; no logic.

**Names and counts cross task borders, never member rows**: Prefect stores parameters, results,
states and logs. For the same reason an exception that is not ours never leaves a step as it is:
database and parser errors quote the values they choked on.
"""

from __future__ import annotations

import functools
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from campaign_calendars.findings.errors import LedgerMovedError, PromocalError
from warehouse.shelf.room import is_full, no_room

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State, TaskRun
    from prefect.tasks import Task

    from campaign_calendars.deciding.runs import PhaseDecision
    from tasks.data.refresh import Refreshed
    from tasks.outreach.counting import DispatchCounts
    from tasks.outreach.outreach import Queued
    from tasks.running.phase import RunOutcome
    from tasks.runtime import Runtime

P = ParamSpec("P")
R = TypeVar("R")

# Names of third-party exceptions that mean "the other side was away", wherever they are defined.
_CONNECTION_TROUBLE = {"OperationalError", "InterfaceError", "ClientConnectionError", "ServerTimeoutError"}


class StepError(PromocalError):
    """A step failed with somebody else's exception; the message holds its type and place, nothing it said."""


class StepInterruptedError(StepError):
    """The same, after trouble with a connection: worth another try."""

    retryable = True


# --- the steps -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProjectRun:
    """Which run of which project a step belongs to; all that crosses a task border besides ids and counts."""

    project_dir: str
    calendar: str
    phase: str
    as_of: datetime

    @property
    def run_id(self) -> str:
        from campaign_calendars.deciding.intent import run_id

        return run_id(self.calendar, self.phase, self.as_of)

    @property
    def project_dir_here(self) -> str:
        """A worker may have the project elsewhere than where it was applied."""
        return os.environ.get("PROMOCAL_PROJECT") or self.project_dir

    @contextmanager
    def runtime(self) -> Iterator[Runtime]:
        """The project's opened parts for one step; `given_runtime` overrides them."""
        from tasks.runtime import open_runtime

        if (given := _GIVEN.get()) is not None:
            yield given
            return
        with open_runtime(self.project_dir_here) as rt:
            yield rt


_GIVEN: ContextVar[Runtime | None] = ContextVar("given_runtime", default=None)


@contextmanager
def given_runtime(rt: Runtime) -> Iterator[None]:
    """Runs of this process and block use `rt`, with its clock and directories, and leave it open (replay, demo)."""
    token = _GIVEN.set(rt)
    try:
        yield
    finally:
        _GIVEN.reset(token)


def refresh(key: ProjectRun) -> Refreshed:
    from tasks.data.refresh import refresh as run

    with key.runtime() as rt:
        return run(rt, key.calendar, key.as_of)


def pull_answers(key: ProjectRun) -> bool:
    from tasks.outreach.best_texts import pull_answers as run

    with key.runtime() as rt:
        return run(rt, rt.load_calendar(key.calendar), rt.find_run(key.run_id), rt.clock())


def decide(key: ProjectRun, snapshot_id: str) -> PhaseDecision | None:
    from tasks.deciding.decide import decide as run

    with key.runtime() as rt:
        return run(rt, key.calendar, key.phase, key.as_of, snapshot_id)


def enqueue(key: ProjectRun) -> Queued | None:
    """None when somebody else enqueued in between: an answer, not a failure."""
    from tasks.outreach.outreach import enqueue_run as run

    with key.runtime() as rt:
        try:
            return run(rt, key.run_id)
        except LedgerMovedError:
            return None


def cancel_late(key: ProjectRun, plays: list[str]) -> int:
    from tasks.running.guard import cancel_late as run

    with key.runtime() as rt:
        return run(rt, key.run_id, plays)


def dispatch(key: ProjectRun) -> DispatchCounts:
    from tasks.outreach.outreach import dispatch_run as run

    with key.runtime() as rt:
        return run(rt, key.run_id)


def finish(key: ProjectRun, sent: DispatchCounts) -> RunOutcome:
    from tasks.deciding.decisions import read_decision
    from tasks.running.phase import finish as run

    with key.runtime() as rt:
        decision = read_decision(rt, key.run_id)
        return run(rt, key.run_id, decision.plays if decision else (), sent, via="prefect")


# --- the table -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """How Prefect runs a function. Each may be repeated: ids make it idempotent, the ledger makes it safe."""

    run: Callable[..., object]
    retries: int
    delay_seconds: tuple[float, ...]
    timeout_seconds: float


STEPS: dict[str, Step] = {
    "refresh": Step(refresh, retries=3, delay_seconds=(10, 60, 300), timeout_seconds=2 * 3600),
    "pull_answers": Step(pull_answers, retries=3, delay_seconds=(10, 60, 300), timeout_seconds=2 * 3600),
    "decide": Step(decide, retries=2, delay_seconds=(5, 30), timeout_seconds=2 * 3600),
    "enqueue": Step(enqueue, retries=3, delay_seconds=(2, 10, 30), timeout_seconds=3600),
    "cancel_late": Step(cancel_late, retries=3, delay_seconds=(2, 10, 30), timeout_seconds=600),
    "dispatch": Step(dispatch, retries=3, delay_seconds=(30, 120, 600), timeout_seconds=6 * 3600),
    "finish": Step(finish, retries=3, delay_seconds=(2, 10, 30), timeout_seconds=600),
}


@functools.cache
def step(name: str) -> Task[..., Any]:
    """The Prefect task of a row of the table."""
    from prefect import task

    row = STEPS[name]
    return task(
        name=name,
        task_run_name=name,
        retries=row.retries,
        retry_delay_seconds=list(row.delay_seconds),
        timeout_seconds=row.timeout_seconds,
        retry_condition_fn=worth_another_try,
        persist_result=False,
    )(sealed(row.run))


def perform(run: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a function of the table as its Prefect task."""
    task: Callable[..., Any] = step(run.__name__)
    return cast("R", task(*args, **kwargs))


def worth_another_try(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:  # noqa: ARG001 - Prefect's
    """Only what may go away by itself: a retryable error of ours, or a connection that broke."""
    failure = state.result(raise_on_failure=False)
    return isinstance(failure, PromocalError) and failure.retryable


def sealed(run: Callable[P, R]) -> Callable[P, R]:
    """`run`, with foreign exceptions replaced by their type and place."""

    @functools.wraps(run)
    def sealed_run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return run(*args, **kwargs)
        except PromocalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not reach the server
            failure = _sealed_error(error)
        # Raised outside the except block: a chained exception would be printed with it.
        raise failure

    return sealed_run


def _sealed_error(error: BaseException) -> PromocalError:
    if is_full(error):
        return no_room(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(where.filename).name}:{where.lineno} in {where.name}"
    names = {kind.__name__ for kind in type(error).__mro__}
    away = isinstance(error, ConnectionError | TimeoutError) or bool(names & _CONNECTION_TROUBLE)
    kind = StepInterruptedError if away else StepError
    return kind(
        (
            (
                f"{type(error).__module__}.{type(error).__qualname__} at {place}; its message may quote member data"
                " and is not stored here"
            ),
            f"{type(error).__module__}.{type(error).__qualname__}，位于 {place}；其消息可能含会员数据，此处不保存",
        ),
        (
            "Run the step on the machine that has the data to see it: promocal run",
            "请在存有数据的机器上运行该步骤以查看：promocal run",
        ),
    )
