"""A receiver that answers with whatever bytes it is given, and answers that no gateway should give.

`answers(seed, count)` makes pairs of an answer and where docs say that its messages land.
"""

from __future__ import annotations

import gzip
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Self

PEOPLE = (("甲一", "13900000101"), ("欧阳小明", "13900000102"), ("Li Na", "13900000103"))
KEYS = tuple(str(n).ljust(64, "0") for n in range(len(PEOPLE)))
TEXT = "您的专属优惠券三十元已到账，请于三日内使用"

Lands = Literal["sent", "failed", "later", "doubt", "broken"]
JUNK: tuple[Any, ...] = (
    None, "", "ok \ud83d", "\x00\x1b[2J", "x" * 100_000, 10**300, -1, 1.5, True, [], {}, [[[[]]]], {"a": {"b": []}},
    *(f"cannot reach {name} at {to[:3]} {to[3:7]} {to[7:]}: {name}，{TEXT}" for name, to in PEOPLE),
    "\u202e" * 30, "=cmd|' /C calc'!A0", "'; drop table jobs; --", "{{ 7 * 7 }}", "[/bold]", "<script>",
)  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """Bytes that are written instead of an answer; where each message lands, in the order of `KEYS`."""

    name: str
    raw: bytes
    lands: tuple[Lands, ...]
    endless: bool = False


def answers(seed: int, count: int) -> Iterator[Hostile]:
    """Reproducible: the same seed is the same answers."""
    rnd = random.Random(seed)
    for number in range(count):
        yield rnd.choice(FAMILIES)(rnd, number)


def _http(status: int, body: bytes, *headers: str, length: int | None = None) -> bytes:
    head = [f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join(head).encode("latin-1", "replace") + b"\r\n\r\n" + body


def _all(lands: Lands) -> tuple[Lands, ...]:
    return (lands,) * len(KEYS)


def _status(rnd: random.Random, number: int) -> Hostile:
    status = rnd.choice([*range(300, 310), *range(400, 432), 451, 499, *range(500, 512), 599, 999])
    lands: Lands = "broken"
    if status in (429, 503, 425):
        lands = "later"
    elif status in (400, 422):
        lands = "failed"
    elif status >= 500 or status in (302, 303, 408, 409, 423, 424, 499):
        lands = "doubt"
    wait = rnd.choice(
        ["", "0", "-1", "9" * 400, "1775800000", "\xb2", "soon", "Sun, 08 Mar 2099 02:10:00 GMT", "1e9", "nan"]
    )
    body = json.dumps(rnd.choice(JUNK)).encode() if rnd.random() < 0.5 else _noise(rnd, 300)
    body = b"" if status == 304 else body  # with a body it would be no HTTP at all
    where = "Location: http://127.0.0.1:1/elsewhere"
    return Hostile(f"{number} status {status}", _http(status, body, f"Retry-After: {wait}", where), _all(lands))


def _results(rnd: random.Random, number: int) -> Hostile:
    """A list that can be read, with odd things in it."""
    results: list[Any] = []
    lands: list[Lands] = []
    for key in KEYS:
        said = rnd.choice(["sent", "failed", "retry", "twice", "both", "silent", "odd"])
        about = {"key": key, "receipt": rnd.choice(JUNK), "error": rnd.choice(JUNK)}
        if said in ("sent", "failed", "retry"):
            results.append({**about, "status": said})
        elif said == "twice":
            results += [{**about, "status": "sent"}, {**about, "status": "sent"}]
        elif said == "both":
            results += [{**about, "status": "sent"}, {**about, "status": "failed"}]
        elif said == "odd":
            results.append({**about, "status": rnd.choice(["SENT", "delivered", "", None, 1, ["sent"], {"sent": 1}])})
        lands.append({"sent": "sent", "failed": "failed", "retry": "later", "twice": "sent"}.get(said, "doubt"))  # type: ignore[arg-type]
    results += rnd.sample(
        [
            None,
            7,
            "sent",
            [],
            {},
            {"key": "f" * 64, "status": "sent"},
            {"key": ["x"], "status": "sent"},
            {"status": "sent"},
        ],
        4,
    )
    rnd.shuffle(results)
    body = json.dumps({"results": results, "more": rnd.choice(JUNK)}).encode()
    packed = rnd.random() < 0.2
    encoding = ["Content-Encoding: gzip"] if packed else []
    return Hostile(f"{number} results", _http(200, gzip.compress(body) if packed else body, *encoding), tuple(lands))


def _unreadable(rnd: random.Random, number: int) -> Hostile:
    good = json.dumps({"results": [{"key": key, "status": "sent"} for key in KEYS]}).encode()
    body = rnd.choice(
        [
            good[: rnd.randrange(1, len(good))],
            good.replace(b"results", b"result"),
            good.replace(b"[{", b"{", 1),
            b"<html><body>OK</body></html>",
            b"[" * 10_000 + b"]" * 10_000,
            b'{"results":' * 10_000,
            b'{"results": [], "results": [{}]}',
            b"null", b"true", b'"sent"', b"1" * 60_000, b'{"results": null}', b'{"results": "sent"}',
            "系统繁忙，请稍后再试".encode("gb18030"),
            good.decode().encode("utf-16-be"),
            _noise(rnd, 2_000) + b"!",
        ]
    )  # fmt: skip
    kind = rnd.choice(
        ["text/html", "application/json; charset=gbk", "application/json; charset=\x00", "", "x/y; charset=zz"]
    )
    return Hostile(
        f"{number} unreadable",
        _http(rnd.choice([200, 201, 202, 207, 299]), body, f"Content-Type: {kind}"),
        _all("doubt"),
    )


def _raw(rnd: random.Random, number: int) -> Hostile:
    """What is hardly HTTP."""
    bomb = gzip.compress(bytes(30_000_000))
    good = json.dumps({"results": [{"key": key, "status": "sent"} for key in KEYS]}).encode()
    name, raw = rnd.choice(
        [
            ("closes", b""),
            ("noise", _noise(rnd, 500)),
            ("half a head", b"HTTP/1.1 200 O"),
            ("another protocol", b"220 mail.example.com ESMTP\r\n"),
            ("status of letters", b"HTTP/1.1 abc OK\r\n\r\n"),
            ("half a body", _http(200, good[:40], length=len(good))),
            ("length of letters", b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + good),
            ("two lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\n" + good),
            ("chunks of nonsense", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + good),
            ("a chunk too few", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + good[:50]),
            ("endless header", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000),
            ("many headers", b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(60_000))),
            ("a bomb", _http(200, bomb, "Content-Encoding: gzip")),
            ("a bomb that says it is zlib", _http(200, bomb, "Content-Encoding: deflate")),
            ("nobody asked for brotli", _http(200, good, "Content-Encoding: br")),
            ("twice packed", _http(200, gzip.compress(gzip.compress(good)), "Content-Encoding: gzip")),
            ("large", _http(200, b'{"results": [' + b" " * 3_000_000 + b"]}")),
        ]
    )  # fmt: skip
    return Hostile(f"{number} {name}", raw, _all("doubt"))


def _noise(rnd: random.Random, size: int) -> bytes:
    return b"\x01" + rnd.randbytes(rnd.randrange(size))


FAMILIES: tuple[Callable[[random.Random, int], Hostile], ...] = (_status, _results, _results, _unreadable, _raw)


@dataclass
class Receiver:
    """Reads one request a connection, writes the bytes of `answer`, and closes."""

    answer: bytes = b""
    pause: float = 0.0
    requests: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    self.requests.append(_read_request(connection))
                    for at in range(0, len(self.answer), 65_536):
                        connection.sendall(self.answer[at : at + 65_536])
                        time.sleep(self.pause)
                except OSError:
                    continue  # the other side had enough


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body
