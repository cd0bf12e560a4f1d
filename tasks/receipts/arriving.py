"""How many of the messages that left arrived, as far as the other side reports it (B3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.ledger.port import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Messages of one channel that left, and what was reported of them."""

    channel: str
    """Channel."""
    left: int
    """Messages that left, or may have."""
    delivered: int
    """Those that arrived, by the newest report."""
    undelivered: int
    """Those that did not."""
    silent: int
    """Those of which nothing was reported."""
    rate: float
    """Delivered of those that left."""


def arrivals(ledger: Ledger, runs: Iterable[str]) -> tuple[Arrived, ...]:
    """Of the channels on which anything was reported about messages of these runs, by name."""
    left: Counter[str] = Counter()
    told: Counter[tuple[str, str]] = Counter()
    for run in runs:
        for (channel, state, _), count in ledger.delivery_counts(run).items():
            told[channel, state] += count
        for (_, _, channel, status), count in ledger.job_counts(run).items():
            left[channel] += count if status in ("sent", "unknown") else 0
    found = []
    for channel in sorted({channel for channel, _ in told}):
        delivered, undelivered = told[channel, "delivered"], told[channel, "failed"]
        # One that the other side refused for good has not left any more, and still was one of those that were sent.
        total = max(left[channel], delivered + undelivered)
        found.append(
            Arrived(
                channel=channel,
                left=total,
                delivered=delivered,
                undelivered=undelivered,
                silent=total - delivered - undelivered,
                rate=delivered / total,
            )
        )
    return tuple(found)
