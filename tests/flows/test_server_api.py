"""Which server is meant, and what is said when it is away: the variable, the address, a command, within 5 s."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import PromocalError, UsageError
from flows.asking import ask_server
from flows.server import is_healthy
from flows.server_api import ServerAddress, ServerApi, ServerAwayError, find_server, keep_address

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


@contextmanager
def answering(
    status: int, body: bytes, headers: dict[str, str] | None = None, *, busy: int = 0, hangs_up: bool = False
) -> Iterator[str]:
    """A server that gives every question the same answer, after it was `busy` so many times."""
    refusals = iter(range(busy))

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(503 if next(refusals, None) is not None else status)
            for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = self.close_connection or hangs_up  # and says nothing of it

        do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 - the names of the standard library

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api"
    finally:
        server.shutdown()
        server.server_close()


def test_the_variable_wins_over_a_profile_and_a_profile_over_serve(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    profile = 'active = "shop"\n[profiles.shop]\nPREFECT_API_URL = "http://profile:4200/api"\n'
    (home / "profiles.toml").write_text(profile, "utf-8")
    (tmp_path / "prefect").mkdir()
    keep_address(tmp_path / "prefect", "http://127.0.0.1:4300/api")
    env = {"PREFECT_HOME": str(home), "PREFECT_API_URL": "http://variable:4200/api/"}
    assert find_server(tmp_path, env) == ServerAddress("http://variable:4200/api", "PREFECT_API_URL")
    del env["PREFECT_API_URL"]
    assert find_server(tmp_path, env) == ServerAddress("http://profile:4200/api", "profile shop")
    (home / "profiles.toml").write_text("profiles = 3 = 4", "utf-8")
    assert find_server(tmp_path, env) == ServerAddress("http://127.0.0.1:4300/api", "promocal serve")


def test_where_nothing_names_a_server_the_variable_and_a_command_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="PREFECT_API_URL is not set") as error:
        find_server(tmp_path, {"PREFECT_HOME": str(tmp_path)})
    assert "promocal serve" in error.value.remedy
    assert "启动" in error.value.remedy_text("zh")


@pytest.mark.parametrize(
    "url", ["4200", "http://", "http://h:port/api", "ftp://h/api", "http://h/\napi", "http://h:0/x"]
)
def test_what_is_no_address_is_told_as_such(url: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no address of a server"):
        find_server(tmp_path, {"PREFECT_API_URL": url})


def test_a_password_in_the_address_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://li:hunter2@127.0.0.1:1/api")
    state = ask_server(tmp_path, NOW)
    assert "hunter2" not in repr(state)
    assert "127.0.0.1:1/api" in state.problem["en"]
    with pytest.raises(UsageError) as error:
        find_server(tmp_path, {"PREFECT_API_URL": "gopher://li:hunter2@h/api"})
    assert "hunter2" not in error.value.message


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"<html>", "no Prefect server"),
        (200, b"[" * 200_000, "no Prefect server"),
        (200, b'{"a": 1}', "no Prefect server"),
        (200, b"[1, null]", "no Prefect server"),
        (404, b"", "no Prefect server"),
        (302, b"", "no Prefect server"),
        (401, b"", "wants to know who asks"),
        (500, b"{}", "it failed"),
        (422, b"{}", "it refused"),
    ],
)
def test_answers_of_somebody_else_are_told_not_raised(
    status: int, body: bytes, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(status, body) as url:
        monkeypatch.setenv("PREFECT_API_URL", url)
        state = ask_server(tmp_path, NOW)
    assert words in state.problem["en"]
    assert state.problem["zh"] != state.problem["en"]
    assert state.remedy["en"]


def test_a_server_that_says_nothing_is_given_up_within_five_seconds(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api"
        began = time.monotonic()
        with ServerApi(ServerAddress(url, "PREFECT_API_URL")) as api, pytest.raises(PromocalError) as error:
            api.get("health")
    assert time.monotonic() - began < 5
    assert "no answer within 4 seconds" in error.value.message


def test_a_server_that_is_busy_is_asked_again_for_as_long_as_the_patience() -> None:
    with answering(200, b"3", busy=2) as url, ServerApi(ServerAddress(url, "it")) as api:
        assert api.delete("deployments/1") == 3
    with (
        answering(200, b"3", busy=9) as url,
        ServerApi(ServerAddress(url, "it"), patience=0.5) as api,
        pytest.raises(PromocalError, match="it failed \\(503\\)"),
    ):
        api.get("health")


def test_a_busy_server_that_hangs_up_after_each_refusal_is_asked_again() -> None:
    with answering(200, b"3", busy=3, hangs_up=True) as url, ServerApi(ServerAddress(url, "it")) as api:
        assert api.patch("deployments/1", {"paused": True}) == 3
        assert api.patch("deployments/1", {"paused": False}) == 3


def test_a_connection_that_the_server_ended_meanwhile_is_opened_again() -> None:
    """Servers end what was idle for some seconds; the next question finds it out."""
    with answering(200, b"3", {"Connection": "keep-alive"}) as url, ServerApi(ServerAddress(url, "it")) as api:
        assert api.get("health") == 3
        assert api._connection.sock is not None
        api._connection.sock.shutdown(socket.SHUT_RDWR)
        assert api.get("health") == 3


def test_a_refused_key_is_not_repeated_in_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "li:hunter2")
    with answering(403, b"") as url, ServerApi(ServerAddress(url, "x")) as api, pytest.raises(PromocalError) as error:
        api.get("health")
    assert "hunter2" not in json.dumps([error.value.message, error.value.remedy])
    assert "PREFECT_API_AUTH_STRING" in error.value.remedy


def test_the_server_of_serve_that_is_away_is_not_to_be_started_beside_it() -> None:
    with (
        pytest.raises(ServerAwayError) as away,
        ServerApi(ServerAddress("http://127.0.0.1:9/api", "promocal serve")) as api,
    ):
        api.get("health")
    assert "starts its server again" in (away.value.remedy or "")


def test_the_missing_end_of_an_address_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page of the UI answers whatever is asked of the address that a person sees in the browser."""
    with answering(200, b"<html>") as url:
        monkeypatch.setenv("PREFECT_API_URL", url.removesuffix("/api") + "/")
        state = ask_server(tmp_path, NOW)
        assert not is_healthy(url.removesuffix("/api"))
    assert f"PREFECT_API_URL={url}" in state.remedy["en"]
    assert f"PREFECT_API_URL={url}" in state.remedy["zh"]


def test_who_speaks_http_is_not_asked_in_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(200, b"3") as url:
        monkeypatch.setenv("PREFECT_API_URL", url.replace("http://", "https://"))
        state = ask_server(tmp_path, NOW)
    assert "it does not speak https" in state.problem["en"]
    assert f"write PREFECT_API_URL={url}" in state.remedy["en"]
    assert "_ssl" not in state.problem["zh"]


def test_a_name_that_nobody_knows_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _no_such_host)
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect.invalid:4200/api")
    state = ask_server(tmp_path, NOW)
    assert "no host of that name" in state.problem["en"]
    assert "主机名" in state.problem["zh"]


def _no_such_host(*_: object, **__: object) -> None:
    raise socket.gaierror(-2, "Name or service not known")


class Deaf(socket.socket):
    """One whose packets are dropped on the way."""

    def connect(self, _place: object) -> None:
        time.sleep(self.gettimeout() or 60)
        raise TimeoutError


def test_names_and_addresses_that_lead_nowhere_are_given_up_within_five_seconds_too() -> None:
    """A resolver that does not answer, and a name of many addresses that drop packets."""
    address, released = ServerAddress("http://prefect.example:4200/api", "PREFECT_API_URL"), threading.Event()

    def slow(*_: object, **__: object) -> list[object]:
        released.wait(20)
        return []

    many = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (f"10.0.0.{last}", 4200)) for last in (1, 2, 3)]
    for names in (slow, lambda *_, **__: many):
        began = time.monotonic()
        with pytest.MonkeyPatch.context() as patched, ServerApi(address) as api:
            patched.setattr(socket, "getaddrinfo", names)
            patched.setattr(socket, "socket", Deaf)
            with pytest.raises(PromocalError) as error:
                api.get("health")
        assert time.monotonic() - began < 5
        assert "no answer within 4 seconds" in error.value.message
    released.set()


def test_a_server_that_wants_a_password_is_told_with_what_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(401, b"") as url:
        monkeypatch.setenv("PREFECT_API_URL", url)
        state = ask_server(tmp_path, NOW)
    for part in ("PREFECT_API_URL", url, "401"):
        assert part in state.problem["en"]
        assert part in state.problem["zh"]


def test_a_serve_of_another_machine_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "prefect"
    home.mkdir()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(socket, "gethostname", lambda: "web-1")
        keep_address(home, "http://127.0.0.1:9/api")
    address = find_server(tmp_path, {"PREFECT_HOME": str(tmp_path)})
    assert address.named_by == "promocal serve on web-1"
    with pytest.raises(ServerAwayError) as away, ServerApi(address) as api:
        api.get("health")
    assert "export PREFECT_API_URL=http://web-1:4200/api" in away.value.remedy


def test_what_a_profile_says_of_who_asks_counts_and_the_variable_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'active = "shop"\n[profiles.shop]\nPREFECT_API_AUTH_STRING = "li:hunter2"\n'
    (tmp_path / "profiles.toml").write_text(text, "utf-8")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_PROFILES_PATH", raising=False)
    address = ServerAddress("http://127.0.0.1:1/api", "PREFECT_API_URL")
    for variable, wanted in ((None, b"li:hunter2"), ("wang:other", b"wang:other")):
        if variable is not None:
            monkeypatch.setenv("PREFECT_API_AUTH_STRING", variable)
        with ServerApi(address) as api:
            assert api._headers["Authorization"] == f"Basic {base64.b64encode(wanted).decode()}"


def test_a_file_of_certificates_that_is_none_is_told_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "none.pem").write_text("hello", "utf-8")
    monkeypatch.setenv("PREFECT_API_URL", "https://prefect.example/api")
    for name in ("missing.pem", "none.pem"):
        monkeypatch.setenv("PREFECT_API_SSL_CERT_FILE", str(tmp_path / name))
        state = ask_server(tmp_path, NOW)
        assert f"PREFECT_API_SSL_CERT_FILE cannot be used: {tmp_path / name}" in state.problem["en"]
