"""`serve` and the processes below it, killed: what falls is back, and no message is lost or sent twice."""

from __future__ import annotations

import csv
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from campaign_calendars.findings.errors import UsageError
from flows.environment import prefect_environment
from flows.serve import serve
from flows.server import STOP_SECONDS, running_server
from flows.server_api import ServerAddress, ServerApi
from tasks.data.refresh import refresh
from tasks.runtime import open_runtime
from tests.prefect_database import begin_with

from .conftest import wait_for
from .small_project import write_project
from .test_automations import sink
from .test_serve import children, free_port, query, serving

pytestmark = pytest.mark.server

SLOWLY = '\n[channels.sms.limits]\nrate = "20/min"\nburst = 1\n'
AHEAD = "select count(distinct expected_start_time) from flow_run where state_type = 'SCHEDULED'"
ENDED = "select state_name from flow_run where state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')"


def soon(seconds: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)


def part(process: subprocess.Popen[bytes], words: str) -> psutil.Process | None:
    """The process below `serve` whose command line has the words."""
    for one in psutil.Process(process.pid).children():
        with suppress(psutil.ZombieProcess):
            if words in " ".join(one.cmdline()):
                return one
    return None


def kill(process: subprocess.Popen[bytes], words: str) -> int:
    found = part(process, words)
    assert found is not None
    found.send_signal(signal.SIGKILL)
    return found.pid


def taken(port: int) -> socket.socket | None:
    with suppress(OSError):
        return socket.create_server(("127.0.0.1", port))
    return None


def sent(root: Path) -> list[str]:
    """Members in the files of the channel, one for each message."""
    found = []
    for file in sorted((root / "var" / "outbox").rglob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as text:
            found += [row["member_id"] for row in csv.DictReader(text)]
    return found


def prepared(root: Path, more: str) -> None:
    """A project with a moment at once and one in three days, whose data were looked at already."""
    write_project(root, [soon(3 * 86_400)])
    with open_runtime(root) as rt:
        refresh(rt, "small-sale", datetime.now(UTC))
    write_project(root, [soon(60), soon(3 * 86_400)])
    with (root / "promocal.toml").open("a", encoding="utf-8") as file:
        file.write(more)


def test_what_falls_is_back_and_a_run_at_work_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, migrated: Path
) -> None:
    root, output, home = tmp_path / "project", tmp_path / "output", tmp_path / "home"
    home.mkdir()
    begin_with(migrated, root / "var" / "prefect")
    with sink() as (port, heard):
        alerts = f'\n[alerts]\nurls = ["json://127.0.0.1:{port}/"]\nlang = "en"\n'
        prepared(root, SLOWLY + alerts)
        with serving(root, output, home) as process:
            wait_for("the UI's address", lambda: "Prefect UI: " in output.read_text(), 120)
            address = ServerAddress(re.findall(r"http://127.0.0.1:\d+", output.read_text())[0] + "/api", "test")
            kill(process, "worker start")
            wait_for("the worker", partial(told, output, "The worker is back after"), 120)
            first = kill(process, "server start")
            wait_for("the server", partial(told, output, "The Prefect server is back after"), 120)
            again = part(process, "server start")
            assert again is not None
            assert again.pid != first
            assert again.cmdline()[-1] == str(urlsplit(address.api_url).port)
            assert query(root, "select paused from deployment") == [(0,)]

            wait_for("the first message", lambda: sent(root), 180)
            kill(process, "server start")
            wait_for("the server", lambda: output.read_text().count("The Prefect server is back after") == 2, 120)
            wait_for("the end of the run", lambda: query(root, ENDED), 120)
            assert query(root, ENDED) == [("Completed",)]
            assert query(root, AHEAD) == [(1,)], "the moment in three days still has its run"
            with ServerApi(address) as api:
                feed = api.post("events/filter", {"filter": {"event": {"prefix": ["promocal."]}, "order": "ASC"}})
            process.send_signal(signal.SIGTERM)
            assert process.wait(90) == 0
    assert children(root) == []
    with open_runtime(root) as rt:
        (run,) = rt.ledger.runs("small-sale")
        jobs = list(rt.ledger.jobs(run.run_id))
    assert {job.status for job in jobs} == {"sent"}
    assert sorted(sent(root)) == sorted(job.member_id for job in jobs)
    assert len(jobs) > 3
    wanted = Counter({"promocal: The Prefect server": 4, "promocal: The worker": 2})
    assert Counter(one["title"] for one in heard) == wanted
    texts = [one["payload"]["text"] for one in feed["events"] if one["event"] == "promocal.server"]
    assert texts == [one["message"] for one in heard if one["title"] == "promocal: The Prefect server"], (
        "what fell while nobody heard follows"
    )
    # Prefect stores events some seconds after it took them: what it heard just before it was killed is lost there.
    assert "promocal.worker" in {one["event"] for one in feed["events"]}


@pytest.mark.slow
def test_serve_ends_with_an_exit_code_when_its_server_cannot_come_back(tmp_path: Path, migrated: Path) -> None:
    """Something else has taken the port by then; systemd starts serve again, and that says why it cannot."""
    root, output, home = tmp_path / "project", tmp_path / "output", tmp_path / "home"
    home.mkdir()
    begin_with(migrated, root / "var" / "prefect")
    write_project(root, [soon(3 * 86_400)])
    with serving(root, output, home, "import flows.parts; flows.parts.RESTARTS = 1; ") as process:
        wait_for("the UI's address", lambda: told(output, "Prefect UI: "), 120)
        port = int(re.findall(r"http://127.0.0.1:(\d+)", output.read_text())[0])
        kill(process, "server start")
        with closing(wait_for("the port", partial(taken, port), 30)):
            assert process.wait(120) == 3
    assert re.search(
        r"The Prefect server ended with exit code \d+, after 1 restarts? in 10 minutes", output.read_text()
    )
    assert children(root) == [], "nothing is left that works for a server that is not there"
    assert not (root / "var" / "prefect" / "server.json").exists()


@pytest.mark.slow
def test_a_server_of_somebody_else_is_waited_for_and_not_started(tmp_path: Path, migrated: Path) -> None:
    root, output, home = tmp_path / "project", tmp_path / "output", tmp_path / "home"
    home.mkdir()
    begin_with(migrated, root / "var" / "prefect")
    write_project(root, [soon(3 * 86_400)])
    port = free_port()
    with serving(root, output, home, PREFECT_API_URL=f"http://127.0.0.1:{port}/api") as process:
        wait_for("patience", lambda: told(output, "nobody listens there; waiting for it (without PREFECT_API_URL"), 60)
        assert children(root) == []
        settings = prefect_environment(tmp_path / "elsewhere")
        with running_server(settings, port=port, log=tmp_path / "server.log", bare=True) as server:
            wait_for("the UI's address", lambda: told(output, f"Prefect UI: {server.ui_url} "), 60)
            assert told(output, "small-sale: 1 created")
            wait_for("the worker", lambda: part(process, "worker start"), 30)
            assert part(process, "server start") is None
            with ServerApi(ServerAddress(server.api_url, "test")) as api:
                wait_for("its sign", lambda: api.post("work_pools/promocal/workers/filter", {}), 60)
            process.send_signal(signal.SIGTERM)
            assert process.wait(90) == 0
    assert children(root) == []


def test_who_asks_to_stop_does_not_wait_for_a_start(tmp_path: Path, migrated: Path) -> None:
    root, output, home = tmp_path / "project", tmp_path / "output", tmp_path / "home"
    home.mkdir()
    begin_with(migrated, root / "var" / "prefect")
    write_project(root, [soon(3 * 86_400)])
    with serving(root, output, home) as process:
        wait_for("the start", lambda: told(output, "Starting the Prefect server"), 60)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert time.monotonic() - began < STOP_SECONDS + 10, "it was not waited for"
    assert output.read_text().endswith("Stopping ...\nStopped.\n")
    assert not told(output, "Prefect UI: ")
    assert children(root) == []


@pytest.mark.slow
def test_who_asks_to_stop_does_not_wait_for_a_server_that_hangs(tmp_path: Path, migrated: Path) -> None:
    root, output, home = tmp_path / "project", tmp_path / "output", tmp_path / "home"
    home.mkdir()
    begin_with(migrated, root / "var" / "prefect")
    write_project(root, [soon(3 * 86_400)])
    with serving(root, output, home) as process:
        wait_for("the UI's address", lambda: told(output, "Prefect UI: "), 120)
        server = wait_for("the server", lambda: part(process, "server start"), 30)
        server.suspend()
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS + 40) == 0, "Prefect's own client would ask for seven minutes"
    assert told(output, "The server does not say which runs are under way")
    assert children(root) == []


def told(output: Path, words: str) -> bool:
    return words in output.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the parts of a killed serve go on, and the next says so")
def test_a_killed_serve_takes_its_parts_along_and_nobody_serves_beside_it(tmp_path: Path, migrated: Path) -> None:
    root, output, home = tmp_path / "店 #1 100%", tmp_path / "output", tmp_path / "home"
    home.mkdir()
    begin_with(migrated, root / "var" / "prefect")
    write_project(root, [soon(3 * 86_400)])
    with serving(root, output, home) as process:
        wait_for("the UI's address", lambda: "Prefect UI: " in output.read_text(), 120)
        wait_for("the worker", lambda: part(process, "worker start"), 30)
        address = (root / "var" / "prefect" / "server.json").read_text()
        with pytest.raises(UsageError, match=rf"promocal serve runs in this project already \(process {process.pid}\)"):
            serve(root, port=free_port(), say=lambda _: None, stop=threading.Event())
        assert (root / "var" / "prefect" / "server.json").read_text() == address
        process.kill()
        process.wait()
        wait_for("the end of its parts", lambda: children(root) == [], 60)
        with serving(root, output, home) as again:
            wait_for("the UI's address", lambda: "Prefect UI: " in output.read_text(), 120)
            again.send_signal(signal.SIGTERM)
            assert again.wait(90) == 0
    assert children(root) == []
