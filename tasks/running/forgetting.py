"""Forgetting who the members of old runs were: in the ledger, and with their decision files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaign_calendars.findings.errors import UsageError
from tasks.deciding.decisions import decision_path
from tasks.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """What was forgotten; ids of runs and counts only."""

    before: datetime
    """Members of runs from before this moment are known no more."""
    runs: tuple[str, ...]
    """Runs that had members until now."""
    messages: int
    """Their messages: what was sent when stays, to whom does not."""
    tiers: int
    """Tiers set by hand that had ended by then."""
    reports: int
    """Reports of providers from before it that fitted no message."""
    files: int
    """Decision files that were removed."""


def forget(rt: Runtime, before: datetime | None, by: str) -> Forgetting:
    """Forget members of runs from before a moment; None: `[ledger] keep_days` before now. UsageError: neither is given,
    or the moment lies ahead.

    A run of which a message may still move keeps its members.
    """
    from warehouse.ledger.audit import forgot

    now = rt.clock()
    if before is None:
        if rt.settings.ledger.keep_days is None:
            raise UsageError(
                ("it is not said what is old", "未说明多久算旧"),
                (
                    "give --before MOMENT, or set keep_days in [ledger] of promocal.toml",
                    "请给出 --before 时间，或在 promocal.toml 的 [ledger] 中设置 keep_days",
                ),
            )
        before = now - timedelta(days=rt.settings.ledger.keep_days)
    if before > now:
        raise UsageError(
            (f"{before.isoformat()} has not come yet", f"{before.isoformat()} 尚未到"),
            ("give a moment that has passed", "请给出已过去的时间"),
        )
    found = rt.ledger.forget(before, forgot(before.isoformat(timespec="minutes"), by, now))
    files = [path for run in found.runs if (path := decision_path(rt, run)).is_file()]
    for path in files:
        path.unlink()
    return Forgetting(
        before=before,
        runs=found.runs,
        messages=found.messages,
        tiers=found.tiers,
        reports=found.reports,
        files=len(files),
    )
