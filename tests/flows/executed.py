"""A run of the server, executed here: what a worker's process does, without loading Prefect for it once more.

Who is about that process (its start, its signals, its death) uses a real worker: see `Harness.worker`.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any


def execute(run: Any) -> Any:
    """The run as it stands afterwards; one that is suspended or refused leaves by an exception of Prefect's."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import Abort, Pause
    from prefect.flow_engine import load_flow_run, run_flow

    from flows.phase import run_phase

    found = load_flow_run(run.id)
    while found.next_scheduled_start_time and datetime.now(UTC) < found.next_scheduled_start_time:
        time.sleep(0.1)
    with suppress(Abort, Pause):
        run_flow(run_phase, flow_run=found, return_type="state")
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run.id)
