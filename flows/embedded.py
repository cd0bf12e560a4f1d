"""Phase flows in this process, on a Prefect server that lives only as long as needed (`run`, `demo`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.findings.errors import PromocalError
from flows.environment import connected, prefect_environment
from flows.server import is_healthy, running_server, wait_until_healthy
from flows.server_api import VARIABLE, ServerApi, find_server
from flows.steps import given_runtime
from tasks.running.phase import RunOutcome

if TYPE_CHECKING:
    from tasks.runtime import Runtime


@dataclass(frozen=True, slots=True)
class FlowEnd:
    """How a flow run ended: the name of its state (see `flows.phase`), its sentence, and what the run came to."""

    state: str
    message: str
    outcome: RunOutcome


@dataclass(frozen=True, slots=True)
class Embedded:
    """A server that is coming up: `ready` asks, `wait` waits."""

    ready: Callable[[], bool]
    wait: Callable[[], None]


@contextmanager
def embedded_prefect(home: Path) -> Iterator[Embedded]:
    """An API for flows of this process; what it yields says when it can be used.

    `PREFECT_API_URL`, where set, wins: then the runs show up on that server, and a PromocalError says that it is away.
    Otherwise a bare one starts on a free port with its database in `home`: about 4 s, 10 s the first time, during which
    the caller may do something else. Without the services that write beside the flow, a run costs
    0.2 s instead of up to 2.5 s on SQLite; their task runs do not show up in a later `serve`.
    """
    elsewhere = os.environ.get(VARIABLE, "").strip()
    # In a terminal the command prints the outcome itself; Prefect's own narration would repeat it.
    settings = {**prefect_environment(home), "PREFECT_LOGGING_LEVEL": "WARNING"}
    if elsewhere:
        address = find_server(home.parent)
        with ServerApi(address) as api:  # one that is away is told in seconds, by its name
            api.get("admin/version")
        with connected({}, address.api_url, heartbeat=False):
            yield Embedded(ready=lambda: True, wait=lambda: None)
        return
    log = home / "server.log"
    with (
        running_server(settings, log=log, bare=True, wait=False) as server,
        connected(settings, server.api_url, heartbeat=False),
    ):
        yield Embedded(ready=lambda: is_healthy(server.api_url), wait=lambda: wait_until_healthy(server, log))


def run_phase_here(rt: Runtime, calendar: str, phase: str, as_of: datetime, snapshot_id: str | None = None) -> FlowEnd:
    """One phase run as a Prefect flow in this process, on `rt`; needs an API in force (`embedded_prefect`).

    Raises what the run raised: a PromocalError with its remedy.
    """
    from flows.phase import run_phase

    with given_runtime(rt):
        state = run_phase(str(rt.settings.root), calendar, phase, as_of, snapshot_id, return_state=True)
    result = state.result(raise_on_failure=False)
    if not isinstance(result, RunOutcome):
        raise (
            result
            if isinstance(result, Exception)
            else PromocalError((f"The run ended {state.name}.", f"运行以状态 {state.name} 结束。"))
        )
    return FlowEnd(state.name or "Completed", state.message or "", result)
