"""What a Prefect server says about the calendars of a project, as records; asked by `flows.asking`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """A worker of the work pool."""

    name: str
    """Its name."""
    alive: bool
    """Whether the server has heard from it lately."""
    heard_at: datetime | None
    """When it was heard last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentState:
    """One (calendar, phase) on the server."""

    name: str
    """Name of the deployment."""
    calendar: str
    """Calendar id."""
    phase: str
    """Phase id."""
    project: str
    """Directory of the project that a worker opens; empty: the worker's own `PROMOCAL_PROJECT`."""
    paused: bool
    """Whether somebody paused it or one of its schedules; false where it leaves."""
    running: int
    """Runs under way."""
    ahead: int
    """Runs the scheduler has made that have yet to come."""
    next_at: datetime | None
    """The next of them."""
    late: int
    """Runs whose moment has passed and that no worker took."""
    failed: int
    """Runs of the last seven days that ended Failed or Crashed."""
    at_work: tuple[str, ...] = ()
    """Runs of the ledger (id) that these are at work on; those of another moment than planned, too."""
    leaving: bool = False
    """Its phase left the calendar: it begins nothing more, and is removed when its runs have ended."""
    expects: bool = False
    """Whether a schedule of it has a moment to come, so that the scheduler must have made runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerState:
    """A Prefect server as it answered; `problem` says why it did not."""

    api_url: str
    """Address of its API; empty: none is known."""
    named_by: str
    """What names it: `PREFECT_API_URL`, a profile of Prefect, or `promocal serve`."""
    version: str
    """Prefect's version there."""
    problem: Mapping[str, str]
    """Why it could not be asked, `en` and `zh`; empty: it answered."""
    remedy: Mapping[str, str] = field(default_factory=dict)
    """What to do about it, `en` and `zh`."""
    clock_ahead: float | None = None
    """How many seconds its clock is ahead of ours."""
    workers: tuple[WorkerState, ...] = ()
    """Workers of the pool `promocal`, living ones first."""
    deployments: tuple[DeploymentState, ...] = ()
    """Deployments of promocal, by name."""
    scheduler_on: bool | None = None
    """Whether its settings let the scheduler run; null: it does not say."""
    tells: tuple[str, ...] = ()
    """Kinds of alerts that automations of promocal tell, of those that are switched on."""

    @property
    def answers(self) -> bool:
        return not self.problem

    @property
    def at_work(self) -> frozenset[str]:
        """Runs of the ledger (id) that a process is at work on."""
        return frozenset(run for one in self.deployments for run in one.at_work)

    def of(self, calendar: str) -> tuple[DeploymentState, ...]:
        """The deployments of one calendar."""
        return tuple(one for one in self.deployments if one.calendar == calendar)
