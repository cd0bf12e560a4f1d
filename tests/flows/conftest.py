"""One real Prefect server for these tests, on a free port, with a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.prefect_database import begin_with, migrated_database

# Before anything imports prefect: its import already reads the user's home.
os.environ["PREFECT_HOME"] = tempfile.mkdtemp(prefix="promocal-prefect-")
os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
os.environ["DO_NOT_TRACK"] = "1"
os.environ.pop("PREFECT_API_URL", None)


@dataclass(frozen=True)
class Harness:
    api_url: str
    ui_url: str
    home: Path
    environment: dict[str, str]

    @property
    def database(self) -> Path:
        return self.home / "prefect.db"

    @contextmanager
    def worker(self, log: Path) -> Iterator[subprocess.Popen[bytes]]:
        """A real process worker on the product's pool, polling every second."""
        from flows.names import WORK_POOL
        from flows.server import start_child, stop_child

        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", WORK_POOL, "--type", "process"]
        environment = {**self.environment, "PREFECT_WORKER_QUERY_SECONDS": "1"}
        process = start_child(command, environment, log)
        try:
            yield process
        finally:
            stop_child(process)


def wait_for(what: str, found: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Poll until `found()` is truthy and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.2)
    raise AssertionError(f"{what} did not happen within {seconds:.0f} s")


def traces_of(texts: Iterable[str], home: Path) -> list[str]:
    """Files below `home` (database, write-ahead log, results, logs) that hold a text, plain or escaped as JSON."""
    forms = {form for text in texts for form in (text.encode(), text.encode("unicode_escape"))}
    files = [path for path in home.rglob("*") if path.is_file()]
    return [f"{path.name}: {form!r}" for path in files for form in forms if form in path.read_bytes()]


_open = ExitStack()
_running: list[Harness] = []


@pytest.fixture(scope="session")
def migrated(pytestconfig: pytest.Config) -> Path:
    """The database of a server that has started before."""
    return migrated_database(pytestconfig)


@pytest.fixture(scope="module")
def prefect_server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Harness:
    """Started for the first file that asks for it; it looks for due runs each second, so it is not left running."""
    from flows.environment import child_environment, connected, prefect_environment
    from flows.server import running_server

    if not _running:
        home = tmp_path_factory.mktemp("prefect")
        begin_with(migrated, home)
        settings = {**prefect_environment(home), "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1"}
        server = _open.enter_context(running_server(settings, log=home / "server.log"))
        _open.enter_context(connected(settings, server.api_url, heartbeat=False))
        _open.callback(_running.clear)
        _running.append(Harness(server.api_url, server.ui_url, home, child_environment(settings, server.api_url)))
    return _running[0]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """After the last test of this folder the server goes: it takes a twelfth of a processor as long as it is there."""
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        _open.close()


def remove_deployments(calendar_id: str) -> None:
    """Delete every deployment of a calendar; finished runs stay."""
    from flows.held import held
    from flows.server_api import ServerApi, find_server

    with ServerApi(find_server(Path.cwd())) as api:
        for found in held(api, calendar_id).values():
            api.delete(f"deployments/{found.id}")
