"""What waits for a person, and what people answered: each answer counts once, in the transaction of what it does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from threading import RLock
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, insert, select, update

from warehouse.ledger import audit, rules
from warehouse.ledger.engine import reading, writing
from warehouse.ledger.outbox import cancel, insert_new, set_run_status
from warehouse.ledger.records import Job, Run
from warehouse.ledger.schema import approval_answers, runs
from warehouse.ledger.schema import approval_requests as table
from warehouse.ledger.schema import jobs as job_table
from warehouse.ledger.sql_notes import noted
from warehouse.ledger.words import REWORDED, Agreed, keep_words, words_in

ABOVE_LIMIT = "above the limit of the approval"
REJECTED = "rejected by a person"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """A play of a run waits for a person, because the calendar says so or because it left its applied plan."""

    run_id: str
    """Run id."""
    play: str
    """Play id."""
    calendar: str
    """Id of the calendar."""
    decision_sha: str
    """Checksum of the decision that is asked about; another decision needs another answer."""
    why: str
    """Why it waits, as JSON text: `departures`, each with its figure and what was allowed."""
    plan: str | None
    """Checksum of the applied plan it was held against; null where none was applied."""
    requested_at: datetime
    """When it was asked."""
    until: datetime
    """Until when it waits; then its messages are cancelled."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said: about which plays (None: all that wait), at most how many messages, and why.

    `source` names the form it came through; the same one counts once. `words` are what the plays say as he read them.
    """

    plays: tuple[str, ...] | None = None
    most: int | None = None
    reason: str = ""
    source: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


WHOLE_RUN = Answer()


class Approvals(Protocol):
    """The part of the ledger that waits for people."""

    def request_approval(self, rows: Collection[ApprovalRequest]) -> None:
        """Before the messages are enqueued; one that stands for the same decision keeps its moments."""

    def approval_requests(self, run_id: str | None = None, *, calendar: str | None = None) -> list[ApprovalRequest]:
        """Those that are open, messages of their play wait, by (until, run, play)."""

    def approve(self, run_id: str, by: str, at: datetime, answer: Answer = WHOLE_RUN) -> int:
        """awaiting_approval → pending, with an audit entry; returns how many.

        Above `most` those with the lowest intent keys go, as if by lot; the others are cancelled and their grants free.
        """

    def reject(self, run_id: str, by: str, at: datetime, answer: Answer = WHOLE_RUN) -> int:
        """awaiting_approval → cancelled, grants released, with an audit entry; returns how many."""

    def agree_words(self, run_id: str, words: Mapping[str, str], at: datetime) -> None:
        """Play → digest of what it says, as the applied plan has it; what a person approved stays."""

    def agreed_words(self, run_id: str) -> Mapping[str, Agreed]:
        """Play → what was agreed to; plays that are not there may say anything."""

    def ask_again(self, rows: Collection[ApprovalRequest], words: Mapping[str, str], at: datetime) -> int:
        """pending → awaiting_approval for the plays of these requests, with an audit entry; returns how many.

        A play whose `words` were agreed to meanwhile stays as it is. A message that may have arrived in an earlier
        attempt becomes `unknown`: it would say two different things under one key.
        """

    def refuse_answer(self, run_id: str, source: str, why: str, at: datetime) -> None:
        """An answer that could not be taken stays refused, whatever changes later."""

    def answered(self, run_id: str, source: str) -> str | None:
        """None: no answer from there was looked at; empty: it was taken; else why it was refused."""


class SqlApprovals:
    """`Approvals` on SQLite and PostgreSQL."""

    _engine: Engine

    def request_approval(self, rows: Collection[ApprovalRequest]) -> None:
        with writing(self._engine) as con:
            for row in rows:
                other = (table.c.run_id == row.run_id, table.c.play == row.play)
                con.execute(delete(table).where(*other, table.c.decision_sha != row.decision_sha))
                con.execute(insert_new(con, table), asdict(row))

    def approval_requests(self, run_id: str | None = None, *, calendar: str | None = None) -> list[ApprovalRequest]:
        waits = exists().where(
            job_table.c.run_id == table.c.run_id,
            job_table.c.play == table.c.play,
            job_table.c.status == "awaiting_approval",
        )
        query = select(table).where(waits).order_by(table.c.until, table.c.run_id, table.c.play)
        if run_id is not None:
            query = query.where(table.c.run_id == run_id)
        if calendar is not None:
            query = query.where(table.c.calendar == calendar)
        with reading(self._engine) as con:
            return [_request(row) for row in con.execute(query)]

    def approve(self, run_id: str, by: str, at: datetime, answer: Answer = WHOLE_RUN) -> int:
        with writing(self._engine) as con:
            calendar = _locked(con, run_id)
            if not _first(con, run_id, answer.source, at):
                return 0
            waiting = _waiting(run_id, answer.plays)
            if con.scalar(select(job_table.c.intent_key).where(*waiting).limit(1)) is None:
                return 0  # somebody else answered a moment before: this is no answer
            if answer.most is not None:
                ranked = select(job_table.c.intent_key).where(*waiting).order_by(job_table.c.intent_key)
                rest = list(con.scalars(ranked.offset(answer.most)))
                stopped = cancel(con, rest, ABOVE_LIMIT, at).total()
                if stopped:
                    noted(con, audit.cancelled(run_id, calendar, stopped, reason=ABOVE_LIMIT, by=by, at=at))
            changed = con.execute(update(job_table).where(*waiting).values(status="pending")).rowcount
            keep_words(con, run_id, answer.words, at, approved=True)
            set_run_status(con, run_id)
            noted(con, audit.approved(run_id, calendar, changed, by, at, plays=answer.plays, reason=answer.reason))
            return changed

    def reject(self, run_id: str, by: str, at: datetime, answer: Answer = WHOLE_RUN) -> int:
        with writing(self._engine) as con:
            calendar = _locked(con, run_id)
            if not _first(con, run_id, answer.source, at):
                return 0
            rest = list(con.scalars(select(job_table.c.intent_key).where(*_waiting(run_id, answer.plays))))
            if not rest:
                return 0
            stopped = cancel(con, rest, REJECTED, at).total()
            set_run_status(con, run_id)
            noted(con, audit.rejected(run_id, calendar, stopped, by, at, plays=answer.plays, reason=answer.reason))
            return stopped

    def agree_words(self, run_id: str, words: Mapping[str, str], at: datetime) -> None:
        with writing(self._engine) as con:
            _locked(con, run_id)
            keep_words(con, run_id, words, at, approved=False)

    def agreed_words(self, run_id: str) -> Mapping[str, Agreed]:
        with reading(self._engine) as con:
            return words_in(con, run_id)

    def ask_again(self, rows: Collection[ApprovalRequest], words: Mapping[str, str], at: datetime) -> int:
        with writing(self._engine) as con:
            return sum(_ask_again(con, row, words.get(row.play), at) for row in rows)

    def refuse_answer(self, run_id: str, source: str, why: str, at: datetime) -> None:
        row = {"run_id": run_id, "source": source, "refused": why, "at": at}
        with writing(self._engine) as con:
            con.execute(insert_new(con, approval_answers), row)

    def answered(self, run_id: str, source: str) -> str | None:
        which = (approval_answers.c.run_id == run_id, approval_answers.c.source == source)
        with reading(self._engine) as con:
            return con.scalar(select(approval_answers.c.refused).where(*which))


def _locked(con: Connection, run_id: str) -> str:
    """The run's calendar; two answers at once come one after the other."""
    calendar = con.scalar(select(runs.c.calendar).where(runs.c.run_id == run_id).with_for_update())
    if calendar is None:
        raise rules.unknown_run(run_id)
    return str(calendar)


def _first(con: Connection, run_id: str, source: str, at: datetime) -> bool:
    if not source:
        return True
    row = {"run_id": run_id, "source": source, "refused": "", "at": at}
    return con.execute(insert_new(con, approval_answers), row).rowcount == 1


def _ask_again(con: Connection, row: ApprovalRequest, words: str | None, at: datetime) -> int:
    """What waits of a play waits for a person again, unless he agreed to these words in between."""
    calendar = _locked(con, row.run_id)
    known = words_in(con, row.run_id).get(row.play)
    if known is not None and known.words == words:
        return 0
    job = job_table.c
    pending = (job.run_id == row.run_id, job.play == row.play, job.status == "pending")
    doubtful = list(con.scalars(select(job.intent_key).where(*pending, job.in_doubt)))
    stopped = cancel(con, doubtful, REWORDED, at).total()
    asked = con.execute(update(job_table).where(*pending).values(status="awaiting_approval")).rowcount
    if asked + stopped:
        con.execute(delete(table).where(table.c.run_id == row.run_id, table.c.play == row.play))
        con.execute(insert(table), asdict(row))
        set_run_status(con, row.run_id)
        noted(con, audit.asked_again(row.run_id, calendar, asked + stopped, at, play=row.play, why=REWORDED))
    return asked


def _waiting(run_id: str, plays: Collection[str] | None) -> list[ColumnElement[bool]]:
    found = [job_table.c.run_id == run_id, job_table.c.status == "awaiting_approval"]
    return found if plays is None else [*found, job_table.c.play.in_(plays)]


def _request(row: Any) -> ApprovalRequest:
    return ApprovalRequest(**{each.name: getattr(row, each.name) for each in fields(ApprovalRequest)})


class MemoryRequests:
    """What `MemoryLedger` keeps of them; which are open it knows by its messages."""

    _jobs: dict[str, Job]

    def __init__(self) -> None:
        self._lock = RLock()
        self._requests: dict[tuple[str, str], ApprovalRequest] = {}
        self._answers: dict[tuple[str, str], str] = {}
        self._words: dict[tuple[str, str], Agreed] = {}

    def request_approval(self, rows: Collection[ApprovalRequest]) -> None:
        with self._lock:
            for row in rows:
                known = self._requests.get((row.run_id, row.play))
                if known is None or known.decision_sha != row.decision_sha:
                    self._requests[row.run_id, row.play] = row

    def approval_requests(self, run_id: str | None = None, *, calendar: str | None = None) -> list[ApprovalRequest]:
        with self._lock:
            waiting = {(job.run_id, job.play) for job in self._jobs.values() if job.status == "awaiting_approval"}
            found = [
                row
                for key, row in self._requests.items()
                if key in waiting and run_id in (None, row.run_id) and calendar in (None, row.calendar)
            ]
            return sorted(found, key=lambda row: (row.until, row.run_id, row.play))

    def _waiting(self, run_id: str, plays: Collection[str] | None) -> list[Job]:
        found = [
            job
            for job in self._jobs.values()
            if job.run_id == run_id and job.status == "awaiting_approval" and (plays is None or job.play in plays)
        ]
        return sorted(found, key=lambda job: job.intent_key)

    def _first(self, run_id: str, source: str) -> bool:
        if not source:
            return True
        if (run_id, source) in self._answers:
            return False
        self._answers[run_id, source] = ""
        return True

    def agree_words(
        self,
        run_id: str,
        words: Mapping[str, str],
        at: datetime,  # noqa: ARG002 - of the port
        *,
        approved: bool = False,
    ) -> None:
        with self._lock:
            self._known_run(run_id)
            for play, digest in words.items():
                known = self._words.get((run_id, play))
                if known is None or known.gives_way(approved=approved):
                    self._words[run_id, play] = Agreed(digest, approved)

    def agreed_words(self, run_id: str) -> Mapping[str, Agreed]:
        with self._lock:
            return {play: known for (run, play), known in self._words.items() if run == run_id}

    def ask_again(self, rows: Collection[ApprovalRequest], words: Mapping[str, str], at: datetime) -> int:
        with self._lock:
            return sum(self._ask_again(row, words.get(row.play), at) for row in rows)

    def _ask_again(self, row: ApprovalRequest, words: str | None, at: datetime) -> int:
        calendar = self._known_run(row.run_id).calendar
        known = self._words.get((row.run_id, row.play))
        if known is not None and known.words == words:
            return 0
        here = (row.run_id, row.play, "pending")
        pending = [job for job in self._jobs.values() if (job.run_id, job.play, job.status) == here]
        self._cancelled([job.intent_key for job in pending if job.in_doubt], REWORDED)
        calm = {job.intent_key: replace(job, status="awaiting_approval") for job in pending if not job.in_doubt}
        self._jobs |= calm
        if pending:
            self._requests[row.run_id, row.play] = row
            self._set_run_status(row.run_id)
            self.note(audit.asked_again(row.run_id, calendar, len(pending), at, play=row.play, why=REWORDED))
        return len(calm)

    def _known_run(self, run_id: str) -> Run:
        raise NotImplementedError

    def _cancelled(self, intent_keys: Iterable[str], reason: str) -> object:
        raise NotImplementedError

    def _set_run_status(self, run_id: str) -> None:
        raise NotImplementedError

    def note(self, entry: audit.AuditEntry) -> None:
        raise NotImplementedError

    def refuse_answer(self, run_id: str, source: str, why: str, at: datetime) -> None:  # noqa: ARG002 - of the port
        with self._lock:
            self._answers.setdefault((run_id, source), why)

    def answered(self, run_id: str, source: str) -> str | None:
        return self._answers.get((run_id, source))
