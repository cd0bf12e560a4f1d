"""The endpoint for reports: signed, once, within limits; nothing it gets breaks it."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.channels.signing import HEADER, signature
from tasks.receipts.serving import Bucket, Receiver, serve
from tasks.receipts.taking import Desk
from warehouse.ledger.memory import MemoryLedger

SECRET, TOKEN = "0123456789abcdef", "fedcba9876543210"


class Running:
    """A receiver in a thread of its own."""

    def __init__(self, **more: Any) -> None:
        self.ledger = MemoryLedger()
        self.told: list[str] = []
        desk = Desk(self.ledger, {"sms": "sms", "mail": "mail"})
        clock = more.pop("clock", lambda: datetime.now(UTC))
        self.receiver = Receiver(
            desk, clock, SECRET, TOKEN, **{"per_second": 10_000, "body_limit": 20_000, **more},
            say=lambda said: self.told.append(said[0] + said[1]),
        )  # fmt: skip
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(5)

    def _run(self) -> None:
        def ready(port: int) -> None:
            self.port = port
            self._ready.set()

        async def main() -> None:
            self._task = asyncio.current_task()
            try:
                await serve(self.receiver, "127.0.0.1", 0, ready)
            except asyncio.CancelledError:
                return

        self._loop.run_until_complete(main())

    def close(self) -> None:
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(10)

    def post(self, body: bytes, path: str = "/receipts/sms", **headers: str) -> tuple[int, dict[str, Any]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, {}

    def signed(self, document: Any, path: str = "/receipts/sms", at: int | None = None) -> tuple[int, dict[str, Any]]:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        made = signature(SECRET, body, int(time.time()) if at is None else at)
        return self.post(body, path, **{HEADER: made})


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    made = Running()
    yield made
    made.close()


REPLY = {"phone_number": "13900000101", "content": "TD 我是甲一"}


def test_a_signed_reply_is_taken_once(running: Running) -> None:
    body = json.dumps([REPLY]).encode()
    made = signature(SECRET, body, int(time.time()))
    status, said = running.post(body, **{HEADER: made})
    assert (status, said["code"], said["items"], said["refusals"]) == (200, 0, 1, 1)
    status, said = running.post(body, **{HEADER: made})
    assert (status, said["repeated"]) == (200, True)
    assert len(list(running.ledger.suppression_rows())) == 1
    assert not any(word in line for line in running.told for word in ("甲一", "13900000101", SECRET))


def test_who_cannot_sign_has_a_token_in_the_path(running: Running) -> None:
    assert running.post(b"[]", f"/receipts/sms/{TOKEN}")[0] == 200
    assert running.post(b"[]", f"/receipts/sms/{TOKEN}x")[0] == 401
    assert running.post(b"[]", "/receipts/sms/%00")[0] == 401


@pytest.mark.parametrize(
    "forged",
    [
        lambda body: "",
        lambda body: signature("another secret..", body, int(time.time())),
        lambda body: signature(SECRET, body + b" ", int(time.time())),
        lambda body: signature(SECRET, body, int(time.time()) - 3_600),
        lambda body: signature(SECRET, body, int(time.time()) + 3_600),
        lambda body: signature(SECRET, body, int(time.time())).upper(),
        lambda body: "t=1,v1=" + "0" * 64,
        lambda body: "x" * 4_000,
    ],
)
def test_a_forged_signature_is_refused(running: Running, forged: Any) -> None:
    before = len(list(running.ledger.suppression_rows()))
    body = json.dumps([{"phone_number": "13900000999", "content": "R"}]).encode()
    assert running.post(body, **{HEADER: forged(body)})[0] == 401
    assert len(list(running.ledger.suppression_rows())) == before


def test_limits_and_places(running: Running) -> None:
    assert running.signed(b"[" + b" " * 30_000 + b"]")[0] == 413
    assert running.signed([], "/receipts/pigeon")[0] == 404
    assert running.signed([], "/receipts")[0] == 200
    assert running.post(b"[]", "/elsewhere")[0] == 404
    for body in (b"", b"{", b"<xml/>", b"[" * 9_000, b"\xff\xfe", b'{"a":1,"a":2}'):
        assert running.signed(body)[0] == 400
    for body in (b"null", b"7", b"[[[]]]", b"{}", b'{"reports": null}', json.dumps(["x" * 900] * 9).encode()):
        assert running.signed(body)[0] == 200


def test_too_many_requests_wait() -> None:
    bucket = Bucket(2.0)
    assert [bucket.take(10.0) for _ in range(3)] == [True, True, False]
    assert [bucket.take(now) for now in (10.4, 10.5, 10.6, 11.2, 99.0, 99.0, 99.0)] == [
        False, True, False, True, True, True, False,
    ]  # fmt: skip


def test_a_ledger_that_is_away_is_told_to_the_provider() -> None:
    made = Running()

    def away(*_: object) -> None:
        raise RuntimeError("postgresql://u:pw@host 13900000101")

    made.ledger.report = away  # type: ignore[assignment,method-assign]
    status, said = made.signed([REPLY])
    made.close()
    assert (status, said) == (503, {"said": "try again"})
    assert made.told == ["a request could not be taken: RuntimeError有请求未能接收：RuntimeError"]


def test_hostile_requests_get_an_answer(running: Running) -> None:
    rnd = random.Random(3)
    words: list[Any] = [
        None, "", "R", "delivered", "13900000101", {"a": []}, [], -1, 10**200, 1.5, True, "\ud83d", "\x00", "x" * 999,
        "'; drop table jobs; --", "=1+1", "../../etc/passwd", "2026-13-99",
    ]  # fmt: skip
    names = [
        "key",
        "biz_id",
        "success",
        "status",
        "content",
        "phone_number",
        "report_time",
        "channel",
        "member_id",
        "err_code",
    ]
    for _ in range(60):
        items = [{rnd.choice(names): rnd.choice(words) for _ in range(6)} for _ in range(4)] + [rnd.choice(words)]
        assert running.signed(items)[0] == 200
    packed = gzip.compress(bytes(5_000_000))
    made = signature(SECRET, packed, int(time.time()))
    assert running.post(packed, Content_Encoding="gzip", **{HEADER: made})[0] in (400, 401, 413)
    assert running.signed([])[0] == 200
