"""The Prefect server's API over plain HTTP: what a question costs when Prefect itself is not imported (2 s).

Which server is meant: `PREFECT_API_URL`, else the active profile of Prefect, else the `promocal serve`
of this project. An answer is waited for four seconds, so that a server that is away is told within five; who writes
to a server that has answered may have more patience.
"""

from __future__ import annotations

import base64
import errno
import http.client
import json
import os
import socket
import ssl
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from campaign_calendars.findings.errors import PromocalError, UsageError
from campaign_calendars.findings.said import Said
from flows.connection import Connection

VARIABLE = "PREFECT_API_URL"
_CERTIFICATES = "PREFECT_API_SSL_CERT_FILE"
ADDRESS_FILE = "server.json"
_ANSWER_SECONDS = 4.0
_REDIRECTED, _UNAUTHORISED, _FORBIDDEN, _NOT_FOUND, _REFUSED, _BROKEN = 300, 401, 403, 404, 400, 500
_BUSY = (429, 503)
_BUSY_SECONDS = 0.1
_MOST_BYTES = 64_000_000
_REASONS: tuple[tuple[type[Exception], Said], ...] = (
    (ConnectionRefusedError, ("nobody listens there", "该地址没有程序在监听")),
    (
        ssl.SSLCertVerificationError,
        (
            f"its certificate is not trusted ({_CERTIFICATES} names one that is)",
            f"证书不受信任（可用 {_CERTIFICATES} 指定证书）",
        ),
    ),
    (ssl.SSLError, ("it does not speak https", "该地址不使用 https")),
    (socket.gaierror, ("no host of that name is known", "找不到该主机名")),
    (ConnectionError, ("it ends the connection without an answer", "对方未应答就断开了连接")),
    (http.client.HTTPException, ("what answers there is no Prefect server", "该地址上的不是 Prefect 服务器")),
)
"""What a failed question means, the narrower kind first."""
_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.EADDRNOTAVAIL)
START: Said = (
    "start one: promocal serve; or prefect server start, then export PREFECT_API_URL=http://127.0.0.1:4200/api",
    "启动一个：promocal serve；或先用 Prefect 自带的命令启动服务器，再设置 PREFECT_API_URL（如 http://127.0.0.1:4200/api）",
)
_SERVE = "promocal serve"
_API = "/api"
_WAIT: Said = (
    "promocal serve starts its server again in minutes, see var/prefect/server.log; else start it: promocal serve",
    "promocal serve 会在几分钟内重新启动其服务器，见 var/prefect/server.log；若它没有在运行：promocal serve",
)


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server is meant to be, and what says so: a variable, a profile of Prefect, or `serve`."""

    api_url: str
    named_by: str

    @property
    def shown(self) -> str:
        """The address without what may be a password in it."""
        parts = urlsplit(self.api_url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class ServerAwayError(PromocalError):
    """The server cannot be asked: the address, what named it, why, and how to start one."""


def find_server(state: Path, environment: Mapping[str, str] | None = None) -> ServerAddress:
    """The server that commands of a project talk to. UsageError: nothing names one, or what does is no address."""
    env = os.environ if environment is None else environment
    if url := env.get(VARIABLE, "").strip():
        return _usable(url, VARIABLE)
    profile, held = _of_profile(env)
    if url := held.get(VARIABLE, ""):
        return _usable(url, f"profile {profile}")
    url, host = _of_serve(state)
    if url:
        return _usable(url, f"{_SERVE} on {host}" if host else _SERVE)
    raise UsageError(
        (
            f"no Prefect server is known: {VARIABLE} is not set, and promocal serve does not run in this project",
            f"没有可用的 Prefect 服务器：未设置 {VARIABLE}，本项目也没有运行 promocal serve",
        ),
        START,
    )


def keep_address(home: Path, api_url: str) -> Path:
    """Leave the address of the server of `serve`, for the other commands of the project."""
    file = home / ADDRESS_FILE
    partial = file.with_suffix(".partial")
    held = {"api_url": api_url, "pid": os.getpid(), "host": socket.gethostname()}
    partial.write_text(json.dumps(held), "utf-8")
    partial.replace(file)
    return file


def _usable(url: str, named_by: str) -> ServerAddress:
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not url.isprintable() or " " in url:
        shown = ServerAddress("http://" + url.partition("://")[2], named_by).shown if "@" in url else url
        raise UsageError(
            (f"{named_by} is no address of a server: {shown!r}", f"{named_by} 不是服务器地址：{shown!r}"),
            (
                f"write it like {VARIABLE}=http://127.0.0.1:4200/api",
                f"请写成 {VARIABLE}=http://127.0.0.1:4200/api",
            ),
        )
    return ServerAddress(url.rstrip("/"), named_by)


def _of_profile(env: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """The active profile of Prefect and its settings; empty where there is none, or it cannot be read."""
    home = Path(env.get("PREFECT_HOME") or Path.home() / ".prefect")
    try:
        held = tomllib.loads(Path(env.get("PREFECT_PROFILES_PATH") or home / "profiles.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return "", {}
    name = env.get("PREFECT_PROFILE") or held.get("active")
    profiles = held.get("profiles")
    profile = profiles.get(name) if isinstance(profiles, dict) else None
    if not isinstance(profile, dict):
        return "", {}
    return str(name), {key: value for key, value in profile.items() if isinstance(value, str)}


def _of_serve(state: Path) -> tuple[str, str]:
    """The address that `serve` left, and the machine on which it runs where that is another one."""
    try:
        held = json.loads((state / "prefect" / ADDRESS_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return "", ""
    url, host = (held.get("api_url"), held.get("host")) if isinstance(held, dict) else (None, None)
    elsewhere = isinstance(host, str) and host != socket.gethostname()
    return (url, str(host) if elsewhere else "") if isinstance(url, str) else ("", "")


class ServerApi:
    """One connection to a server, closed at the end of a `with`."""

    def __init__(
        self, address: ServerAddress, environment: Mapping[str, str] | None = None, *, patience: float = _ANSWER_SECONDS
    ) -> None:
        self.address = address
        self._patience = patience
        self.asked_at: datetime | None = None
        self.server_time: datetime | None = None
        """The server's clock at its last answer, to the second."""
        parts = urlsplit(address.api_url)
        self._path = parts.path
        env = os.environ if environment is None else environment
        settings = {**_of_profile(env)[1], **env}
        self._headers = {"Accept": "application/json", **(_credentials(settings) or _basic(parts))}
        trust = _trust(settings) if parts.scheme == "https" else None
        self._connection = Connection(str(parts.hostname), parts.port, patience, trust)

    def get(self, path: str) -> Any:
        return self._ask("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Any:
        return self._ask("POST", path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("PATCH", path, body)

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("PUT", path, body)

    def delete(self, path: str) -> Any:
        return self._ask("DELETE", path, None)

    def pages(self, path: str, body: Mapping[str, Any], *, page: int = 200, most: int = 5_000) -> list[Any]:
        """Everything of a filter, page by page."""
        found: list[Any] = []
        while len(found) < most:
            rows = self.post(path, {**body, "limit": page, "offset": len(found)})
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise self.no_prefect()
            found += rows
            if len(rows) < page:
                break
        return found

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> Any:
        payload = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({"Content-Type": "application/json"} if payload else {})
        deadline, pause = time.monotonic() + self._patience, _BUSY_SECONDS
        answered = self.asked_at is not None
        while True:
            try:
                self._connection.hurry(deadline)
                self._connection.request(method, f"{self._path}/{path}", payload, headers)
                answer = self._connection.getresponse()
                text = _read(answer, deadline)
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                if answered and isinstance(error, ConnectionError):
                    answered = False  # it ended the connection after its last answer; what we ask may be asked twice
                    continue
                raise self._away(_why(error, self._patience), _other_scheme(error, self.address)) from None
            if answer.status not in _BUSY or time.monotonic() + pause > deadline:
                break
            answered = True
            time.sleep(pause)  # a server on SQLite: another writer holds its database
            pause *= 2
        self.asked_at, self.server_time = datetime.now(UTC), _moment(answer.headers.get("Date"))
        if answer.status >= _REDIRECTED:
            raise self._refused(answer.status)
        if not text:
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise self.no_prefect() from None

    def _away(self, why: Said, remedy: Said | None = None) -> ServerAwayError:
        place, named = self.address.shown, self.address.named_by
        return ServerAwayError(
            (
                f"the Prefect server at {place} ({named}) cannot be asked: {why[0]}",
                f"无法访问 Prefect 服务器 {place}（{named}）：{why[1]}",
            ),
            remedy or _what_to_start(named),
        )

    def no_prefect(self) -> ServerAwayError:
        """The failure to raise where answers have another shape than Prefect's."""
        why: Said = ("what answers there is no Prefect server", "该地址上的不是 Prefect 服务器")
        if self._path.endswith(_API):
            return self._away(why)
        meant = f"{VARIABLE}={self.address.shown}{_API}"
        return self._away(why, (f"the address of its API ends in {_API}: {meant}", f"API 地址以 {_API} 结尾：{meant}"))

    def _refused(self, status: int) -> ServerAwayError:
        if status in (_UNAUTHORISED, _FORBIDDEN):
            place, named = self.address.shown, self.address.named_by
            return ServerAwayError(
                (f"the Prefect server at {place} ({named}) wants to know who asks ({status})",
                 f"Prefect 服务器 {place}（{named}）要求身份验证（{status}）"),
                ("export PREFECT_API_AUTH_STRING=user:password, or PREFECT_API_KEY",
                 "请 export PREFECT_API_AUTH_STRING=用户:密码，或 PREFECT_API_KEY"),
            )  # fmt: skip
        if status < _REFUSED or status == _NOT_FOUND:
            return self.no_prefect()
        kind: Said = ("it failed", "服务器出错") if status >= _BROKEN else ("it refused", "请求被拒绝")
        return self._away((f"{kind[0]} ({status}); see its log", f"{kind[1]}（{status}）；请看其日志"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()


def _read(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    """The body within the time and size that an answer may take: a drip of bytes is no answer."""
    parts: list[bytes] = []
    size = 0
    while part := answer.read1(1 << 20):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline:
            raise TimeoutError
        if size > _MOST_BYTES:
            raise http.client.HTTPException
    answer.close()  # read to its end: the connection is free for the next question
    return b"".join(parts)


def _credentials(env: Mapping[str, str]) -> dict[str, str]:
    if key := env.get("PREFECT_API_KEY", ""):
        return {"Authorization": f"Bearer {key}"}
    if word := env.get("PREFECT_API_AUTH_STRING", ""):
        return {"Authorization": f"Basic {base64.b64encode(word.encode()).decode()}"}
    return {}


def _basic(parts: SplitResult) -> dict[str, str]:
    """Name and password that stand in the address, as Prefect's own client takes them."""
    if parts.username is None:
        return {}
    word = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(word.encode()).decode()}"}


def _trust(env: Mapping[str, str]) -> ssl.SSLContext:
    """UsageError: the file of certificates that Prefect's variable names cannot be read."""
    file = env.get(_CERTIFICATES)
    try:
        trust = ssl.create_default_context(cafile=file or None)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError(
            (f"{_CERTIFICATES} cannot be used: {file}: {why}", f"{_CERTIFICATES} 不可用：{file}：{why}"),
            ("name a file of certificates in PEM, or unset it", "请指定 PEM 格式的证书文件，或取消该变量"),
        ) from None
    if env.get("PREFECT_API_TLS_INSECURE_SKIP_VERIFY", "").lower() in ("1", "true"):
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # as Prefect's own client does then
    return trust


def _why(error: Exception, patience: float) -> Said:
    if isinstance(error, TimeoutError):
        return (f"no answer within {patience:.0f} seconds", f"{patience:.0f} 秒内没有应答")
    if isinstance(error, OSError) and error.errno in _NO_WAY:
        return ("there is no way to that network", "网络不可达")
    told = next((said for kind, said in _REASONS if isinstance(error, kind)), None)
    if told is not None:
        return told
    said = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return (said, said)


def _other_scheme(error: Exception, address: ServerAddress) -> Said | None:
    """What to write where one side speaks TLS and the other does not; None: that is not what is wrong."""
    rest = address.shown.partition("://")[2]
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLCertVerificationError | TimeoutError):
        return (f"write {VARIABLE}=http://{rest}", f"请写成 {VARIABLE}=http://{rest}")
    if isinstance(error, http.client.RemoteDisconnected) and not address.api_url.startswith("https"):
        return (
            f"if it speaks https: {VARIABLE}=https://{rest}; else look whether it runs: promocal doctor there",
            f"若对方使用 https：{VARIABLE}=https://{rest}；否则请在那台机器上用 promocal doctor 检查",
        )
    return None


def _what_to_start(named_by: str) -> Said:
    """What to do about a server that is away."""
    host = named_by.removeprefix(f"{_SERVE} on ")
    if host != named_by:
        export = f"export {VARIABLE}=http://{host}:4200/api"
        return (
            f"it runs on {host}, for that machine: use it there; or promocal serve --host 0.0.0.0 there, {export}",
            f"它运行在 {host} 上，仅供该机器使用：请在那里操作；或在那里 promocal serve --host 0.0.0.0，并 {export}",
        )
    return _WAIT if named_by == _SERVE else START


def _moment(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
