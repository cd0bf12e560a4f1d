"""Exports of shops go in by the shipped maps: figures by hand, and files as people spoil them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import ProblemsFoundError, SnapshotRejectedError
from tasks.data.refresh import refresh
from tasks.data.sources import judge_sources
from tasks.runtime import open_runtime
from tests.looking_up import lookup
from tests.warehouse.figures import ask
from tests.warehouse.sources.shop_exports import CRM, SALES, SHOPIFY, SYCM, sale, shopify_order, text, workbook
from tests.warehouse.sources.shop_project import CASES, NOW, Rows, Shop
from tests.warehouse.sources.taobao import line_export, make_orders
from warehouse.snapshots.snapshot import open_snapshot


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


# Shopify

TOKYO = "2026-03-21 00:30:00 +0900"
BOB = {"Email": "bob@example.com"}
ORDERS = [
    *shopify_order("#1001", [("tea", "24.10", 2), ("cup", "36.00", 1)], **{"Refunded Amount": "84.57"}),
    *shopify_order("#1002", [("tea", "24.10", 1)], Email="", Phone="+49 30 1234567"),
    *shopify_order("#1003", [("pot", "1250.00", 1)], **{"Email": "", "Created at": TOKYO, "Paid at": TOKYO}),
    *shopify_order(
        "#1004", [("pot", "50.00", 2)], Email="bob@example.com", **{"Financial Status": "pending", "Paid at": ""}
    ),
    *shopify_order(
        "#1005",
        [("cup", "36.00", 1)],
        **{"Financial Status": "voided", "Paid at": "", "Cancelled at": "2026-03-22 09:00:00 +0100"},
    ),
]
SHOPIFY_READ = """
select order_id, member_id, ordered_at, amount_cents, refunded_cents, items, status
from snap.stg_orders order by order_id
"""
MARCH = datetime(2026, 3, 20, 9, 23, 17)
SHOPIFY_RIGHT: Rows = [
    ("#1001", "ann@example.com", MARCH, 8_420, 8_420, 3, "success"),
    ("#1002", "+49 30 1234567", MARCH, 2_410, 0, 1, "success"),
    ("#1003", None, datetime(2026, 3, 20, 15, 30), 125_000, 0, 1, "success"),
    ("#1004", "bob@example.com", MARCH, 10_000, 0, 2, "unpaid"),
    ("#1005", "ann@example.com", MARCH, 3_600, 0, 1, "closed"),
]
SHOPIFY_SETS = ["orders", "members", "order_items"]


def test_shopify(shop: Shop) -> None:
    shop.put("orders_export_1.csv", text(SHOPIFY, ORDERS))
    made = shop.build("orders_export_*.csv", "shopify-orders", SHOPIFY_SETS)
    assert ask(made, SHOPIFY_READ) == SHOPIFY_RIGHT
    people = "select member_id, name, city, province, phone from snap.stg_members order by member_id"
    assert ask(made, people) == [
        ("+49 30 1234567", "Ann Example", "Berlin", "Berlin", "+49 30 1234567"),
        ("ann@example.com", "Ann Example", "Berlin", "Berlin", None),
        ("bob@example.com", "Ann Example", "Berlin", "Berlin", None),
    ]
    figures = "select orders_total, spend_total from member_features where member_id = '+49 30 1234567'"
    assert ask(made, figures) == [(1, 2_410)]
    said = {p.message.partition("rule ")[2].rstrip(")") for p in made.findings}
    assert {"order-of-guest", "refund-just-above-amount", "line-of-nobody"} <= said
    assert ask(made, "select sum(paid_cents), count(*) from snap.stg_order_items") == [(149_430, 6)]


def test_marketing_by_e_mail_is_consent_and_the_last_order_decides(shop: Shop) -> None:
    def order(name: str, mail: str, accepts: str, day: int) -> list[dict[str, object]]:
        cells = {"Email": mail, "Accepts Marketing": accepts, "Created at": f"2026-03-{day:02} 10:00:00 +0100"}
        return shopify_order(name, [("tea", "1.00", 1), ("cup", "2.00", 1)], **cells)

    given = [("#1", "ann@x.com", "yes", 1), ("#2", "ann@x.com", "no", 5), ("#3", "bob@x.com", "no", 1)]
    given += [("#4", "bob@x.com", "yes", 5), ("#5", "cat@x.com", "", 1), ("#6", "", "yes", 1)]
    rows = [line for row in given for line in order(*row)]
    shop.put("orders_export_1.csv", text(SHOPIFY, rows))
    made = shop.build("orders_export_1.csv", "shopify-orders", [*SHOPIFY_SETS, "contact_points", "consents"])
    given_at = "select member_id, given_at from snap.stg_consents where withdrawn_at is null order by member_id"
    assert ask(made, given_at) == [
        ("ann@x.com", datetime(2026, 3, 1, 9)),
        ("bob@x.com", datetime(2026, 3, 5, 9)),
    ]
    with open_snapshot(made) as con:
        found = lookup(con, ["ann@x.com", "bob@x.com"], "mail", NOW)
    assert {name: person.consent_withdrawn for name, person in found.items()} == {"ann@x.com": True, "bob@x.com": False}


def test_orders_in_several_currencies_are_refused(shop: Shop) -> None:
    foreign = shopify_order("#2", [("tea", "9.00", 1), ("cup", "1.00", 1)], Currency="usd")
    rows = [*shopify_order("#1", [("tea", "1.00", 1)]), *foreign, *shopify_order("#3", [("tea", "1.00", 1)])]
    shop.put("orders_export_1.csv", text(SHOPIFY, rows))
    assert shop.said("orders_export_1.csv", "shopify-orders", "orders") == ["S135"]
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build("orders_export_1.csv", "shopify-orders", SHOPIFY_SETS)
    assert "EUR (2), USD (1)" in refused.value.problems[0].message
    shop.put("orders_export_1.csv", text(SHOPIFY, foreign))  # one currency, whichever it is
    shop.build("orders_export_1.csv", "shopify-orders", SHOPIFY_SETS)


def test_an_order_that_shopify_exported_again_counts_as_the_last_file_says(shop: Shop) -> None:
    shop.put("orders_export_1.csv", text(SHOPIFY, ORDERS))
    again = shopify_order("#1004", [("pot", "50.00", 1)], Email="bob@example.com")
    shop.put("orders_export_2.csv", text(SHOPIFY, again))
    made = shop.build("orders_export_*.csv", "shopify-orders", SHOPIFY_SETS)
    assert ask(made, SHOPIFY_READ)[3] == ("#1004", "bob@example.com", MARCH, 5_000, 0, 1, "success")


def _renamed(old: str, new: str) -> Callable[[str], str]:
    return lambda content: content.replace(old, new)


SPOILED: list[Callable[[str], str]] = [
    lambda content: "\ufeff" + content,
    _renamed("\n", "\r\n"),
    _renamed("Total,", " total ,"),
    _renamed(",EUR,", ',="EUR",'),
]


@pytest.mark.parametrize("spoil", SPOILED)
def test_shopify_files_that_look_odd_are_read_as_meant(shop: Shop, spoil: Callable[[str], str]) -> None:
    shop.put("o.csv", spoil(text(SHOPIFY, ORDERS)))
    assert ask(shop.build("o.csv", "shopify-orders", SHOPIFY_SETS), SHOPIFY_READ) == SHOPIFY_RIGHT


# What a person did to one order, and the rule that then names it.
HOSTILE = {
    "amount-unreadable": {"Total": "84,20"},
    "refund-above-amount": {"Refunded Amount": "8457"},
    "ordered-at-unreadable": {"Created at": "20/03/2026 10:23"},
    "amount-negative": {"Total": "-84.20"},
    "amount-missing": {"Total": "#N/A"},
}


@pytest.mark.parametrize("rule", HOSTILE)
def test_a_shopify_order_that_is_spoiled_is_set_aside(shop: Shop, rule: str) -> None:
    spoiled = shopify_order("#2000", [("tea", "24.10", 1)], **HOSTILE[rule])
    shop.put("o.csv", text(SHOPIFY, [*ORDERS, *spoiled]))
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build("o.csv", "shopify-orders", SHOPIFY_SETS)
    stopped = [p.message.partition("rule ")[2].rstrip(")") for p in refused.value.problems if p.severity == "error"]
    assert rule in stopped


# Price and pieces, notes with negative pieces, guests

LINES = [
    sale("536365", "85123A", 6, "2.55"),
    sale("536365", "71053", 6, "3.39"),
    sale("536366", "22633", 3, "0.335", "13047", day=2),
    sale("536367", "84879", 2, "1.69", "", day=3),
    sale("536368", "POST", 1, "18.00", "12583", day=4),
    sale("536368", "22728", -1, "3.75", "12583", day=4),
    sale("C536379", "85123A", -6, "2.55", "17850", day=5),
    sale("536380", "21730", 2, "0", "17850", day=6),
]
LINES_READ = "select order_id, member_id, amount_cents, items from snap.stg_orders order by order_id"
LINES_RIGHT: Rows = [
    ("536365", "17850", 3_564, 12),
    ("536366", "13047", 101, 3),
    ("536367", None, 338, 2),
    ("536368", "12583", 1_425, 0),
    ("536380", "17850", 0, 2),
]


def test_lines_of_price_and_pieces_with_notes_and_guests(shop: Shop) -> None:
    shop.put("sales.csv", text(SALES, LINES))
    made = shop.build("sales.csv", "sales-lines", ["orders", "members", "order_items"])
    assert ask(made, LINES_READ) == LINES_RIGHT
    assert ask(made, "select count(*) from snap.stg_members") == [(3,)]
    fields = "items_365d, items_per_basket, orders_total, spend_total"
    assert ask(made, f"select {fields} from member_features where member_id = '17850'") == [(14, 700, 2, 3_564)]
    rules = ask(made, "select dataset, rule, count(*) from snap.quarantine group by all order by all")
    assert rules == [
        ("members", "line-of-nobody", 1),
        ("order_items", "item-amount-negative", 1),
        ("order_items", "left-out-by-the-map", 1),
        ("orders", "left-out-by-the-map", 1),
    ]


def test_a_receipt_of_returns_alone_is_set_aside(shop: Shop) -> None:
    good = [sale(f"6{n:05}", "x", 1, "5.00", "17850", 8) for n in range(150)]
    shop.put("sales.csv", text(SALES, [*LINES, *good, sale("536999", "85123A", -1, "2.55", "17850", day=7)]))
    made = shop.build("sales.csv", "sales-lines", ["orders", "members"])
    assert ask(made, "select key, rule from snap.quarantine where rule like 'amount%'") == [
        ("536999", "amount-negative")
    ]


def test_lines_of_a_chinese_till(shop: Shop) -> None:
    header = "小票号,会员卡号,销售时间,货号,品名,单价,数量"
    lines = ["8001,00012,2026-03-20 10:00:00,a,茶,12.50,2", "8001,00012,2026-03-20 10:00:00,b,杯,¥1,005.00,1"]
    lines[1] = lines[1].replace("¥1,005.00", '"¥1,005.00"')
    shop.put("till.csv", "\n".join([header, *lines, "合计,,,,,1030.00,3"]), "gb18030")
    made = shop.build("till.csv", "sales-lines", ["orders", "members"], timezone="Asia/Shanghai")
    assert ask(made, LINES_READ) == [("8001", "00012", 103_000, 3)]


def test_dates_of_the_public_csv_are_nobodys_until_a_format_says_which(shop: Shop) -> None:
    shop.put("sales.csv", text(SALES, [["536365", "a", "a", 6, "12/1/2010 8:26", "2.55", "17850", "x"]]))
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build("sales.csv", "sales-lines", ["orders", "members"])
    assert any("ordered-at-unreadable" in problem.message for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("header", "amount", "doubted"),
    [
        ("price,pieces", "{from: price, combine: sum}", True),
        ("单价,数量", "{from: 单价, combine: sum}", True),
        ("Unit Price,Qty", "Unit Price", True),
        ("price,pieces", "{from: price, times: pieces, combine: sum}", False),
        ("total,pieces", "{from: total, combine: sum}", False),
        ("price,discount", "{from: price, combine: sum}", False),
    ],
)
def test_a_price_that_is_read_as_an_amount_is_doubted(shop: Shop, header: str, amount: str, doubted: bool) -> None:
    (shop.base / "mappings").mkdir()
    (shop.base / "mappings" / "lines.yaml").write_text(
        "map: lines\ntitle: {en: a, zh: b}\ntimezone: UTC\ndatasets:\n  orders:\n    per: order_id\n    columns:\n"
        f"      order_id: order\n      member_id: buyer\n      ordered_at: when\n      amount: {amount}\n"
    )
    shop.put("o.csv", f"order,buyer,when,{header}\nA1,m1,2026-03-20 10:00:00,2.50,6\n")
    assert ("S138" in shop.said("o.csv", "lines", "orders")) is doubted


def test_the_case_of_a_unit_price_that_is_summed(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    shutil.copytree(CASES / "unit-price-summed", root, dirs_exist_ok=True)
    (report,) = judge_sources(root, "orders", NOW, lambda _: None)
    (doubt,) = [problem for problem in report.problems if problem.code == "S138"]
    assert (report.ok, doubt.severity) == (True, "warning")
    lines = root / "mappings" / "lines.yaml"
    remedy = "{from: price, times: pieces}"
    assert f"amount: {remedy}" in (doubt.hint or "")
    lines.write_text(lines.read_text().replace("{from: price,", f"{remedy[:-1]},"))
    with open_runtime(root, clock=lambda: NOW) as rt:
        refresh(rt, "spring", NOW)
        read = ask(rt.current_snapshot(), "select order_id, amount_cents from snap.stg_orders order by 1")
    assert read == [("A1", 2_000), ("A2", 3_000)]


# Orders without buyers


def test_a_workbook_of_sub_orders_without_buyers_is_sales_of_the_shop(shop: Shop) -> None:
    line_export(make_orders(20, seed=3), shop.base / "lines.xlsx")
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(shop.base / "lines.xlsx")).get_sheet_by_name("订单").to_python()[1:]
    buyer = rows[0].index("买家会员名")
    workbook(shop.base / "lines.xlsx", {"订单": [[cell for n, cell in enumerate(row) if n != buyer] for row in rows]})
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build("lines.xlsx", "taobao-order-lines", ["orders"], timezone="Asia/Shanghai")
    assert "guests = true" in (refused.value.problems[0].hint or "")
    made = shop.build("lines.xlsx", "taobao-order-lines", ["orders"], timezone="Asia/Shanghai", guests=True)
    (counted,) = ask(made, "select count(*), count(member_id), sum(amount_cents) > 0 from snap.stg_orders")
    assert counted == (20, 0, True)


# 生意参谋

DAYS = [
    ["2026-03-20", "1,204", "5,310", 61, 70, 88, "12,345.60", "5.07%", "202.39"],
    ["2026-03-21", 998, "4,001", 40, 44, "-", "8,000.00", "4.01%", "200.00"],
    ["2026-03-22", 0, 0, "-", "-", "-", "-", "-", "-"],
    ["合计", "2,202", "9,311", 101, 114, 88, "20,345.60", "4.59%", "201.44"],
]
TITLED = [["生意参谋 - 取数"], ["店铺：小铺", "", "统计时间：2026-03-20 ~ 2026-03-22"], [], SYCM, *DAYS]
SYCM_READ = "select order_id, ordered_at, amount_cents, items, member_id from snap.stg_orders order by order_id"
SYCM_RIGHT: Rows = [
    ("2026-03-20", datetime(2026, 3, 19, 16), 1_234_560, 88, None),
    ("2026-03-21", datetime(2026, 3, 20, 16), 800_000, None, None),
]


def test_daily_tables_of_the_platform_are_sales_of_the_shop(shop: Shop) -> None:
    days = [*DAYS[:2], DAYS[3]]
    workbook(shop.base / "a.xlsx", {"说明": [["本表仅供内部使用"]], "日报": [*TITLED[:4], *days]})
    made = shop.build("a.xlsx", "sycm-daily", ["orders"], timezone="Asia/Shanghai")
    assert ask(made, SYCM_READ) == SYCM_RIGHT
    assert ask(made, "select rule, source_row from snap.quarantine") == [("totals-row", 7)]
    assert ask(made, "select orders_total, spend_total from member_features") == [(0, 0)]


def test_a_day_that_is_exported_again_counts_once_as_the_last_file_says(shop: Shop) -> None:
    shop.put("sycm-1.csv", text(SYCM, DAYS[:2]), "gb18030")
    later = [[*DAYS[1][:6], "8,100.00", "", ""]]
    shop.put("sycm-2.csv", text(SYCM, later))
    made = shop.build("sycm-*.csv", "sycm-daily", ["orders"], timezone="Asia/Shanghai")
    assert [row[2] for row in ask(made, SYCM_READ)] == [1_234_560, 810_000]


def test_a_day_without_sales_is_said(shop: Shop) -> None:
    days = [*([f"2026-02-{n:02}", 1, 1, 1, 1, 1, "5.00", "", ""] for n in range(1, 29)), DAYS[2]]
    shop.put("sycm.csv", text(SYCM, days))
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build("sycm.csv", "sycm-daily", ["orders"])
    assert any("amount-missing" in problem.message for problem in refused.value.problems)
    made = shop.build("sycm.csv", "sycm-daily", ["orders"], tolerances={"amount-missing": 1_000})
    assert made.counts["orders"].accepted == 28


# Members with a points balance

PEOPLE = [
    ["00012", "甲一", "13900000101", "金卡", "1,250", "3,000.00", "1990-05-20", "2025-02-01 09:00:00", "杭州"],
    ["00013", "乙二", "13900000102.0", "普通", 0, "0", "", "2025-02-02 09:00:00", "-"],
    ["00014", "#N/A", "", "", "-", "", "", "2025-02-03 09:00:00", ""],
]
CRM_SETS = ["members", "tags", "points"]
BALANCES = "select member_id, points_balance from member_features order by member_id"


def test_members_with_a_points_balance(shop: Shop) -> None:
    title = [["会员资料导出"], ["导出人：小王"], CRM]
    workbook(
        shop.base / "会员_20260308.xlsx",
        {"封面": [["内部资料"]], "会员": [*title, *PEOPLE, ["合计", "3 人", "", "", 1250]]},
    )
    made = shop.build("会员_*.xlsx", "crm-members", CRM_SETS, timezone="Asia/Shanghai")
    people = "select member_id, name, phone, birth_on is not null, city from snap.stg_members order by 1"
    assert ask(made, people) == [
        ("00012", "甲一", "13900000101", True, "杭州"),
        ("00013", "乙二", "13900000102", False, None),
        ("00014", None, None, False, None),
    ]
    assert ask(made, BALANCES) == [("00012", 1_250), ("00013", 0), ("00014", 0)]
    entry = "select entry_id, kind, \"at\" from snap.stg_points where member_id = '00012'"
    assert ask(made, entry) == [("00012", "adjust", datetime(2026, 3, 7, 16))]
    refused = ask(made, "select dataset, rule from snap.quarantine order by all")
    assert ("points", "points-missing") in refused
    assert [row for row in refused if row[0] == "members"] == [("members", "totals-row")]


def test_of_several_exports_the_last_balance_counts(shop: Shop) -> None:
    shop.put("会员_20260301.csv", text(CRM, PEOPLE[:2]), "gb18030")
    changed = [[*PEOPLE[0][:4], 900, *PEOPLE[0][5:]]]
    shop.put("会员_20260308.csv", text(CRM, changed))
    made = shop.build("会员_*.csv", "crm-members", CRM_SETS, timezone="Asia/Shanghai")
    assert ask(made, BALANCES) == [("00012", 900), ("00013", 0)]


def test_a_balance_without_a_day_is_refused_and_the_remedy_works(shop: Shop) -> None:
    shop.put("会员.csv", text(CRM, PEOPLE[:2]))
    with pytest.raises(ProblemsFoundError) as refused:
        shop.build("会员.csv", "crm-members", CRM_SETS)
    (problem,) = refused.value.problems
    assert (problem.code, "members_20260308.xlsx" in (problem.hint or "")) == ("S101", True)
    assert "会员_20260308.xlsx" in (problem.hint_zh or "")
    (shop.base / "会员.csv").rename(shop.base / "会员-2026-03-08.csv")
    assert ask(shop.build("会员-*.csv", "crm-members", CRM_SETS), BALANCES)[0] == ("00012", 1_250)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("x_20260308.csv", "2026-03-08"),
        ("x_2026年03月08日.csv", "2026-03-08"),
        ("20260301-20260308.csv", "2026-03-08"),
        ("20260308T101112.csv", "2026-03-08"),
        ("folder20260308/x.csv", ""),
        ("x_20260231.csv", ""),
        ("120260308.csv", ""),
        ("x_2026-3.csv", ""),
    ],
)
def test_the_day_in_the_name_of_a_file(name: str, day: str) -> None:
    from warehouse.sources.matching import day_in

    assert day_in(name) == day
