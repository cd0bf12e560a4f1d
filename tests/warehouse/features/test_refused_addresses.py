"""A refusal given by one member holds for everybody who has the address on that channel, and for nobody else."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.features.history import create_tables, suppress_addresses

SHARED = [
    ("sms", "13900000101", "ann"), ("sms", "13900000101", "ben"), ("sms", "13900000101", "cy"),
    ("mail", "shop@x", "ann"), ("mail", "shop@x", "dee"), ("sms", "13900000202", "eve"), ("sms", "13900000202", "fay"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("refused", "channel", "added"),
    [
        ("ann", "sms", {("ben", "sms"), ("cy", "sms")}),
        ("ann", "mail", {("dee", "mail")}),
        ("ann", None, {("ben", "sms"), ("cy", "sms"), ("dee", "mail")}),
        ("ann", "push", set()),
        ("gus", None, set()),
    ],
)
def test_it_holds_for_all_who_have_the_address(refused: str, channel: str | None, added: set[tuple[str, str]]) -> None:
    with duckdb.connect() as con:
        create_tables(con)
        con.execute("create table shared_addresses (channel varchar, address_key varchar, member_id varchar)")
        con.executemany("insert into shared_addresses values (?, ?, ?)", SHARED)
        con.execute("insert into suppressions values (?, ?)", [refused, channel])
        suppress_addresses(con)
        rows = con.execute("select member_id, channel from suppressions").fetchall()
    assert len(rows) == len(set(rows))
    assert set(rows) == {(refused, channel)} | added
