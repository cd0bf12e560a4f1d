"""Runs to come are called by phase and moment, as they are when they start."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from flows.future_names import name_future_runs
from tasks.runtime import open_runtime

from .small_project import ZONE, write_project

GIVEN = {"calendar": "small-sale", "phase": "burst", "project_dir": "/p"}


def a_run(id: str, **changes: Any) -> dict[str, Any]:  # noqa: A002 - the name of the field
    plain = {"id": id, "name": "two-words", "expected_start_time": "2026-03-05T02:00:00Z", "parameters": GIVEN}
    return {**plain, **changes}


@contextmanager
def server(runs: list[dict[str, Any]], renamed: dict[str, str]) -> Iterator[str]:
    class Runs(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _read(self) -> Any:
            return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

        def do_POST(self) -> None:
            self._read()
            self._say(json.dumps(runs).encode())

        def do_PATCH(self) -> None:
            renamed[self.path.rpartition("/")[2]] = self._read()["name"]
            self._say(b"")

        def _say(self, body: bytes) -> None:
            self.send_response(200 if body else 204)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    answering = HTTPServer(("127.0.0.1", 0), Runs)
    threading.Thread(target=answering.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{answering.server_port}/api"
    finally:
        answering.shutdown()
        answering.server_close()


def test_names_are_those_of_the_calendars_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path, [datetime(2026, 3, 5, 10, tzinfo=ZONE)])
    runs = [
        a_run("1"),
        a_run("2", name="small-sale / burst / 03-05 10:00"),
        a_run("3", parameters={**GIVEN, "as_of": "2026-03-04T10:00:00+08:00"}),
        a_run("4", parameters={}),
        a_run("5", expected_start_time=None),
    ]
    renamed: dict[str, str] = {}
    with server(runs, renamed) as url, open_runtime(tmp_path) as rt:
        monkeypatch.setenv("PREFECT_API_URL", url)
        assert name_future_runs(rt, "small-sale") == 2
    assert renamed == {"1": "small-sale / burst / 03-05 10:00", "3": "small-sale / burst / 03-04 10:00"}
