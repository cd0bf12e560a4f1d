"""The intent key: one name for "this play, at this moment, for this member, on this channel" (B9).

The same intent has the same key in every run, on every machine and in every language that has
SHA-256, so a unique constraint on it is all it takes to never enqueue an intent twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache


def intent_key(  # noqa: PLR0917 - the six parts of the key, always all of them
    calendar: str, phase: str, play: str, occurrence_at: datetime, member_id: str, channel: str
) -> str:
    """SHA-256 (64 hex digits) of the six parts; `occurrence_at` is aware, any time zone.

    Every part is preceded by its length, so no two different intents can spell the same text.
    Raises ValueError for a naive moment: it would name a different intent on every machine.
    """
    text = f"{_place(calendar, phase, play, occurrence_at)}{len(member_id)}:{member_id}{len(channel)}:{channel}"
    return hashlib.sha256(text.encode()).hexdigest()


def run_id(calendar: str, phase: str, as_of: datetime) -> str:
    """The id of a phase run: the same moment is always the same run."""
    return f"{calendar}.{phase}.{as_of.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def batch_key(intent_keys: Iterable[str]) -> str:
    """SHA-256 over the keys in order: the same jobs in the same order are the same batch."""
    return _digest(intent_keys)


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("an intent needs an aware moment; this one has no time zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@lru_cache(maxsize=1024)
def _place(calendar: str, phase: str, play: str, at: datetime) -> str:
    """What the keys of all members of a play at a moment begin with."""
    return _spelt((calendar, phase, play, _moment(at)))


def _spelt(parts: Iterable[str]) -> str:
    return "".join(f"{len(part)}:{part}" for part in parts)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256(_spelt(parts).encode()).hexdigest()


def group_of(subject: str) -> str | None:
    """The id of the group that a post's job is for (`group:CHANNEL:GROUP`), empty for a channel that is one group.

    None: the job is for a member.
    """
    kind, _, rest = subject.partition(":")
    return rest.partition(":")[2] if kind == "group" and ":" in rest else None
