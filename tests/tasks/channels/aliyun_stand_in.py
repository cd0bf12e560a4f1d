"""Alibaba Cloud's SMS interface as documented (2017-05-25, RPC, ACS3-HMAC-SHA256), which misbehaves on request."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlsplit

KEY_ID, SECRET = "LTAI-test", "s3cret-of-the-account"
Fault = Callable[["StandIn", dict[str, Any]], "tuple[int, bytes] | None"]


@dataclass
class StandIn:
    """`faults`: one a request to send, then none; each says what is answered instead, None for the usual answer.

    `codes`: number → code with which a request that has it is refused as a whole.
    """

    faults: list[Fault | None] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    delivered: list[dict[str, str]] = field(default_factory=list)
    look_ups: int = 0
    blind: bool = False

    def __enter__(self) -> Self:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = stand_in.answer(self.path, dict(self.headers), body)
                if answer is None:
                    self.close_connection = True
                    return
                status, content = answer
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes] | None:
        query = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
        form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        if not signed(headers, query, body):
            return _error(400, "SignatureDoesNotMatch")
        action = _header(headers, "x-acs-action")
        if action == "SendBatchSms":
            return self._send({**query, **form})
        if action == "QuerySendDetails":
            return self._look_up(query)
        return _error(404, "InvalidAction.NotFound")

    def _send(self, asked: dict[str, str]) -> tuple[int, bytes] | None:
        numbers, signs, values = (
            json.loads(asked[name]) for name in ("PhoneNumberJson", "SignNameJson", "TemplateParamJson")
        )
        assert len(numbers) == len(signs) == len(values) <= 100
        request = {"out_id": asked["OutId"], "template": asked["TemplateCode"], "numbers": numbers, "values": values}
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            found = fault(self, request)
            return None if found == (0, b"") else found
        for number in numbers:
            if number in self.codes:
                return _body(Code=self.codes[number], Message=f"{number} refused", RequestId="r")
        self.deliver(request)
        return _body(Code="OK", Message="OK", BizId=f"{len(self.requests)}^0", RequestId="r")

    def deliver(self, request: dict[str, Any]) -> None:
        for number, values in zip(request["numbers"], request["values"], strict=True):
            self.delivered.append(
                {"number": number, "out_id": request["out_id"], "template": request["template"], **values}
            )

    def _look_up(self, asked: dict[str, str]) -> tuple[int, bytes]:
        self.look_ups += 1
        assert asked["SendDate"].isdigit()
        if self.blind:
            return _error(400, "isv.BUSINESS_LIMIT_CONTROL")
        found = []
        for one in self.delivered:
            if one["number"] == asked["PhoneNumber"]:
                status, code = self.statuses.get(one["number"], (3, "DELIVERED"))
                found.append({"OutId": one["out_id"], "PhoneNum": one["number"], "SendStatus": status, "ErrCode": code})
        listed = {"SmsSendDetailDTO": found}
        return _body(Code="OK", TotalCount=str(len(found)), SmsSendDetailDTOs=listed, RequestId="q")


def _header(headers: dict[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name), "")


def signed(headers: dict[str, str], query: dict[str, str], body: bytes) -> bool:
    """Whether the request has the signature that the documentation asks for."""
    given = _header(headers, "authorization")
    if not given.startswith(f"ACS3-HMAC-SHA256 Credential={KEY_ID},"):
        return False
    names = given.split("SignedHeaders=")[1].split(",")[0].split(";")
    digest = hashlib.sha256(body).hexdigest()
    canonical = "\n".join(
        [
            "POST",
            "/",
            "&".join(f"{quote(key, safe='~')}={quote(query[key], safe='~')}" for key in sorted(query)),
            "".join(f"{name}:{_header(headers, name).strip()}\n" for name in names),
            ";".join(names),
            digest,
        ]
    )
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    expected = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
    age = datetime.now(UTC) - datetime.fromisoformat(_header(headers, "x-acs-date"))
    return given.endswith(f"Signature={expected}") and abs(age.total_seconds()) < 900


def _body(**content: object) -> tuple[int, bytes]:
    return 200, json.dumps(content, ensure_ascii=False).encode()


def _error(status: int, code: str) -> tuple[int, bytes]:
    return status, json.dumps({"Code": code, "Message": "refused 13812340000", "RequestId": "r"}).encode()


# -- faults -------------------------------------------------------------------------------------
def answers(status: int, content: bytes, *, delivers: bool = False) -> Fault:
    def fault(stand_in: StandIn, request: dict[str, Any]) -> tuple[int, bytes]:
        if delivers:
            stand_in.deliver(request)
        return status, content

    return fault


def says(code: str, status: int = 200, **more: object) -> Fault:
    return answers(status, json.dumps({"Code": code, "Message": "13812340000", "RequestId": "r", **more}).encode())


def hangs(*, delivers: bool, seconds: float = 1.6) -> Fault:
    def fault(stand_in: StandIn, request: dict[str, Any]) -> tuple[int, bytes]:
        if delivers:
            stand_in.deliver(request)
        time.sleep(seconds)
        return 200, b"{}"

    return fault


def hangs_up(*, delivers: bool) -> Fault:
    def fault(stand_in: StandIn, request: dict[str, Any]) -> tuple[int, bytes]:
        if delivers:
            stand_in.deliver(request)
        return 0, b""

    return fault
