"""Decision sessions: a fresh one for each run, or one kept for a whole replay, with a connection for look-ups.

Reading the history back from the ledger is most of a small run's work. A replay makes all of its
history itself, so it may keep the session that made it, as long as the ledger agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.contact import CapRule, longest_memory
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.deciding.birthdays import given_by_others

if TYPE_CHECKING:
    from tasks.runtime import Runtime
    from warehouse.decision.session import DecisionSession, RunKey
    from warehouse.ledger.records import Books
    from warehouse.snapshots.opening import Connection
    from warehouse.snapshots.snapshot import Snapshot


@contextmanager
def session_for(
    rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, run: RunKey, briefs: Sequence[Brief] = ()
) -> Iterator[DecisionSession]:
    """A session over `snapshot` that knows the ledger's history up to the run, without the run's own part.

    `briefs` say how far back decisions of triggered plays matter.
    """
    memory = max((brief.trigger.memory for brief in briefs if brief.trigger is not None), default=timedelta())
    if rt.kept is not None:
        yield rt.kept.lend(rt, loaded, snapshot, run, memory)
        return
    with rt.open_session(snapshot) as session:
        _load(rt, loaded, session, run, memory)
        yield session


def _load(rt: Runtime, loaded: LoadedCalendar, session: DecisionSession, run: RunKey, memory: timedelta) -> None:
    calendar_id = loaded.calendar.calendar
    session.load_history(rt.ledger, calendar_id, pools=_pools(loaded), run=run)
    session.load_birthday_gifts(given_by_others(rt, loaded))
    # Only runs that reached the outbox: what a broken run decided is decided again.
    others = [one for one in rt.ledger.runs(calendar_id) if one.status not in ("started", "failed")]
    if memory:
        session.load_decided(
            rt.decisions_dir / f"{one.run_id}.parquet" for one in others if run.at - memory < one.as_of < run.at
        )
    policy = loaded.store.contact_policy
    far = longest_memory(CapRule.of(cap, package=policy.packages) for cap in policy.caps)
    if loaded.calendar.rules:
        far = None
    session.load_ghosts(
        rt.decisions_dir / f"{one.run_id}.parquet"
        for one in others
        if (far is None or run.at - far < one.as_of) and one.run_id != run.run_id
    )


def _pools(loaded: LoadedCalendar) -> dict[str, str | None]:
    return {name: benefit.pool for name, benefit in loaded.calendar.benefits.items()}


@dataclass
class KeptSession:
    """One session through a replay; for a ledger nobody else writes to."""

    session: DecisionSession | None = None
    at: datetime | None = None
    position: int = 0
    suppressions: int = 0
    books: Books | None = None
    connection: tuple[str, Connection] | None = None
    """To the snapshot that was looked at last, by its id."""

    def lend(
        self, rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, run: RunKey, memory: timedelta = timedelta()
    ) -> DecisionSession:
        suppressions = sum(1 for _ in rt.ledger.suppression_rows())
        if self.session is not None and self._agrees(rt, run, suppressions) and self.session.same_persons(snapshot):
            session = self.session
            session.use(snapshot)
            if self.books != rt.ledger.books(loaded.calendar.calendar):
                session.load_grants_anew(rt.ledger, loaded.calendar.calendar, pools=_pools(loaded), run=run)
        else:
            self.close()
            session = rt.open_session(snapshot)
            _load(rt, loaded, session, run, memory)
        self.session, self.at = session, run.at
        self.position, self.suppressions = rt.ledger.position(), suppressions
        self.books = rt.ledger.books(loaded.calendar.calendar)
        session.forget_decisions()
        return session

    def _agrees(self, rt: Runtime, run: RunKey, suppressions: int) -> bool:
        """Whether the session's contacts are the ledger's: its own last run was enqueued, nothing was taken back."""
        from warehouse.ledger.transitions import LIVE

        assert self.session is not None  # noqa: S101  asked for by `lend` only then
        if self.at is None or run.at < self.at or suppressions != self.suppressions:
            return False
        if rt.ledger.run(run.run_id) is not None or rt.ledger.position() > self.position + 1:
            return False
        live = sum(count for (*_, status), count in rt.ledger.job_counts().items() if status in LIVE)
        return live == self.session.contacts()

    def connect(self, rt: Runtime, snapshot: Snapshot) -> Connection:
        """Open as long as this is the snapshot at hand: opening one takes as long as sending hundreds of messages."""
        if self.connection is None or self.connection[0] != snapshot.snapshot_id:
            self._disconnect()
            self.connection = (snapshot.snapshot_id, rt.open_snapshot(snapshot))
        return self.connection[1]

    def _disconnect(self) -> None:
        if self.connection is not None:
            self.connection[1].close()
            self.connection = None

    def close(self) -> None:
        self._disconnect()
        if self.session is not None:
            self.session.close()
            self.session = None
