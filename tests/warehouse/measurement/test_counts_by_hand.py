"""Counts of the catalogue on tables small enough to be reckoned by hand: fans, days online, shops, new articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest

from campaign_calendars.measuring.metrics.catalogue import metric
from campaign_calendars.measuring.metrics.needs import missing
from warehouse.engines.sql_files import sql_files
from warehouse.measurement.metrics.needs import Data

_SQL = sql_files("warehouse.measurement.metrics.counts")
ZONE = "Asia/Shanghai"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """One window of 2026-03-01 to 03-11 in Shanghai, in UTC."""
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as snap")
        con.execute(
            "create table cells as select 'w' as cell, timestamp '2026-02-28 16:00' as starts_at,"
            " timestamp '2026-03-10 16:00' as ends_at, timestamp '2026-02-18 16:00' as before_at"
        )
        yield con


def count(con: duckdb.DuckDBPyConnection, name: str, **given: Any) -> dict[tuple[str, ...], dict[str, int]]:
    cursor = con.execute(_SQL[name].format(group="''"), given)
    names = [column[0] for column in cursor.description or ()][3:]
    return {tuple(row[2]): dict(zip(names, row[3:], strict=True)) for row in cursor.fetchall()}


def rows(con: duckdb.DuckDBPyConnection, table: str, columns: str, *values: tuple[Any, ...]) -> None:
    con.execute(f"create table {table} ({columns})")
    marks = ", ".join("?" * len(values[0]))
    con.executemany(f"insert into {table} values ({marks})", list(values))


def test_fans_who_join(con: duckdb.DuckDBPyConnection) -> None:
    """A joins, B does not; C is a member already, D lost the tag before, E got it later, F carries another one; G had
    left and joins again, which counts."""
    old, new = datetime(2026, 1, 1), datetime(2026, 3, 5)
    rows(
        con, "snap.stg_tags", 'member_id varchar, family varchar, "at" timestamp, until timestamp',
        ("A", "fan", old, None), ("A", "fan", None, None), ("B", "fan", None, None), ("C", "fan", old, None),
        ("D", "fan", old, datetime(2026, 2, 1)), ("E", "fan", new, None), ("F", "city", old, None),
        ("G", "fan", old, datetime(2026, 6, 1)),
    )  # fmt: skip
    rows(
        con, "m_members", "member_id varchar, joined_at timestamp, left_at timestamp",
        ("A", new, None), ("B", None, None), ("C", old, None), ("D", new, None), ("E", new, None), ("F", new, None),
        ("G", new, None),
    )  # fmt: skip
    assert count(con, "followers") == {(): {"fans": 3, "joined": 2}}


def test_days_online_are_local_and_the_last_fifteen(con: duckdb.DuckDBPyConnection) -> None:
    """02-24 to 03-10: the first benefit has 02-24 and 02-25, the second 03-09 and 03-10, of which 03-11 is no more."""
    rows(
        con, "snap.stg_offers", "benefit varchar, starts_on date, ends_on date",
        ("a", datetime(2026, 2, 1), datetime(2026, 2, 25)), ("b", datetime(2026, 3, 9), None),
        ("c", datetime(2026, 3, 10), datetime(2026, 3, 10)), ("d", datetime(2026, 3, 11), None),
    )  # fmt: skip
    assert count(con, "online", zone=ZONE) == {(): {"days": 4}}


def test_buyers_of_shops_by_tier_and_lifecycle_and_their_power(con: duckdb.DuckDBPyConnection) -> None:
    """North: A (silver by now) twice and B, 400.00 of 2 buyers, 100.00 of 1 in the ten days before; of the months that
    count January has 300.00 of one buyer and the highest, February 100.00. An order without a shop is in none."""
    at = datetime
    rows(
        con, "m_orders",
        'order_id varchar, member_id varchar, "at" timestamp, local_at timestamp, net_cents bigint, counts bool,'
        " store varchar, tier varchar",
        ("1", "A", at(2026, 3, 2), at(2026, 3, 2, 8), 100_00, True, "north", "normal"),
        ("2", "A", at(2026, 3, 3), at(2026, 3, 3, 8), 100_00, True, "north", "silver"),
        ("3", "B", at(2026, 3, 3), at(2026, 3, 3, 8), 200_00, True, "north", "normal"),
        ("4", "A", at(2026, 2, 20), at(2026, 2, 20, 8), 100_00, True, "north", "normal"),
        ("5", "B", at(2026, 1, 5), at(2026, 1, 5, 8), 300_00, True, "north", "normal"),
        ("6", "B", at(2025, 1, 5), at(2025, 1, 5, 8), 900_00, True, "north", "normal"),
        ("7", "C", at(2026, 3, 3), at(2026, 3, 3, 8), 50_00, True, "south", "non_member"),
        ("8", "C", at(2026, 3, 3), at(2026, 3, 3, 8), 50_00, False, "north", "non_member"),
        ("9", "D", at(2026, 3, 3), at(2026, 3, 3, 8), 50_00, True, "", "normal"),
    )  # fmt: skip
    rows(
        con, "m_ends", "cell varchar, member_id varchar, lifecycle varchar", ("w", "A", "core"), ("w", "B", "ordinary")
    )
    assert count(con, "shops") == {
        ("north", "silver", "core"): {"buyers": 1},
        ("north", "normal", "ordinary"): {"buyers": 1},
        ("south", "non_member", "never"): {"buyers": 1},
    }
    power = count(con, "shop_power", zone=ZONE)
    assert power["north",] == {
        "cents": 400_00, "buyers": 2, "before_cents": 100_00, "before_buyers": 1, "highest_each_cents": 300_00,
        "lowest_each_cents": 100_00,
    }  # fmt: skip
    assert (power["south",]["buyers"], power["south",]["before_buyers"]) == (1, 0)
    # March has only begun: it is no month to be held against whole ones.
    assert (power["south",]["highest_each_cents"], power["south",]["lowest_each_cents"]) == (0, 0)


def test_each_step_of_the_chain_passed_all_before_it(con: duckdb.DuckDBPyConnection) -> None:
    """New is only `n`, first sold on 03-02. A goes all the way; B buys without having looked; C looks too early;
    D looks at an old article; E is chosen and not contacted; F is held out."""
    at = datetime
    con.execute("create table j_scopes as select 'w' as cell, 'p' as phase, timestamp '1970-01-01' as starts_at,"
                " timestamp '2026-03-16' as ends_at")  # fmt: skip
    con.execute("create table phase_spans as select 'p' as phase, timestamp '2026-03-10 16:00' as ends_at")
    rows(
        con, "m_assigned", "phase varchar, member_id varchar, eligible bool, held_out bool",
        *((("p", who, True, False)) for who in "ABCDE"), ("p", "F", True, True), ("p", "G", False, False),
    )  # fmt: skip
    rows(con, "m_contacts", 'phase varchar, member_id varchar, "at" timestamp',
         *((("p", who, at(2026, 3, 3))) for who in "ABCD"))  # fmt: skip
    rows(con, "snap.stg_orders", "order_id varchar, paid_at timestamp",
         ("1", at(2026, 3, 2)), ("2", at(2025, 1, 1)), ("3", at(2026, 3, 5)), ("4", at(2026, 3, 6)))  # fmt: skip
    rows(con, "snap.stg_order_items", "order_id varchar, sku varchar",
         ("1", "n"), ("2", "old"), ("3", "n"), ("4", "n"), ("4", "old"))  # fmt: skip
    rows(
        con, "snap.stg_events", 'member_id varchar, kind varchar, "at" timestamp, sku varchar',
        ("A", "visit", at(2026, 3, 4), "n"), ("A", "cart_add", at(2026, 3, 4), "n"),
        ("C", "visit", at(2026, 3, 2), "n"), ("D", "visit", at(2026, 3, 4), "old"),
        ("B", "cart_add", at(2026, 3, 4), "n"),
    )  # fmt: skip
    rows(con, "m_lines", 'member_id varchar, "at" timestamp, sku varchar',
         ("A", at(2026, 3, 5), "n"), ("B", at(2026, 3, 6), "n"))  # fmt: skip
    found = count(con, "launched", as_of=at(2026, 3, 16))
    assert {step: row["persons"] for (step,), row in found.items()} == {
        "chosen": 5, "contacted": 4, "visited": 1, "carted": 1, "bought": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kinds", "lacks"),
    [(("cart_add",), "events.looks"), (("page_view",), "events.kind=cart_add"), (("share",), "events.looks")],
)
def test_a_step_that_the_source_never_tells_of_is_no_0(
    con: duckdb.DuckDBPyConnection, kinds: tuple[str, ...], lacks: str
) -> None:
    """Articles of events alone do not say that nobody looked at one, or put it into the cart."""
    rows(con, "snap.stg_events", "kind varchar, sku varchar", *((kind, "n") for kind in kinds))
    data = Data(con, {"events"}, datetime(2020, 1, 1, tzinfo=UTC))
    needs = [need for need in metric("launch_chain").needs if need.startswith("events")]
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)
    assert data.lacks(needs, start, end) == lacks
    assert all(missing(lacks))
