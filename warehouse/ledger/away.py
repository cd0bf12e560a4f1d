"""What members had, whatever calendar it was of: asked right before more leaves. In SQL, inside one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, select

from warehouse.ledger.bulk import chunks, unfolded
from warehouse.ledger.outbox import word
from warehouse.ledger.prepared import Prepared, bound_moment
from warehouse.ledger.schema import UtcMoment, jobs, moment_of


class AwayRow(NamedTuple):
    """A message that left or may have, or that a worker has in hand. `at`: when it left, as far as that is known, else
    its planned moment; None while a worker has it."""

    intent_key: str
    member_id: str
    channel: str
    occurrence_at: datetime
    at: datetime | None


_ABOUT = (jobs.c.intent_key, jobs.c.member_id, jobs.c.channel, jobs.c.occurrence_at)


def _left(name: str) -> Select[tuple[str, str, str, datetime, datetime | None]]:
    at = func.coalesce(jobs.c.sent_at, jobs.c.occurrence_at, type_=UtcMoment())
    mine = jobs.c.member_id.in_(select(unfolded(name, "members")))
    out = jobs.c.status.in_([word("sent"), word("unknown"), word("to_do")])
    return select(*_ABOUT, at).where(mine, out, at > bindparam("since", type_=UtcMoment()))


_LEFT = Prepared(_left)
# As many as workers have claimed: there is an index of exactly these, and none that finds a member's among them.
_IN_HAND = Prepared(lambda _: select(*_ABOUT).where(jobs.c.status == word("sending")))


def away(con: Connection, members: Collection[str], since: datetime, but: Collection[str]) -> list[AwayRow]:
    return sorted(_away(con, members, since, but), key=attrgetter("intent_key"))


def _away(con: Connection, members: Collection[str], since: datetime, but: Collection[str]) -> Iterator[AwayRow]:
    for part in chunks(sorted(set(members))):
        listed = json.dumps(part, ensure_ascii=False)
        for key, member, channel, planned, at in _LEFT.run(con, members=listed, since=bound_moment(con, since)):
            if key not in but:
                yield AwayRow(key, member, channel, _known(planned), moment_of(at))
    for key, member, channel, planned in _IN_HAND.run(con):
        if key not in but and member in members:
            yield AwayRow(key, member, channel, _known(planned), None)


def _known(value: str | datetime) -> datetime:
    found = moment_of(value)
    assert found is not None  # noqa: S101  the column is never null
    return found
