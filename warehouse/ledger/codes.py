"""Codes of partners in SQL: each goes out once. A code of a message that was stopped is free again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from warehouse.ledger import rules
from warehouse.ledger.bulk import listed
from warehouse.ledger.records import CodeRow
from warehouse.ledger.schema import jobs, ledger_state, partner_codes
from warehouse.ledger.transitions import LIVE


def take(
    con: Connection, partner: str, intent_keys: Sequence[str], digests: Sequence[str], at: datetime
) -> dict[str, str]:
    # The row lock makes takers take turns: what is free below is free on commit.
    con.scalars(select(ledger_state.c.position).with_for_update()).one()
    stopped = select(jobs.c.intent_key).where(jobs.c.status.not_in(LIVE))
    mine = partner_codes.c.partner == partner
    con.execute(delete(partner_codes).where(mine, partner_codes.c.intent_key.in_(stopped)))
    held = select(partner_codes.c.intent_key, partner_codes.c.digest).where(
        partner_codes.c.intent_key.in_(select(listed(con, list(intent_keys))))
    )
    found = dict(con.execute(held).tuples().all())
    used = set(con.scalars(select(partner_codes.c.digest).where(mine)))
    new = rules.codes_for(intent_keys, digests, found, used)
    if new:
        rows = [{"partner": partner, "digest": d, "intent_key": key, "taken_at": at} for key, d in new.items()]
        con.execute(insert(partner_codes), rows)
    return found | new


def rows(con: Connection, partner: str) -> list[CodeRow]:
    query = (
        select(partner_codes.c.digest, jobs.c.calendar, jobs.c.benefit, jobs.c.status, partner_codes.c.taken_at)
        .join(jobs, jobs.c.intent_key == partner_codes.c.intent_key)
        .where(partner_codes.c.partner == partner, jobs.c.status.in_(LIVE))
        .order_by(partner_codes.c.digest)
    )
    return [CodeRow(*row) for row in con.execute(query)]
