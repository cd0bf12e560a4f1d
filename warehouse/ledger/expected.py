"""What should happen: every planned occurrence of an applied calendar, and the one end it came to.

A run that never began leaves no other trace, so the expectation is written before: by `apply`, from the calendar.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass, fields, replace
from datetime import datetime
from threading import RLock
from typing import Any, Literal, Protocol

from sqlalchemy import Connection, Engine, Row, insert, select, update

from warehouse.ledger.engine import reading, writing
from warehouse.ledger.schema import expected_occurrences as table

ExpectedState = Literal["due", "done", "skipped", "missed", "dropped"]
"""`due` until it has an end: `done`, `skipped` by a rule or a person, `missed`, or `dropped` from the calendar."""

LEFT = "left the calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One occurrence that has to happen: the play of a run, at its moment, and until when it may begin."""

    run_id: str
    play: str
    calendar: str
    phase: str
    at: datetime
    until: datetime
    plan: str | None = None  # checksum of the plan it was applied by
    state: ExpectedState = "due"
    reason: str = ""
    ended_at: datetime | None = None
    began_at: datetime | None = None  # when it was first admitted

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by: its run, and its play in it."""
        return self.run_id, self.play


@dataclass(frozen=True, slots=True)
class Expectation:
    """What changed: occurrences that are new, and those that are not expected any more."""

    added: int = 0
    dropped: int = 0


class ExpectedOccurrences(Protocol):
    """The part of the ledger that knows what should happen."""

    def expect(self, calendar: str, rows: Collection[Expected], at: datetime) -> Expectation:
        """These occurrences of a calendar, and no others, are to come from `at` on.

        What is past stays as it is, and so does whatever has an end already; one that was dropped and is back is due.
        """

    def expected(self, calendar: str | None = None, *, state: ExpectedState | None = None) -> list[Expected]:
        """Ordered by (at, run, play)."""

    def end_expected(
        self, run_id: str, state: ExpectedState, reason: str, at: datetime, *, plays: Collection[str] | None = None
    ) -> int:
        """Give what is due of a run (of these plays of it) its end; what has one keeps it. Returns how many."""

    def begin_expected(self, run_id: str, at: datetime) -> None:
        """The run was admitted at that moment; the first one stays."""


def changes(
    known: Collection[Expected], rows: Collection[Expected], at: datetime
) -> tuple[list[Expected], list[Expected]]:
    """(new, changed): what to write so that `rows` are what is expected from `at` on."""
    wanted, have = {row.key: row for row in rows if row.at >= at}, {row.key: row for row in known}
    changed = []
    for key, row in have.items():
        if row.state not in ("due", "dropped") or row.at < at:
            continue
        now = wanted.get(key)
        if now is None and row.state == "due":
            changed.append(replace(row, state="dropped", reason=LEFT, ended_at=at))
        elif now is not None and (now := replace(now, began_at=row.began_at)) != row:
            changed.append(now)
    return [row for key, row in wanted.items() if key not in have], changed


def expectation(new: Collection[Expected], changed: Collection[Expected], known: Collection[Expected]) -> Expectation:
    """What the change comes to."""
    dropped = {row.key for row in known if row.state == "dropped"}
    back = sum(1 for row in changed if row.state == "due" and row.key in dropped)
    return Expectation(len(new) + back, sum(1 for row in changed if row.state == "dropped"))


class SqlExpected:
    """`ExpectedOccurrences` on SQLite and PostgreSQL."""

    _engine: Engine

    def expect(self, calendar: str, rows: Collection[Expected], at: datetime) -> Expectation:
        with writing(self._engine) as con:
            known = _read(con, calendar)
            new, changed = changes(known, rows, at)
            if new:
                con.execute(insert(table), [_values(row) for row in new])
            for row in changed:
                con.execute(_of(row.run_id).where(table.c.play == row.play).values(_values(row)))
            return expectation(new, changed, known)

    def expected(self, calendar: str | None = None, *, state: ExpectedState | None = None) -> list[Expected]:
        with reading(self._engine) as con:
            return _read(con, calendar, state)

    def end_expected(
        self, run_id: str, state: ExpectedState, reason: str, at: datetime, *, plays: Collection[str] | None = None
    ) -> int:
        due = _of(run_id).where(table.c.state == "due")
        if plays is not None:
            due = due.where(table.c.play.in_(plays))
        with writing(self._engine) as con:
            return con.execute(due.values(state=state, reason=reason, ended_at=at)).rowcount

    def begin_expected(self, run_id: str, at: datetime) -> None:
        with writing(self._engine) as con:
            con.execute(_of(run_id).where(table.c.began_at.is_(None)).values(began_at=at))


def _of(run_id: str) -> Any:
    return update(table).where(table.c.run_id == run_id)


def _read(con: Connection, calendar: str | None, state: ExpectedState | None = None) -> list[Expected]:
    query = select(table).order_by(table.c.at, table.c.run_id, table.c.play)
    if calendar is not None:
        query = query.where(table.c.calendar == calendar)
    if state is not None:
        query = query.where(table.c.state == state)
    return [_expected(row) for row in con.execute(query)]


def _expected(row: Row[Any]) -> Expected:
    return Expected(**{each.name: getattr(row, each.name) for each in fields(Expected)})


def _values(row: Expected) -> Mapping[str, Any]:
    return dict(zip((each.name for each in fields(Expected)), astuple(row), strict=True))


class MemoryExpected:
    """`ExpectedOccurrences` that forgets with the process."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._expected: dict[tuple[str, str], Expected] = {}

    def expect(self, calendar: str, rows: Collection[Expected], at: datetime) -> Expectation:
        with self._lock:
            known = self.expected(calendar)
            new, changed = changes(known, rows, at)
            self._expected.update((row.key, row) for row in (*new, *changed))
            return expectation(new, changed, known)

    def expected(self, calendar: str | None = None, *, state: ExpectedState | None = None) -> list[Expected]:
        with self._lock:
            rows = [
                row
                for row in self._expected.values()
                if calendar in (None, row.calendar) and state in (None, row.state)
            ]
        return sorted(rows, key=lambda row: (row.at, row.run_id, row.play))

    def end_expected(
        self, run_id: str, state: ExpectedState, reason: str, at: datetime, *, plays: Collection[str] | None = None
    ) -> int:
        with self._lock:
            due = [
                row
                for row in self._expected.values()
                if row.run_id == run_id and row.state == "due" and (plays is None or row.play in plays)
            ]
            self._expected.update((row.key, replace(row, state=state, reason=reason, ended_at=at)) for row in due)
            return len(due)

    def begin_expected(self, run_id: str, at: datetime) -> None:
        with self._lock:
            new = [row for row in self._expected.values() if row.run_id == run_id and row.began_at is None]
            self._expected.update((row.key, replace(row, began_at=at)) for row in new)
