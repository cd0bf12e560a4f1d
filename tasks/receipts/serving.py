"""`promocal receive`: a small HTTP endpoint for reports and replies, for a provider or a proxy in front of it.

    POST /receipts/<channel>            Promocal-Signature: t=…,v1=…   (tasks/channels/signing.py)
    POST /receipts/<channel>/<token>    for who cannot sign

Who sends is known by the signature or the token alone: what a proxy says of addresses, hosts and methods
(X-Forwarded-For and the like) is not looked at. A request is taken whole or not at all, and taking it twice changes
nothing. What was listened to is not taken again: a signature counts for five minutes, and once. Nothing of a request is
logged but its path, status and counts.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said, Tell
from tasks.channels.answers import decoded, header_safe, read_json, storable
from tasks.channels.signing import HEADER, TOLERANCE, refusal
from tasks.receipts.files import items_of
from tasks.receipts.taking import Desk, Taken, check_channel, desk_of

if TYPE_CHECKING:
    from ssl import SSLContext

    from aiohttp import web

    from tasks.runtime import Runtime

_SHORTEST = 16  # characters of a secret that nobody guesses
_TOO_MANY = 429
_SLOWEST = 10.0  # seconds for a whole request
_OURS = {"code": 0, "msg": "OK", "result": 0, "errmsg": "OK"}  # what Alibaba Cloud and Tencent want to hear


class _RefusedError(Exception):
    """A request that is not taken, and the answer it gets."""

    def __init__(self, status: int, said: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(said)
        self.status, self.said, self.headers = status, said, headers


@dataclass
class Bucket:
    """So many requests a second, and as many at once as a second has. `now` in seconds."""

    per_second: float
    tokens: float = 0.0
    filled_at: float = field(default=-1.0)

    def take(self, now: float) -> bool:
        """Whether one more request fits."""
        if self.filled_at < 0:
            self.tokens = self.per_second
        else:
            self.tokens = min(self.per_second, self.tokens + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class Receiver:
    """Takes requests for a desk. `secrets` sign, `token` stands in the path; one of the two is enough."""

    desk: Desk
    clock: Callable[[], datetime]
    secret: str = ""
    token: str = ""
    body_limit: int = 1024 * 1024
    per_second: float = 50.0
    say: Tell = field(default=lambda _: None)
    _taken: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1), repr=False)

    def __post_init__(self) -> None:
        self._bucket = Bucket(self.per_second)

    def application(self) -> web.Application:
        """The endpoint as an aiohttp application."""
        from aiohttp import web

        made = web.Application(client_max_size=self.body_limit)
        for path in ("/receipts", "/receipts/{channel}", "/receipts/{channel}/{token}"):
            made.router.add_post(path, self.handle)
        return made

    async def handle(self, request: web.Request) -> web.Response:
        """One request; whatever it is, it gets an answer and never a traceback."""
        try:
            return await self._handle(request)
        except _RefusedError as refused:
            if refused.status != _TOO_MANY:
                self.say((f"refused: {refused.said}", f"已拒绝：{refused.said}"))
            return _said(refused.status, refused.said, refused.headers)
        except Exception as error:  # noqa: BLE001 - the provider repeats it, the operator reads what it was
            self._failed(error)
            return _said(503, "try again", {"Retry-After": "30"})

    async def _handle(self, request: web.Request) -> web.Response:
        if not self._bucket.take(time.monotonic()):
            raise _RefusedError(_TOO_MANY, "too many requests", {"Retry-After": "1"})
        body = await self._body(request)
        signed = request.headers.get(HEADER, "")
        if not self._may(request.match_info.get("token", ""), signed, body):
            raise _RefusedError(401, "not signed by us")
        channel = storable(request.match_info.get("channel", ""), 60)
        if check_channel(self.desk, channel) is not None:
            raise _RefusedError(404, "no such channel")
        try:
            document = read_json(decoded(body))
        except ValueError:
            raise _RefusedError(400, "no JSON") from None
        taken = await asyncio.get_running_loop().run_in_executor(self._taken, self._take, document, channel, signed)
        if taken is None:
            return _said(200, "taken before", more={**_OURS, "repeated": True})
        self._tell(channel, taken)
        return _said(200, "taken", more={**_OURS, "items": taken.items, "new": taken.new, "refusals": taken.refusals})

    async def _body(self, request: web.Request) -> bytes:
        from aiohttp import web

        try:
            async with asyncio.timeout(_SLOWEST):
                return await request.read()
        except (TimeoutError, web.HTTPRequestEntityTooLarge):
            raise _RefusedError(413, "too large, or too slow") from None
        except Exception:  # noqa: BLE001 - badly packed, or broken off; nobody is there to be told more
            raise _RefusedError(400, "no whole request") from None

    def _may(self, token: str, signed: str, body: bytes) -> bool:
        if self.token and token and hmac.compare_digest(token.encode(), self.token.encode()):
            return True
        now = int(self.clock().timestamp())
        return bool(self.secret) and refusal(self.secret, body, signed, now) is None

    def _take(self, document: Any, channel: str, signed: str) -> Taken | None:
        """What was taken; None for a signature that was. It is remembered afterwards: rather twice than never."""
        now = self.clock()
        digest = hashlib.sha256(signed.encode("utf-8", "replace")).hexdigest() if signed else ""
        if digest and self.desk.ledger.was_seen(digest):
            return None
        taken = self.desk.take(
            items_of(document), source=f"webhook {channel}".strip(), channel=channel, by="promocal", at=now
        )
        if digest:
            self.desk.ledger.saw(digest, now, now - timedelta(seconds=2 * TOLERANCE))
        return taken

    def _tell(self, channel: str, taken: Taken) -> None:
        where, n, new, refusals = channel or "-", taken.items, taken.new, taken.refusals
        aside, unread = sum(taken.aside.values()), sum(taken.unread.values())
        english = f"{where}: {n} taken, {new} new, {aside} aside, {unread} unread, {refusals} new refusal(s)"
        self.say((english, f"{where}：接收 {n} 条，新 {new}，待查 {aside}，无法识别 {unread}，新增拒收 {refusals}"))

    def _failed(self, error: Exception) -> None:
        what = type(error).__name__
        self.say((f"a request could not be taken: {what}", f"有请求未能接收：{what}"))


def _said(
    status: int, said: str, headers: dict[str, str] | None = None, more: Mapping[str, object] | None = None
) -> web.Response:
    from aiohttp import web

    return web.json_response({"said": said, **(more or {})}, status=status, headers=headers)


def receiver_of(rt: Runtime, say: Tell) -> Receiver:
    """The receiver of a project. Raises UsageError where requests could come from anybody."""
    section = rt.settings.receive
    secret = rt.settings.secret("", section.secret_env, "receive")
    token = rt.settings.secret("", section.token_env, "receive")
    if not secret and not token:
        raise UsageError(
            ("receive: nothing says who may send receipts", "receive：没有设定谁可以发送回执"),
            (
                'write secret_env = "VARIABLE" below [receive] of promocal.toml, and export it',
                '请在 promocal.toml 的 [receive] 下写 secret_env = "变量名" 并 export 该变量',
            ),
        )
    for key, value in (("secret_env", secret), ("token_env", token)):
        if value and (len(value) < _SHORTEST or not header_safe(value) or "/" in (value if key == "token_env" else "")):
            raise UsageError(
                (
                    f"receive.{key}: the value of that variable is too short, or has other than visible ASCII",
                    f"receive.{key}：该变量的值过短，或含有可见 ASCII 以外的字符",
                ),
                ("make one with: openssl rand -hex 32", "可用 openssl rand -hex 32 生成"),
            )
    return Receiver(desk_of(rt), rt.clock, secret, token, section.body_limit, section.per_second, say)


def tls_of(rt: Runtime) -> SSLContext | None:
    """TLS as the settings have it, None without a certificate. Raises UsageError for files that do not go together."""
    import ssl

    section = rt.settings.receive
    if not section.certificate:
        if section.key:
            raise _no_tls(("there is a key and no certificate", "有私钥而没有证书"))
        return None
    chain = rt.settings.root / section.certificate
    key = rt.settings.root / section.key if section.key else None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # A key with a pass phrase would ask for it on the terminal, in the middle of the night.
        context.load_cert_chain(chain, key, password=lambda: "")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        said = str(reason).replace("_", " ").lower()
        raise _no_tls((f"certificate and key cannot be used: {said}", f"证书与私钥无法使用：{said}")) from None
    return context


def _no_tls(said: Said) -> UsageError:
    return UsageError(
        (f"receive: {said[0]}", f"receive：{said[1]}"),
        (
            "certificate and key below [receive] of promocal.toml name PEM files, the key without a pass phrase",
            "promocal.toml 的 [receive] 下 certificate 与 key 应指向 PEM 文件，私钥不带口令",
        ),
    )


async def serve(
    receiver: Receiver, host: str, port: int, ready: Callable[[int], None], tls: SSLContext | None = None
) -> None:
    """Serve until cancelled; `ready` hears the port, which is chosen where it is 0."""
    from aiohttp import web

    runner = web.AppRunner(receiver.application(), access_log=None, keepalive_timeout=15, shutdown_timeout=5)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        ready(runner.addresses[0][1])
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
