"""What a dispatch asks before it claims, and tells after it sent, about one channel of one run.

`OpenLane` holds nothing back; `tasks.outreach.guarded.GuardedLane` knows halts, breakers, rates and canaries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warehouse.ledger.records import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """How many messages may be claimed now. None: wait `seconds` and ask again, or come back `until`, or later.

    `reason` is what the messages are told that are put off. `busy`: the channel is the reason, not a person.
    """

    jobs: int = 0
    seconds: float = 0.0
    until: datetime | None = None
    reason: str = ""
    busy: bool = False


class Lane(Protocol):
    """One worker's way to a channel; not shared between threads."""

    def admit(self, limit: int, at: datetime) -> Admission:
        """Asked before every claim of at most `limit` messages."""

    def halted(self) -> str:
        """Why nothing more may be handed over, asked before every batch; "": nothing is halted."""

    def handing(self, messages: int) -> None:
        """A batch is about to be handed over."""

    def told(self, outcomes: Sequence[Outcome], at: datetime) -> bool:
        """What became of a batch. False: leave the channel alone."""

    def left(self, admitted: Admission) -> None:
        """The claim is served, or failed: what was admitted and not handed over is free again."""

    def wait(self, seconds: float) -> None:
        """Until the rate allows more."""


class OpenLane:
    """A lane on which nothing is held back."""

    def admit(self, limit: int, at: datetime) -> Admission:  # noqa: ARG002
        return Admission(jobs=limit)

    def halted(self) -> str:
        return ""

    def handing(self, messages: int) -> None: ...

    def told(self, outcomes: Sequence[Outcome], at: datetime) -> bool:  # noqa: ARG002
        return True

    def left(self, admitted: Admission) -> None: ...

    def wait(self, seconds: float) -> None: ...
