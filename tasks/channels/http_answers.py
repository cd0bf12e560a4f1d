"""What an answer over HTTP means for the messages of its request.

| answer | the messages |
|---|---|
| 2xx with `results` | each as it says; a message that is not mentioned, or twice in different ways, is in doubt |
| 2xx without a body | all sent |
| 2xx with anything else | in doubt: HTML, half an answer, one that is too large or too deep |
| 429, 503, 425 | not accepted: later, as `Retry-After` says, within an hour |
| 400, 422 | refused, the message certainly did not arrive |
| 408, 409, 423, 424, 499, 302, 303, 5xx | in doubt: it may be in work, or done |
| any other 3xx and 4xx | the channel is set up wrongly |

In doubt is: asked again with the same keys where the endpoint honours them, `unknown` elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from campaign_calendars.findings.said import UNSAID, Said
from tasks.channels.answers import (
    BUSY_WAIT,
    CONTRADICTED,
    as_mapping,
    charset_of,
    decoded,
    doubtful,
    read_json,
    storable,
    wait_asked,
)
from tasks.channels.port import Message, all_as
from tasks.channels.private_words import PrivateWords
from warehouse.ledger.records import Outcome

_BUSY = frozenset({425, 429, 503})
_REFUSED = frozenset({400, 422})
# Found and See Other answer a request that was acted upon; the rest of these are about one that is in work.
_IN_WORK = frozenset({302, 303, 408, 409, 423, 424, 499})
_ERROR_READ = 4_000  # bytes of a refusal that are looked at


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `body` is None where it could not be read within its limits."""

    status: int
    body: bytes | None
    content_type: str | None
    retry_after: tuple[str, ...]
    date: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Try:
    """What one request came to. `again`: worth another attempt now, after `delay` seconds if given.

    `broken`: the channel itself cannot be used, and why. `refused_whole`: the request was refused, not each message.
    """

    outcomes: list[Outcome]
    again: bool = False
    delay: float | None = None
    broken: Said = UNSAID
    refused_whole: bool = False


def read(answer: Answer, messages: Sequence[Message], *, honours_key: bool) -> Try:
    """What became of the messages of a request."""
    status = answer.status
    reason = f"HTTP {status}"
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _results(answer, messages, honours_key)
    if status in _BUSY:
        return _busy(answer, messages, reason)
    if status in _REFUSED:
        said = storable(PrivateWords(messages).out_of(_text(answer)))
        error = f"{reason}: {said}" if said else reason
        return Try(all_as(messages, Outcome("", "failed", error=error)), refused_whole=True)
    if status in _IN_WORK or not HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return in_doubt(messages, reason, honours_key=honours_key)
    return Try(later(messages, reason), broken=(reason, reason))


def in_doubt(messages: Sequence[Message], reason: str, *, honours_key: bool) -> Try:
    """They may have arrived."""
    return Try([doubtful(message.intent_key, reason, honours_key) for message in messages], again=honours_key)


def later(messages: Sequence[Message], reason: str) -> list[Outcome]:
    """They certainly did not leave; to be tried again."""
    return all_as(messages, Outcome("", "pending", error=reason, retry_after=BUSY_WAIT))


def _busy(answer: Answer, messages: Sequence[Message], reason: str) -> Try:
    wait = wait_asked(answer.retry_after, answer.date, answer.at)
    if wait is None:
        return Try(later(messages, reason), again=True)
    outcome = Outcome("", "pending", error=reason + wait.note, retry_after=wait.time)
    return Try(all_as(messages, outcome), again=True, delay=wait.seconds)


def _text(answer: Answer) -> str:
    return decoded((answer.body or b"")[:_ERROR_READ], charset_of(answer.content_type))


def _results(answer: Answer, messages: Sequence[Message], honours_key: bool) -> Try:
    if answer.body is None:
        return in_doubt(messages, "the answer is too large or badly packed", honours_key=honours_key)
    if not answer.body.strip():
        return Try(all_as(messages, Outcome("", "sent")))
    try:
        document = as_mapping(read_json(decoded(answer.body, charset_of(answer.content_type))))
    except ValueError:
        document = None
    listed = (document or {}).get("results")
    if not isinstance(listed, list):
        return in_doubt(messages, "the answer cannot be read", honours_key=honours_key)
    given: dict[str, list[Mapping[str, Any]]] = {}
    for result in listed:
        if (one := as_mapping(result)) is not None:
            given.setdefault(str(one.get("key")) if isinstance(one.get("key"), (str, int)) else "", []).append(one)
    private = PrivateWords(messages)
    return Try(
        [_outcome(m.intent_key, given.get(m.intent_key, ()), private, honours_key) for m in messages], again=True
    )


def _outcome(key: str, results: Sequence[Mapping[str, Any]], private: PrivateWords, honours_key: bool) -> Outcome:
    if not results:
        return doubtful(key, "the answer does not mention it", honours_key)
    result = results[0]
    status = result.get("status")
    if any(other.get("status") != status for other in results):
        return doubtful(key, CONTRADICTED, honours_key)
    receipt, error = result.get("receipt"), result.get("error")
    said = None if error is None else storable(private.out_of(storable(error, _ERROR_READ)))
    match status:
        case "sent":
            return Outcome(key, "sent", receipt=None if receipt is None else storable(receipt))
        case "failed":
            return Outcome(key, "failed", error=said or "refused without a reason")
        case "retry":
            return Outcome(key, "pending", error=said or "asked to retry", retry_after=BUSY_WAIT)
    return doubtful(key, "the answer names no known status", honours_key)
