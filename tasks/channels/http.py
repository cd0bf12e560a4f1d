"""Batches as JSON over HTTP, to an SMS gateway, a push service or a marketing cloud (A4, B3).

Request, at most `batch` messages each:

    POST <url>   Authorization: Bearer …   Idempotency-Key: <key of this set of messages>
                 Promocal-Signature: t=…,v1=…   (tasks/channels/signing.py)
    {"run_id", "calendar", "phase", "play", "channel",
     "messages": [{"key", "member_id", "address", "name", "benefit", "text"}]}

Answer, status 2xx:

    {"results": [{"key", "status": "sent" | "failed" | "retry", "receipt", "error"}]}

`http_answers` says what becomes of every other answer. The key of a request is that of the messages in it: a repeat of
some of them is another set with another key, while each message keeps its own, whatever it is grouped with.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl

from campaign_calendars.findings.errors import ChannelError, UsageError
from campaign_calendars.findings.said import UNSAID, Said
from campaign_calendars.messages.material import Attached
from campaign_calendars.model.store import Provider
from campaign_calendars.providers.profile import Profile, profile_named
from campaign_calendars.values.json import to_plain
from tasks.channels.answers import header_safe, unpacked
from tasks.channels.http_answers import Answer, Try, in_doubt, later, read
from tasks.channels.port import Batch, ChannelKeys, ChannelKind, ChannelSetup, Message, key_of
from tasks.channels.provider_codes import understood
from tasks.channels.signing import HEADER, signature
from warehouse.ledger.records import Outcome

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

_FIRST_DELAY = 0.5  # seconds; doubles with every attempt
# How long a connection is kept that nobody uses: longer than the pause between two batches, shorter than any server
# keeps one. Who writes into one that is just being closed does not know what became of it.
_IDLE = 1.5
_ANSWER = 1024 * 1024  # bytes of an answer that are read, and as many more for each message
_ANSWER_EACH = 2 * 1024
_REFUSED_AFTER_DOUBT = "refused now, but an earlier attempt may have arrived"


@dataclass(frozen=True, slots=True)
class _Line:
    """What is kept open for a whole dispatch."""

    runner: asyncio.Runner
    session: ClientSession


@dataclass(frozen=True, slots=True)
class HttpChannel:
    """`batch` messages a request, `concurrency` requests at once; times in seconds.

    `retries`: further attempts of one request; `max_wait`: the longest pause before one. A server
    that asks for a longer pause gets it: the jobs go back to pending until then. `profile`: of the provider behind the
    gateway, whose codes in errors are understood.
    Raises UsageError for settings with which no request can be made.
    """

    name: str
    url: str = field(repr=False)
    token: str = field(default="", repr=False)
    honours_key: bool = False
    needs_address: bool = True
    batch: int = 100
    concurrency: int = 8
    timeout: float = 30.0
    retries: int = 3
    max_wait: float = 30.0
    signing_secret: str = field(default="", repr=False)
    profile: Profile | None = field(default=None, repr=False)
    line: _Line | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        refused = _unusable(self)
        if refused is not None:
            key, said, remedy = refused
            place = f"channels.{self.name}.{key}"
            raise UsageError((f"{place}: {said[0]}", f"{place}：{said[1]}"), remedy)

    @property
    def batch_size(self) -> int | None:
        # As much as is in flight at once: a crash leaves no more than this in doubt.
        return self.batch * self.concurrency

    def __repr__(self) -> str:
        return f"HttpChannel(name={self.name!r})"

    @contextmanager
    def connected(self) -> Iterator[HttpChannel]:
        """The same channel with connections that are kept from batch to batch."""
        with asyncio.Runner() as runner:
            session = runner.run(self._session())
            try:
                yield replace(self, line=_Line(runner, session))
            finally:
                runner.run(session.close())

    def send(self, batch: Batch) -> list[Outcome]:
        if self.line is None:
            with self.connected() as line:
                return line.send(batch)
        outcomes = self.line.runner.run(self._send(self.line.session, batch))
        return outcomes if self.profile is None else understood(self.name, outcomes, self.profile)

    async def _session(self) -> ClientSession:
        import aiohttp

        headers = {"Accept-Encoding": "identity"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.timeout),
            headers=headers,
            connector=aiohttp.TCPConnector(limit=self.concurrency, keepalive_timeout=_IDLE),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def _send(self, session: ClientSession, batch: Batch) -> list[Outcome]:
        # The loop stood still since the last batch: it has to hear of connections that were closed meanwhile.
        await asyncio.sleep(0)
        parts = [batch.messages[i : i + self.batch] for i in range(0, len(batch.messages), self.batch)]
        limit = asyncio.Semaphore(self.concurrency)

        async def deliver(messages: Sequence[Message]) -> Try:
            async with limit:
                return await self._deliver(session, batch, messages)

        tries = await asyncio.gather(*(deliver(part) for part in parts))
        outcomes = [outcome for one in tries for outcome in one.outcomes]
        if all(outcome.status == "pending" and not outcome.in_doubt for outcome in outcomes):
            self._refuse_broken(tries)
        return outcomes

    def _refuse_broken(self, tries: Sequence[Try]) -> None:
        """A channel that is set up wrongly says so, instead of refusing every batch in turn."""
        broken, broken_zh = next((one.broken for one in tries if one.broken != UNSAID), UNSAID)
        if broken:
            raise ChannelError(
                (f"channel {self.name} cannot be used: {broken}", f"渠道 {self.name} 无法使用：{broken_zh}"),
                ("Check its url, token and settings.", "请核对其 url、令牌与设置。"),
            )

    async def _deliver(self, session: ClientSession, batch: Batch, messages: Sequence[Message]) -> Try:
        """One request with its repeats. Messages that got an answer are not sent again."""
        done: list[Outcome] = []
        doubtful = {message.intent_key for message in messages if message.in_doubt}
        doubtful_before = frozenset(doubtful)
        for attempt in range(self.retries + 1):
            one = await self._post(session, batch, messages)
            if one.refused_whole:
                one = replace(one, outcomes=[_after_doubt(outcome, doubtful) for outcome in one.outcomes])
            settled = [outcome for outcome in one.outcomes if outcome.status != "pending"]
            done += settled
            doubtful.update(outcome.intent_key for outcome in one.outcomes if outcome.in_doubt)
            left = [outcome for outcome in one.outcomes if outcome.status == "pending"]
            delay = _FIRST_DELAY * 2**attempt if one.delay is None else one.delay
            if not left or not one.again or attempt == self.retries or delay > self.max_wait:
                break
            keys = {outcome.intent_key for outcome in left}
            messages = [message for message in messages if message.intent_key in keys]
            await asyncio.sleep(delay)
        # A doubt outlives a later "busy": the first attempt may have arrived. One of an earlier dispatch stands in
        # the ledger already, and a channel that cannot be used at all says so in spite of it.
        doubtful -= doubtful_before
        left = [replace(outcome, in_doubt=outcome.intent_key in doubtful) for outcome in left]
        return replace(one, outcomes=done + left)

    async def _post(self, session: ClientSession, batch: Batch, messages: Sequence[Message]) -> Try:
        import aiohttp

        body = json.dumps(_document(batch, messages)).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key_of(messages),
        }
        if self.signing_secret:
            headers[HEADER] = signature(self.signing_secret, body, int(time.time()))
        try:
            async with session.post(self.url, data=body, headers=headers, allow_redirects=False) as response:
                answer = await _answer(response, _ANSWER + _ANSWER_EACH * len(messages))
                return read(answer, messages, honours_key=self.honours_key)
        except aiohttp.InvalidURL:
            return Try(later(messages, "the url is not valid"), broken=("the url is not valid", "url 无效"))
        except aiohttp.ClientSSLError as error:
            said = f"no secure connection ({type(error).__name__})"
            return Try(later(messages, said), broken=(said, f"无法建立安全连接（{type(error).__name__}）"))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # No connection, so nothing can have left.
            return Try(later(messages, f"no connection ({type(error).__name__})"), again=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, the first byte may have left
            return in_doubt(messages, f"no answer ({type(error).__name__})", honours_key=self.honours_key)


def _after_doubt(outcome: Outcome, doubtful: set[str]) -> Outcome:
    if outcome.intent_key not in doubtful:
        return outcome
    return replace(outcome, status="unknown", error=f"{_REFUSED_AFTER_DOUBT} ({outcome.error})")


async def _answer(response: ClientResponse, most: int) -> Answer:
    """The answer; what of its body is too large, breaks off or cannot be unpacked is no body, its status stands."""
    headers = response.headers
    return Answer(
        status=response.status,
        body=await _body(response, headers.get("Content-Encoding", ""), most),
        content_type=headers.get("Content-Type"),
        retry_after=tuple(headers.getall("Retry-After", ())),
        date=headers.get("Date"),
        at=datetime.now(UTC),
    )


async def _body(response: ClientResponse, encoding: str, most: int) -> bytes | None:
    import aiohttp

    body, size = [], 0
    try:
        async for chunk in response.content.iter_any():
            size += len(chunk)
            if size > most:
                return None
            body.append(chunk)
        return unpacked(b"".join(body), encoding, most)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None


def _unusable(channel: HttpChannel) -> tuple[str, Said, Said] | None:
    """(key, what is wrong with it, remedy) of the first setting that can never work. Nothing secret is quoted."""
    try:
        url = urlsplit(channel.url)
        has_host, has_credentials = bool(url.hostname) and url.port != 0, url.username is not None
    except ValueError:
        has_host = has_credentials = False
        url = urlsplit("")
    if url.scheme not in ("http", "https") or not has_host or any(c.isspace() for c in channel.url):
        return (
            "url",
            ("is no address of the web", "不是网址"),
            ("Write https://host/path.", "请写成 https://主机/路径。"),
        )
    if has_credentials:
        said = ("has a name or password in it", "含有用户名或密码")
        return (
            "url",
            said,
            ("Take it out; put a token into the variable of token_env.", "请去掉，改用 token_env 变量。"),
        )
    for key, secret in (("token_env", channel.token), ("signing_env", channel.signing_secret)):
        if not header_safe(secret):
            said = (
                "the value of that variable has a line end, a blank at an end or a character outside ASCII",
                "该变量的值含有换行、首尾空格或非 ASCII 字符",
            )
            return key, said, ("Export it without: export NAME=$(tr -d '\\r\\n' < FILE)", "请去掉后重新 export。")
    for key in ("batch", "concurrency"):
        if getattr(channel, key) < 1:
            return key, ("is at least 1", "至少为 1"), ("Leave it out for the default.", "不写则用默认值。")
    return None


def _document(batch: Batch, messages: Sequence[Message]) -> dict[str, Any]:
    return {
        "run_id": batch.run_id,
        "calendar": batch.calendar,
        "phase": batch.phase,
        "play": batch.play,
        "channel": batch.channel,
        "messages": [
            {
                "key": m.intent_key,
                "member_id": m.member_id,
                "address": m.address,
                "name": m.name,
                "benefit": m.benefit,
                "text": m.text,
                "attachments": [_filled(one) for one in m.attachments],
            }
            for m in messages
        ],
    }


def _filled(one: Attached) -> dict[str, Any]:
    """An attachment without what its kind does not have."""
    plain: dict[str, Any] = to_plain(one)
    return {key: value for key, value in plain.items() if value not in ("", [])}


class HttpKeys(ChannelKeys):
    """`kind = "http"`. Times in seconds."""

    url: HttpUrl
    token_env: str = ""
    signing_env: str = ""
    honours_key: bool = False
    needs_address: bool = True
    profile: Provider | None = None
    batch: Annotated[int, Field(ge=1, le=1_000)] = 100
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    timeout: Annotated[float, Field(gt=0, le=300)] = 30.0
    retries: Annotated[int, Field(ge=0, le=10)] = 3
    max_wait: Annotated[float, Field(ge=0, le=300)] = 30.0


def _open(setup: ChannelSetup[HttpKeys]) -> HttpChannel:
    keys = setup.keys
    token = setup.secret(keys.token_env) if keys.token_env else ""
    signing = setup.secret(keys.signing_env) if keys.signing_env else ""
    plain = keys.model_dump(exclude={"url", "token_env", "signing_env", "profile"})
    profile = profile_named(keys.profile) if keys.profile is not None else None
    most = profile.batch if profile is not None else None
    if most is not None:  # what the gateway hands on in one piece
        plain["batch"] = min(keys.batch, most.value)
    return HttpChannel(setup.name, str(keys.url), token, **plain, signing_secret=signing, profile=profile)


KIND = ChannelKind("http", HttpKeys, _open)
