"""Runs whose process and worker died together: Prefect goes on showing them as running, until their end is given here.

A run of a deployment sends a sign of life (`prefect.flow-run.heartbeat`) when it begins and then every
`PREFECT_FLOWS_HEARTBEAT_FREQUENCY` seconds, from a thread of its own. One that has missed several is over.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from campaign_calendars.findings.said import Said
from flows.follow_up import end_dead_run, runs_alive
from tasks.journal import note

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

HEARTBEAT = "prefect.flow-run.heartbeat"
# Prefect's own pause between two signs, where a worker does not say another one.
USUAL = timedelta(seconds=180)
_MISSED = 3  # so many signs that did not come
_SLACK = timedelta(seconds=30)  # signs travel in the background
_CLOCKS = timedelta(days=2)  # a worker's clock may be far ahead
# A process may need this long until its first sign; a server without them is not asked sooner.
UNHEARD = timedelta(minutes=15)


def end_zombies(calendar_id: str, now: datetime) -> list[Said]:
    """Runs of the calendar that give no sign of life any more → Crashed, cancelled ones → Cancelled; says which."""
    from prefect.client.orchestration import get_client

    said: list[Said] = []
    alive = runs_alive(calendar_id)
    if not alive:
        return said
    with get_client(sync_client=True) as client:
        for run in alive:
            heard = _heard(client, run, now)
            if not is_silent(_began(run), heard, now):
                continue
            end = end_dead_run(client, run, "Its process gave no sign of life any more")
            last = max(heard, default=_began(run))
            note("run_fell_silent", level=logging.ERROR, flow_run=run.name, last_heard=last.isoformat())
            said.append(
                (
                    f"{run.name} gave no sign of life since {last:%H:%M} UTC; marked {end}",
                    f"{run.name} 自 {last:%H:%M} UTC 起没有任何动静；已标为 {end}",
                )
            )
    return said


def is_silent(began: datetime, heard: Sequence[datetime], now: datetime) -> bool:
    """Whether the process of a run is gone, by the moments at which it was heard (any order).

    How often it means to be heard is seen in what it sent; a busy machine that is late once does not make it dead.
    """
    if not heard:
        return now - began > UNHEARD
    signs = sorted(heard)
    pauses = sorted(later - earlier for earlier, later in pairwise(signs))
    pause = pauses[len(pauses) // 2] if pauses else USUAL
    return now - signs[-1] > _MISSED * max(pause, _SLACK) + _SLACK


def _began(run: FlowRun) -> datetime:
    """When it came into the state it is in."""
    moment = run.state.timestamp if run.state is not None else run.start_time or run.created
    if moment is None:
        raise ValueError("a run of a server has a moment at which it was made")
    return moment


def _heard(client: SyncPrefectClient, run: FlowRun, now: datetime) -> list[datetime]:
    """The last moments at which the server heard of the run; what its own clock says does not count."""
    from prefect.events.filters import EventFilter, EventNameFilter, EventOccurredFilter, EventResourceFilter

    wanted = EventFilter(
        event=EventNameFilter(name=[HEARTBEAT]),
        resource=EventResourceFilter(id=[f"prefect.flow-run.{run.id}"]),
        occurred=EventOccurredFilter(until=now + _CLOCKS),
    )
    return [event.received for event in client.read_events(wanted, limit=_MISSED + 1).events]
