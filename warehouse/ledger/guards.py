"""Halts, breakers, throttles and canaries, as the users of a ledger see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.erasing import LedgerErased
from warehouse.ledger.guarding import (
    Breaker,
    BreakerSays,
    Canary,
    CanaryState,
    Hold,
    HoldScope,
    Moment,
    Taken,
    Throttle,
)


class Guards(Protocol):
    """A part of `Ledger`: every method is one transaction."""

    # -- holds ----------------------------------------------------------------------------------
    def hold(self, hold: Hold, entry: AuditEntry) -> bool:
        """Stop something by name; one that is final takes the place of another. False: it was stopped before."""

    def lift(self, scope: HoldScope, name: str, entry: AuditEntry) -> bool:
        """End a hold. False: there is none, or it is final."""

    def holds(self) -> list[Hold]:
        """Ordered by (since, scope, name)."""

    # -- breakers -------------------------------------------------------------------------------
    def ask_breaker(self, channel: str, worker: str, at: datetime, lease: timedelta) -> BreakerSays:
        """Whether a channel may be used. `probe`: this worker alone may try one message, until the lease is over."""

    def open_breaker(self, channel: str, reason: str, at: datetime, first: timedelta, longest: timedelta) -> Breaker:
        """Leave a channel alone: for `first`, and after every further strike twice as long, up to `longest`."""

    def close_breaker(self, channel: str) -> bool:
        """It answers again. False: it was not open."""

    def breakers(self) -> list[Breaker]:
        """The channels that are left alone, ordered by name."""

    # -- throttles ------------------------------------------------------------------------------
    def take(self, throttle: Throttle, asked: int, at: Moment) -> Taken:
        """Take up to `asked` messages out of a provider's rate and caps, in one statement."""

    def give_back(self, throttle: Throttle, unused: int) -> None:
        """What was taken and not handed over."""

    # -- canaries -------------------------------------------------------------------------------
    def try_canary(self, run_id: str, channel: str, first: int, asked: int) -> int | None:
        """How many of the first messages of a run this worker may let go; None: the look was good, all may go."""

    def canary_untaken(self, run_id: str, channel: str, unused: int) -> None:
        """What was taken of the first messages and not handed over."""

    def look_at_canary(self, run_id: str, channel: str, state: CanaryState, at: datetime) -> bool:
        """`trying`: the first are all out, the pause begins; else what the look came to. False: known before."""

    def canary(self, run_id: str, channel: str) -> Canary | None: ...

    # -- the outbox -----------------------------------------------------------------------------
    def hasten(self, intent_keys: Collection[str]) -> int:
        """Pending jobs that were put off with a reason are due at once; how many."""

    # -- members who were erased ----------------------------------------------------------------
    def erase(self, member_ids: Collection[str], pseudonym: str, entry: AuditEntry, at: datetime) -> LedgerErased:
        """Take the accounts of one member out: what has not left is stopped, rows go on under the pseudonym.

        Who was erased before keeps the pseudonym he has. `entry` gets it as its subject.
        """

    def erased(self, member_ids: Iterable[str]) -> set[str]:
        """Those of the members who were erased."""

    def erasures(self) -> dict[str, str]:
        """Digest of the id of everybody who was erased, in order (see `erasing.digest_of`) → his pseudonym."""

    def keep_erasures(self, erased: Mapping[str, str], at: datetime) -> list[str]:
        """Keep out who was erased elsewhere, digest → pseudonym; returns the digests that are new here."""

    def rename_decision(self, run_id: str, before: str, after: str) -> bool:
        """The rows of a decision were rewritten without a member: they have another checksum now."""
