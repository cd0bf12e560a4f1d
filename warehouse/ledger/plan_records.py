"""What the ledger keeps of plans: seen, begun, applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan somebody saw, and whether it was applied: begun, past which limits, and done.

    `forced` are names of limits with blanks between them; `written` is the calendar's text as it was applied.
    """

    checksum: str
    calendar: str
    body: str
    planned_at: datetime
    applied_at: datetime | None = None
    applied_by: str | None = None
    begun_at: datetime | None = None
    begun_by: str | None = None
    forced: str | None = None
    written: str | None = None

    @property
    def unfinished(self) -> bool:
        """Somebody began to apply it, and it broke off."""
        return self.begun_at is not None and (self.applied_at is None or self.applied_at < self.begun_at)
