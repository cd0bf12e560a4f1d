"""The points file: what members earned by playing, bringing friends and on double days, for the platform to book."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from campaign_calendars.findings.said import Said, in_language
from tasks.accounting.point_rules import rules_of
from tasks.runtime import Runtime
from tasks.sheets import Cell, Sheet, write_csv

_HEAD: tuple[Said, ...] = (
    ("member", "会员键"), ("points", "分值"), ("reason", "原因"), ("order", "订单"), ("day", "日期"),
)  # fmt: skip
_REASONS: dict[str, Said] = {
    "sign_in": ("signing in", "签到"),
    "review": ("review", "晒单评价"),
    "share": ("sharing", "分享"),
    "profile": ("profile completed", "完善资料"),
    "referral": ("referral", "推荐"),
    "double_day": ("double points", "多倍积分"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsFile:
    """A points file that was written; counts only."""

    file: str
    """Where it was written."""
    rows: int
    """Entries to book."""
    members: int
    """Members they are of."""
    points: float
    """Points in all."""


def export_points(rt: Runtime, calendar: str, to: Path, *, as_of: datetime | None, lang: str) -> PointsFile:
    """Write what the platform has to book for the members of a calendar's store, oldest first.

    What the recorded ledger has already is left out; without a points source it is everything.
    UsageError: the store says nothing about points. SnapshotMissingError: nothing was refreshed yet.
    """
    from warehouse.measurement.points import compute, to_book
    from warehouse.snapshots.opening import open_snapshot

    loaded = rt.load_calendar(calendar)
    snapshot, zone = rt.current_snapshot(), loaded.calendar.timezone
    moment = as_of or snapshot.as_of
    rules = rules_of(rt, loaded, moment).rules
    rows: list[list[Cell]] = []
    with open_snapshot(snapshot) as con:
        compute(con, as_of=moment, rules=rules)
        for member, points, reason, order, at in to_book(con, as_of=moment):
            whole = int(points) if points.denominator == 1 else float(points)
            day = at.replace(tzinfo=UTC).astimezone(zone).date().isoformat()
            rows.append([member, whole, in_language(_REASONS[reason], lang), order or "", day])
    write_csv(to, Sheet("points", [in_language(title, lang) for title in _HEAD], rows))
    return PointsFile(
        file=str(to),
        rows=len(rows),
        members=len({row[0] for row in rows}),
        points=sum(float(row[1] or 0) for row in rows),
    )
