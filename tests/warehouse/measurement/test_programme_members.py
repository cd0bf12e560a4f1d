"""Who counts in which arm and region: what held when he was assigned first, by which account."""

from __future__ import annotations

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
    with duckdb.connect() as con:
        con.execute(
            "create table assigned"
            " (member_id varchar, account_id varchar, occurrence_at timestamp, arm varchar, region varchar)"
        )
        con.executemany("insert into assigned values ('p', ?, ?, ?, ?)", assigned)
        con.execute(sql_files("warehouse.measurement")["programme_members"])
        assert con.execute("select arm, region from programme_members").fetchall() == [(arm, region)]
