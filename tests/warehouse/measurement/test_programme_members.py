"""Who counts in which arm and region: what held when he was assigned first, by which account."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from warehouse.engines.sql_files import sql_files

TREATED, HELD = "treated", "campaign_control"
EARLY, LATE = "2026-03-01 10:00", "2026-03-02 10:00"


@pytest.mark.parametrize(
    ("assigned", "arm", "region"),
    [
        ([("a", EARLY, HELD, "广东"), ("a", LATE, TREATED, "浙江")], HELD, "广东"),  # moved out of a held-out region
        ([("a", EARLY, TREATED, "浙江"), ("a", LATE, HELD, "广东")], TREATED, "浙江"),  # and into one
        ([("a", EARLY, TREATED, None), ("a", LATE, HELD, "广东")], TREATED, None),  # known later only: counts nowhere
        ([("b", EARLY, HELD, "广东"), ("a", EARLY, TREATED, "浙江")], TREATED, "浙江"),  # two accounts: the smaller id
        ([("b", EARLY, HELD, "广东"), ("a", LATE, TREATED, "浙江")], HELD, "广东"),  # the earlier one
        ([("a", EARLY, TREATED, None), ("b", EARLY, HELD, "广东")], TREATED, None),  # no region of another account
        ([("a", EARLY, "play_control", "浙江"), ("a", EARLY, TREATED, "浙江")], TREATED, "浙江"),
    ],
)
def test_arm_and_region_are_those_of_one_account_at_its_first_moment(
    assigned: list[tuple[str, str, str, str | None]], arm: str, region: str | None
) -> None:
    accounts = {account for account, *_ in assigned}
    # Who has one account, and is not known by another name, is reckoned by itself.
    for person, several in (("p", True), ("a", False))[: 3 - len(accounts)]:
        with duckdb.connect() as con:
            con.execute(
                """
                create table candidates (
                    phase varchar, play varchar, member_id varchar, account_id varchar, occurrence_at timestamp,
                    arm varchar, region varchar
                );
                create table phase_windows as select 'burst' as phase, timestamp '2026-03-10' as ends_at;
                create table persons_of_several (member_id varchar)
                """
            )
            rows = [(f"play-{n}", person, *row) for n, row in enumerate(assigned)]
            con.executemany("insert into candidates values ('burst', ?, ?, ?, ?, ?, ?)", rows)
            if several:
                con.execute("insert into persons_of_several values (?)", [person])
            for name in ("first_assignments", "programme_members"):
                con.execute(sql_files("warehouse.measurement")[name], {"as_of": datetime(2026, 4, 1)})
            found = con.execute("select member_id, arm, region, joined from programme_members").fetchall()
            assert found == [(person, arm, region, len(accounts) > 1)]
