"""Column maps: what they may say, where they are found, what a mistake in one looks like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from campaign_calendars.findings.errors import ProblemsFoundError, SourceError, UsageError
from warehouse.sources import DATASETS, SourceSpec
from warehouse.sources.load import load_raw
from warehouse.sources.mapping import load_map, shipped_maps
from warehouse.staging.policy import policies_of

MAP = """
map: mine
title: 我的店
datasets:
  orders:
    columns:
      order_id: [单号, 订单号]
      member_id: {from: 地址, part: 2}
      ordered_at: {from: 日期, format: "%d/%m/%Y"}
      paid_at: {from: 序列, format: excel}
      amount: {from: 实付, empty: [未付]}
      refunded: {from: 退款, only: {退款状态: [成功]}, else: {from: 总额, less: 实付, when: paid_at}}
      status: {from: 状态, values: {"已付,待发": paid}, unknown: reject}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "mine.yaml").write_text(MAP, "utf-8")
    return tmp_path


def read(project: Path, text: str, columns: str) -> list[tuple[object, ...]]:
    (project / "o.csv").write_text(text, "utf-8")
    with duckdb.connect() as con:
        load_raw(con, SourceSpec("orders", path="o.csv", mapping="mine"), project)
        return con.execute(
            f"select {columns} from raw_orders union all by name select rule as order_id from raw_rejects order by all"
        ).fetchall()


def test_the_rules_of_a_column(project: Path) -> None:
    header = "订单号,地址,日期,序列,实付,退款,退款状态,状态\n"
    rows = read(
        project,
        header
        + "1,浙江 小王 x,03/04/2026,46089.5,10.00,3,成功,已付，待发\n"
        + "2,浙江 小李,31/12/2025,,未付,3,关闭,\n"
        + "3,浙江 小李,2026-01-02,x,1,,成功,奇怪\n",
        "order_id, member_id, ordered_at, paid_at, amount, refunded, status",
    )
    assert rows == [
        ("1", "小王", "2026-04-03 00:00:00", "2026-03-08 12:00:00", "10.00", "3", "paid"),
        ("2", "小李", "2025-12-31 00:00:00", None, None, None, None),
        ("word-unknown", None, None, None, None, None, None),
    ]


def test_an_amount_taken_off_where_something_was_paid(project: Path) -> None:
    header = "单号,地址,日期,序列,实付,总额\n"
    lines = [
        '1,a 王,01/02/2026,46089,"1,090.10","1,100.00元"',
        "2,a 王,01/02/2026,,0,100",
        "3,a 王,01/02/2026,46089,?,9",
    ]
    rows = read(project, header + "\n".join(lines) + "\n", "order_id, refunded")
    # What cannot be read stays as it is, so that the rule of staging finds it.
    assert rows == [("1", "9.90"), ("2", None), ("3", "?")]


def test_a_price_times_pieces_less_a_discount_is_exact(project: Path) -> None:
    columns = "{from: 单价, times: 件数, less: 优惠, filled: 旧单价, empty: [无], decimal: ',', values: {赠: '0'}}"
    text = MAP[: MAP.index("      amount:")].replace("part: 2", "part: 1") + f"      amount: {columns}\n"
    (project / "mappings" / "mine.yaml").write_text(text, "utf-8")
    lines = [
        "1,a,,,'2,505',6,'0,03',",
        "2,a,,,,2,,'1.250,00'",
        "3,a,,,赠,3,,",
        "4,a,,,x,3,,",
        "5,a,,,1,3,y,",
        "6,a,,,1,,,",
    ]
    content = "单号,地址,日期,序列,单价,件数,优惠,旧单价\n" + "\n".join(lines).replace("'", '"') + "\n"
    amounts = ["15.000000", "2500.000000", "0.000000", "x", "y", ""]
    found = read(project, content, "order_id, amount")
    assert found == [(str(number), amount) for number, amount in enumerate(amounts, 1)]


@pytest.mark.parametrize("name", shipped_maps())
def test_shipped_maps_read_and_fill_what_the_datasets_need(name: str, tmp_path: Path) -> None:
    found = load_map(name, tmp_path)
    assert found.map == name
    assert found.timezone == {"shopify-orders": "UTC", "sales-lines": ""}.get(name, "Asia/Shanghai")
    assert found.title.zh
    assert found.title.en
    for dataset, rules in found.datasets.items():
        buyers = set() if rules.guests is False else {"member_id"}
        assert set(DATASETS[dataset].needed) - buyers <= set(rules.columns)


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("order_id:", "oder_id:", "S120", "Did you mean 'order_id'?"),
        ("  orders:", "  order:", "S120", "Did you mean 'orders'?"),
        ("empty:", "emty:", "C020", "Did you mean 'empty'?"),
        ("when: paid_at", "when: payed_at", "S120", "Did you mean 'paid_at'?"),
        ("{from: 地址, part: 2}", "{part: 2}", "", "from"),
        ("{from: 地址, part: 2}", "{from: 地址, file: date}", "", "file"),
        ("{from: 地址, part: 2}", "{constant: x, part: 2}", "", "part is about cells of a header"),
        ("{from: 地址, part: 2}", "{constant: '1,5', decimal: ','}", "", "decimal is about cells"),
        ("{from: 地址, part: 2}", "{file: date, values: {a: b}}", "", "values is about cells"),
        ("    columns:", "    whole: true\n    columns:", "S120", "per"),
        ("{退款状态: [成功]}", "{退款状态: {sign: minus}}", "", "sign"),
        ("{退款状态: [成功]}", "{退款状态: {ends: [x]}}", "C020", "ends"),
        ("part: 2", "part: -2", "", "part"),
        ("title: 我的店", "", "C021", "title"),
    ],
)
def test_mistakes_are_located_with_the_nearest_name(project: Path, old: str, new: str, code: str, says: str) -> None:
    (project / "mappings" / "mine.yaml").write_text(MAP.replace(old, new, 1), "utf-8")
    with pytest.raises(ProblemsFoundError) as caught:
        load_map("mine", project)
    problem = caught.value.problems[0]
    assert problem.location.file == "mappings/mine.yaml"
    assert problem.location.line
    assert code in problem.code
    assert says in f"{problem.message} {problem.hint}"


def test_a_map_that_is_not_there_or_fills_something_else(project: Path) -> None:
    with pytest.raises(SourceError) as caught:
        load_map("taobao-order", project)
    assert "Did you mean 'taobao-orders'?" in caught.value.remedy
    with duckdb.connect() as con, pytest.raises(SourceError, match="does not fill events"):
        load_raw(con, SourceSpec("events", path="o.csv", mapping="mine"), project)


PRICED = """\
map: lines
title: {en: a, zh: b}
timezone: UTC
datasets:
  orders:
    tolerances: {amount-negative: 50%, amount-unreadable: 0.25}
    columns:
      order_id: [order_id]
      member_id: {constant: m1, only: {vip: ['yes']}}
      ordered_at: [ordered_at]
      amount: {from: price, times: pieces, less: cut}
"""
PRODUCTS = {
    ("2.50", "3", ""): "7.500000", ("2.50", "3", "0.10"): "7.400000", ("-2.50", "3", ""): "-7.500000",
    ("3", "-3", ""): "-9.000000", ("1,234.50", "2", ""): "2469.000000", ("1000000.00", "900", ""): "900000000.000000",
    ("0.333333", "3", ""): "0.999999", ("(3)", "1", ""): "(3)", ("3", "3-", ""): "3-", ("3", "x", ""): "x",
    ("3", "", ""): "", ("", "3", ""): None, ("3", "2", "?"): "?", ("¥3", "２", ""): "２",
}  # fmt: skip
"""(price, pieces, what is taken off) → the amount; what is no number stays, so that a rule finds it."""


def test_a_product_is_exact_or_shows_what_is_no_number(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "lines.yaml").write_text(PRICED, "utf-8")
    cells = [f'o{n},yes,2026-03-08,"{price}","{pieces}","{cut}"' for n, (price, pieces, cut) in enumerate(PRODUCTS)]
    content = ["order_id,vip,ordered_at,price,pieces,cut", *cells, "z,no,2026-03-08,1,1,"]
    (tmp_path / "orders.csv").write_text("\n".join(content) + "\n", "utf-8")
    with duckdb.connect() as con:
        load_raw(con, SourceSpec("orders", path="orders.csv", mapping="lines"), tmp_path)
        found = con.execute("select amount, member_id from raw_orders order by _row").fetchall()
    assert [amount for amount, _ in found[:-1]] == list(PRODUCTS.values())
    assert {member for _, member in found[:-1]} == {"m1"}, "a constant counts where its condition says so"
    assert found[-1][1] is None


def test_tolerances_of_a_map_are_those_of_its_rules_and_the_settings_win(tmp_path: Path) -> None:
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "lines.yaml").write_text(PRICED, "utf-8")
    spec = SourceSpec("orders", path="o.csv", mapping="lines")
    assert policies_of([spec], tmp_path)["orders"].tolerances == {"amount-negative": 5_000, "amount-unreadable": 2_500}
    stated = policies_of([replace(spec, tolerances={"amount-negative": 100})], tmp_path)["orders"].tolerances
    assert stated == {"amount-negative": 100, "amount-unreadable": 2_500}
    (tmp_path / "mappings" / "lines.yaml").write_text(PRICED.replace("amount-negative", "amount-negativ"), "utf-8")
    with pytest.raises(UsageError, match=r"lines\.yaml: datasets\.orders\.tolerances\.amount-negativ") as refused:
        policies_of([spec], tmp_path)
    assert "amount-negative" in refused.value.remedy
