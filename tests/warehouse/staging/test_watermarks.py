"""Databases pulled by watermark with overlap: only what changed is read, and the result is that of a full pull."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from campaign_calendars.findings.errors import SourceError
from warehouse.snapshots.snapshot import Snapshot, open_snapshot
from warehouse.sources import SourceSpec, watermarks

AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)
START = datetime(2026, 2, 1)


def spec(dataset: str, shop: Any, **changes: Any) -> SourceSpec:
    url = f"sqlite:///{shop.base}/shop.db"
    made = SourceSpec(dataset, "sql", url=url, table=dataset, watermark="updated_at", overlap=timedelta(days=2))
    return replace(made, **changes)


@pytest.fixture
def database(empty_shop: Any) -> Any:
    with closing(sqlite3.connect(empty_shop.base / "shop.db")) as db, db:
        db.execute("create table members (member_id text primary key, joined_at text, updated_at text)")
        db.execute(
            "create table orders (order_id text primary key, member_id text, ordered_at text, amount text,"
            " refunded text, updated_at text)"
        )
        for n in range(6):
            db.execute("insert into members values (?, '2025-06-01', '2026-01-01 00:00:00')", [f"m{n}"])
        for n in range(30):
            put_order(db, n, START + timedelta(hours=n), refunded="0.10" if n == 9 else "")
    empty_shop.specs = {name: spec(name, empty_shop) for name in ("members", "orders")}
    return empty_shop


def put_order(db: Any, number: int, at: datetime, *, member: str = "", refunded: str = "") -> None:
    row = (f"o{number}", member or f"m{number % 6}", str(START), f"{number}.50", refunded, str(at))
    db.execute("insert or replace into orders values (?, ?, ?, ?, ?, ?)", row)


def content(snapshot: Snapshot) -> dict[str, Any]:
    """Tables without the numbers of rows: a database has none."""
    columns = {
        "quarantine": "* exclude (source_row, row_json)",
        "duplicates": "* exclude (source_row)",
        "member_state": "*",
        "stg_members": "* exclude (_row)",
        "stg_orders": "* exclude (_row)",
    }
    with open_snapshot(snapshot) as con:
        return {
            name: con.execute(f"select {wanted} from snap.{name} order by all").fetchall()
            for name, wanted in columns.items()
        }


def test_only_what_changed_is_read_and_the_result_is_that_of_a_full_pull(database: Any) -> None:
    first = database.build()
    assert first.build.sources["orders"].watermark == "text:2026-02-02 05:00:00"
    draw = random.Random(7)
    for step in range(1, 4):
        with closing(sqlite3.connect(database.base / "shop.db")) as db, db:
            now = START + timedelta(days=3 * step)
            for number in draw.sample(range(30), 4):
                put_order(db, number, now, refunded=f"0.{step}0")
            put_order(db, 100 + step, now, member=f"later{step}")
            # A transaction that was committed late lies before the last watermark, within the overlap.
            put_order(db, 200 + step, now - timedelta(days=3, hours=12))
            if step > 1:
                db.execute("insert into members values (?, '2025-06-01', ?)", [f"later{step - 1}", str(now)])
        grown = database.build(as_of=AS_OF + timedelta(hours=step))
        assert grown.build.mode == "incremental"
        assert grown.build.sources["orders"].new_rows == 6
    whole = database.build(as_of=grown.as_of, directory=database.base / "whole")
    assert whole.build.mode == "full"
    assert (whole.fingerprint, whole.counts) == (grown.fingerprint, grown.counts)
    assert grown.counts["orders"].rows_in == 36
    assert grown.counts["orders"].quarantined == 1
    assert content(grown) == content(whole)


def test_a_pull_without_changes_changes_nothing(database: Any) -> None:
    first = database.build()
    assert database.build() == first
    later = database.build(as_of=AS_OF + timedelta(hours=1))
    assert later.build.sources["orders"].new_rows == 0
    assert later.fingerprint == first.fingerprint


def test_a_query_says_itself_where_it_starts_or_is_cut(database: Any) -> None:
    asked = "select order_id, member_id, ordered_at, amount, updated_at from orders"
    for query in (asked, f"{asked} where updated_at >= :since"):
        database.specs["orders"] = spec("orders", database, table="", query=query)
        directory = database.base / f"w{len(query)}"
        database.build(directory=directory)
        with closing(sqlite3.connect(database.base / "shop.db")) as db, db:
            put_order(db, len(query), START + timedelta(days=9))
        later = database.build(as_of=AS_OF + timedelta(hours=1), directory=directory)
        assert later.build.sources["orders"].mode == "incremental"
        assert later.build.sources["orders"].new_rows == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("update orders set updated_at = '2020-01-01'", "its watermark went back"),
        ("update orders set updated_at = null", "its watermark went back"),
    ],
)
def test_when_everything_is_read_after_all(database: Any, change: str, reason: str) -> None:
    database.build()
    with closing(sqlite3.connect(database.base / "shop.db")) as db, db:
        db.execute(change)
    record = database.build(as_of=AS_OF + timedelta(hours=1)).build.sources["orders"]
    assert (record.mode, record.reason) == ("full", reason)


def test_a_table_with_several_rows_for_a_key_is_read_whole(database: Any) -> None:
    with closing(sqlite3.connect(database.base / "shop.db")) as db, db:
        db.execute("create table copies as select * from orders union all select * from orders where order_id = 'o1'")
    database.specs["orders"] = spec("orders", database, table="copies")
    database.build()
    record = database.build(as_of=AS_OF + timedelta(hours=1)).build.sources["orders"]
    assert (record.mode, record.reason) == ("full", "it has several rows for a key")


@pytest.mark.parametrize(
    ("value", "kept", "lower"),
    [
        (
            datetime(2026, 3, 3, 10, tzinfo=UTC),
            "moment:2026-03-03 10:00:00+00:00",
            datetime(2026, 3, 1, 10, tzinfo=UTC),
        ),
        (datetime(2026, 3, 3, 10), "moment:2026-03-03 10:00:00", datetime(2026, 3, 1, 10)),
        (date(2026, 3, 3), "moment:2026-03-03 00:00:00", datetime(2026, 3, 1)),
        ("2026-03-03 10:00:00", "text:2026-03-03 10:00:00", "2026-03-01 10:00:00"),
        ("2026-03-03T10:00:00.25", "text:2026-03-03T10:00:00.25", "2026-03-01T10:00:00.250000"),
        ("2026-03-03", "text:2026-03-03", "2026-03-01"),
    ],
)
def test_bounds_are_of_the_kind_of_the_column(value: object, kept: str, lower: object) -> None:
    source = SourceSpec("orders", "sql", url="sqlite://", table="t", watermark="at", overlap=timedelta(days=2))
    assert watermarks._kept(source, value) == kept
    assert watermarks.bound(source, kept) == lower
    assert not watermarks.went_back(kept, kept)


def test_numbers_grow_too_but_have_no_overlap() -> None:
    source = SourceSpec("orders", "sql", url="sqlite://", table="t", watermark="id")
    assert watermarks._kept(source, Decimal(17)) == "number:17"
    assert watermarks.bound(source, "number:17") == 17
    assert watermarks.went_back("number:17", "number:9")
    with pytest.raises(SourceError, match="no moment, so no overlap"):
        watermarks.bound(replace(source, overlap=timedelta(days=1)), "number:17")
    with pytest.raises(SourceError, match="neither a moment nor a number"):
        watermarks._kept(source, 1.5)
