"""Gates of a channel with named assistants, where members share an address: one member is no rival of himself."""

from __future__ import annotations

import duckdb

from campaign_calendars.deciding.contact import REASONS
from warehouse.decision.explain import held_by_position
from warehouse.engines.sql_files import sql_files, with_parts

SQL = sql_files("warehouse.decision")
ORDERED = sorted(REASONS.values(), key=lambda reason: reason.stage)


def test_a_member_with_two_assistants_does_not_stand_in_his_own_way() -> None:
    con = duckdb.connect()
    con.execute(f"create temp type reason as enum ({', '.join(repr(reason.code) for reason in ORDERED)})")
    con.execute(with_parts(SQL["work_tables"], frozenset()))
    con.execute("create temp macro implied(a, b, c) as false")
    con.execute("create temp table suppressions (member_id varchar, channel varchar)")
    con.execute(
        """
        create temp table candidates as
        select *, false as suppressed, true as joined, false as has_left, false as under_age, false as already_reached,
            null as control
        from (values ('A', '1'), ('B', '2')) as t(member_id, order_hash);
        create temp table member_agents as
        select *, 'wecom' as channel from (values ('A', 'ann'), ('A', 'bob'), ('B', 'ann')) as t(member_id, agent);
        insert into channel_options by name
        select *, 'wecom' as channel, false as consent_required, false as quiet, false as shut, false as restricted,
            false as bound, 0 as implied_bp, false as ended
        from (values (0, 'ann', true), (1, 'bob', false)) as t(position, agent, first_agent);
        create temp table consents as
        select member_id, 'wecom' as channel, true as has_point, true as consented, false as withdrawn
        from (values ('A'), ('B')) as t(member_id);
        create temp table shared_addresses as
        select member_id, 'wecom' as channel, 'one number' as address_key from (values ('A'), ('B')) as t(member_id)
        """
    )
    sql = with_parts(SQL["channel_gates"], frozenset({"agents", "told", "shared"}))
    last = [reason.code for reason in ORDERED if reason.before_arms][-1]
    con.execute(sql.replace("/*held*/", held_by_position(2)), {"last_before_arms": last})
    found = con.execute("select member_id, open, held_0, held_1 from channel_gates order by 1").fetchall()
    assert found == [("A", True, None, None), ("B", False, "shared_address", None)]
