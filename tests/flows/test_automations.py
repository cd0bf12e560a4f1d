"""The server tells the staff: automations made from code on a real server, heard by a local sink."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows.asking import ask_server
from flows.automations import keep_automations, wanted_automations, webhook_of
from flows.events import alerts_as_events
from tasks.alerts import alert
from tasks.runtime import open_runtime
from tests.flows.test_worker import apply

from .conftest import Harness, remove_deployments, wait_for
from .small_project import write_project

CALENDAR = "small-sale"


@contextmanager
def sink() -> Iterator[tuple[int, list[dict[str, str]]]]:
    """An address that keeps what is posted to it."""
    heard: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, heard
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.server
def test_the_server_tells_of_a_crash_and_of_what_a_run_saw(prefect_server: Harness, tmp_path: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Crashed

    now = datetime.now(UTC)
    root = write_project(tmp_path / "project", [now + timedelta(hours=1)])
    with sink() as (port, heard):
        with (root / "promocal.toml").open("a", encoding="utf-8") as file:
            file.write(
                f'\n[alerts]\nurls = ["json://127.0.0.1:{port}/staff", "form://127.0.0.1:9/staff"]\nby = "prefect"\n'
            )
        with open_runtime(root) as rt:
            first = keep_automations(rt)
            assert set(first.created) >= {
                f"promocal: {kind}"
                for kind in ("crashed", "worker", "gate", "breaker", "approval", "envelope", "missed")
            }
            assert first.unreachable == ("form",)
            again = keep_automations(rt)
            assert (again.created, again.changed, again.removed) == ((), (), ())
            assert again.unchanged == len(first.created)
            assert set(ask_server(rt.settings.state, now).tells) == set(wanted_automations(rt.settings))

            apply(root)
            with get_client(sync_client=True) as client:
                deployment = client.read_deployment_by_name(f"promocal-phase/{CALENDAR}.burst")
                run = client.create_flow_run_from_deployment(deployment.id, name="small-sale / burst / 03-06 10:00")
                client.set_flow_run_state(run.id, Crashed(message="killed"), force=True)
            wait_for("the crash", lambda: [one for one in heard if "Crashed. killed" in one["message"]], 60)

            with alerts_as_events(rt.settings):
                # Whom no webhook of Prefect reaches promocal tells itself; nobody listens there.
                assert not alert(rt.settings, "envelope", ("run r waits", "运行 r 等待"))
            wait_for("the event", lambda: [one for one in heard if one["message"] == "run r waits"], 60)
            assert {one["title"] for one in heard} - {"promocal: The worker"} == {
                "promocal: A run was killed",
                "promocal: A run left its plan and waits for approval",
            }
            gone = keep_automations(rt, remove=True)
            assert set(gone.removed) == set(first.created)
    remove_deployments(CALENDAR)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("json://host:8080/a/b", "http://host:8080/a/b"),
        ("jsons://host/x?y=1", "https://host/x"),
        ("wecombot://key-1", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=key-1"),
        ("feishu://token", "https://open.feishu.cn/open-apis/bot/v2/hook/token"),
        ("mailto://user:pass@host", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_which_addresses_prefect_reaches_by_itself(address: str, url: str | None) -> None:
    found = webhook_of(address)
    assert (found and found["secrets"]["address"]) == url
    if found:
        assert address.partition("://")[2] not in json.dumps({**found, "secrets": None}), "the address is a secret"


def test_what_prefect_cannot_reach_promocal_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`by = "prefect"`: a robot of a kind that is no plain webhook is told all the same, and the others not twice."""
    from prefect import events

    from tasks import alerts

    told: list[str] = []
    monkeypatch.setattr(events, "emit_event", lambda *_, **__: object())
    monkeypatch.setattr(alerts, "_notify", lambda addresses, *_: bool(told.extend(addresses)) or True)
    path = write_project(tmp_path, [datetime.now(UTC)]) / "promocal.toml"
    section = '[alerts]\nurls = ["json://127.0.0.1:1/", "form://127.0.0.1:9/staff"]\nby = "prefect"\n'
    path.write_text(path.read_text("utf-8") + section, "utf-8")
    with open_runtime(tmp_path) as rt, alerts_as_events(rt.settings):
        assert alert(rt.settings, "missed", ("missed", "错过"))
    assert told == ["form://127.0.0.1:9/staff"]
