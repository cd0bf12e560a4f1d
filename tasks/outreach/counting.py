"""What a dispatch did to a run, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from warehouse.ledger.records import JobStatus


@dataclass(frozen=True, slots=True)
class DispatchCounts:
    """What this dispatch did to the run (first four), and what is left of it (next four)."""

    sent: int = 0
    """Messages the channel took."""
    failed: int = 0
    """Messages the channel refused."""
    unknown: int = 0
    """Messages that may or may not have left; a person has to settle them."""
    cancelled: int = 0
    """Messages that must not leave any more."""
    pending: int = 0
    """Messages that may leave later: quiet hours, a measure of the platform, a busy channel."""
    sending: int = 0
    """Messages of workers that have not reported yet, alive or dead."""
    awaiting_approval: int = 0
    """Messages that wait for a person's approval."""
    to_do: int = 0
    """Items on the work lists of people."""
    busy: tuple[str, ...] = ()
    """Channels that asked to be tried later."""

    def counts(self) -> dict[str, int]:
        """The counts by name, for a line of text."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "busy"}


JobCounts = Mapping[tuple[str, str, str, JobStatus], int]
"""(phase, play, channel, state) → jobs, as `Ledger.job_counts` tells them."""


def totals_of(counts: JobCounts) -> dict[JobStatus, int]:
    """State → jobs."""
    totals: dict[JobStatus, int] = {}
    for (_, _, _, status), count in counts.items():
        totals[status] = totals.get(status, 0) + count
    return totals


def counts_between(
    before: Mapping[JobStatus, int], after: Mapping[JobStatus, int], busy: Sequence[str]
) -> DispatchCounts:
    """What changed between two counts, and what is left."""

    def gained(status: JobStatus) -> int:
        return after.get(status, 0) - before.get(status, 0)

    return DispatchCounts(
        sent=gained("sent"),
        failed=gained("failed"),
        unknown=gained("unknown"),
        cancelled=gained("cancelled"),
        pending=after.get("pending", 0),
        sending=after.get("sending", 0),
        awaiting_approval=after.get("awaiting_approval", 0),
        to_do=after.get("to_do", 0),
        busy=tuple(busy),
    )
