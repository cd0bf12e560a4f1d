"""WeCom's customer contact as documented (92135, 93338), with staff who confirm or not, which misbehaves on request."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

CORP, SECRET = "ww0123", "s3cret-of-customer-contact"
Fault = Callable[["Wecom", dict[str, Any]], "tuple[int, bytes] | None"]


@dataclass
class Wecom:
    """`faults`: one for each request of the kind, then none; None for the usual answer.

    `strangers`: customers of nobody. `confirmed`: customer → status of the send result.
    """

    faults: dict[str, list[Fault | None]] = field(default_factory=dict)
    strangers: set[str] = field(default_factory=set)
    spoilers: dict[str, int] = field(default_factory=dict)
    confirmed: dict[str, int] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    expires_in: object = 7200
    page: int = 1_000

    def __enter__(self) -> Self:
        wecom = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body in one packet

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                found = wecom.answer(self.path, json.loads(body) if body else {})
                if found is None:
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(found[0])
                self.send_header("Content-Length", str(len(found[1])))
                self.end_headers()
                self.wfile.write(found[1])

            do_GET = do_POST = _answer  # noqa: N815

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
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, path: str, asked: dict[str, Any]) -> tuple[int, bytes] | None:
        parts = urlsplit(path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        action = parts.path.rsplit("/", 1)[-1]
        faults = self.faults.get(action, [])
        fault = faults.pop(0) if faults else None
        if fault is not None:
            found = fault(self, asked)
            return None if found == (0, b"") else found
        if action == "gettoken":
            if (query.get("corpid"), query.get("corpsecret")) != (CORP, SECRET):
                return body(40001)
            self.tokens.append(f"token-{len(self.tokens)}")
            return body(0, access_token=self.tokens[-1], expires_in=self.expires_in)
        token = query.get("access_token", "")
        if token not in self.tokens or token in self.over:
            return body(42001 if token in self.over else 40014)
        return getattr(self, f"_{action}")(asked)  # type: ignore[no-any-return]

    def _add_msg_template(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        assert asked["chat_type"] == "single"
        assert len(asked["text"]["content"].encode()) <= 4_000
        customers = asked["external_userid"]
        for customer in customers:
            if customer in self.spoilers:
                return body(self.spoilers[customer])
        return body(0, fail_list=[one for one in customers if one in self.strangers], msgid=self.make(asked))

    def make(self, asked: dict[str, Any]) -> str:
        receipt = f"msg-{len(self.tasks)}"
        customers = [one for one in asked["external_userid"] if one not in self.strangers]
        self.tasks[receipt] = {**asked, "external_userid": customers}
        return receipt

    def _get_groupmsg_task(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        staff = ["lin", "wu"] if asked["msgid"] in self.tasks else []
        return body(0, task_list=[{"userid": one, "status": 2} for one in staff], next_cursor="")

    def _get_groupmsg_send_result(self, asked: dict[str, Any]) -> tuple[int, bytes]:
        customers = self.tasks[asked["msgid"]]["external_userid"] if asked["userid"] == "lin" else []
        start = int(asked["cursor"] or 0)
        shown = customers[start : start + self.page]
        listed = [{"external_userid": one, "userid": "lin", "status": self.confirmed.get(one, 0)} for one in shown]
        following = str(start + self.page) if start + self.page < len(customers) else ""
        return body(0, send_list=listed, next_cursor=following)


def body(code: object, **more: object) -> tuple[int, bytes]:
    return 200, json.dumps({"errcode": code, "errmsg": "hint: [wm0] from ip: 1.2.3.4", **more}).encode()


def says(code: object, **more: object) -> Fault:
    return lambda _wecom, _asked: body(code, **more)


def answers(status: int, content: bytes, *, makes: bool = False) -> Fault:
    def fault(wecom: Wecom, asked: dict[str, Any]) -> tuple[int, bytes]:
        if makes:
            wecom.make(asked)
        return status, content

    return fault


def hangs_up(*, makes: bool = False) -> Fault:
    return answers(0, b"", makes=makes)


def hangs(seconds: float) -> Fault:
    def fault(wecom: Wecom, asked: dict[str, Any]) -> tuple[int, bytes]:
        wecom.make(asked)
        time.sleep(seconds)
        return body(0, msgid="late", fail_list=[])

    return fault
