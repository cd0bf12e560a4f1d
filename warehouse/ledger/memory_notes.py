"""What the ledger in memory keeps beside runs and messages: control groups, refusals, tiers, plans, audit."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Any

from warehouse.ledger import audit, rules
from warehouse.ledger.audit import EVERYTHING, AuditEntry, AuditFilter
from warehouse.ledger.memory_erasing import MemoryErasing
from warehouse.ledger.memory_guards import MemoryGuards
from warehouse.ledger.plan_records import PlanRecord
from warehouse.ledger.records import (
    NUMBER,
    Draw,
    DutyTick,
    PlatformId,
    SnapshotRecord,
    Suppression,
    TierOverride,
)


class MemoryNotes(MemoryGuards, MemoryErasing):
    """One half of `MemoryLedger`; both share the lock."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = RLock()
        self._draws: dict[tuple[str, str], Draw] = {}
        self._ticks: dict[tuple[str, str], DutyTick] = {}
        self._platform_ids: dict[tuple[str, str, str], PlatformId] = {}
        self._suppressions: dict[tuple[str, str], Suppression] = {}
        self._tiers: list[TierOverride] = []
        self._snapshots: dict[str, SnapshotRecord] = {}
        self._plans: dict[str, PlanRecord] = {}
        self._audit: list[AuditEntry] = []

    # -- control groups -------------------------------------------------------------------------
    def keep_draws(self, draws: Iterable[Draw]) -> None:
        with self._lock:
            for row in draws:
                self._draws.setdefault((row.calendar, row.name), row)

    def redraw(self, draws: Iterable[Draw], entry: AuditEntry) -> None:
        with self._lock:
            self._draws.update(((row.calendar, row.name), row) for row in draws)
            self.note(entry)

    def draws(self, calendar: str) -> list[Draw]:
        with self._lock:
            return [self._draws[key] for key in sorted(self._draws) if key[0] == calendar]

    # -- duties, and ids of the platform ---------------------------------------------------------
    def tick(self, tick: DutyTick, detail: str = "") -> bool:
        with self._lock:
            key = (tick.calendar, tick.duty)
            if key in self._ticks:
                return False
            self._ticks[key] = tick
            self.note(audit.duty_done(tick, detail))
            return True

    def untick(self, calendar: str, duty: str, reason: str, by: str, at: datetime) -> bool:
        with self._lock:
            undone = self._ticks.pop((calendar, duty), None) is not None
            if undone:
                self.note(audit.duty_undone(calendar, duty, reason, by, at))
            return undone

    def ticks(self, calendar: str) -> list[DutyTick]:
        with self._lock:
            return [self._ticks[key] for key in sorted(self._ticks) if key[0] == calendar]

    def set_platform_ids(self, rows: Iterable[PlatformId], entry: AuditEntry) -> None:
        with self._lock:
            self._platform_ids.update(((row.calendar, row.benefit, row.part), row) for row in rows)
            self.note(entry)

    def platform_ids(self, calendar: str, *, shared: bool = False) -> list[PlatformId]:
        with self._lock:
            known = [self._platform_ids[key] for key in sorted(self._platform_ids)]
        mine = [row for row in known if row.calendar == calendar]
        if not shared:
            return mine
        ids = {row.platform_id for row in mine}
        return [row for row in known if row.calendar != calendar and row.platform_id in ids]

    # -- suppressions ---------------------------------------------------------------------------
    def suppress(self, rows: Iterable[Suppression], entry: AuditEntry | None = None) -> int:
        with self._lock:
            if entry is not None:
                self.note(entry)
            before = len(self._suppressions)
            for row in rows:
                if row.member_id:
                    self._suppressions.setdefault((row.member_id, row.channel or ""), row)
            return len(self._suppressions) - before

    def suppression_rows(self) -> Iterator[Suppression]:
        with self._lock:
            return iter([self._suppressions[key] for key in sorted(self._suppressions)])

    def suppressed(self, channel: str, member_ids: Collection[str]) -> set[str]:
        known = self._suppressions
        return {member for member in member_ids if (member, "") in known or (member, channel) in known}

    def refuses_numbers(self) -> bool:
        with self._lock:
            return any(member_id.startswith(NUMBER) for member_id, _ in self._suppressions)

    # -- tiers set by hand ----------------------------------------------------------------------
    def set_tier(self, override: TierOverride) -> None:
        with self._lock:
            self._end_tier(override.member_id, override.set_at)
            self._tiers.append(override)
            self.note(audit.tier_set(override))

    def clear_tier(self, member_id: str, reason: str, by: str, at: datetime) -> bool:
        with self._lock:
            if ended := self._end_tier(member_id, at):
                self.note(audit.tier_cleared(member_id, reason, by, at))
            return ended

    def _end_tier(self, member_id: str, at: datetime) -> bool:
        before = self._tiers
        self._tiers = [
            replace(row, until=at) if row.member_id == member_id and (row.until is None or row.until > at) else row
            for row in before
        ]
        return self._tiers != before

    def tier_rows(self) -> Iterator[TierOverride]:
        with self._lock:
            return iter(list(self._tiers))

    # -- snapshots, plans, audit ----------------------------------------------------------------
    def record_snapshot(self, snapshot_id: str, as_of: datetime, fingerprint: str, counts: Mapping[str, Any]) -> None:
        with self._lock:
            self._snapshots.setdefault(snapshot_id, SnapshotRecord(snapshot_id, as_of, fingerprint, _plain(counts)))

    def snapshots(self) -> list[SnapshotRecord]:
        return sorted(self._snapshots.values(), key=lambda record: (record.as_of, record.snapshot_id))

    def record_plan(self, checksum: str, calendar: str, body: str, at: datetime) -> None:
        with self._lock:
            known = self._plans.setdefault(checksum, PlanRecord(checksum, calendar, body, at))
            if known.begun_at is None and known.applied_at is None:
                self._plans[checksum] = replace(known, body=body)

    def plan(self, checksum: str) -> PlanRecord | None:
        return self._plans.get(checksum)

    def last_plan(self, calendar: str) -> PlanRecord | None:
        mine = (record for record in self._plans.values() if record.calendar == calendar)
        return max(mine, key=lambda record: (record.planned_at, record.checksum), default=None)

    def applied_plan(self, calendar: str, before: datetime | None = None) -> PlanRecord | None:
        mine = [
            (row.applied_at, row)
            for row in self._plans.values()
            if row.calendar == calendar and row.applied_at and (before is None or row.applied_at < before)
        ]
        return max(mine, key=lambda one: (one[0], one[1].checksum))[1] if mine else None

    def begun_plan(self, calendar: str) -> PlanRecord | None:
        found = [
            (each.begun_at, each.checksum, each)
            for each in self._plans.values()
            if each.calendar == calendar and each.begun_at is not None
        ]
        return rules.broken_off(max(found)[2] if found else None, self.applied_plan(calendar))

    def begin_apply(self, checksum: str, by: str, at: datetime, *, forced: str, written: str) -> None:
        self._change_plan(checksum, begun_at=at, begun_by=by, forced=forced, written=written)

    def mark_applied(self, checksum: str, by: str, at: datetime, detail: str = "") -> None:
        with self._lock:
            plan = self._change_plan(checksum, applied_at=at, applied_by=by)
            self.note(audit.applied(checksum, plan.calendar, by, at, forced=plan.forced or "", detail=detail))

    def _change_plan(self, checksum: str, **values: Any) -> PlanRecord:
        with self._lock:
            if checksum not in self._plans:
                raise rules.unknown_plan(checksum)
            self._plans[checksum] = replace(self._plans[checksum], **values)
            return self._plans[checksum]

    def note(self, entry: AuditEntry) -> None:
        with self._lock:
            self._audit.append(entry)

    def audit(self, wanted: AuditFilter = EVERYTHING) -> list[AuditEntry]:
        return sorted(filter(wanted.takes, reversed(self._audit)), key=lambda entry: entry.at, reverse=True)


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    # Through JSON, as the SQL ledger does: what cannot be stored there must not pass here.
    return dict(json.loads(json.dumps(value, sort_keys=True)))
