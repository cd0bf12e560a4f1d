"""SMS through Alibaba Cloud (A4, B3), by its official SDK with retries off: `pip install promocal[aliyun]`.

Alibaba sends approved templates, not texts. `templates` lists their codes and texts; a message leaves as the template
whose text it has, with what stands at the template's `${variables}`. A text that is none of them fails: nobody gets
words that were not approved.

One request has at most 100 messages (SendBatchSms) and one OutId, the key of the set. Alibaba knows no key that keeps
a message from being sent twice, so a request without an answer is looked up by number and OutId (QuerySendDetails):
what is found there was sent, what is not is `unknown`, its OutId kept as the receipt. A request that one message of it
spoils is halved until that one is alone.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from campaign_calendars.findings.errors import ChannelError, UsageError
from campaign_calendars.findings.said import Said
from campaign_calendars.providers.profile import Answer, profile_named
from tasks.channels.answers import BUSY_WAIT, clamped, storable
from tasks.channels.port import Batch, ChannelKeys, ChannelKind, ChannelSetup, Message, all_as, key_of
from warehouse.ledger.records import Outcome

if TYPE_CHECKING:
    from alibabacloud_dysmsapi20170525.client import Client

_PROFILE = profile_named("alibaba")
_MOST = _PROFILE.batch.value if _PROFILE.batch is not None else 100
_LONGEST = _PROFILE.longest_variable.value if _PROFILE.longest_variable is not None else 35
_NUMBER = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_BETWEEN = re.compile(r"[\s().（）-]")
_VARIABLE = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)\}")
_FAILED, _DELIVERED, _SENDING = 2, 3, 1  # SendStatus of QuerySendDetails
_PAGES, _PAGE = 3, 50
_DAYS = 3  # that are looked at for one message, each a request; the provider keeps 30
_CHINA = ZoneInfo("Asia/Shanghai")  # SendDate is a day there
# Words of the SDK's error when no connection came about: nothing can have left.
_NOT_CONNECTED = ("NewConnectionError", "Failed to establish", "ConnectTimeoutError", "NameResolutionError")


class Template(BaseModel):
    """An approved template: its code, and its text as it was approved, the way to refuse at its end included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,40}$")]
    text: Annotated[str, Field(min_length=1, max_length=500)]

    def fault(self) -> Said | None:
        """What the provider would not approve."""
        names = _VARIABLE.findall(self.text)
        if len(names) != len(set(names)):
            return "a variable stands twice", "同一变量出现两次"
        if re.search(r"\}\s*\$\{", self.text):
            return "two variables stand side by side", "两个变量相邻"
        return None

    def values_in(self, text: str) -> dict[str, str] | None:
        """What stands at the variables of a text of this template; None for another text.

        Where several ways fit, the text is the same in each. Time grows with the length only: every place is looked
        at once for every variable.
        """
        parts = _VARIABLE.split(self.text)
        if not text.startswith(parts[0]):
            return None
        # Where a variable may begin → what stood at the ones before it.
        begins: dict[int, tuple[str, ...]] = {len(parts[0]): ()}
        for literal in parts[2::2]:
            following: dict[int, tuple[str, ...]] = {}
            for begin, before in begins.items():
                for end in range(begin + 1, min(begin + _LONGEST, len(text)) + 1):
                    after = end + len(literal)
                    if after not in following and text.startswith(literal, end):
                        following[after] = (*before, text[begin:end])
            begins = following
        found = begins.get(len(text))
        return None if found is None else dict(zip(parts[1::2], found, strict=True))


@dataclass(frozen=True, slots=True)
class _Fitted:
    """A message as the provider takes it."""

    message: Message
    number: str
    template: str
    values: dict[str, str]


class _Sends(Protocol):
    """What one answer of SendBatchSms has."""

    code: str | None
    biz_id: str | None


@dataclass(frozen=True, slots=True)
class AliyunSmsChannel:
    """`timeout` of a request and `look_up_after` an answer that did not come, in seconds."""

    name: str
    signature: str
    templates: tuple[Template, ...]
    key_id: str = field(repr=False)
    key_secret: str = field(repr=False)
    endpoint: str
    protocol: str = "https"
    batch: int = _MOST
    timeout: float = 10.0
    look_up_after: float = 3.0
    client: Client | None = field(default=None, repr=False)

    needs_address = True
    honours_key = False

    @property
    def batch_size(self) -> int | None:
        return self.batch

    def __repr__(self) -> str:
        return f"AliyunSmsChannel(name={self.name!r})"

    @contextmanager
    def connected(self) -> Iterator[AliyunSmsChannel]:
        """The same channel with one client for all batches of a dispatch."""
        yield replace(self, client=self.client or self._client())

    def send(self, batch: Batch) -> list[Outcome]:
        if self.client is None:
            with self.connected() as line:
                return line.send(batch)
        outcomes: list[Outcome] = []
        by_template: dict[str, list[_Fitted]] = {}
        for message in batch.messages:
            fitted = self._fit(message)
            if isinstance(fitted, Outcome):
                outcomes.append(fitted)
            else:
                by_template.setdefault(fitted.template, []).append(fitted)
        sets = [
            fitted[at : at + self.batch] for fitted in by_template.values() for at in range(0, len(fitted), self.batch)
        ]
        for number, one in enumerate(sets):
            try:
                outcomes += self._deliver(one)
            except ChannelError as error:
                if any(outcome.status in ("sent", "unknown") for outcome in outcomes):
                    left = [fitted.message for rest in sets[number:] for fitted in rest]
                    reason = Outcome("", "pending", error=error.message, retry_after=BUSY_WAIT)
                    return outcomes + all_as(left, reason)
                raise
        return outcomes

    def look_up(self, batch: Batch) -> list[Outcome]:
        """What the provider's records say of messages whose receipt is an OutId, of the last days."""
        if self.client is None:
            with self.connected() as line:
                return line.look_up(batch)
        outcomes = []
        for message in batch.messages:
            number = _number(message.address)
            if number is not None and message.receipt:
                outcomes.append(self._looked_up(message.intent_key, number, message.receipt, "not found", _DAYS))
        return outcomes

    def _fit(self, message: Message) -> _Fitted | Outcome:
        number = _number(message.address)
        if number is None:
            return Outcome(message.intent_key, "failed", error="no mobile number of mainland China")
        for template in self.templates:
            values = template.values_in(message.text)
            if values is not None:
                return _Fitted(message, number, template.code, values)
        return Outcome(message.intent_key, "failed", error="the text is that of no approved template")

    def _deliver(self, fitted: Sequence[_Fitted]) -> list[Outcome]:
        """One request, and what its answer means. Raises ChannelError when nothing can be sent until it is mended."""
        messages = [one.message for one in fitted]
        try:
            answer = self._request(fitted)
        except Exception as error:  # noqa: BLE001 - the SDK raises what its layers raise; each is placed here
            code = str(getattr(error, "code", None) or "")
            refused_for_sure = 400 <= _status(error) < 500  # noqa: PLR2004 - the answer of a server that looked at it
            if not code or not refused_for_sure:
                return self._unanswered(fitted, error)
            return self._refused(fitted, code)
        code = str(answer.code or "") if answer is not None else ""
        if code == "OK" and answer is not None:
            return all_as(messages, Outcome("", "sent", receipt=storable(answer.biz_id or "")))
        return self._refused(fitted, code) if code else self._in_doubt(fitted, "an answer without a code")

    def _refused(self, fitted: Sequence[_Fitted], code: str) -> list[Outcome]:
        """A code other than OK: the whole request was not taken."""
        known, messages = _PROFILE.answer(code), [one.message for one in fitted]
        reason = f"the provider said {storable(code)}"
        if known is None:
            return self._in_doubt(fitted, f"{reason}, which is not known here")
        if known.then == "stop":
            raise self._broken((reason, f"服务商返回 {storable(code)}"))
        if known.then in ("retry", "wait"):
            return all_as(messages, Outcome("", "pending", error=reason, retry_after=_wait(known)))
        if len(fitted) > 1:
            half = len(fitted) // 2
            return [*self._deliver_rest(fitted[:half]), *self._deliver_rest(fitted[half:])]
        refuses = known.then == "suppress"
        return all_as(messages, Outcome("", "failed", error=reason, refuses_contact=refuses))

    def _deliver_rest(self, fitted: Sequence[_Fitted]) -> list[Outcome]:
        """A part of a request that was refused; what stops the channel meanwhile leaves the part for later."""
        try:
            return self._deliver(fitted)
        except ChannelError as error:
            later = Outcome("", "pending", error=error.message, retry_after=BUSY_WAIT)
            return all_as([one.message for one in fitted], later)

    def _unanswered(self, fitted: Sequence[_Fitted], error: Exception) -> list[Outcome]:
        said = str(error)
        if any(words in said for words in _NOT_CONNECTED):
            later = Outcome("", "pending", error="no connection", retry_after=BUSY_WAIT)
            return all_as([one.message for one in fitted], later)
        return self._in_doubt(fitted, f"no answer ({type(error).__name__})")

    def _in_doubt(self, fitted: Sequence[_Fitted], reason: str) -> list[Outcome]:
        """What became of a request nobody answered, as far as the provider's records say."""
        time.sleep(self.look_up_after)
        out_id = key_of(one.message for one in fitted)
        return [self._looked_up(one.message.intent_key, one.number, out_id, reason, days=1) for one in fitted]

    def _looked_up(self, key: str, number: str, out_id: str, reason: str, days: int) -> Outcome:
        try:
            found = next((one for ago in range(days) for one in self._details(number, out_id, ago)), None)
        except Exception:  # noqa: BLE001 - a look-up that fails leaves the message in doubt, as it is
            found = None
        if found is None:
            return Outcome(key, "unknown", receipt=out_id, error=reason)
        if found.send_status == _FAILED:
            known = _PROFILE.answer(str(found.err_code or ""))
            refuses = known is not None and known.then == "suppress"
            error = f"not delivered: {storable(found.err_code)}"
            return Outcome(key, "failed", out_id, error, refuses_contact=refuses)
        return Outcome(key, "sent", receipt=out_id)

    def _details(self, number: str, out_id: str, days_ago: int) -> Iterator[Any]:
        """The provider's records of a request to a number, of one day."""
        from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest

        assert self.client is not None  # noqa: S101 - `send` sees to it
        for page in range(1, _PAGES + 1):
            asked = QuerySendDetailsRequest(
                phone_number=number,
                send_date=f"{datetime.now(_CHINA) - timedelta(days=days_ago):%Y%m%d}",
                page_size=_PAGE,
                current_page=page,
            )
            body = self.client.query_send_details_with_options(asked, self._options()).body
            listed = body.sms_send_detail_dtos.sms_send_detail_dto or []
            yield from (one for one in listed if one.out_id == out_id and one.send_status in _KNOWN_STATES)
            if len(listed) < _PAGE:
                return

    def _request(self, fitted: Sequence[_Fitted]) -> _Sends | None:
        from alibabacloud_dysmsapi20170525.models import SendBatchSmsRequest

        assert self.client is not None  # noqa: S101 - `send` sees to it
        request = SendBatchSmsRequest(
            phone_number_json=json.dumps([one.number for one in fitted]),
            sign_name_json=json.dumps([self.signature] * len(fitted), ensure_ascii=False),
            template_code=fitted[0].template,
            template_param_json=json.dumps([one.values for one in fitted], ensure_ascii=False),
            out_id=key_of(one.message for one in fitted),
        )
        answer: _Sends | None = self.client.send_batch_sms_with_options(request, self._options()).body
        return answer

    def _options(self) -> Any:
        from darabonba.runtime import RuntimeOptions

        wait = int(self.timeout * 1000)
        return RuntimeOptions(autoretry=False, max_attempts=1, read_timeout=wait, connect_timeout=wait)

    def _client(self) -> Client:
        from alibabacloud_dysmsapi20170525.client import Client
        from alibabacloud_tea_openapi.utils_models import Config

        return Client(
            Config(
                access_key_id=self.key_id,
                access_key_secret=self.key_secret,
                endpoint=self.endpoint,
                protocol=self.protocol,
            )
        )

    def _broken(self, why: Said) -> ChannelError:
        return ChannelError(
            (f"channel {self.name} cannot be used: {why[0]}", f"渠道 {self.name} 无法使用：{why[1]}"),
            (
                "Look the code up in the provider's console; nothing of this request was sent.",
                "请在服务商控制台查询该代码；本次请求未发送。",
            ),
        )


_KNOWN_STATES = frozenset({_FAILED, _DELIVERED, _SENDING})


def _number(address: str | None) -> str | None:
    """The eleven digits of a mobile number; None for any other address."""
    found = _NUMBER.fullmatch(_BETWEEN.sub("", address or ""))
    return found[1] if found is not None else None


def _status(error: Exception) -> int:
    for name in ("status_code", "statusCode"):
        found = getattr(error, name, None)
        if isinstance(found, int):
            return found
    return 0


def _wait(known: Answer) -> Any:
    return clamped(known.wait)


class AliyunKeys(ChannelKeys):
    """`kind = "aliyun_sms"`. Times in seconds."""

    signature: Annotated[str, Field(min_length=1, max_length=40)]
    templates: Annotated[tuple[Template, ...], Field(min_length=1)]
    key_id_env: Annotated[str, Field(min_length=1)]
    key_secret_env: Annotated[str, Field(min_length=1)]
    endpoint: Annotated[str, Field(pattern=r"^[A-Za-z0-9.\-]+(:\d{1,5})?$")] = "dysmsapi.aliyuncs.com"
    plain_http: bool = False
    batch: Annotated[int, Field(ge=1, le=_MOST)] = _MOST
    timeout: Annotated[float, Field(ge=1, le=300)] = 10.0
    look_up_after: Annotated[float, Field(ge=0, le=60)] = 3.0


def _open(setup: ChannelSetup[AliyunKeys]) -> AliyunSmsChannel:
    from importlib.util import find_spec

    keys, place = setup.keys, f"channels.{setup.name}"
    if find_spec("alibabacloud_dysmsapi20170525") is None:
        raise UsageError(
            (f"{place}: the SDK of Alibaba Cloud is not installed", f"{place}：未安装阿里云 SDK"),
            ("pip install 'promocal[aliyun]'", "请执行：pip install 'promocal[aliyun]'"),
        )
    codes = [template.code for template in keys.templates]
    for number, template in enumerate(keys.templates):
        fault = template.fault()
        if fault is None and codes.index(template.code) != number:
            fault = "this code stands above", "代码重复"
        if fault is not None:
            raise _unfit(f"{place}.templates.{number}", fault)
    if any(one in keys.signature for one in "【】\r\n"):
        raise _unfit(f"{place}.signature", ("write it without 【】", "请不带【】填写"))
    secrets = [setup.secret(keys.key_id_env), setup.secret(keys.key_secret_env)]
    for variable, secret in zip((keys.key_id_env, keys.key_secret_env), secrets, strict=True):
        if not secret.isascii() or not secret.isprintable() or secret != secret.strip() or not secret:
            why = (f"{variable} holds a line end or other characters", f"{variable} 含有换行或其他字符")
            raise _unfit(place, why)
    return AliyunSmsChannel(
        setup.name,
        keys.signature,
        keys.templates,
        secrets[0],
        secrets[1],
        keys.endpoint,
        "http" if keys.plain_http else "https",
        keys.batch,
        keys.timeout,
        keys.look_up_after,
    )


def _unfit(place: str, why: Said) -> UsageError:
    return UsageError(
        (f"{place}: {why[0]}", f"{place}：{why[1]}"),
        ("See docs/channels.md, aliyun_sms.", "见 docs/channels.zh.md 的 aliyun_sms 一节。"),
    )


KIND = ChannelKind("aliyun_sms", AliyunKeys, _open)
