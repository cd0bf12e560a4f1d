"""What comes back from outside, made fit for the ledger: one place for every channel (A4, B3).

Whatever the other side says, afterwards a text is one short line that every database stores, without the people of
the batch in it; a wait is between nothing and an hour; and every message of a batch has exactly one outcome. The
dispatcher runs every channel's answer through `fit_outcomes`; a channel uses the rest while it reads.
"""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from tasks.channels.port import Batch
from tasks.channels.private_words import PrivateWords
from warehouse.ledger.records import Outcome

LONGEST_WAIT = timedelta(hours=1)
"""Who asks for more is asked again after this."""
SHORTEST_WAIT = timedelta(seconds=1)
BUSY_WAIT = timedelta(minutes=1)
"""Where the other side does not say how long."""
TEXT_LENGTH = 200

_READ = 20 * TEXT_LENGTH  # characters of a text that are looked at; what is said is said at its beginning
_DIGITS = re.compile(r"[0-9]{1,12}(?:\.[0-9]*)?")  # of more, nobody means seconds
_ALL_DIGITS = re.compile(r"[0-9]+(?:\.[0-9]*)?")
_SURROGATES = re.compile("[\ud800-\udfff]")
_ANSWERS: frozenset[str] = frozenset({"sent", "failed", "pending", "unknown", "to_do"})
FORGOTTEN = "the channel did not say what became of it"
CONTRADICTED = "the channel said different things of it"
IN_DOUBT = "it may have arrived"
UNKNOWN_STATUS = "the channel named no known status"


# -- texts --------------------------------------------------------------------------------------
def storable(said: object, length: int = TEXT_LENGTH) -> str:
    """Anything as one line of at most `length` characters that SQLite, PostgreSQL and a terminal take.

    Half characters become �, control and formatting characters go. What is no text, number or word is named by
    its type: a mapping or list could hold anything.
    """
    if isinstance(said, str):
        text = said
    elif isinstance(said, (bytes, bytearray)):
        text = bytes(said[: 4 * _READ]).decode("utf-8", "replace")
    elif isinstance(said, (bool, float)) or said is None:
        text = str(said)
    elif isinstance(said, int):
        text = str(said) if said.bit_length() <= 4 * TEXT_LENGTH else "a number of too many digits"
    else:
        text = f"({type(said).__name__})"
    if text.isascii() and text.isprintable() and len(text) <= length and "  " not in text:
        return text.strip()
    text = _SURROGATES.sub("\ufffd", text[:_READ])
    kept = "".join(" " if c.isspace() or _is(c, "Cc", "Zl", "Zp") else c for c in text if not _is(c, "Cf", "Co"))
    return " ".join(kept.split())[:length].rstrip()


def _is(character: str, *categories: str) -> bool:
    return unicodedata.category(character) in categories


def decoded(body: bytes, charset: str | None = None) -> str:
    """The bytes of an answer as text: UTF-8, else what the answer names, else with � where it is neither."""
    for name in ("utf-8-sig", charset or "utf-8"):
        try:
            return body.decode(name)
        except (UnicodeError, LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def read_json(text: str) -> Any:
    """What a JSON text says. ValueError for whatever cannot be read: half, nested without end, a number of a million
    digits, a name twice in one object (nobody knows which of the two is meant)."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (RecursionError, MemoryError):
        raise ValueError("nested too deep") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """A body whose content encoding was left on; at most `most` bytes of it, whatever it would unfold to.

    ValueError for an encoding nobody asked for, a broken one, or one that unfolds to more.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip", "deflate"):
        raise ValueError("an encoding that was not asked for")
    unfold = zlib.decompressobj(47)  # gzip or zlib, whichever it is
    try:
        plain = unfold.decompress(body, most + 1)
    except zlib.error:
        raise ValueError("its encoding is broken") from None
    if len(plain) > most or not unfold.eof:
        raise ValueError("it is too large or ends too early")
    return plain


# -- waits --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Wait:
    """How long the other side asks us to stay away; `shortened`: it asked for more than we grant."""

    seconds: float
    shortened: bool = False

    @property
    def time(self) -> timedelta:
        """The wait as the ledger takes it."""
        return clamped(timedelta(seconds=self.seconds))

    @property
    def note(self) -> str:
        """What is added to the reason; empty where the wait is as asked."""
        return " (asked to wait longer than an hour; tried again after one)" if self.shortened else ""


def wait_asked(values: Iterable[str], date: str | None = None, now: datetime | None = None) -> Wait | None:
    """The longest wait of `Retry-After` fields: seconds or a date (RFC 9110, 10.2.3); None where none can be read.

    A date counts from `date`, the answer's own, else from `now`. A fraction is read; a sign is not: what is
    below nothing is nothing.
    """
    limit = LONGEST_WAIT.total_seconds()
    asked = [found for value in values if (found := _seconds(value.strip(), date, now)) is not None]
    if not asked:
        return None
    most = max(asked)
    return Wait(min(max(most, 0.0), limit), most > limit)


def _seconds(text: str, date: str | None, now: datetime | None) -> float | None:
    if _ALL_DIGITS.fullmatch(text):
        return float(text) if _DIGITS.fullmatch(text) else float("inf")
    if text.startswith("-") and _ALL_DIGITS.fullmatch(text[1:]):
        return 0.0
    until = _moment(text)
    since = _moment(date or "") or now
    return None if until is None or since is None else (until - since).total_seconds()


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text[:100])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def clamped(wait: timedelta) -> timedelta:
    """A wait between a second and an hour."""
    return min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


# -- outcomes -----------------------------------------------------------------------------------
def fit_outcomes(batch: Batch, answer: object, *, honours_key: bool) -> list[Outcome]:
    """Exactly one outcome for each message of the batch, in its order, whatever a channel returned.

    An outcome of somebody else is left out. What is forgotten, contradicts itself or names no status is in doubt:
    pending where the channel honours our key, unknown elsewhere. So is a "pending" in doubt without keys: only what
    certainly did not arrive may be tried again.
    """
    private = PrivateWords(batch.messages)
    given: dict[str, list[Outcome]] = {}
    for outcome in _outcomes_in(answer):
        given.setdefault(outcome.intent_key, []).append(outcome)
    return [
        _one(message.intent_key, given.get(message.intent_key, ()), private, honours_key) for message in batch.messages
    ]


def _outcomes_in(answer: object) -> Iterator[Outcome]:
    """The outcomes of an answer, as far as it can be gone through: what it told before it broke, it told."""
    try:
        for outcome in answer:  # type: ignore[attr-defined]
            if isinstance(outcome, Outcome) and isinstance(outcome.intent_key, str):
                yield outcome
    except Exception:  # noqa: BLE001 - somebody else's iterator; who is not mentioned is in doubt
        return


def _one(key: str, given: Sequence[Outcome], private: PrivateWords, honours_key: bool) -> Outcome:
    first = given[0] if given else Outcome(key, "unknown")
    if first.status == "sent" and len(given) == 1 and first.error is None and not first.refuses_contact:
        said = first.receipt
        return Outcome(key, "sent", None if said is None else storable(private.out_of_receipt(storable(said))))
    receipt = next(
        (storable(private.out_of_receipt(storable(one.receipt))) for one in given if one.receipt is not None), None
    )
    told = next((storable(one.error, _READ) for one in given if one.error is not None), None)
    error = None if told is None else storable(private.out_of(told))
    if (doubt := _doubt(given)) is not None:
        return doubtful(key, error or doubt, honours_key, receipt=receipt, wait=first.retry_after)
    wait = _fit_wait(first.retry_after) if first.status == "pending" else None
    return Outcome(key, first.status, receipt, error, wait, refuses_contact=first.refuses_contact is True)


def _doubt(given: Sequence[Outcome]) -> str | None:
    """Why it may have arrived though the channel does not say so; None where what it says stands."""
    if not given:
        return FORGOTTEN
    first = given[0].status
    if any(other.status != first for other in given[1:]):
        return CONTRADICTED
    if not isinstance(first, str) or first not in _ANSWERS:
        return UNKNOWN_STATUS
    if first == "pending" and any(one.in_doubt for one in given):
        return IN_DOUBT
    return None


def doubtful(
    key: str, reason: str, honours_key: bool, *, receipt: str | None = None, wait: timedelta | None = None
) -> Outcome:
    """It may have arrived: asked again with the same key where that is harmless, a person's to settle elsewhere."""
    if not honours_key:
        return Outcome(key, "unknown", receipt, reason)
    return Outcome(key, "pending", receipt, reason, _fit_wait(wait), in_doubt=True)


def _fit_wait(wait: object) -> timedelta:
    # Never none: a job that is pending again must not be claimed again by this very dispatch.
    return clamped(wait) if isinstance(wait, timedelta) and wait else BUSY_WAIT


def fit_reasons(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Outcomes of our own making, their reasons storable: templates and gates quote what people wrote."""
    return [
        outcome
        if outcome.error is None
        else Outcome(
            outcome.intent_key,
            outcome.status,
            outcome.receipt,
            storable(outcome.error),
            outcome.retry_after,
            outcome.in_doubt,
        )
        for outcome in outcomes
    ]


def header_safe(value: str) -> bool:
    """Whether a value can stand in a header of a request: visible ASCII and blanks, nothing at its ends."""
    return value.isascii() and value.isprintable() and value == value.strip()


def charset_of(content_type: str | None) -> str | None:
    """The charset a content type names."""
    found = re.search(r"charset\s*=\s*\"?([A-Za-z0-9_.:-]{1,40})", content_type or "")
    return found[1] if found else None


def as_mapping(value: object) -> Mapping[str, Any] | None:
    """A JSON object as it is, anything else None."""
    return value if isinstance(value, dict) else None
