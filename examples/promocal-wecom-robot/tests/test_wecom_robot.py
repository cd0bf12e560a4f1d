"""The robot channel against a real HTTP server that answers like WeCom."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from promocal_wecom_robot import KIND, RobotChannel

from promocal.channels import ChannelError, UsageError
from promocal.testing import Arrived, ChannelContract, a_batch


class Group:
    """What a group was told; `answers` are error codes for the next requests, then 0. -1 breaks the connection."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.answers: list[int] = []
        group = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                code = group.answers.pop(0) if group.answers else 0
                if code == 0:
                    group.texts.append(body["text"]["content"])
                if code == -1:
                    return
                answer = json.dumps({"errcode": code, "errmsg": f"code {code} for 13812345678"}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/cgi-bin/webhook/send?key=s3cret"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def group() -> Iterator[Group]:
    made = Group()
    yield made
    made.close()


class TestContract(ChannelContract):
    kind = KIND

    @pytest.fixture(autouse=True)
    def _group(self, group: Group) -> None:
        self.group = group
        self.secrets = {"WECOM_ROBOT": group.url}

    def keys(self) -> Mapping[str, Any]:
        return {"webhook_env": "WECOM_ROBOT", "timeout": 2}

    def arrived(self, outbox: Path) -> Sequence[Arrived]:
        return [Arrived(None, text) for text in self.group.texts]  # a group sees texts, no keys

    def take_away(self) -> None:
        self.group.answers = [93000] * 9


def statuses(group: Group, count: int = 4) -> list[str]:
    return [outcome.status for outcome in RobotChannel("group", group.url, 2).send(a_batch(count))]


def test_too_many_messages_wait_a_minute(group: Group) -> None:
    group.answers = [0, 0, 45009]
    outcomes = RobotChannel("group", group.url).send(a_batch(4))
    assert [outcome.status for outcome in outcomes] == ["sent", "sent", "pending", "pending"]
    assert all(outcome.retry_after for outcome in outcomes[2:])
    assert "13812345678" not in str(outcomes)


def test_a_refused_message_has_failed_and_a_broken_connection_is_not_known(group: Group) -> None:
    group.answers = [40058, -1]
    assert statuses(group, 3) == ["failed", "unknown", "sent"]


def test_a_robot_that_is_gone_stops_the_channel(group: Group) -> None:
    group.answers = [93000]
    with pytest.raises(ChannelError, match="the robot is gone"):
        statuses(group)
    group.answers = [0, 93000]
    assert statuses(group) == ["sent", "pending", "pending", "pending"]


def test_nobody_listens(group: Group) -> None:
    group.close()
    assert statuses(group, 2) == ["pending", "pending"]


def test_the_variable_holds_an_address(tmp_path: Path) -> None:
    from promocal.channels import ChannelSetup

    setup = ChannelSetup("group", KIND.keys(webhook_env="WECOM_ROBOT"), tmp_path, lambda _: "s3cret")
    with pytest.raises(UsageError, match="WECOM_ROBOT holds no web address"):
        KIND.open(setup)
