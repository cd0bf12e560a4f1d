"""The same pulls by watermark on real servers: every kind of watermark, ties at the boundary, late commits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from campaign_calendars.findings.errors import SnapshotRejectedError
from tasks.settings import DriftSection
from tests.warehouse.conftest import AS_OF, Shop
from tests.warehouse.servers import mariadb, needs_mariadb, postgres
from tests.warehouse.staging.test_watermarks import content
from warehouse.snapshots.drift import DriftLimits
from warehouse.snapshots.snapshot import current_snapshot
from warehouse.sources import SourceSpec

LAST = datetime(2026, 2, 10, 12, 30, 0, 250_000)
HOUR = timedelta(hours=1)
# Type of the column on each server, and how the moment of a change becomes its value.
KINDS = {
    "moment": ("timestamp", "datetime(6)", lambda at: at),
    "moment-with-zone": ("timestamptz", "timestamp(6)", lambda at: at),
    "day": ("date", "date", lambda at: at.date()),
    "number": ("bigint", "bigint", lambda at: int((at - datetime(2026, 1, 1)).total_seconds())),
}
_SERVERS = {"postgresql": postgres, "mariadb": mariadb}


@pytest.fixture(scope="module", params=["sqlite", "postgresql", pytest.param("mariadb", marks=needs_mariadb)])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('db')}/shop.db"
        return
    with _SERVERS[request.param]() as found:
        yield found


@dataclass
class Table:
    """The orders of a shop in a database, `o1` … `o20` an hour apart, the last two changed at the same moment."""

    url: str
    kind: str
    engine: sa.Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = sa.create_engine(self.url)
        of_postgres, of_mariadb, self.value = KINDS[self.kind]
        column = of_postgres if "postgresql" in self.url else of_mariadb
        self.run("drop table if exists orders", "drop table if exists members")
        self.run("create table members (member_id varchar(20) primary key, joined_at varchar(30))")
        self.run("insert into members values ('m1', '2025-06-01')")
        self.run(
            "create table orders (order_id varchar(20) primary key, member_id varchar(20), ordered_at varchar(30),"
            f" paid_at varchar(30), amount varchar(20), items integer, updated_at {column} null)"
        )
        for number in range(1, 21):
            self.put(number, LAST - HOUR * max(19 - number, 0))

    def run(self, *statements: str, **values: Any) -> None:
        with self.engine.begin() as db:
            for statement in statements:
                db.execute(sa.text(statement), values)

    def put(self, number: int, changed: datetime | None, amount: str = "10.50") -> None:
        self.run(f"delete from orders where order_id = 'o{number}'")
        row = f"'o{number}', 'm1', '2026-02-01 10:00', '2026-02-01 10:05', '{amount}', 2"
        self.run(f"insert into orders values ({row}, :at)", at=None if changed is None else self.value(changed))

    def specs(self, **changes: Any) -> dict[str, SourceSpec]:
        overlap = timedelta() if self.kind == "number" else timedelta(days=2)
        orders = SourceSpec("orders", "sql", url=self.url, table="orders", watermark="updated_at", overlap=overlap)
        members = SourceSpec("members", "sql", url=self.url, table="members")
        return {"members": members, "orders": replace(orders, **changes)}


@pytest.fixture
def table(request: pytest.FixtureRequest, url: str) -> Iterator[Table]:
    if url.startswith("sqlite") and request.param not in {"moment", "number"}:
        pytest.skip("SQLite has no such type")
    made = Table(url, request.param)
    if url.startswith("sqlite") and request.param == "moment":
        made.value = lambda at: at.isoformat(" ", "microseconds")
        made.run("update orders set updated_at = updated_at")
        for number in range(1, 21):
            made.put(number, LAST - HOUR * max(19 - number, 0))
    yield made
    made.engine.dispose()


def kinds(*names: str, slow: str = "") -> pytest.MarkDecorator:
    """The first of the kinds in the default suite, those named in `slow` among the slow tests."""
    late = [pytest.param(name, marks=pytest.mark.slow) for name in slow.split()]
    return pytest.mark.parametrize("table", [*names, *late], indirect=True)


@kinds("moment-with-zone", slow="moment day number")
def test_a_pull_of_what_changed_is_a_full_pull(table: Table, empty_shop: Shop) -> None:
    empty_shop.specs = table.specs()
    empty_shop.build()
    later = LAST + timedelta(days=3)
    table.put(21, LAST, "21.00")  # committed after the pull, at the very moment of the last row it saw
    table.put(20, later, "99.00")  # changed
    table.put(22, later)  # new
    table.put(23, None)  # never says when
    late = table.kind != "number"
    if late:
        table.put(24, LAST - timedelta(days=1, hours=23))  # a long transaction, within the overlap
    grown = empty_shop.build(as_of=AS_OF + HOUR)
    record = grown.build.sources["orders"]
    assert (record.mode, record.new_rows) == ("incremental", 5 if late else 4)
    table.put(25, later)
    again = empty_shop.build(as_of=AS_OF + 2 * HOUR)
    assert again.build.sources["orders"].new_rows == 1, "what stood at the boundary already comes only once"
    whole = empty_shop.build(as_of=again.as_of, directory=empty_shop.base / "whole")
    assert (whole.fingerprint, whole.counts) == (again.fingerprint, again.counts)
    assert content(again) == content(whole)
    assert again.counts["orders"].rows_in == (25 if late else 24)


@kinds(slow="moment moment-with-zone day")
def test_a_commit_later_than_the_overlap_waits_for_a_full_pull(table: Table, empty_shop: Shop) -> None:
    empty_shop.specs = table.specs()
    empty_shop.build()
    table.put(21, LAST - timedelta(days=4))
    assert empty_shop.build(as_of=AS_OF + HOUR).build.sources["orders"].new_rows == 0
    assert empty_shop.build(as_of=AS_OF + HOUR, full=True).counts["orders"].rows_in == 21


@kinds(slow="moment-with-zone day")
def test_a_query_by_watermark(table: Table, empty_shop: Shop) -> None:
    query = "select order_id, member_id, ordered_at, amount, updated_at from orders"
    for asked in (query, f"{query} where updated_at >= :since"):
        empty_shop.specs = table.specs(table="", query=asked)
        directory = empty_shop.base / f"w{len(asked)}"
        empty_shop.build(directory=directory)
        table.put(len(asked), LAST)
        later = empty_shop.build(as_of=AS_OF + HOUR, directory=directory)
        record = later.build.sources["orders"]
        assert (record.mode, record.new_rows) == ("incremental", 1)


@kinds("moment")
@pytest.mark.parametrize(
    "watermark", [pytest.param("", marks=pytest.mark.slow), "updated_at"], ids=["whole", "by-watermark"]
)
def test_a_column_that_was_dropped_is_said_and_may_stop(table: Table, empty_shop: Shop, watermark: str) -> None:
    empty_shop.specs = table.specs(watermark=watermark, overlap=timedelta())
    first = empty_shop.build()
    table.run("alter table orders drop column items")
    table.run("update orders set amount = '11.00', updated_at = null where order_id = 'o3'")
    with pytest.raises(SnapshotRejectedError) as refused:
        empty_shop.build(as_of=AS_OF + HOUR, drift=DriftLimits(on_columns="stop"))
    (problem,) = [problem for problem in refused.value.problems if problem.code == "S133"]
    assert (problem.severity, str(problem.location)) == ("error", "sources.orders")
    assert "the column items had values in the last snapshot" in problem.message
    assert current_snapshot(empty_shop.base / "warehouse").snapshot_id == first.snapshot_id

    warned = empty_shop.build(as_of=AS_OF + HOUR)
    assert [problem.severity for problem in warned.findings if problem.code == "S133"] == ["warning"]
    assert warned.build.sources["orders"].mode == "full", "old rows have lost the column, too"
    settled = empty_shop.build(as_of=AS_OF + 2 * HOUR)
    assert not [problem for problem in settled.findings if problem.code == "S133"], "said once"


def test_an_export_without_a_column_it_had_is_said_too(shop: Shop, rows_of: Any) -> None:
    """Of files the new ones are read: what the old ones said stays."""
    (shop.base / "orders.csv").rename(shop.base / "orders-1.csv")
    shop.specs["orders"] = replace(shop.specs["orders"], path="orders-*.csv")
    shop.build()
    header = "order_id,member_id,ordered_at,paid_at,amount"
    (shop.base / "orders-2.csv").write_text(f"{header}\nx1,m1,2026-03-01 10:00,2026-03-01 10:05,12.00\n", "utf-8")
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build(as_of=AS_OF + HOUR, drift=DriftLimits(on_columns="stop"))
    assert [problem.code for problem in refused.value.problems if problem.severity == "error"] == ["S133"]
    grown = shop.build(as_of=AS_OF + HOUR)
    assert [f.message.split(" had")[0] for f in grown.findings if f.code == "S133"] == ["orders: the column items"]
    assert grown.build.sources["orders"].mode == "incremental"
    assert rows_of(grown, "select count(*), count(items) from snap.stg_orders") == [(21, 20)]
    # Whoever takes the column out of the settings does not want it.
    shop.specs["orders"] = replace(shop.specs["orders"], columns={"items": "件数"})
    asked = shop.build(as_of=AS_OF + 2 * HOUR, drift=DriftLimits(on_columns="stop"))
    assert {f.code for f in asked.findings} & {"S104", "S133"} == {"S104"}


def test_settings_say_what_a_lost_column_means() -> None:
    assert DriftLimits(**DriftSection(on_columns="stop").shares()).on_columns == "stop"
