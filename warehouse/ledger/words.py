"""Which words somebody agreed to: by the plan he applied, or by an answer to a run that waited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, ForeignKey, Table, Text, delete, insert, select

from warehouse.ledger.schema import UtcMoment, metadata

REWORDED = "its words were changed after they were agreed to"

table = Table(
    "agreed_words",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("play", Text, primary_key=True),
    Column("words", Text, nullable=False),
    Column("approved", Boolean, nullable=False),
    Column("agreed_at", UtcMoment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a play says, as somebody agreed to it."""

    words: str
    """A digest of everything its messages are written of."""
    approved: bool
    """A person answered for this run; else whoever applied its plan agreed."""

    def gives_way(self, *, approved: bool) -> bool:
        """Whether it is replaced by what is agreed to now: what a person approved only by another approval."""
        return approved or not self.approved


def keep_words(con: Connection, run_id: str, words: Mapping[str, str], at: datetime, *, approved: bool) -> None:
    """Play → digest, in the transaction of whoever agrees."""
    before = words_in(con, run_id)
    for play, digest in words.items():
        if play in before and not before[play].gives_way(approved=approved):
            continue
        con.execute(delete(table).where(table.c.run_id == run_id, table.c.play == play))
        row = {"run_id": run_id, "play": play, "words": digest, "approved": approved, "agreed_at": at}
        con.execute(insert(table), row)


def words_in(con: Connection, run_id: str) -> dict[str, Agreed]:
    """Play → what was agreed to."""
    asked = select(table.c.play, table.c.words, table.c.approved).where(table.c.run_id == run_id)
    return {play: Agreed(digest, bool(approved)) for play, digest, approved in con.execute(asked)}
