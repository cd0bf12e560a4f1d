"""Jobs and grants of the ledger in memory, and what became of what was given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from campaign_calendars.deciding.blocks import Block
from warehouse.ledger import rules
from warehouse.ledger.away import AwayRow
from warehouse.ledger.memory_notes import MemoryNotes
from warehouse.ledger.records import (
    Books,
    CodeRow,
    ContactRow,
    GivenRow,
    Grant,
    GrantRow,
    GrantState,
    GrantSum,
    Job,
)
from warehouse.ledger.transitions import LIVE, SENT


class MemoryBooks(MemoryNotes):
    """Another part of `MemoryLedger`; all share the lock."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs: dict[str, Job] = {}  # in the order of their enqueue
        self._grants: dict[str, Grant] = {}
        self._states: dict[str, GrantState] = {}  # of grants that were looked at
        self._books: dict[str, Books] = {}
        self._codes: dict[tuple[str, str], tuple[str, datetime]] = {}  # (partner, digest) → intent key, when

    def _known_jobs(self) -> list[Job]:
        with self._lock:
            return list(self._jobs.values())

    def contact_rows(
        self,
        until: datetime | None,
        *,
        since: datetime | None = None,
        exclude_run: str | None = None,
        sent: bool = False,
    ) -> Iterator[ContactRow]:
        wanted = ("sent",) if sent else LIVE
        found = [
            ((job.sent_at or job.occurrence_at) if sent else job.occurrence_at, job.intent_key, job)
            for job in self._known_jobs()
            if job.status in wanted and job.run_id != exclude_run
        ]
        for at, _, job in sorted(found, key=lambda one: one[:2]):
            if (until is None or at <= until) and (since is None or at >= since):
                place = (job.member_id, job.channel, job.calendar, job.phase, job.play)
                yield ContactRow(*place, at, job.benefit, job.cost_cents)

    def left_rows(self, before: datetime) -> Iterator[tuple[object, ...]]:
        return iter([tuple(row) for row in self.contact_rows(None, sent=True) if row.at < before])

    def outbox_rows(self, runs: Collection[str]) -> Iterator[tuple[object, ...]]:
        for job in (job for job in self._known_jobs() if job.run_id in runs):
            place = (job.intent_key, job.phase, job.play, job.channel, job.member_id)
            yield (*place, job.benefit, job.status, job.sent_at or job.occurrence_at, job.cost_cents)

    def lacking_text(self, run_id: str, at: datetime) -> set[tuple[str, str]]:
        return {
            (job.play, job.channel)
            for job in self._known_jobs()
            if (job.run_id, job.status, job.arm, job.message) == (run_id, "pending", None, None)
            and (job.not_before is None or job.not_before <= at)
        }

    def away(self, members: Collection[str], since: datetime, *, but: Collection[str] = ()) -> list[AwayRow]:
        rows = []
        for job in (job for job in self._known_jobs() if job.member_id in members and job.intent_key not in but):
            in_hand, out = job.status == "sending", job.status in ("sent", "unknown", "to_do")
            at = job.sent_at or job.occurrence_at
            if in_hand or (out and at > since):
                rows.append(
                    AwayRow(job.intent_key, job.member_id, job.channel, job.occurrence_at, None if in_hand else at)
                )
        return sorted(rows, key=lambda row: row.intent_key)

    def grant_rows(self, calendar: str | None, *, for_points: bool = False, over: bool = False) -> Iterator[GrantRow]:
        with self._lock:
            found = self._given_grants(calendar) if over else self._live_grants(calendar)
            live = sorted(found, key=lambda grant: (grant.granted_at, grant.intent_key))
        for g in live:
            if g.points or not for_points:
                where = (g.member_id, g.benefit, g.play, g.phase, g.granted_at)
                state = self._state(g)
                until = state.used_at if state.used_at is not None and not state.open_cents else g.valid_until
                known = (self._held(g), g.valid_until, state.used_at, until)
                yield GrantRow(*where, g.cost_cents, g.calendar, g.points, *known)

    def granted(self, calendar: str) -> dict[str, int]:
        return dict(sorted(Counter(row.benefit for row in self.grant_rows(calendar)).items()))

    # -- codes of partners ----------------------------------------------------------------------
    def take_codes(
        self, partner: str, intent_keys: Sequence[str], digests: Sequence[str], at: datetime
    ) -> dict[str, str]:
        with self._lock:
            for place, (key, _) in list(self._codes.items()):
                if self._jobs[key].status not in LIVE:
                    del self._codes[place]
            found = {key: digest for (_, digest), (key, _) in self._codes.items() if key in intent_keys}
            used = {digest for of, digest in self._codes if of == partner}
            new = rules.codes_for(intent_keys, digests, found, used)
            self._codes |= {(partner, digest): (key, at) for key, digest in new.items()}
            return found | new

    def code_rows(self, partner: str) -> list[CodeRow]:
        with self._lock:
            mine = [(d, self._jobs[key], at) for (of, d), (key, at) in sorted(self._codes.items()) if of == partner]
            return [CodeRow(d, j.calendar, j.benefit, j.status, at) for d, j, at in mine if j.status in LIVE]

    # -- books ----------------------------------------------------------------------------------
    def given_rows(
        self, calendar: str, others_of: Collection[str] | None = None, *, run_id: str | None = None
    ) -> Iterator[GivenRow]:
        with self._lock:
            if others_of is None:
                mine = self._given_grants(calendar)
                return iter([self._given_row(g) for g in mine if run_id in (None, self._jobs[g.intent_key].run_id)])
            others = (one for one in self._given_grants(None) if one.calendar != calendar)
            return iter([self._given_row(one) for one in others if one.benefit in others_of])

    def extend(self, ends: Iterable[tuple[str, datetime]]) -> None:
        with self._lock:
            for key, until in ends:
                grant = self._grants.get(key)
                if grant is not None and grant.valid_until is not None and grant.valid_until < until:
                    self._grants[key] = replace(grant, valid_until=until)

    def _given_row(self, grant: Grant) -> GivenRow:
        job = self._jobs[grant.intent_key]
        ends = (grant.granted_at, grant.valid_until, grant.cost_cents, self._state(grant))
        where = (grant.calendar, grant.phase, grant.use_costs, grant.play)
        return GivenRow(grant.member_id, grant.benefit, *ends, job.status in SENT, job.sent_at, *where)

    def book(self, calendar: str, states: Iterable[GrantState], kept: Books) -> int:
        with self._lock:
            given = {grant.intent_key for grant in self._given_grants(calendar)}
            found = {state.intent_key: state for state in states if state.intent_key in given}
            self._states.update(found)
            self._books[calendar] = kept
            return len(found)

    def books(self, calendar: str) -> Books | None:
        return self._books.get(calendar)

    def grant_sums(self, calendar: str) -> list[GrantSum]:
        with self._lock:
            mine = (self._alike(g) for g in self._grants.values() if g.calendar == calendar)
            return rules.account_sums(mine, self._blocks(calendar))

    def _blocks(self, calendar: str) -> tuple[Block, ...]:
        kept = self._books.get(calendar)
        return kept.blocks if kept else ()

    def _alike(self, grant: Grant) -> rules.Alike:
        """One grant as a group of its own."""
        job, state = self._jobs[grant.intent_key], self._state(grant)
        stopped = job.status not in LIVE
        about = (None, False, False) if stopped else (state.release, state.used_at is not None, state.assumed)
        release, used, assumed = about
        cents = (0, 0) if stopped else (state.open_cents, state.spent_cents)
        where = (grant.phase, grant.benefit, grant.pool, "stopped" if stopped else release, used, assumed)
        return rules.Alike(*where, job.status in SENT, 1, grant.cost_cents, *cents)

    def _state(self, grant: Grant) -> GrantState:
        return self._states.get(grant.intent_key) or GrantState(grant.intent_key, grant.cost_cents)

    def _held(self, grant: Grant) -> int:
        state = self._state(grant)
        return state.open_cents + state.spent_cents

    def _given_grants(self, calendar: str | None) -> list[Grant]:
        return [
            grant
            for key, grant in self._grants.items()
            if calendar in (None, grant.calendar) and self._jobs[key].status in LIVE
        ]

    def _live_grants(self, calendar: str | None) -> list[Grant]:
        return [grant for grant in self._given_grants(calendar) if self._state(grant).release is None]
