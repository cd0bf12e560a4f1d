"""How far a dispatch is, while it sends: a progress artifact of its run, brought up to date every few seconds.

The dispatch itself knows nothing of it: a thread counts in the ledger and tells the server over plain HTTP. A server or
ledger that does not answer costs the picture, never the messages.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from prefect.runtime import flow_run

from campaign_calendars.findings.errors import PromocalError
from flows.server_api import ServerApi, find_server
from flows.steps import ProjectRun
from tasks.outreach.counting import totals_of
from tasks.runtime import open_runtime
from warehouse.ledger.records import JobStatus

EVERY_SECONDS = 3.0
"""Between two looks; what is sent sooner shows no progress at all."""
_OPEN: tuple[JobStatus, ...] = ("pending", "sending", "awaiting_approval")


@contextmanager
def shown_while_sending(key: ProjectRun) -> Iterator[None]:
    """Progress of the run is shown while the block lasts; nothing outside of a run of the server."""
    if not flow_run.id:
        yield
        return
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(key, str(flow_run.id), ended), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join(timeout=10)


def _watch(key: ProjectRun, run: str, ended: threading.Event) -> None:
    artifact = None
    try:
        while not ended.wait(EVERY_SECONDS):
            artifact = _tell(key, run, artifact)
        if artifact is not None:
            _tell(key, run, artifact)
    except (PromocalError, OSError):
        return  # the next run of the server shows its own progress


def _tell(key: ProjectRun, run: str, artifact: str | None) -> str:
    """Make the artifact, or bring it up to date; returns its id."""
    with open_runtime(key.project_dir_here) as rt, ServerApi(find_server(rt.settings.state)) as api:
        share, said = progress_of(totals_of(rt.ledger.job_counts(key.run_id)))
        shown = {"data": share, "description": f"**Messages.** Run `{key.run_id}`: {said}"}
        if artifact is not None:
            api.patch(f"artifacts/{artifact}", shown)
            return artifact
        made = api.post(
            "artifacts/", {"key": f"{_stem(key)}-progress", "type": "progress", **shown, "flow_run_id": run}
        )
    if not isinstance(made, dict) or "id" not in made:
        raise api.no_prefect()
    return str(made["id"])


def progress_of(totals: Mapping[JobStatus, int]) -> tuple[float, str]:
    """Percent of the messages that have an end, and the states in words."""
    every, still = sum(totals.values()), sum(totals.get(state, 0) for state in _OPEN)
    share = round(100 * (every - still) / every, 1) if every else 100.0
    words = ", ".join(f"{n:,} {state.replace('_', ' ')}" for state, n in sorted(totals.items()) if n)
    return share, words or "none"


def _stem(key: ProjectRun) -> str:
    return f"{key.calendar}-{key.phase}".replace("_", "-")
