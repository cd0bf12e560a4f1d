"""Facts of all accounts under their person's name; nothing lost, nothing twice; refreshes go on from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from warehouse.identity.fold import fold
from warehouse.models.catalogue import load_layer
from warehouse.snapshots.snapshot import Snapshot, open_snapshot

Rows = Sequence[Mapping[str, object]]
AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)
LINKED: Rows = [
    {"member_id": "wx1", "kind": "crm_id", "value": "c1"},
    {"member_id": "wx1", "kind": "phone_hash", "value": "h1"},
    {"member_id": "tb1", "kind": "phone_hash", "value": "h1"},
]
DAY = "2026-02-{:02} 10:00:00".format


def order(number: str, member: str, day: int) -> dict[str, object]:
    return {"order_id": number, "member_id": member, "ordered_at": DAY(day), "paid_at": DAY(day), "amount": "10"}


@pytest.fixture
def accounts(empty_shop: Any) -> Any:
    """c1 of the CRM, a WeChat account that left, a Taobao buyer who never joined; x is somebody else."""
    empty_shop.write("members", [*MEMBERS, {"member_id": "x", "joined_at": DAY(1)}])
    empty_shop.write("orders", [order("1", "c1", 10), order("2", "wx1", 1), order("3", "tb1", 3), order("4", "x", 4)])
    empty_shop.write("order_items", [{"order_id": "2", "line_id": "1", "price": "10", "category": "tea"}])
    empty_shop.write("events", [{"event_id": "e1", "member_id": "tb1", "kind": "visit", "at": DAY(20)}])
    empty_shop.write("identities", LINKED)
    return empty_shop


Query = Callable[[Snapshot, str], list[tuple[Any, ...]]]


def test_facts_of_all_accounts_are_the_persons(accounts: Any, rows_of: Query) -> None:
    snapshot = accounts.build()
    assert rows_of(snapshot, "from snap.member_map order by all") == [("tb1", "c1"), ("wx1", "c1")]
    assert rows_of(snapshot, "select order_id, member_id from snap.stg_orders order by all") == [
        ("1", "c1"),
        ("2", "c1"),
        ("3", "c1"),
        ("4", "x"),
    ]
    assert rows_of(snapshot, "select member_id from snap.stg_order_items") == [("c1",)]
    figures = "select member_id, orders_total, visits_30d, favourite_category from member_features order by all"
    assert rows_of(snapshot, figures) == [("c1", 3, 1, "tea"), ("x", 1, 0, None)]
    # How the rows were read is kept, and the account of the sources still closes.
    assert rows_of(snapshot, "select order_id, member_id from snap.account_orders order by all") == [
        ("2", "wx1"),
        ("3", "tb1"),
    ]
    assert snapshot.counts["members"].accepted == 4
    assert [problem.message for problem in snapshot.findings if problem.code == "D403"] == ["3 accounts are 1 person"]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Empty staged tables, and a map that says c1, wx1 and tb1 are one person."""
    with duckdb.connect() as opened:
        opened.execute("attach ':memory:' as snap")
        for model in load_layer("staging"):
            opened.execute(f"create table snap.{model.name} ({model.ddl()}, _file varchar, _row bigint)")
        opened.execute(
            "create table snap.member_map as from (values ('wx1', 'c1'), ('tb1', 'c1')) as t(account_id, member_id)"
        )
        yield opened


def folded(con: duckdb.DuckDBPyConnection, dataset: str, rows: Rows, query: str) -> list[tuple[Any, ...]]:
    for number, row in enumerate(rows, 1):
        cells = {**row, "_file": "f.csv", "_row": number}
        names = ", ".join(f'"{name}"' for name in cells)
        con.execute(
            f"insert into snap.stg_{dataset} ({names}) values ({', '.join('?' * len(cells))})", list(cells.values())
        )
    fold(con, AS_OF)
    assert con.execute(f"select count(*) from snap.account_{dataset}").fetchall() == [(len(rows),)]
    return con.execute(f"select {query} from snap.stg_{dataset} order by all").fetchall()


MEMBERS: Rows = [
    {"member_id": "c1", "name": "Ann", "joined_at": DAY(5), "created_at": DAY(4)},
    {"member_id": "wx1", "phone": "138", "city": "杭州", "province": "浙江", "joined_at": DAY(1), "left_at": DAY(2)},
    {"member_id": "tb1", "name": "annie", "city": "上海", "created_at": DAY(3), "birth_on": "1990-05-01"},
]


def test_one_row_per_person_with_the_gaps_filled(con: duckdb.DuckDBPyConnection) -> None:
    query = (
        "member_id, name, phone, city, province, birth_on::varchar, created_at::varchar, joined_at::varchar, left_at"
    )
    # tb1 has been known for longer than wx1: its city counts, and no province of another city.
    expected = ("c1", "Ann", "138", "上海", None, "1990-05-01", DAY(3), DAY(1), None)
    assert folded(con, "members", MEMBERS, f"{query}, _row") == [(*expected, 1)]


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        ({}, None),
        ({"c1": DAY(9)}, DAY(9)),
        ({"c1": DAY(9), "tb1": DAY(12)}, DAY(12)),
        ({"c1": "2026-04-01 10:00:00"}, "2026-04-01 10:00:00"),
    ],
)
def test_a_person_has_left_when_the_last_account_has(
    con: duckdb.DuckDBPyConnection, left: dict[str, str], expected: str | None
) -> None:
    rows = [row | {"left_at": left.get(str(row["member_id"]), row.get("left_at"))} for row in MEMBERS]
    assert folded(con, "members", rows, "left_at::varchar") == [(expected,)]


def test_who_left_and_comes_back_after_as_of_has_left(con: duckdb.DuckDBPyConnection) -> None:
    rows = [MEMBERS[1], {"member_id": "c1", "joined_at": "2026-03-09 10:00:00"}]
    assert folded(con, "members", rows, "left_at::varchar") == [(DAY(2),)]


def point(member: str, **cells: str) -> dict[str, str]:
    return {"member_id": member, "channel": "sms", **cells}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        # The canonical account's, and never an address with the consent of another account.
        (
            [point("c1", address="1", consented_at=DAY(1)), point("wx1", address="2", consented_at=DAY(2))],
            ("1", DAY(1), None),
        ),
        ([point("c1", address="1"), point("wx1", address="2", consented_at=DAY(2))], ("2", DAY(2), None)),
        ([point("c1", consented_at=DAY(1)), point("tb1", address="3")], ("3", None, None)),
        # A withdrawal of any account counts; one that stands before one after which consent was given again.
        (
            [point("c1", address="1", consented_at=DAY(9)), point("wx1", consented_at=DAY(1), withdrawn_at=DAY(2))],
            (None, DAY(1), DAY(2)),
        ),
        (
            [point("c1", withdrawn_at=DAY(2)), point("wx1", consented_at=DAY(8), withdrawn_at=DAY(7))],
            (None, None, DAY(2)),
        ),
    ],
)
def test_one_contact_point_per_person_and_channel(
    con: duckdb.DuckDBPyConnection, points: Rows, expected: tuple[str | None, ...]
) -> None:
    query = "member_id, address, consented_at::varchar, withdrawn_at::varchar"
    assert folded(con, "contact_points", points, query) == [("c1", *expected)]


def test_a_tag_is_carried_as_long_as_any_account_says(con: duckdb.DuckDBPyConnection) -> None:
    tag = {"tag": "tea", "at": DAY(1)}
    rows = [{"member_id": "c1", **tag, "until": DAY(2)}, {"member_id": "wx1", **tag}]
    assert folded(con, "tags", rows, "member_id, tag, until") == [("c1", "tea", None)]


def test_of_equal_consents_the_withdrawn_one_stays(con: duckdb.DuckDBPyConnection) -> None:
    given = {"channel": "sms", "purpose": "marketing", "given_at": DAY(1)}
    rows = [{"member_id": "c1", **given}, {"member_id": "tb1", **given, "withdrawn_at": DAY(6)}]
    assert folded(con, "consents", rows, "member_id, withdrawn_at::varchar") == [("c1", DAY(6))]


def test_nobody_refers_themselves_and_everybody_once(con: duckdb.DuckDBPyConnection) -> None:
    referrals = [("c1", "wx1", 1), ("x", "c1", 3), ("x", "tb1", 2), ("wx1", "x", 4)]
    rows = [{"referrer_id": one, "referred_id": other, "at": DAY(day)} for one, other, day in referrals]
    query = 'referrer_id, referred_id, day("at")'
    assert folded(con, "referrals", rows, query) == [("c1", "x", 4), ("x", "c1", 2)]


def content(snapshot: Snapshot) -> dict[str, list[tuple[Any, ...]]]:
    with open_snapshot(snapshot) as con:
        names = con.execute("select table_name from duckdb_tables() where database_name = 'snap' order by 1").fetchall()
        return {name: con.execute(f"from snap.{name} order by all").fetchall() for (name,) in names}


@pytest.mark.parametrize("whole", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_persons_change_from_refresh_to_refresh(accounts: Any, rows_of: Query, whole: bool) -> None:
    """Links appear, move, come to contradict each other and vanish; every refresh is what a full build says."""
    spec = accounts.specs["identities"]
    other = [{"member_id": "x", "kind": "crm_id", "value": "c1"}]
    torn = [{"member_id": "tb1", "kind": "crm_id", "value": "c7"}]
    moved = [
        *other,
        {"member_id": "tb1", "kind": "nick", "value": "n"},
        {"member_id": "x", "kind": "nick", "value": "n"},
    ]
    steps: list[tuple[Rows, dict[str, str]]] = [
        ([], {}),
        (LINKED, {"tb1": "c1", "wx1": "c1"}),
        ([*LINKED, *other, *torn], {"wx1": "c1", "x": "c1"}),
        (moved, {"tb1": "c1", "x": "c1"}),
    ]
    if not whole:
        # New rows only: files are added, never changed.
        accounts.specs["identities"] = replace(spec, path="identities-*.csv")
        steps = steps[:3]
    for number, (rows, expected) in enumerate(steps):
        known = steps[number - 1][0] if number and not whole else []
        accounts.write("identities", rows[len(known) :], columns=["member_id", "kind", "value", "at"])
        if not whole:
            accounts.base.joinpath("identities.csv").rename(accounts.base / f"identities-{number}.csv")
            accounts.specs["identities"] = replace(spec, path="identities-*.csv")
        moment = AS_OF + timedelta(hours=number)
        grown = accounts.build(as_of=moment)
        assert grown.build.mode == ("incremental" if number else "full")
        assert dict(rows_of(grown, "from snap.member_map")) == expected
        full = accounts.build(as_of=moment, directory=accounts.base / "whole", full=True)
        one, other_content = content(grown), content(full)
        assert list(one) == list(other_content)
        for table, found in one.items():
            assert found == other_content[table], (number, table)
