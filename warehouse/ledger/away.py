"""What members had, whatever calendar it was of: asked right before more leaves. In SQL, inside one transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, null, select

from warehouse.ledger.bulk import chunks, listed
from warehouse.ledger.outbox import word
from warehouse.ledger.schema import UtcMoment, jobs


@dataclass(frozen=True, slots=True)
class AwayRow:
    """A message that left or may have, or that a worker has in hand. `at`: when it left, as far as that is known, else
    its planned moment; None while a worker has it."""

    intent_key: str
    member_id: str
    channel: str
    occurrence_at: datetime
    at: datetime | None


def away(con: Connection, members: Collection[str], since: datetime) -> list[AwayRow]:
    j, found = jobs.c, []
    about = (j.intent_key, j.member_id, j.channel, j.occurrence_at)
    for part in chunks(sorted(set(members))):
        mine = j.member_id.in_(select(listed(con, part)))
        left = func.coalesce(j.sent_at, j.occurrence_at, type_=UtcMoment())
        out = j.status.in_([word("sent"), word("unknown"), word("to_do")])
        rows = con.execute(select(*about, left).where(mine, out, left > since))
        found += [AwayRow(*row) for row in rows]
        in_hand = con.execute(select(*about, null()).where(mine, j.status == word("sending")))
        found += [AwayRow(*row) for row in in_hand]
    return sorted(found, key=lambda row: row.intent_key)
