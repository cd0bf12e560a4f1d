"""Alerts reach a robot over HTTP, name nobody, and never end a run."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from campaign_calendars.findings.errors import (
    ApprovalNeededError,
    ChannelError,
    PromocalError,
    SnapshotRejectedError,
    UsageError,
)
from campaign_calendars.findings.problem import Problem
from tasks.alerts import alert, told_when_failing
from tasks.replayed import confined
from tasks.settings import AlertsSection, Settings, load_settings

SAID = ("channel sms is left alone", "渠道 sms 暂停使用")


class Robot(HTTPServer):
    """A local robot: what it was told, and how it answers."""

    answer = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Robot)
        self.told: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/robot?token=secret-token"


class _Robot(BaseHTTPRequestHandler):
    server: Robot

    def do_POST(self) -> None:
        self.server.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def robot() -> Iterator[Robot]:
    server = Robot()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def settings(*urls: str, **keys: Any) -> Settings:
    return Settings(root=Path("/nowhere"), alerts=AlertsSection(urls=urls, **keys))


def test_the_staff_is_told_in_its_language(robot: Robot) -> None:
    assert alert(settings(robot.url), "breaker", SAID)
    assert alert(settings(robot.url, lang="zh"), "breaker", SAID)
    assert [(one["title"], one["message"]) for one in robot.told] == [
        ("promocal: A channel is left alone", SAID[0]),
        ("promocal: 渠道暂停使用", SAID[1]),
    ]


def test_only_what_was_asked_for_is_told(robot: Robot) -> None:
    assert not alert(settings(robot.url, on=("halt",)), "breaker", SAID)
    assert not alert(settings(), "breaker", SAID)
    assert not alert(confined(settings(robot.url), Path("/nowhere/replay")), "breaker", SAID)
    assert robot.told == []


def test_an_address_may_stand_in_the_environment(robot: Robot) -> None:
    found = settings(url_env=("ROBOT",)).model_copy(update={"environment": {"ROBOT": robot.url}})
    assert alert(found, "halt", SAID)
    assert len(robot.told) == 1
    assert "secret-token" not in repr(settings(robot.url))


@pytest.mark.parametrize("url", ["json://127.0.0.1:1/x?token=secret-token", "nothing at all", "", "wecombot://"])
def test_what_cannot_be_reached_or_read_is_a_line_in_the_log(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert not alert(settings(url), "halt", SAID)
    assert "promocal.alerts" in {record.name for record in caplog.records}
    assert "secret-token" not in caplog.text


def test_a_missing_variable_or_an_angry_robot_ends_nothing(robot: Robot, caplog: pytest.LogCaptureFixture) -> None:
    assert not alert(settings(url_env=("NOT_THERE",)), "halt", SAID)
    robot.answer = 500
    assert not alert(settings(robot.url), "halt", SAID)
    assert "did not reach everybody" in caplog.text


def test_one_robot_that_is_away_leaves_the_other_told(robot: Robot) -> None:
    assert not alert(settings("json://127.0.0.1:1/", robot.url), "halt", SAID)
    assert len(robot.told) == 1


def test_a_robot_that_hangs_holds_nobody_up_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        url = f"json://127.0.0.1:{silent.getsockname()[1]}/?cto=0.3&rto=0.3"
        assert not alert(settings(url), "halt", SAID)
        assert time.monotonic() - began < 5


def test_a_failure_is_told_without_what_it_says_and_goes_on_being_one(robot: Robot) -> None:
    private = "the gateway refused 李雷 at 13800138000"
    with pytest.raises(ChannelError), told_when_failing(settings(robot.url), "spring.sale.1"):
        raise ChannelError((private, private))
    problem = Problem("D301", "error", private, zh=private)
    with pytest.raises(SnapshotRejectedError), told_when_failing(settings(robot.url), "refresh spring"):
        raise SnapshotRejectedError([problem, problem])
    with pytest.raises(ZeroDivisionError), told_when_failing(settings(robot.url), "spring.sale.1"):
        1 / 0  # noqa: B018
    assert [one["message"] for one in robot.told] == [
        "spring.sale.1: ChannelError",
        "refresh spring: nothing was published (D301 ×2)",
        "spring.sale.1: ZeroDivisionError",
    ]
    assert "138" not in json.dumps(robot.told)


@pytest.mark.parametrize("error", [UsageError(("x", "x")), ApprovalNeededError(("x", "x"))])
def test_a_mistake_or_an_approval_is_no_failure(robot: Robot, error: PromocalError) -> None:
    with pytest.raises(type(error)), told_when_failing(settings(robot.url), "r"):
        raise error
    assert robot.told == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[alerts]\nurl = "x"', "alerts.url"),
        ('[alerts]\non = ["everything"]', "alerts.on"),
        ('[alerts]\nurls = "json://x"', "alerts.urls"),
    ],
)
def test_keys_that_are_none_are_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "promocal.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said):
        load_settings(tmp_path, {})
