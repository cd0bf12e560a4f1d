"""A member taken out of the ledger: his rows go on under a pseudonym, a digest of his id keeps him out for good."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, insert, literal, select, update
from sqlalchemy import Text as TextType
from sqlalchemy.exc import SQLAlchemyError

from warehouse.ledger.audit import AuditEntry
from warehouse.ledger.bulk import chunks, listed
from warehouse.ledger.engine import reading, writing
from warehouse.ledger.guard_tables import erasures
from warehouse.ledger.outbox import insert_new, release, stopped_as
from warehouse.ledger.schema import audit_log, decisions, jobs, metadata, runs

ERASED = "the member was erased"
DIGESTED = "promocal-erased#"
"""What stands before the id in a digest."""
_TELLING = 4  # characters from which on an id is found in the words of people; a shorter one is in every number


def digest_of(member_id: str) -> str:
    """What the ledger keeps of the id of an erased member: who has the id can find it, nobody can read it off."""
    return hashlib.sha256(f"{DIGESTED}{member_id}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerErased:
    """What the ledger did with a member. `out`: messages a worker had handed over, or that had left."""

    pseudonym: str
    stopped: int
    out: int
    rows: int


class SqlErasing:
    """A part of `SqlLedger`, see `warehouse.ledger.guards.Guards`."""

    _engine: Engine

    def erase(self, member_ids: Collection[str], pseudonym: str, entry: AuditEntry, at: datetime) -> LedgerErased:
        ids = sorted(set(member_ids))
        with writing(self._engine) as con:
            digests = [digest_of(member_id) for member_id in ids]
            known = con.scalars(select(erasures.c.pseudonym).where(erasures.c.digest.in_(digests)).limit(1)).first()
            name = known or pseudonym
            for digest in digests:
                con.execute(insert_new(con, erasures), {"digest": digest, "pseudonym": name, "erased_at": at})
            stopped, left = _stop(con, ids, at)
            rows = _rename(con, ids, name)
            if known is None or rows:
                con.execute(insert(audit_log).values({**asdict(entry), "subject": name, "count": rows}))
        self._settle_file()
        return LedgerErased(pseudonym=name, stopped=stopped, out=left, rows=rows)

    def _settle_file(self) -> None:
        """SQLite keeps what was there in its log until that is folded in; while others read, it is at their end."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as con, suppress(SQLAlchemyError):
                con.connection.dbapi_connection.execute("pragma wal_checkpoint(truncate)")  # type: ignore[union-attr]

    def erased(self, member_ids: Iterable[str]) -> set[str]:
        with reading(self._engine) as con:
            if con.execute(select(erasures.c.digest).limit(1)).one_or_none() is None:
                return set()
            found: set[str] = set()
            for ids in chunks(member_ids):
                by_digest = {digest_of(member_id): member_id for member_id in ids}
                asked = erasures.c.digest.in_(select(listed(con, list(by_digest))))
                found.update(by_digest[digest] for digest in con.scalars(select(erasures.c.digest).where(asked)))
            return found

    def erasures(self) -> dict[str, str]:
        with reading(self._engine) as con:
            rows = con.execute(select(erasures.c.digest, erasures.c.pseudonym).order_by(erasures.c.digest))
            return {row.digest: row.pseudonym for row in rows}

    def keep_erasures(self, erased: Mapping[str, str], at: datetime) -> list[str]:
        with writing(self._engine) as con:
            known = set(con.scalars(select(erasures.c.digest)))
            new = sorted(erased.keys() - known)
            for digest in new:
                values = {"digest": digest, "pseudonym": erased[digest], "erased_at": at}
                con.execute(insert_new(con, erasures), values)
            return new

    def rename_decision(self, run_id: str, before: str, after: str) -> bool:
        with writing(self._engine) as con:
            mine = update(runs).where(runs.c.run_id == run_id, runs.c.decision_sha == before)
            if not con.execute(mine.values(decision_sha=after)).rowcount:
                return False
            body = func.replace(decisions.c.body, literal(before, TextType()), literal(after, TextType()))
            con.execute(update(decisions).where(decisions.c.run_id == run_id).values(decision_sha=after, body=body))
            return True


def _stop(con: Connection, ids: list[str], at: datetime) -> tuple[int, int]:
    """Cancel what has not left, also of a worker that has not handed it over; how many, and how many are out."""
    waiting = jobs.c.status.in_(("pending", "awaiting_approval", "to_do"))
    claimed = (jobs.c.status == "sending") & jobs.c.handed_over.is_(False)
    mine = jobs.c.member_id.in_(ids)
    changed = con.scalars(
        update(jobs)
        .where(mine, waiting | claimed)
        .values(status=stopped_as(), error=ERASED, claimed_by=None, claimed_at=None, handed_over=None)
        .returning(jobs.c.intent_key)
    ).all()
    release(con, changed, at)
    out = select(func.count()).select_from(jobs).where(mine, jobs.c.status.in_(("sent", "sending", "unknown")))
    return len(changed), con.scalar(out) or 0


def _rename(con: Connection, ids: list[str], pseudonym: str) -> int:
    """Every row of his in every table: under the pseudonym, or gone where his id is the row's name."""
    changed = 0
    con.execute(update(jobs).where(jobs.c.member_id.in_(ids)).values(receipt=None))
    for table in metadata.sorted_tables:
        if "member_id" not in table.c:
            continue
        mine = table.c.member_id.in_(ids)
        if table.c.member_id.primary_key:
            changed += con.execute(delete(table).where(mine)).rowcount
        else:
            # What a person wrote about him goes as well.
            words = {"reason": ""} if "reason" in table.c else {}
            changed += con.execute(update(table).where(mine).values(member_id=pseudonym, **words)).rowcount
    for member_id in ids:
        if len(member_id) >= _TELLING:
            words_about = audit_log.c.detail.contains(member_id, autoescape=True)
            said = func.replace(audit_log.c.detail, member_id, pseudonym)
            con.execute(update(audit_log).where(words_about).values(detail=said))
    named = update(audit_log).where(audit_log.c.subject.in_(ids))
    return changed + con.execute(named.values(subject=pseudonym, detail="")).rowcount
