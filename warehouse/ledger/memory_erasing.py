"""A member taken out of the ledger in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from dataclasses import replace
from datetime import datetime
from threading import RLock
from typing import Any

from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.erasing import ERASED, LedgerErased, digest_of
from warehouse.ledger.records import Grant, Job, Run, Suppression, TierOverride


class MemoryErasing:
    """One part of `MemoryLedger`; all share the lock, the jobs and the audit."""

    _lock: RLock
    _audit: list[AuditEntry]
    _jobs: dict[str, Job]
    _grants: dict[str, Grant]
    _runs: dict[str, Run]
    _claims: MutableMapping[str, Any]
    _decisions: MutableMapping[str, Any]
    _tiers: list[TierOverride]
    _suppressions: dict[tuple[str, str], Suppression]
    _erasures: dict[str, str]
    _aside: dict[tuple[str, str, str], Any]

    def erase(
        self,
        member_ids: Collection[str],
        pseudonym: str,
        entry: AuditEntry,
        at: datetime,  # noqa: ARG002 - part of the port
    ) -> LedgerErased:
        with self._lock:
            digests = [digest_of(member_id) for member_id in sorted(set(member_ids))]
            known = next((self._erasures[digest] for digest in digests if digest in self._erasures), None)
            name = known or pseudonym
            for digest in digests:
                self._erasures.setdefault(digest, name)
            mine = [job for job in self._jobs.values() if job.member_id in member_ids]
            stopped = [job for job in mine if self._still_here(job)]
            for job in stopped:
                status = "unknown" if job.in_doubt else "cancelled"
                self._jobs[job.intent_key] = replace(job, status=status, error=ERASED)  # type: ignore[arg-type]
                self._claims.pop(job.intent_key, None)
            out = sum(self._jobs[job.intent_key].status in ("sent", "sending", "unknown") for job in mine)
            rows = self._rename(member_ids, name)
            if known is None or rows:
                self._audit.append(replace(entry, subject=name, count=rows))
            return LedgerErased(pseudonym=name, stopped=len(stopped), out=out, rows=rows)

    def _still_here(self, job: Job) -> bool:
        claim = self._claims.get(job.intent_key)
        untouched = job.status == "sending" and claim is not None and not claim.handed_over
        return untouched or job.status in ("pending", "awaiting_approval", "to_do")

    def _rename(self, ids: Collection[str], name: str) -> int:
        jobs = [job for job in self._jobs.values() if job.member_id in ids]
        self._jobs.update((job.intent_key, replace(job, member_id=name, receipt=None)) for job in jobs)
        grants = [grant for grant in self._grants.values() if grant.member_id in ids]
        self._grants.update((grant.intent_key, replace(grant, member_id=name)) for grant in grants)
        refused = [key for key in self._suppressions if key[0] in ids]
        for key in refused:
            del self._suppressions[key]
        tiers = sum(row.member_id in ids for row in self._tiers)
        self._tiers = [replace(row, member_id=name, reason="") if row.member_id in ids else row for row in self._tiers]
        told = sum(entry.subject in ids for entry in self._audit)
        self._audit[:] = [
            replace(entry, subject=name, detail="") if entry.subject in ids else entry for entry in self._audit
        ]
        self._aside = {key: row for key, row in self._aside.items() if key[2] not in ids}
        return len(jobs) + len(grants) + len(refused) + tiers + told

    def erased(self, member_ids: Iterable[str]) -> set[str]:
        with self._lock:
            return {member_id for member_id in member_ids if digest_of(member_id) in self._erasures}

    def erasures(self) -> dict[str, str]:
        with self._lock:
            return dict(sorted(self._erasures.items()))

    def keep_erasures(self, erased: Mapping[str, str], at: datetime) -> list[str]:  # noqa: ARG002 - part of the port
        with self._lock:
            new = sorted(erased.keys() - self._erasures.keys())
            self._erasures |= {digest: erased[digest] for digest in new}
            return new

    def rename_decision(self, run_id: str, before: str, after: str) -> bool:
        with self._lock:
            run = self._runs.get(run_id)
            if run is None or run.decision_sha != before:
                return False
            self._runs[run_id] = replace(run, decision_sha=after)
            if (decision := self._decisions.get(run_id)) is not None:
                self._decisions[run_id] = replace(decision, decision_sha=after)
            return True
