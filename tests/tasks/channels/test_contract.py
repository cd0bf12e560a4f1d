"""Our own channels keep the contract that plug-ins are held to."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from promocal.testing import Arrived, ChannelContract
from tasks.channels import aliyun_sms, console, file, http, smtp, wecom
from tests.tasks.channels.aliyun_stand_in import KEY_ID, SECRET, StandIn, says
from tests.tasks.channels.mail_sink import MailSink
from tests.tasks.channels.sink import Fault, Sink, status
from tests.tasks.channels.wecom_stand_in import CORP, Wecom
from tests.tasks.channels.wecom_stand_in import SECRET as WECOM_SECRET
from tests.tasks.channels.wecom_stand_in import says as wecom_says


class TestFile(ChannelContract):
    kind = file.KIND

    def keys(self) -> Mapping[str, Any]:
        return {"personal_data": "plain"}

    def arrived(self, outbox: Path) -> Sequence[Arrived]:
        found = []
        for path in outbox.rglob("*.csv"):
            with path.open(encoding="utf-8-sig", newline="") as stream:
                found += [Arrived(row["intent_key"], row["text"]) for row in csv.DictReader(stream)]
        return found


class TestHttp(ChannelContract):
    kind = http.KIND
    honours_key = False

    @pytest.fixture(autouse=True)
    def _server(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setattr("tasks.channels.http._FIRST_DELAY", 0.01)
        self.texts: list[Arrived] = []
        with Sink(honours_key=self.honours_key) as self.sink:
            deliver = self.sink.deliver

            def remember(messages: list[dict[str, Any]]) -> None:
                before = self.sink.delivered.copy()
                deliver(messages)
                for message in messages:
                    if self.sink.delivered[message["key"]] > before[message["key"]]:
                        self.texts.append(Arrived(message["key"], message["text"]))

            self.sink.deliver = remember  # type: ignore[method-assign]
            yield

    def keys(self) -> Mapping[str, Any]:
        return {"url": self.sink.url, "honours_key": self.honours_key, "batch": 10, "retries": 1}

    def arrived(self, outbox: Path) -> Sequence[Arrived]:
        return self.texts

    def take_away(self) -> None:
        refuse: Fault = status(503, "busy")
        self.sink.faults = [refuse] * 9


class TestHttpThatHonoursKeys(TestHttp):
    honours_key = True
    secrets = {"SMS_TOKEN": "s3cret"}  # noqa: RUF012 - a constant of the contract

    def keys(self) -> Mapping[str, Any]:
        return {**super().keys(), "token_env": "SMS_TOKEN"}

    def take_away(self) -> None:
        async def broken(_sink: Sink, request: web.Request, _messages: list[dict[str, Any]]) -> None:
            assert request.transport is not None
            request.transport.abort()

        async def refused(sink: Sink, request: web.Request, messages: list[dict[str, Any]]) -> web.StreamResponse:
            await broken(sink, request, messages)
            return web.Response(status=500)

        self.sink.faults = [refused] * 9


class TestSmtp(ChannelContract):
    kind = smtp.KIND
    secrets = {"REFUSALS": "s3cret"}  # noqa: RUF012 - a constant of the contract

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with MailSink() as self.sink:
            yield

    def keys(self) -> Mapping[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.sink.port,
            "security": "none",
            "sender": "shop@example.com",
            "subject": "news",
            "unsubscribe_url": "https://shop.example/u?t={token}",
            "unsubscribe_env": "REFUSALS",
        }

    def address(self, number: int) -> str:
        return f"m{number}@example.com"

    def arrived(self, outbox: Path) -> Sequence[Arrived]:
        found = []
        for mail in self.sink.mails:
            body = mail.get_body(("plain",))
            assert body is not None
            text = body.get_content().replace("\r\n", "\n").removesuffix("\n")
            found.append(Arrived(mail["Message-ID"].split("@")[0][1:], text))
        return found

    def take_away(self) -> None:
        self.sink.closed_for_good = True


class TestAliyunSms(ChannelContract):
    kind = aliyun_sms.KIND
    secrets = {"ALIYUN_ID": KEY_ID, "ALIYUN_SECRET": SECRET}  # noqa: RUF012 - a constant of the contract
    templates = {"SMS_1": "{play}: {words}", "SMS_2": "for {member}"}  # noqa: RUF012

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with StandIn() as self.stand_in:
            yield

    def keys(self) -> Mapping[str, Any]:
        return {
            "signature": "店",
            "templates": [{"code": code, "text": text.replace("{", "${")} for code, text in self.templates.items()],
            "key_id_env": "ALIYUN_ID",
            "key_secret_env": "ALIYUN_SECRET",
            "endpoint": self.stand_in.endpoint,
            "plain_http": True,
            "look_up_after": 0,
        }

    def arrived(self, outbox: Path) -> Sequence[Arrived]:
        return [Arrived(None, self.templates[one["template"]].format(**one)) for one in self.stand_in.delivered]

    def take_away(self) -> None:
        self.stand_in.faults = [says("isv.DAY_LIMIT_CONTROL")] * 9


class TestWecom(ChannelContract):
    kind = wecom.KIND
    secrets = {"WECOM_SECRET": WECOM_SECRET}  # noqa: RUF012 - a constant of the contract
    accepted = "to_do"

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with Wecom() as self.wecom:
            yield

    def keys(self) -> Mapping[str, Any]:
        return {"corp_id": CORP, "secret_env": "WECOM_SECRET", "url": self.wecom.url}

    def arrived(self, outbox: Path) -> Sequence[Arrived]:
        return [
            Arrived(None, task["text"]["content"])
            for task in self.wecom.tasks.values()
            for _ in task["external_userid"]
        ]

    def take_away(self) -> None:
        self.wecom.faults = {"add_msg_template": [wecom_says(45009)] * 9}


class TestConsole(ChannelContract):
    kind = console.KIND

    @pytest.fixture(autouse=True)
    def _terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown = StringIO()
        monkeypatch.setattr("tasks.channels.console.sys", SimpleNamespace(stderr=self.shown))

    def keys(self) -> Mapping[str, Any]:
        return {"personal_data": "plain", "shown": 1_000}

    def arrived(self, outbox: Path) -> Sequence[Arrived]:
        lines = [line for line in self.shown.getvalue().split("\n") if line.startswith("    ")]
        found = [re.split(r"  (?:李雷雷|王小明)  \d{11}  ", line)[1] for line in lines]
        return [Arrived(None, text.replace("two lines,", "two\nlines,")) for text in found]
