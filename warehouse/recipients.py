"""Who a message goes to, looked up at the last moment in the newest snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# Consent is withdrawn unless it was given again afterwards. Leaving the programme withdraws all (A1#13).
_LOOKUP = """
    with
        asked as (select unnest($members::varchar[]) as member_id),
        points as (
            select member_id, any_value(address) as address,
                bool_or(withdrawn_at is not null and not coalesce(consented_at > withdrawn_at, false)) as withdrawn
            from snap.stg_contact_points
            where channel = $channel
            group by member_id
        )
    select m.member_id, any_value(p.address), any_value(m.name), bool_or(coalesce(p.withdrawn, false)),
        bool_or(m.left_at is not null and not coalesce(m.joined_at > m.left_at, false))
    from asked as a
    join snap.stg_members as m using (member_id)
    left join points as p using (member_id)
    group by m.member_id
"""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member as a channel needs it. Address and name are personal data: never log, never store."""

    member_id: str
    address: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    consent_withdrawn: bool = False


def lookup(con: duckdb.DuckDBPyConnection, member_ids: Sequence[str], channel: str) -> dict[str, Recipient]:
    """Recipients of those members that the attached snapshot (`snap`) knows.

    `address` is the member's contact point on this channel, None without one.
    `consent_withdrawn` also stands for a member who has left.
    """
    rows = con.execute(_LOOKUP, {"members": list(member_ids), "channel": channel}).fetchall()
    return {
        member_id: Recipient(member_id, address or None, name or None, bool(withdrawn or has_left))
        for member_id, address, name, withdrawn, has_left in rows
    }
