"""Settings under which promocal runs Prefect: quiet, offline, inside the project's own directory."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# The scheduler looks this far ahead, so the UI shows a calendar whole; runs further away appear as time passes.
HORIZON_DAYS = 120
RUNS_AHEAD = 500
_DRAIN_SECONDS = 5.0


def prefect_environment(home: Path) -> dict[str, str]:
    """Settings for a server, worker or client whose state lives in `home` (created if missing).

    What the caller's own environment already sets wins, so a data engineer can point
    `PREFECT_SERVER_DATABASE_CONNECTION_URL` at PostgreSQL without touching the code.
    """
    home.mkdir(parents=True, exist_ok=True)
    ours = {
        "PREFECT_HOME": str(home.resolve()),
        "PREFECT_PROFILES_PATH": str(home.resolve() / "profiles.toml"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # The newer UI calls an analytics host on load even with analytics off.
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": f"P{HORIZON_DAYS}D",
        "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME": f"P{HORIZON_DAYS}D",
        "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": str(RUNS_AHEAD),
        # How often a run says that it lives: after some signs that did not come it counts as crashed.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_CLI_PROMPT": "false",
    }
    return {name: os.environ.get(name, value) if name != "PREFECT_HOME" else value for name, value in ours.items()}


def child_environment(settings: Mapping[str, str], api_url: str | None = None) -> dict[str, str]:
    """The environment of a child process: ours, the settings, and this very code on the import path."""
    environment = {**os.environ, **settings}
    source = Path(__file__).resolve().parent.parent
    if "site-packages" not in source.parts:
        # A source tree that is not installed: a worker starts elsewhere and must still find it.
        known = environment.get("PYTHONPATH", "").split(os.pathsep)
        environment["PYTHONPATH"] = os.pathsep.join([str(source), *(path for path in known if path)])
    if api_url is not None:
        environment["PREFECT_API_URL"] = api_url
    # A worker looks its interpreter up on the path.
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    return environment


@contextmanager
def connected(settings: Mapping[str, str], api_url: str, *, heartbeat: bool = True) -> Iterator[None]:
    """This process talks to the server at `api_url` for the duration of the block.

    The environment is set before Prefect is imported, because its import already reads the home.
    Without `heartbeat` a flow ends a second sooner; only for runs watched by the person who
    started them.
    """
    changed = {**settings, "PREFECT_API_URL": api_url}
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        from prefect import settings as prefect_settings

        updates: dict[Any, Any] = {prefect_settings.PREFECT_API_URL: api_url}
        if not heartbeat:
            updates[prefect_settings.PREFECT_FLOWS_HEARTBEAT_FREQUENCY] = None
        with prefect_settings.temporary_settings(updates):
            try:
                yield
            finally:
                _deliver_what_is_queued()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _deliver_what_is_queued() -> None:
    """Logs and events leave in the background; send them before the server they belong to is gone."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogHandler

    for name in ("prefect", "prefect.flow_runs", "prefect.task_runs"):
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, APILogHandler):
                handler.flush()
    EventsWorker.drain_all(timeout=_DRAIN_SECONDS)
