"""Orders without a buyer: published where they are expected, in the sales of the store and in no member's figures."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import SnapshotRejectedError, UsageError
from tasks.data.refresh import refresh
from tasks.runtime import open_runtime
from tests.warehouse.conftest import PARAMS
from tests.warehouse.figures import ask
from warehouse.measurement import session
from warehouse.snapshots.snapshot import Snapshot, build_snapshot, open_snapshot
from warehouse.sources import SourceSpec
from warehouse.sources.mapping import load_map

CASES = Path(__file__).parents[2] / "cases"
NOW = datetime.fromisoformat("2026-04-09T09:00:00+08:00")
HEADER = "order_id,member_id,ordered_at,paid_at,amount\n"


class Shop:
    """Members m1 to m3 and a file of orders."""

    def __init__(self, base: Path) -> None:
        self.base = base
        (base / "members.csv").write_text("member_id\nm1\nm2\nm3\n")

    def orders(self, *lines: str, name: str = "orders-1.csv", header: str = HEADER) -> None:
        (self.base / name).write_text(header + "\n".join(lines) + "\n", "utf-8")

    def build(self, as_of: datetime = NOW, **spec: Any) -> Snapshot:
        sources = [SourceSpec("members", path="members.csv"), SourceSpec("orders", path="orders-*.csv", **spec)]
        where = {"base_dir": self.base, "directory": self.base / "w"}
        return build_snapshot(sources, as_of=as_of, params=PARAMS, **where)

    def ask(self, query: str, **spec: Any) -> list[tuple[Any, ...]]:
        return ask(self.build(**spec), query)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def line(number: int, member: str, amount: str = "10.00", day: int = 20) -> str:
    return f"A{number},{member},2026-03-{day} 10:00:00,2026-03-{day} 10:01:00,{amount}"


SALES = "select count(*), sum(amount_cents), count(member_id) from snap.stg_orders"


def test_without_the_setting_the_refusal_names_it(shop: Shop) -> None:
    shop.orders(line(1, "m1"), line(2, ""), line(3, "m3"))
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build()
    (said,) = [problem for problem in refused.value.problems if "order-member-missing" in problem.message]
    assert "guests = true in [sources.orders]" in (said.hint or "")
    assert "guests = true" in (said.hint_zh or "")


def test_guests_count_in_the_store_and_in_no_member(shop: Shop) -> None:
    shop.orders(line(1, "m1", "60.00"), line(2, "", "90.00"), line(3, "m3", "30.00"))
    assert shop.ask(SALES, guests=True) == [(3, 18_000, 2)]
    figures = "select member_id, orders_total, spend_total from member_features order by 1"
    assert shop.ask(figures, guests=True) == [("m1", 1, 6_000), ("m2", 0, 0), ("m3", 1, 3_000)]
    said = [(p.code, p.message) for p in shop.build(guests=True).findings if "order-of-guest" in p.message]
    assert said == [("S112", "orders: orders of guests (1 of 3 rows, rule order-of-guest)")]


def test_words_that_stand_for_nobody_are_guests_too(shop: Shop) -> None:
    nobody = ["0", "guest", "-", "", "NULL"]
    shop.orders(line(1, "m1"), *(line(2 + n, word) for n, word in enumerate(nobody)))
    assert shop.ask(SALES, guests=("0", "guest")) == [(6, 6_000, 1)]
    assert shop.ask(SALES, guests=True) == [(4, 4_000, 1)], "0 and guest are ids nobody has"
    (said,) = [p for p in shop.build(guests=True).findings if "order-of-unknown-member" in p.message]
    assert 'guests = ["0"] in [sources.orders]; the rows are' in (said.hint or "")


def test_an_export_without_buyers_is_sales_of_the_store(shop: Shop) -> None:
    shop.orders("A1,2026-03-20 10:00:00,10.00", "A2,2026-03-21 10:00:00,5.00", header="order_id,ordered_at,amount\n")
    assert shop.ask(SALES, guests=True) == [(2, 1_500, 0)]
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build()
    assert "write guests = true there" in (refused.value.problems[0].hint or "")


def test_more_guests_than_half_is_a_warning(shop: Shop) -> None:
    shop.orders(line(1, "m1"), line(2, ""), line(3, ""))
    severities = [p.severity for p in shop.build(guests=True).findings if "order-of-guest" in p.message]
    assert severities == ["warning"], "a header that was renamed makes guests of everybody"
    expected = shop.build(guests=True, tolerances={"order-of-guest": 10_000}).findings
    assert [p.severity for p in expected if "order-of-guest" in p.message] == ["info"]


def test_guests_that_come_with_a_later_file_change_no_member(shop: Shop) -> None:
    shop.orders(line(1, "m1"), line(2, ""))
    shop.build(guests=True)
    shop.orders(line(3, "", "40.00", 22), line(4, "m2", "20.00", 22), name="orders-2.csv")
    shop.orders(line(5, "", "1.00", 1), name="orders-3.csv")
    later = datetime.fromisoformat("2026-04-10T09:00:00+08:00")
    on_top = shop.build(later, guests=True)
    assert on_top.build.mode == "incremental"
    figures = "select member_id, orders_total, spend_total from member_features order by 1"
    state = "select member_id from snap.member_state order by 1"
    assert ask(on_top, SALES) == [(5, 8_100, 2)]
    assert ask(on_top, figures) == [("m1", 1, 1_000), ("m2", 1, 2_000), ("m3", 0, 0)]
    assert ask(on_top, state) == [("m1",), ("m2",)], "nobody is no member"


def test_sales_of_a_window_count_guests_and_no_buyer_of_them(shop: Shop) -> None:
    shop.orders(line(1, "m1"), line(2, ""), line(3, ""))
    con = open_snapshot(shop.build(guests=True))
    con.execute("create temp table phase_windows (phase varchar, starts_at timestamp, ends_at timestamp)")
    con.execute("insert into phase_windows values ('sale', '2026-03-01', '2026-04-01')")
    assert _phase(con) == ("sale", 3, 1, 3_000, 0, 0, 0, 0)


def _phase(con: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    moment = {"as_of": datetime(2026, 4, 9)}
    con.execute(session._SQL["facts"], moment)
    rows: list[tuple[Any, ...]] = con.execute(session._SQL["phase_sales"], moment).fetchall()
    return rows[0]


def test_a_map_says_it_and_the_settings_win(shop: Shop) -> None:
    (shop.base / "mappings").mkdir()
    (shop.base / "mappings" / "till.yaml").write_text(
        "map: till\ntitle: {en: a, zh: b}\ntimezone: Asia/Shanghai\ndatasets:\n  orders:\n    guests: ['0']\n"
        "    columns: {order_id: order_id, member_id: member_id, ordered_at: ordered_at, amount: amount}\n"
    )
    shop.orders(line(1, "m1"), line(2, "0"))
    assert shop.ask(SALES, mapping="till") == [(2, 2_000, 1)]
    assert shop.ask(SALES, mapping="till", guests=False) == [(1, 1_000, 1)]


def test_members_made_of_orders_leave_nobody_out_of_the_account(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "till.yaml").write_text(
        "map: till\ntitle: {en: a, zh: b}\ndatasets:\n  members:\n    per: member_id\n    guests: true\n"
        "    columns: {member_id: buyer}\n"
    )
    (tmp_path / "o.csv").write_text("order,buyer\n1,ann\n2,\n3,ann\n4,NULL\n5,bob\n")
    (tmp_path / "orders-1.csv").write_text(HEADER + line(1, "ann"))
    sources = [SourceSpec("members", path="o.csv", mapping="till"), SourceSpec("orders", path="orders-1.csv")]
    made = build_snapshot(sources, as_of=NOW, params=PARAMS, base_dir=tmp_path, directory=tmp_path / "w")
    counts = made.counts["members"]
    assert (counts.rows_in, counts.accepted, counts.quarantined) == (4, 2, 2)
    assert [(p.code, p.severity) for p in made.findings if "line-of-nobody" in p.message] == [("S112", "info")]


def test_guests_of_anything_else_are_a_mistake(shop: Shop) -> None:
    shop.orders(line(1, "m1"))
    sources = [SourceSpec("members", path="members.csv", guests=True), SourceSpec("orders", path="orders-1.csv")]
    with pytest.raises(UsageError, match=r"sources.members.guests: only orders"):
        build_snapshot(sources, as_of=NOW, params=PARAMS, base_dir=shop.base, directory=shop.base / "w")
    (shop.base / "mappings").mkdir()
    (shop.base / "mappings" / "x.yaml").write_text(
        "map: x\ntitle: {en: a, zh: b}\ndatasets: {members: {guests: true, columns: {member_id: member_id}}}\n"
    )
    with pytest.raises(Exception, match="mistakes"):
        load_map("x", shop.base)


def test_the_settings_of_a_project(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    shutil.copytree(CASES / "guest-orders", root, dirs_exist_ok=True)
    with open_runtime(root, clock=lambda: NOW) as rt, pytest.raises(SnapshotRejectedError):
        refresh(rt, "spring", NOW)
    settings = (root / "promocal.toml").read_text().replace("[sources.orders]", "[sources.orders]\nguests = true")
    (root / "promocal.toml").write_text(settings)
    with open_runtime(root, clock=lambda: NOW) as rt:
        refresh(rt, "spring", NOW)
        assert rt.current_snapshot().counts["orders"].accepted == 3
