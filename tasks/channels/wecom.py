"""Messages of WeCom's customer contact (企业微信客户联系, A4, B4): tasks that a member of staff confirms on the phone.

    POST externalcontact/add_msg_template   customers with the same text and attachments, at most 10,000 a task
    POST externalcontact/get_groupmsg_task, get_groupmsg_send_result   who of the staff confirmed, and what came of it

Nothing is sent by the request: its messages are `to_do`, the id of the task their receipt, until the look-up says what
staff sent. WeCom knows no key of ours, so a task whose request got no answer is `unknown`. The address of a member is
his external_userid. `access_token` is fetched when it is needed, and again when WeCom says that it is over.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, HttpUrl

from campaign_calendars.findings.errors import ChannelBusyError, ChannelError, UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.messages.material import Attached
from campaign_calendars.providers.profile import profile_named
from tasks.channels.answers import BUSY_WAIT, as_mapping, clamped, decoded, read_json, storable
from tasks.channels.port import Batch, ChannelKeys, ChannelKind, ChannelSetup, Message, all_as
from warehouse.ledger.records import Outcome

if TYPE_CHECKING:
    from aiohttp import ClientSession

_PROFILE = profile_named("wecom")
_MOST = _PROFILE.batch.value if _PROFILE.batch is not None else 10_000
_PAUSE = 1 / _PROFILE.per_second.value if _PROFILE.per_second is not None else 0.0
_TOKEN_OVER = frozenset({40014, 41001, 42001})
_MOST_BYTES = 4 * 1024 * 1024
_SHORTEST_TOKEN = 60.0  # seconds a token has to be good for, to be used
_PAGE, _PAGES = 1_000, 200
_SENT, _NOT_YET = 1, 0  # status of get_groupmsg_send_result; others say why it was not sent
_NOT_SENT = {2: "no customer any more", 3: "the customer has had other messages of that day or month"}
_OK = 200


class _UnreadError(Exception):
    """A request that may have been acted upon, and no answer that says so."""


@dataclass(slots=True)
class _Line:
    """What is kept open for a whole dispatch, with the token."""

    runner: asyncio.Runner
    session: ClientSession
    token: str = ""
    good_until: float = 0.0
    free_at: float = 0.0
    """When the next request may go, by the provider's rate."""


@dataclass(frozen=True, slots=True)
class WecomChannel:
    """`sender`: userid of the staff member whose customers they are; empty: whoever added the customer."""

    name: str
    corp_id: str
    secret: str = field(repr=False)
    sender: str = ""
    url: str = "https://qyapi.weixin.qq.com"
    batch: int = _MOST
    timeout: float = 20.0
    line: _Line | None = field(default=None, repr=False, compare=False)

    needs_address = True
    honours_key = False

    @property
    def batch_size(self) -> int | None:
        return self.batch

    def __repr__(self) -> str:
        return f"WecomChannel(name={self.name!r})"

    @contextmanager
    def connected(self) -> Iterator[WecomChannel]:
        """The same channel with one session and one token for a whole dispatch."""
        with asyncio.Runner() as runner:
            session = runner.run(self._session())
            try:
                yield replace(self, line=_Line(runner, session))
            finally:
                runner.run(session.close())

    async def _session(self) -> ClientSession:
        import aiohttp

        return aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.timeout),
            headers={"Accept-Encoding": "identity"},
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    def send(self, batch: Batch) -> list[Outcome]:
        if self.line is None:
            with self.connected() as line:
                return line.send(batch)
        alike: dict[tuple[str, tuple[Attached, ...]], list[Message]] = {}
        for message in batch.messages:
            alike.setdefault((message.text, message.attachments), []).append(message)
        tasks = [found[at : at + self.batch] for found in alike.values() for at in range(0, len(found), self.batch)]
        outcomes: list[Outcome] = []
        for number, messages in enumerate(tasks):
            try:
                outcomes += self._hand_over(messages)
            except ChannelError as error:
                if all(outcome.status in ("pending", "failed") for outcome in outcomes):
                    raise
                left = [message for rest in tasks[number:] for message in rest]
                return outcomes + all_as(left, Outcome("", "pending", error=error.message, retry_after=BUSY_WAIT))
        return outcomes

    def look_up(self, batch: Batch) -> list[Outcome]:
        """What staff did with the tasks that are the receipts of these messages. Raises ChannelError."""
        if self.line is None:
            with self.connected() as line:
                return line.look_up(batch)
        outcomes: list[Outcome] = []
        for receipt in sorted({message.receipt for message in batch.messages if message.receipt}):
            found = self._results(receipt)
            outcomes += [
                _came_of(message.intent_key, receipt, found[message.address])
                for message in batch.messages
                if message.receipt == receipt and message.address in found
            ]
        return outcomes

    def _hand_over(self, messages: Sequence[Message]) -> list[Outcome]:
        """One task. Raises ChannelError when none can be made until somebody mends it."""
        first = messages[0]
        try:
            answer = self._asked("add_msg_template", self._task(messages, first))
        except _UnreadError as error:
            return all_as(messages, Outcome("", "unknown", error=f"no answer ({error})"))
        code = answer.get("errcode", None)
        if code != 0 or isinstance(code, bool):
            return self._refused(messages, code)
        receipt, listed = answer.get("msgid"), answer.get("fail_list")
        not_taken = {one for one in listed if isinstance(one, str)} if isinstance(listed, list) else set[str]()
        task = Outcome("", "to_do", receipt=storable(receipt) if isinstance(receipt, str) else None)
        unfit = Outcome("", "failed", error="no customer of the sender, or has had all messages of the month")
        return [
            outcome
            for message in messages
            for outcome in all_as([message], unfit if message.address in not_taken else task)
        ]

    def _task(self, messages: Sequence[Message], first: Message) -> dict[str, Any]:
        links = [one for one in first.attachments if one.kind == "link" and one.url]
        others = [one.in_a_cell() for one in first.attachments if one not in links]
        text = "\n".join([first.text, *others])
        more = {"sender": self.sender} if self.sender else {}
        return {
            "chat_type": "single",
            "external_userid": [message.address for message in messages],
            "text": {"content": text},
            "attachments": [
                {"msgtype": "link", "link": {"title": one.title or one.url, "desc": one.text, "url": one.url}}
                for one in links
            ],
            **more,
        }

    def _refused(self, messages: Sequence[Message], code: object) -> list[Outcome]:
        """An errcode other than 0: no task was made."""
        if not isinstance(code, int) or isinstance(code, bool):
            return all_as(messages, Outcome("", "unknown", error="an answer without errcode"))
        known, reason = _PROFILE.answer(str(code)), f"WeCom said {code}"
        if known is None:
            return all_as(messages, Outcome("", "unknown", error=f"{reason}, which is not known here"))
        if known.then == "stop":
            raise self._broken((reason, f"企业微信返回 {code}"))
        if known.then in ("retry", "wait"):
            return all_as(messages, Outcome("", "pending", error=reason, retry_after=clamped(known.wait)))
        if len(messages) > 1:  # one of them spoils the task
            half = len(messages) // 2
            return [*self._hand_over_rest(messages[:half]), *self._hand_over_rest(messages[half:])]
        return all_as(messages, Outcome("", "failed", error=reason))

    def _hand_over_rest(self, messages: Sequence[Message]) -> list[Outcome]:
        try:
            return self._hand_over(messages)
        except ChannelError as error:
            return all_as(messages, Outcome("", "pending", error=error.message, retry_after=BUSY_WAIT))

    # -- results ------------------------------------------------------------------------------------
    def _results(self, receipt: str) -> dict[str | None, int]:
        """external_userid → status, of a task; who of several members of staff sent it decides."""
        found: dict[str | None, int] = {}
        for task in self._pages("get_groupmsg_task", {"msgid": receipt, "limit": _PAGE}, "task_list"):
            asked = {"msgid": receipt, "userid": task.get("userid"), "limit": _PAGE}
            for one in self._pages("get_groupmsg_send_result", asked, "send_list"):
                customer, status = one.get("external_userid"), one.get("status")
                if isinstance(customer, str) and isinstance(status, int) and not isinstance(status, bool):
                    before = found.get(customer, _NOT_YET)
                    found[customer] = _SENT if _SENT in (before, status) else max(before, status)
        return found

    def _pages(self, action: str, asked: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        for _ in range(_PAGES):
            try:
                answer = self._asked(action, {**asked, "cursor": cursor})
            except _UnreadError as error:
                raise ChannelBusyError((f"WeCom gave no answer ({error})", f"企业微信没有应答（{error}）")) from None
            if (code := answer.get("errcode")) != 0:
                raise self._broken((f"WeCom said {storable(code)}", f"企业微信返回 {storable(code)}"))
            listed = answer.get(name)
            yield from (one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict))
            following = answer.get("next_cursor")
            if not isinstance(following, str) or following in ("", cursor):
                return
            cursor = following

    # -- requests -----------------------------------------------------------------------------------
    def _asked(self, action: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to a request of the customer contact; with a new token where the old one is over."""
        answer: Mapping[str, Any] = {}
        for _ in range(2):
            path = f"/cgi-bin/externalcontact/{action}"
            answer = self._request("POST", path, {"access_token": self._token()}, body)
            code = answer.get("errcode")
            if not isinstance(code, int) or code not in _TOKEN_OVER:
                return answer
            if self.line is not None:
                self.line.token = ""
        raise self._broken(("its token is refused", "access_token 被拒绝"))

    def _token(self) -> str:
        assert self.line is not None  # noqa: S101 - `send` and `look_up` see to it
        if self.line.token and time.monotonic() < self.line.good_until:
            return self.line.token
        try:
            answer = self._request("GET", "/cgi-bin/gettoken", {"corpid": self.corp_id, "corpsecret": self.secret})
        except _UnreadError as error:  # nothing was handed over yet
            raise ChannelBusyError((f"WeCom gives no token ({error})", f"无法取得 access_token（{error}）")) from None
        token, code = answer.get("access_token"), answer.get("errcode")
        if code != 0 or not isinstance(token, str) or not token:
            known = _PROFILE.answer(str(code)) if isinstance(code, int) else None
            if known is not None and known.then in ("retry", "wait"):
                raise ChannelBusyError((f"WeCom said {code}", f"企业微信返回 {code}"))
            said = storable(code)
            raise self._broken((f"WeCom gives no token, it said {said}", f"企业微信不给 access_token，返回 {said}"))
        good_for = answer.get("expires_in")
        seconds = float(good_for) if isinstance(good_for, int) and 0 < good_for <= 86_400 else _SHORTEST_TOKEN * 2  # noqa: PLR2004 - a day
        self.line.token, self.line.good_until = token, time.monotonic() + max(seconds - _SHORTEST_TOKEN, 1.0)
        return token

    def _request(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        """The JSON object of an answer. Raises ChannelBusyError without a connection, _UnreadError after it."""
        import aiohttp

        assert self.line is not None  # noqa: S101 - `send` and `look_up` see to it
        time.sleep(max(self.line.free_at - time.monotonic(), 0.0))
        self.line.free_at = time.monotonic() + _PAUSE
        try:
            return self.line.runner.run(self._read(self.line.session, method, path, query, body))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            name = type(error).__name__
            raise ChannelBusyError((f"no connection to WeCom ({name})", f"无法连接企业微信（{name}）")) from None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            # Never its words: the address has the token in it.
            raise _UnreadError(type(error).__name__) from None

    async def _read(
        self,
        session: ClientSession,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
    ) -> Mapping[str, Any]:
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace") if body is not None else None
        async with session.request(method, self.url + path, params=query, data=data, allow_redirects=False) as response:
            content = bytearray()
            async for part in response.content.iter_chunked(64 * 1024):
                content += part
                if len(content) > _MOST_BYTES:
                    raise ValueError("the answer is too large")
            found = as_mapping(read_json(decoded(bytes(content)))) if response.status == _OK else None
            if found is None:
                raise ValueError("no answer of WeCom")
            return found

    def _broken(self, why: Said) -> ChannelError:
        return ChannelError(
            (f"channel {self.name} cannot be used: {why[0]}", f"渠道 {self.name} 无法使用：{why[1]}"),
            (
                "Check corp_id, the secret of customer contact, the sender and the trusted addresses.",
                "请核对 corp_id、客户联系的 secret、sender 与可信 IP。",
            ),
        )


def _came_of(key: str, receipt: str, status: int) -> Outcome:
    if status == _SENT:
        return Outcome(key, "sent", receipt=receipt)
    if status == _NOT_YET:
        return Outcome(key, "to_do", receipt=receipt)
    return Outcome(key, "failed", receipt, _NOT_SENT.get(status, f"WeCom's status {status}"))


class WecomKeys(ChannelKeys):
    """`kind = "wecom"`. Times in seconds."""

    corp_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    secret_env: Annotated[str, Field(min_length=1)]
    sender: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.@-]{0,64}$")] = ""
    url: HttpUrl = HttpUrl("https://qyapi.weixin.qq.com")
    batch: Annotated[int, Field(ge=1, le=_MOST)] = _MOST
    timeout: Annotated[float, Field(gt=0, le=300)] = 20.0


def _open(setup: ChannelSetup[WecomKeys]) -> WecomChannel:
    keys, place = setup.keys, f"channels.{setup.name}"
    secret = setup.secret(keys.secret_env)
    if not secret or not secret.isascii() or not secret.isprintable() or secret != secret.strip():
        why = (f"{keys.secret_env} holds a line end or other characters", f"{keys.secret_env} 含有换行或其他字符")
        raise _unfit(place, why)
    parts = urlsplit(str(keys.url))
    if parts.username or parts.password or parts.query or parts.fragment or parts.path not in ("", "/"):
        raise _unfit(f"{place}.url", ("write scheme and host only", "请只写协议与主机"))
    return WecomChannel(
        setup.name, keys.corp_id, secret, keys.sender, str(keys.url).rstrip("/"), keys.batch, keys.timeout
    )


def _unfit(place: str, why: Said) -> UsageError:
    return UsageError(
        (f"{place}: {why[0]}", f"{place}：{why[1]}"),
        ("See docs/channels.md, wecom.", "见 docs/channels.zh.md 的 wecom 一节。"),
    )


KIND = ChannelKind("wecom", WecomKeys, _open)
