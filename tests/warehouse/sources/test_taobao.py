"""The shipped maps against exports written from known truth: every order, to the cent."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.looking_up import lookup
from tests.warehouse.sources import taobao
from warehouse.features.params import FeatureParams
from warehouse.sample.taobao import ORDER_HEADER
from warehouse.snapshots.snapshot import Snapshot, build_snapshot, open_snapshot
from warehouse.sources import SourceSpec

AS_OF = datetime(2026, 4, 1, tzinfo=UTC)
PARAMS = FeatureParams("Asia/Shanghai", (30, 90, 180, 365), 365, (("regular", 0), ("gold", 300_000)))
ORDERS = 3_000


def build(base: Path, *specs: SourceSpec) -> Snapshot:
    return build_snapshot(specs, base_dir=base, directory=base / "w", as_of=AS_OF, params=PARAMS)


def rows(snapshot: Snapshot, query: str) -> list[tuple[Any, ...]]:
    with open_snapshot(snapshot) as con:
        return con.execute(query).fetchall()


def utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC).replace(tzinfo=None)


def expected_rows(orders: list[taobao.Order]) -> list[tuple[Any, ...]]:
    return sorted(
        (o.number, o.buyer, o.cents, o.refunded, o.pieces, o.status, utc(o.ordered), utc(o.paid)) for o in orders
    )


READ = """
    select order_id, member_id, amount_cents, refunded_cents, items, status, ordered_at, paid_at
    from snap.stg_orders order by order_id
"""


@pytest.fixture(scope="module")
def truth() -> list[taobao.Order]:
    return taobao.make_orders(ORDERS)


def specs(mapping: str, path: str, *datasets: str, **changes: Any) -> list[SourceSpec]:
    return [SourceSpec(dataset, path=path, mapping=mapping, **changes) for dataset in datasets]


@pytest.fixture(scope="module")
def old(truth: list[taobao.Order], tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Order report and item report, the first of them exported twice with a later state of some orders."""
    base = tmp_path_factory.mktemp("old")
    earlier = [
        taobao.Order(o.number, o.buyer, "shipped" if o.status == "success" else o.status, o.ordered, o.paid, o.lines)
        for o in truth[:800]
    ]
    (base / "ExportOrderList1.csv").write_bytes(taobao.order_export(earlier, items=False))
    (base / "ExportOrderList2.csv").write_bytes(taobao.order_export(truth, items=False))
    (base / "ExportOrderDetailList1.csv").write_bytes(taobao.item_export(truth[:900]))
    (base / "ExportOrderDetailList2.csv").write_bytes(taobao.item_export(truth))
    contact = "member_id,channel,address,consented_at\n" + "".join(
        f"买家{n}䶮,sms,{phone},2026-01-01\n"
        for n, phone in enumerate(
            ["138****8000", "13800138000-1234", "13800138000", "13800138000转88", "'139＊＊＊＊1234"]
        )
    )
    (base / "consent.csv").write_text(contact, "utf-8")
    return build(
        base,
        *specs("taobao-orders", "ExportOrderList*.csv", "orders", "members"),
        *specs("taobao-items", "ExportOrderDetailList*.csv", "order_items"),
        SourceSpec("contact_points", path="consent.csv"),
    )


def test_every_order_of_the_order_report_to_the_cent(old: Snapshot, truth: list[taobao.Order]) -> None:
    """总金额 is gross, 买家实际支付金额 net: the difference is the refund of paid orders (B1); the
    pieces come from the item report; of two exports the later state counts, and each order once."""
    assert rows(old, READ) == expected_rows(truth)
    counts = old.counts["orders"]
    assert (counts.rows_in, counts.accepted, counts.quarantined) == (ORDERS + 800, ORDERS, 0)


def test_lines_of_the_item_report_are_joined_to_their_orders(old: Snapshot, truth: list[taobao.Order]) -> None:
    lines = sum(len(order.lines) for order in truth)
    found = rows(old, "select count(*), sum(quantity)::bigint, count(distinct sku) from snap.stg_order_items")
    assert found == [(lines, sum(order.pieces for order in truth), 40)]
    assert rows(old, "select count(*) from snap.stg_order_items join snap.stg_orders using (order_id, member_id)") == [
        (lines,)
    ]


def test_everybody_who_ever_ordered_is_a_member(old: Snapshot, truth: list[taobao.Order]) -> None:
    first: dict[str, datetime] = {}
    for order in truth:
        first[order.buyer] = min(order.ordered, first.get(order.buyer, order.ordered))
    found = rows(old, "select member_id, created_at, phone, province, city from snap.stg_members")
    assert sorted(found) == sorted(
        (buyer, utc(moment), "138****8000", "浙江省", "杭州市") for buyer, moment in first.items()
    )


def test_a_masked_phone_is_kept_as_text_and_never_dialled(old: Snapshot) -> None:
    """B1: masked phones and privacy numbers cannot receive a message; the consent itself counts."""
    found = dict(rows(old, "select member_id, address from snap.stg_contact_points"))
    assert found == {"买家0䶮": None, "买家1䶮": None, "买家2䶮": "13800138000", "买家3䶮": None, "买家4䶮": None}
    with open_snapshot(old) as con:
        reached = lookup(con, list(found), "sms", AS_OF)
    assert {name: recipient.address for name, recipient in reached.items()} == found
    assert not any(recipient.consent_withdrawn for recipient in reached.values())
    (finding,) = [f for f in old.findings if "address-masked" in f.message]
    assert (finding.code, "4 of 5 rows" in finding.message) == ("S111", True)


def test_the_workbook_by_sub_order_fills_orders_and_lines(truth: list[taobao.Order], tmp_path: Path) -> None:
    some = truth[:700]
    taobao.line_export(some[:300], tmp_path / "1.xlsx")
    taobao.line_export(some[200:], tmp_path / "2.xlsx")
    snapshot = build(tmp_path, *specs("taobao-order-lines", "*.xlsx", "orders", "members", "order_items"))
    assert rows(snapshot, READ) == expected_rows(some)
    lines = sum(len(order.lines) for order in some)
    found = rows(
        snapshot, "select count(*), sum(paid_cents)::bigint, sum(refunded_cents)::bigint from snap.stg_order_items"
    )
    assert found == [(lines, sum(o.cents for o in some), sum(o.refunded for o in some))]


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("订单付款时间 ", "付款时间").replace("买家会员名", "买家昵称"),
        lambda t: t.replace("总金额", "　总金额 ").replace("订单编号", " 订单编号"),
    ],
    ids=["later-names", "wide-blanks"],
)
def test_headers_are_found_under_their_other_names(
    truth: list[taobao.Order], tmp_path: Path, change: Callable[[str], str]
) -> None:
    import duckdb

    from warehouse.sources.load import understand_source

    text = taobao.order_export(truth[:50]).decode("gb18030")
    (tmp_path / "o.csv").write_bytes(change(text).encode("gb18030"))
    with duckdb.connect() as con:
        understood = understand_source(con, specs("taobao-orders", "o.csv", "orders")[0], tmp_path)
        assert understood.rows == 50
        assert con.execute("select count(paid_at), count(member_id) from raw_orders").fetchall() == [(50, 50)]
    assert understood.parts[0].columns["refunded"] == "总金额 − 买家实际支付金额"


def test_the_refund_export_dates_every_refund_and_nothing_is_given_back_twice(
    truth: list[taobao.Order], tmp_path: Path
) -> None:
    """The order report says how much came back (B1), the refund export when: the sum is the truth, once."""
    some = truth[:600]
    refunds = taobao.refunds_of(some)
    (tmp_path / "o.csv").write_bytes(taobao.order_export(some))
    (tmp_path / "r1.csv").write_bytes(taobao.refund_export(refunds[:80]))
    (tmp_path / "r2.csv").write_bytes(taobao.refund_export(refunds[60:]))
    snapshot = build(
        tmp_path,
        *specs("taobao-orders", "o.csv", "orders", "members"),
        *specs("taobao-refunds", "r*.csv", "refunds"),
    )
    assert rows(snapshot, READ) == expected_rows(some)
    found = rows(
        snapshot,
        "select order_id, amount_cents, requested_at, completed_at from snap.stg_refunds where refunded_at is not null",
    )
    assert sorted(found) == sorted((r.order.number, r.cents, utc(r.requested), utc(r.completed)) for r in refunds)
    last = dict(rows(snapshot, "select order_id, refunded_at from snap.stg_orders where refunded_at is not null"))
    assert last == {r.order.number: max(utc(x.completed) for x in refunds if x.order is r.order) for r in refunds}  # type: ignore[type-var]
    several = rows(snapshot, "select count(*) from snap.stg_orders where part_refunded_at < refunded_at")
    assert several[0][0] == sum(len([line for line in o.lines if line.refunded]) > 1 for o in some if o.paid)
    assert rows(
        snapshot, "select status, count(*) from snap.stg_refunds where refunded_at is null group by 1 order by 1"
    ) == [
        ("closed", 2),
        ("requested", 2),
    ]


def test_newer_headers_of_the_refund_export(truth: list[taobao.Order], tmp_path: Path) -> None:
    import duckdb

    from warehouse.sources.load import understand_source

    text = taobao.refund_export(taobao.refunds_of(truth[:50])).decode("gb18030")
    text = text.replace("买家退款金额", "退给买家金额").replace("退款的申请时间", " 退款申请时间 ")
    (tmp_path / "r.csv").write_bytes(text.encode("gb18030"))
    with duckdb.connect() as con:
        understood = understand_source(con, specs("taobao-refunds", "r.csv", "refunds")[0], tmp_path)
        assert understood.parts[0].columns["amount"] == "退给买家金额"
        filled = con.execute("select count(amount), count(requested_at), count(status), count(*) from raw_refunds")
        assert len(set(filled.fetchall()[0])) == 1


_UNPAID, _PLACED = "等待买家付款", "2026-02-01 10:00:00"
PRESALE: list[dict[str, str]] = [
    {"买家会员名": "甲", "订单状态": _UNPAID, "分阶段订单信息": "定金已付 尾款未付"},
    {"买家会员名": "乙", "订单状态": _UNPAID, "分阶段订单信息": "FRONT_NOPAID_FINAL_NOPAID"},
    {"买家会员名": "丙", "订单付款时间 ": "2026-02-08 01:00:00", "分阶段订单信息": "FRONT_PAID_FINAL_PAID"},
    {"买家会员名": "丁", "订单状态": _UNPAID, "特权订金订单id": "4000000000000000099"},
    {"买家会员名": "戊", "订单付款时间 ": "2026-02-08 10:01:00", "特权订金订单id": "4000000000000000098"},
    {"买家会员名": "己", "订单付款时间 ": "2026-02-08 10:01:00"},
]


def presale_export() -> bytes:
    """The columns of an order report, with those of the deposit for orders that name their stage."""
    text = io.StringIO(newline="")
    own = ["定金金额", "尾款开始时间", "尾款结束时间"]
    writer = csv.DictWriter(text, [*ORDER_HEADER.split(","), *own], restval="")
    writer.writeheader()
    for number, order in enumerate(PRESALE):
        row = {"订单编号": f'="400000000000000000{number}"', "总金额": "300.00", "订单创建时间": _PLACED}
        row |= {"订单状态": "交易成功", "买家实际支付金额": "300.00" if "订单付款时间 " in order else "0.00"}
        if "分阶段订单信息" in order:
            row |= {"定金金额": "50.00", "尾款开始时间": "2026-02-08 00:30:00", "尾款结束时间": "2026-02-10 23:59:59"}
        writer.writerow(row | order)
    return text.getvalue().encode("gb18030")


def test_stages_of_presale_orders_come_from_the_columns_of_the_order_report(tmp_path: Path) -> None:
    """分阶段订单信息 says the stage; 特权订金订单id is the order of a deposit that was paid by itself."""
    (tmp_path / "ExportOrderList1.csv").write_bytes(presale_export())
    made = build(tmp_path, *specs("taobao-orders", "ExportOrderList*.csv", "orders", "members"))
    found = rows(made, "select member_id, stage, deposit_cents, paid_at from snap.stg_orders order by order_id")
    assert found == [
        ("甲", "deposit_paid", 5_000, None),
        ("乙", "deposit_unpaid", 5_000, None),
        ("丙", "balance_paid", 5_000, datetime(2026, 2, 7, 17)),
        ("丁", "deposit_paid", None, None),
        ("戊", "balance_paid", None, datetime(2026, 2, 8, 2, 1)),
        ("己", None, None, datetime(2026, 2, 8, 2, 1)),
    ]
    window = rows(made, "select balance_from, balance_until from snap.stg_orders where member_id = '甲'")
    assert window == [(datetime(2026, 2, 7, 16, 30), datetime(2026, 2, 10, 16))]
