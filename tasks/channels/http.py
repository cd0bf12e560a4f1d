"""Batches as JSON over HTTP, to an SMS gateway, a push service or a marketing cloud (A4, B3).

Request, at most `batch` messages each:

    POST <url>   Authorization: Bearer …   Idempotency-Key: <key of this request>
    {"run_id", "calendar", "phase", "play", "channel",
     "messages": [{"key", "member_id", "address", "name", "benefit", "text"}]}

Answer, status 2xx:

    {"results": [{"key", "status": "sent" | "failed" | "retry", "receipt", "error"}]}

An empty answer accepts the whole request. What an answer does not mention is not known to have
arrived. 429 and 503 are waited for within bounds; 400 and 422 refuse the messages; any other 4xx
means the channel itself is set up wrongly. After a timeout, a broken connection or another 5xx
nobody knows whether the request was acted upon: it is repeated only if the endpoint honours keys.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, HttpUrl

from campaign_calendars.deciding.intent import batch_key
from campaign_calendars.findings.errors import ChannelError
from campaign_calendars.findings.said import UNSAID, Said
from campaign_calendars.messages.material import Attached
from campaign_calendars.values.json import to_plain
from tasks.channels.port import Batch, ChannelKeys, ChannelKind, ChannelSetup, Message, all_as
from tasks.channels.privacy import safe_error
from warehouse.ledger.records import Outcome

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

_BUSY = frozenset({429, 503})
_REFUSED = frozenset({400, 422})
_FIRST_DELAY = 0.5  # seconds; doubles with every attempt


@dataclass(frozen=True, slots=True)
class _Try:
    """What one request came to. `again`: worth another attempt now, after `delay` seconds if given."""

    outcomes: list[Outcome]
    again: bool = False
    delay: float | None = None
    broken: Said = UNSAID  # the channel itself cannot be used, and why


@dataclass(frozen=True, slots=True)
class HttpChannel:
    """`batch` messages a request, `concurrency` requests at once; times in seconds.

    `retries`: further attempts of one request; `max_wait`: the longest pause before one. A server
    that asks for a longer pause gets it: the jobs go back to pending until then.
    """

    name: str
    url: str
    token: str = ""
    honours_key: bool = False
    needs_address: bool = True
    batch: int = 100
    concurrency: int = 8
    timeout: float = 30.0
    retries: int = 3
    max_wait: float = 30.0

    @property
    def batch_size(self) -> int | None:
        # As much as is in flight at once: a crash leaves no more than this in doubt.
        return self.batch * self.concurrency

    def __repr__(self) -> str:
        return f"HttpChannel(name={self.name!r})"

    def send(self, batch: Batch) -> list[Outcome]:
        return asyncio.run(self._send(batch))

    async def _send(self, batch: Batch) -> list[Outcome]:
        import aiohttp

        parts = [batch.messages[i : i + self.batch] for i in range(0, len(batch.messages), self.batch)]
        limit = asyncio.Semaphore(self.concurrency)
        timeout = aiohttp.ClientTimeout(total=self.timeout)
        async with aiohttp.ClientSession(timeout=timeout, headers=self._headers()) as session:

            async def deliver(messages: Sequence[Message]) -> _Try:
                async with limit:
                    return await self._deliver(session, batch, messages)

            tries = await asyncio.gather(*(deliver(part) for part in parts))
        outcomes = [outcome for one in tries for outcome in one.outcomes]
        if all(outcome.status == "pending" and not outcome.in_doubt for outcome in outcomes):
            self._refuse_broken(tries)
        return outcomes

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _refuse_broken(self, tries: Sequence[_Try]) -> None:
        """A channel that is set up wrongly says so, instead of refusing every batch in turn."""
        broken, broken_zh = next((one.broken for one in tries if one.broken != UNSAID), UNSAID)
        if broken:
            raise ChannelError(
                (f"channel {self.name} cannot be used: {broken}", f"渠道 {self.name} 无法使用：{broken_zh}"),
                ("Check its url, token and settings.", "请核对其 url、令牌与设置。"),
            )

    async def _deliver(self, session: ClientSession, batch: Batch, messages: Sequence[Message]) -> _Try:
        """One request with its repeats. Messages that got an answer are not sent again."""
        done: list[Outcome] = []
        doubtful: set[str] = set()
        for attempt in range(self.retries + 1):
            one = await self._post(session, batch, messages)
            settled = [outcome for outcome in one.outcomes if outcome.status != "pending"]
            done += settled
            doubtful.update(outcome.intent_key for outcome in one.outcomes if outcome.in_doubt)
            doubtful.difference_update(outcome.intent_key for outcome in settled)
            left = [outcome for outcome in one.outcomes if outcome.status == "pending"]
            delay = _FIRST_DELAY * 2**attempt if one.delay is None else one.delay
            if not left or not one.again or attempt == self.retries or delay > self.max_wait:
                break
            keys = {outcome.intent_key for outcome in left}
            messages = [message for message in messages if message.intent_key in keys]
            await asyncio.sleep(delay)
        # A doubt outlives a later "busy": the first attempt may have arrived.
        left = [replace(outcome, in_doubt=outcome.intent_key in doubtful) for outcome in left]
        return replace(one, outcomes=done + left)

    async def _post(self, session: ClientSession, batch: Batch, messages: Sequence[Message]) -> _Try:
        import aiohttp

        headers = {"Idempotency-Key": batch_key(message.intent_key for message in messages)}
        try:
            async with session.post(
                self.url, json=_document(batch, messages), headers=headers, allow_redirects=False
            ) as response:
                return self._read(response, await response.read(), messages)
        except aiohttp.InvalidURL:
            return _Try(_later(messages, "the url is not valid"), broken=("the url is not valid", "url 无效"))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # No connection, so nothing can have left.
            reason = f"no connection ({type(error).__name__})"
            return _Try(_later(messages, reason, _wait(None)), again=True)
        except (aiohttp.ClientError, TimeoutError) as error:
            return self._in_doubt(messages, f"no answer ({type(error).__name__})")

    def _in_doubt(self, messages: Sequence[Message], reason: str) -> _Try:
        if not self.honours_key:
            return _Try(all_as(messages, Outcome("", "unknown", error=reason)))
        outcome = Outcome("", "pending", error=reason, retry_after=_wait(None), in_doubt=True)
        return _Try(all_as(messages, outcome), again=True)

    def _read(self, response: ClientResponse, body: bytes, messages: Sequence[Message]) -> _Try:
        status = response.status
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return self._results(body, messages)
        reason = f"HTTP {status}"
        if status in _BUSY:
            delay = _retry_after(response)
            return _Try(_later(messages, reason, _wait(delay)), again=True, delay=delay)
        if status in _REFUSED:
            error = f"{reason}: {safe_error(body.decode(errors='replace'))}"
            return _Try(all_as(messages, Outcome("", "failed", error=error)))
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _Try(_later(messages, reason), broken=(reason, reason))
        return self._in_doubt(messages, reason)

    def _results(self, body: bytes, messages: Sequence[Message]) -> _Try:
        if not body.strip():
            return _Try(all_as(messages, Outcome("", "sent")))
        try:
            results = {str(result["key"]): result for result in json.loads(body)["results"]}
        except (ValueError, TypeError, KeyError):
            return self._in_doubt(messages, "the answer cannot be read")
        answered = [m for m in messages if m.intent_key in results]
        silent = [m for m in messages if m.intent_key not in results]
        outcomes = [self._outcome(message, results[message.intent_key]) for message in answered]
        rest = self._in_doubt(silent, "the answer does not mention it").outcomes
        return _Try(outcomes + rest, again=True)

    def _outcome(self, message: Message, result: dict[str, Any]) -> Outcome:
        receipt, error = result.get("receipt"), result.get("error")
        error = None if error is None else safe_error(str(error))
        match result.get("status"):
            case "sent":
                return Outcome(message.intent_key, "sent", receipt=None if receipt is None else str(receipt)[:200])
            case "failed":
                return Outcome(message.intent_key, "failed", error=error or "refused without a reason")
            case "retry":
                return Outcome(message.intent_key, "pending", error=error or "asked to retry", retry_after=_wait(None))
        return self._in_doubt([message], "the answer names no known status").outcomes[0]


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


def _later(messages: Sequence[Message], reason: str, wait: timedelta | None = None) -> list[Outcome]:
    return all_as(messages, Outcome("", "pending", error=reason, retry_after=wait))


def _wait(seconds: float | None) -> timedelta:
    return timedelta(seconds=60 if seconds is None else max(seconds, 1))


def _retry_after(response: ClientResponse) -> float | None:
    """Seconds from `Retry-After`: a number, or a date counted from the answer's own `Date`."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdigit():
        return float(text)
    try:
        until, now = parsedate_to_datetime(text), parsedate_to_datetime(response.headers["Date"])
        return max((until - now).total_seconds(), 0.0)
    except (ValueError, TypeError, KeyError):
        return None


class HttpKeys(ChannelKeys):
    """`kind = "http"`. Times in seconds."""

    url: HttpUrl
    token_env: str = ""
    honours_key: bool = False
    needs_address: bool = True
    batch: Annotated[int, Field(ge=1, le=1_000)] = 100
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    timeout: Annotated[float, Field(gt=0, le=300)] = 30.0
    retries: Annotated[int, Field(ge=0, le=10)] = 3
    max_wait: Annotated[float, Field(ge=0, le=300)] = 30.0


def _open(setup: ChannelSetup[HttpKeys]) -> HttpChannel:
    keys = setup.keys
    token = setup.secret(keys.token_env) if keys.token_env else ""
    return HttpChannel(setup.name, str(keys.url), token, **keys.model_dump(exclude={"url", "token_env"}))


KIND = ChannelKind("http", HttpKeys, _open)
