"""Everything on one machine: a Prefect server, the calendar's deployments, and a worker that runs them."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from campaign_calendars.errors import PromocalError
from flows.deployments import WORK_POOL, Changes, deploy
from flows.environment import child_environment, connected, prefect_environment
from flows.server import RunningServer, running_server, start_child, stop_child

if TYPE_CHECKING:
    from tasks.runtime import Runtime

DEFAULT_PORT = 4200
# One machine and SQLite: a few runs side by side are enough, and their own memory adds up.
RUNS_AT_ONCE = 2
_LOOK_SECONDS = 0.5
# A run that is being stopped records what it did before it goes.
_WORKER_STOP_SECONDS = 60.0
_QUICK_DEATHS = 5

Say = Callable[[str], None]


def serve(
    project_dir: Path | str,
    calendars: Sequence[str] = (),
    *,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    say: Say = print,
    stop: threading.Event | None = None,
) -> None:
    """Serve calendars (default: every calendar of the project) until SIGINT, SIGTERM or `stop`.

    State and logs live in the project's `var/prefect`. Schedules stay active when it ends: runs
    whose moment passes meanwhile start late at the next serve, and each play's `on_late` decides.
    Raises ProblemsFoundError when a calendar has errors, UsageError when the port is taken.
    """
    from tasks.runtime import open_runtime

    rt = open_runtime(project_dir)
    loaded = [rt.load_calendar(name) for name in (calendars or rt.calendar_ids())]
    home = rt.settings.state / "prefect"
    settings = {**prefect_environment(home), "PREFECT_WORKER_QUERY_SECONDS": "5"}
    with _stoppable(stop or threading.Event()) as stopping:
        say("Starting the Prefect server (the first start prepares its database) ...")
        with running_server(settings, host=host, port=port, log=home / "server.log") as server:
            with connected(settings, server.api_url):
                for calendar in loaded:
                    say(f"{calendar.calendar.calendar}: {in_words(deploy(rt, calendar.file))}")
                    _resume(rt, calendar.calendar.calendar, say)
            rt.close()
            say(f"Prefect UI: {server.ui_url}   (Ctrl-C stops; schedules stay active)")
            _run_worker(child_environment(settings, server.api_url), home / "worker.log", server, stopping, say)
        say("Stopped.")


def in_words(changes: Changes) -> str:
    """`3 created, 1 removed; 1 kept paused`."""
    kinds = ("created", "updated", "unchanged", "removed")
    words = ", ".join(f"{len(getattr(changes, kind))} {kind}" for kind in kinds if getattr(changes, kind))
    paused = f"; kept paused: {', '.join(changes.kept_paused)}" if changes.kept_paused else ""
    return f"{words or 'no moments to schedule'}{paused}"


def _resume(rt: Runtime, calendar_id: str, say: Say) -> None:
    """What a crash or a shutdown left behind: dead runs get their state, open jobs a follow-up."""
    from flows.follow_up import follow_up_open_runs, mark_dead_runs

    for name in mark_dead_runs(calendar_id):
        say(f"{name} was interrupted; marked Crashed")
    for run_id, when in follow_up_open_runs(rt, calendar_id):
        say(f"{run_id} has open jobs; continuing at {when:%H:%M} UTC")


def _run_worker(
    environment: dict[str, str], log: Path, server: RunningServer, stopping: threading.Event, say: Say
) -> None:
    """Keep a worker alive until asked to stop; give up when server or worker cannot be kept up."""
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", WORK_POOL, "--type", "process"]
    command += ["--name", "promocal", "--limit", str(RUNS_AT_ONCE)]
    worker = start_child(command, environment, log)
    restarts = 0
    try:
        while not stopping.wait(_LOOK_SECONDS):
            if server.process.poll() is not None:
                raise PromocalError("The Prefect server ended by itself.", f"See {log.with_name('server.log')}.")
            if worker.poll() is not None:
                restarts += 1
                if restarts > _QUICK_DEATHS:
                    raise PromocalError("The worker keeps ending by itself.", f"See {log}.")
                say(f"The worker ended with exit code {worker.returncode}; starting it again (see {log}).")
                worker = start_child(command, environment, log)
        say("Stopping ...")
    finally:
        stop_child(worker, _WORKER_STOP_SECONDS)


@contextmanager
def _stoppable(stop: threading.Event) -> Iterator[threading.Event]:
    """SIGINT and SIGTERM set the event; outside the main thread only the caller can."""
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in signals}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
