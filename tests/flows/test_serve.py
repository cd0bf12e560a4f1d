"""`serve` as a person uses it: one process to start, one signal to stop."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from flows.applying import apply_plan
from flows.deployments import Changes, in_words, told_counts
from flows.environment import connected
from flows.serve import serve
from flows.server import stop_child
from tasks.planning.beside import make
from tasks.runtime import open_runtime
from tests.prefect_database import begin_with

from .conftest import wait_for
from .small_project import write_project

SCRIPT = """
import sys
from campaign_calendars.findings.errors import PromocalError
from flows.serve import serve
try:
    serve(sys.argv[1], port=int(sys.argv[2]), accept=True)
except PromocalError as error:
    print(error.text("en"))
    sys.exit(error.exit_code)
"""


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def serving(root: Path, output: Path, home: Path, before: str = "", **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`serve` in a process of its own, in a user's home that must stay empty; `more` of environment, code `before`."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with output.open("wb") as text:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", before + SCRIPT, str(root), str(free_port())],
            stdout=text,
            stderr=subprocess.STDOUT,
            env={**clean, **more, "HOME": str(home), "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
    try:
        yield process
    finally:
        stop_child(process, 90)


def query(root: Path, sql: str) -> list[tuple[str | int, ...]]:
    database = root / "var" / "prefect" / "prefect.db"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(sql).fetchall()


def children(root: Path) -> list[str]:
    """Command lines of processes that work for this project."""
    mark, found = f"PREFECT_HOME={root / 'var' / 'prefect'}".encode(), []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
    return found


@pytest.mark.server
@pytest.mark.skipif(sys.platform != "linux", reason="looks for leftover processes in /proc")
def test_serve_runs_due_moments_and_stops_cleanly(tmp_path: Path, migrated: Path) -> None:
    far = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    root = write_project(tmp_path / "project", [far])
    output, home = tmp_path / "output", tmp_path / "home"
    home.mkdir()
    begin_with(migrated, root / "var" / "prefect")
    with serving(root, output, home) as process:
        wait_for("the UI's address", lambda: "Prefect UI: http://127.0.0.1:" in output.read_text(), 120)
        assert "small-sale: 1 created" in output.read_text()
        wait_for("server and worker", lambda: len(children(root)) >= 2, 60)

        # The operator adds a moment and applies again, from another process.
        write_project(root, [datetime.now(UTC) + timedelta(seconds=45), far])
        address = re.search(r"http://127.0.0.1:\d+", output.read_text())
        assert address is not None
        with connected({}, f"{address[0]}/api"):
            with open_runtime(root) as rt:
                checksum = make(rt, "small-sale").checksum
                changes = apply_plan(rt, "small-sale", checksum, by="Li", force=["members", "budget"])
            assert changes.updated == ("small-sale.burst",)
        ended = "select state_name from flow_run where state_type = 'COMPLETED'"
        wait_for("the first moment's run", lambda: query(root, ended), 120)

        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert output.read_text().endswith("Stopping ...\nStopped.\n")
    assert children(root) == []
    assert query(root, ended) == [("Completed",)]
    # Schedules stay active, and the moment in three days still has its run.
    assert query(root, "select d.paused, s.active from deployment d join deployment_schedule s") == [(0, 1), (0, 1)]
    # Prefect's scheduler may have made it once more for the schedule that was replaced meanwhile: one moment still.
    ahead = "select count(distinct expected_start_time) from flow_run where state_type = 'SCHEDULED'"
    assert query(root, ahead) == [(1,)]
    assert list(home.iterdir()) == []


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)  # who has a server of their own needs no port
    root = write_project(tmp_path, [datetime.now(UTC) + timedelta(days=1)])
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as taken,
        pytest.raises(UsageError, match="Cannot listen on"),
    ):
        serve(root, port=taken.getsockname()[1], say=lambda _: None, stop=threading.Event())


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (Changes(created=("a", "b"), removed=("c",)), "2 created, 1 removed"),
        (Changes(unchanged=("a",), kept_paused=("a",)), "1 unchanged; kept paused: a"),
        (Changes(), "no moments to schedule"),
    ],
)
def test_changes_in_words(changes: Changes, words: str) -> None:
    english, chinese = in_words(changes)
    assert english == words
    assert told_counts(english, "zh") == chinese, "as the audit log keeps it"
    assert told_counts(english, "en") == english
