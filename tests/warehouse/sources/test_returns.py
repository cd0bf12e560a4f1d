"""A return is not a purchase: negative pieces, amounts and points, and refunds above the amount."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import ProblemsFoundError, SnapshotRejectedError, UsageError
from tasks.data.refresh import refresh
from tasks.runtime import open_runtime
from tests.warehouse.conftest import PARAMS
from tests.warehouse.figures import ask
from warehouse.snapshots.snapshot import Snapshot, build_snapshot, open_snapshot
from warehouse.sources import SourceSpec
from warehouse.sources.mapping import load_map

CASES = Path(__file__).parents[2] / "cases"
NOW = datetime.fromisoformat("2026-04-09T09:00:00+08:00")
HEADER = "order_id,member_id,ordered_at,paid_at,amount,items,refunded\n"
LINES = """map: lines
title: {en: a, zh: b}
timezone: Asia/Shanghai
datasets:
  orders:
    per: order_id
RULE    columns:
      order_id: {from: order}
      member_id: {from: buyer}
      ordered_at: {from: when, combine: min}
      paid_at: {from: when, combine: min}
      amount: {from: price, times: pieces, combine: sum}
      items: {from: pieces, combine: count}
"""


class Shop:
    def __init__(self, base: Path) -> None:
        self.base = base
        self.specs: dict[str, SourceSpec] = {}
        self.put("members", "member_id\nm1\nm2\n")

    def put(self, dataset: str, text: str, **spec: Any) -> None:
        (self.base / f"{dataset}.csv").write_text(text, "utf-8")
        self.specs[dataset] = SourceSpec(dataset, path=f"{dataset}.csv", **spec)

    def lines(self, rule: str, *lines: str) -> None:
        (self.base / "mappings").mkdir(exist_ok=True)
        (self.base / "mappings" / "lines.yaml").write_text(LINES.replace("RULE", f"    {rule}\n" if rule else ""))
        self.put("orders", "order,kind,buyer,when,price,pieces\n" + "\n".join(lines), mapping="lines")

    def build(self, **tolerances: int) -> Snapshot:
        specs = dict(self.specs)
        if tolerances:
            said = {name.replace("_", "-"): share for name, share in tolerances.items()}
            specs["orders"] = SourceSpec("orders", path="orders.csv", tolerances=said)
        where = {"base_dir": self.base, "directory": self.base / "w"}
        return build_snapshot(list(specs.values()), as_of=NOW, params=PARAMS, **where)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        return ask(self.build(), query)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def order(number: int, amount: str, items: str = "1", refunded: str = "", day: int = 20) -> str:
    return f"A{number},m1,2026-03-{day} 10:00:00,2026-03-{day} 10:01:00,{amount},{items},{refunded}"


def line(order: str, price: str, pieces: int, kind: str = "sale", hour: int = 10) -> str:
    return f"{order},{kind},m1,2026-03-20 {hour}:00:00,{price},{pieces}"


READ = "select order_id, amount_cents, items from snap.stg_orders order by 1"


@pytest.mark.parametrize("case", ["negative-pieces"])
def test_an_order_with_negative_pieces_is_no_purchase(tmp_path: Path, case: str) -> None:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    shutil.copytree(CASES / case, root, dirs_exist_ok=True)
    with open_runtime(root, clock=lambda: NOW) as rt:
        refresh(rt, "spring", NOW)
        figures = ask(
            rt.current_snapshot(),
            "select items_365d, items_per_basket, orders_total from member_features where member_id = '0101'",
        )
        refused = ask(rt.current_snapshot(), "select rule, key from snap.quarantine")
    assert figures == [(2, 200, 1)]
    assert refused == [("items-negative", "A1")]


def test_pieces_of_lines_that_are_negative_in_sum_make_no_order_negative(shop: Shop) -> None:
    shop.put("orders", HEADER + "\n".join([order(1, "10.00", ""), order(2, "20.00", "")]))
    shop.put("order_items", "order_id,line_id,price,quantity\nA1,1,10,3\nA1,2,10,-1\nA2,1,10,-2\nA2,2,10,1\n")
    assert shop.ask(READ) == [("A1", 1_000, 2), ("A2", 2_000, None)]


def test_lines_with_a_negative_price_or_refund_are_set_aside(shop: Shop) -> None:
    shop.put("orders", HEADER + order(1, "10.00"))
    bad = ["A1,1,-5,1,5,0", "A1,2,5,1,5,-5", "A1,3,5,-1,5,0", "A1,4,5,1,-5,0", "A1,5,5,1,5,1"]
    shop.put("order_items", "order_id,line_id,price,quantity,paid,refunded\n" + "\n".join(bad))
    assert shop.ask("select rule from snap.quarantine order by source_row") == [
        ("item-price-negative",),
        ("item-refund-negative",),
        ("item-quantity-negative",),
        ("item-amount-negative",),
    ]
    assert shop.ask("select line_id from snap.stg_order_items") == [("5",)]


def test_points_earned_are_never_negative(shop: Shop) -> None:
    shop.put("orders", HEADER + order(1, "10.00"))
    entries = ["p1,m1,earn,50", "p2,m1,earn,-20", "p3,m1,adjust,-10", "p4,m1,redeem,5", "p5,m1,redeem,-5"]
    dated = "\n".join(f"{entry},2026-03-01 10:00:00" for entry in entries)
    shop.put("points", f"entry_id,member_id,kind,points,at\n{dated}\n")
    assert shop.ask("select key, rule from snap.quarantine") == [("p2", "points-earned-negative")]
    assert shop.ask("select points_balance from member_features where member_id = 'm1'") == [(30,)]


NOTE = [line("A1", "2.50", 6), line("A1", "2.50", -2), line("A2", "10.00", 3), line("C3", "10.00", -3, "note")]


def test_return_lines_are_netted_within_their_order(shop: Shop) -> None:
    shop.lines("", *NOTE[:3])
    assert shop.ask(READ) == [("A1", 1_000, 4), ("A2", 3_000, 3)]


def test_a_note_that_is_netted_with_nothing_is_refused_and_the_remedy_works(shop: Shop) -> None:
    shop.lines("", *NOTE)
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build()
    (said,) = [problem for problem in refused.value.problems if "amount-negative" in problem.message]
    assert "{sign: negative}" in (said.hint or "")
    shop.lines("drop: {pieces: {sign: negative}}", *NOTE)
    assert shop.ask(READ) == [("A1", 1_500, 6), ("A2", 3_000, 3)]


@pytest.mark.parametrize(
    ("rule", "amounts"),
    [
        ("drop: {order: {starts: [C, X]}}", [1_000, 3_000]),
        ("keep: {kind: sale}", [1_000, 3_000]),
        ("keep: {pieces: {sign: positive}}", [1_500, 3_000]),
        ("drop: {kind: {words: [note], starts: [sa]}}", []),
    ],
)
def test_lines_are_kept_or_dropped_by_word_beginning_or_sign(shop: Shop, rule: str, amounts: list[int]) -> None:
    shop.lines(rule, *NOTE)
    made = [amount for _, amount, _ in shop.ask(READ)]
    assert made == amounts
    counts = shop.build().counts["orders"]
    assert counts.rows_in == counts.accepted + counts.quarantined


def test_a_sign_is_that_of_the_number_however_it_is_written(shop: Shop) -> None:
    written = ["-5", "¥-5.0", "5", "0", "x"]
    shop.lines("drop: {price: {sign: negative}}", *(line(f"A{n}", p, 1) for n, p in enumerate(written)))
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build()  # what is no number is left to its own rule
    assert any("amount-unreadable" in p.message for p in refused.value.problems)
    shop.lines("drop: {price: {sign: zero}}", *(line(f"A{n}", p, 1) for n, p in enumerate(["5", "0", "0.00", "-0"])))
    assert [row[:2] for row in shop.ask(READ)] == [("A0", 500)]


def test_a_condition_says_something(shop: Shop) -> None:
    shop.lines("drop: {pieces: {}}", *NOTE)
    with pytest.raises(ProblemsFoundError) as refused:
        load_map("lines", shop.base)
    assert "words, starts or sign" in refused.value.problems[0].message


def test_a_column_counts_only_where_a_number_has_a_sign(shop: Shop) -> None:
    shop.lines("", line("A1", "5.00", 2), line("A1", "-1.00", 2))
    text = (shop.base / "mappings/lines.yaml").read_text()
    refunds = "      refunded: {from: price, only: {pieces: {sign: negative}}, combine: sum}\n"
    (shop.base / "mappings/lines.yaml").write_text(text + refunds)
    assert shop.ask("select amount_cents, refunded_cents from snap.stg_orders") == [(800, 0)]


REFUNDS = {
    "84.57": ("84.20", 8_420),
    "100.00": ("84.20", 8_420),
    "1099.00": ("1000.00", 100_000),
    "5.00": ("5.00", 500),
}


def test_a_refund_just_above_the_amount_counts_up_to_it(shop: Shop) -> None:
    rows = [order(n, amount, refunded=back) for n, (back, (amount, _)) in enumerate(REFUNDS.items())]
    shop.put("orders", HEADER + "\n".join(rows))
    given = shop.ask("select refunded_cents from snap.stg_orders order by order_id")
    assert [cents for (cents,) in given] == [cents for _, cents in REFUNDS.values()]
    (said,) = [p for p in shop.build().findings if "refund-just-above-amount" in p.message]
    assert (said.code, "3 of 4 rows" in said.message) == ("S111", True)
    assert shop.ask("select spend_total from member_features where member_id = 'm1'") == [(0,)]


@pytest.mark.parametrize(("amount", "back"), [("84.20", "8457"), ("10.00", "30.01"), ("1000.00", "1100.01")])
def test_a_refund_far_above_the_amount_stays_a_finding(shop: Shop, amount: str, back: str) -> None:
    shop.put("orders", HEADER + order(1, amount, refunded=back))
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build()
    assert any("refund-above-amount" in p.message for p in refused.value.problems)


def test_the_case_of_a_refund_just_above(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    shutil.copytree(CASES / "refund-just-above-amount", root, dirs_exist_ok=True)
    with open_runtime(root, clock=lambda: NOW) as rt:
        refresh(rt, "spring", NOW)
        with open_snapshot(rt.current_snapshot()) as con:
            read = con.execute("select refunded_cents from snap.stg_orders order by order_id").fetchall()
    assert read == [(8_420,), (0,)]


def test_a_tolerance_of_the_settings_is_that_of_the_rule(shop: Shop) -> None:
    shop.put("orders", HEADER + "\n".join([order(1, "-5.00"), *(order(n, "5.00") for n in range(2, 12))]))
    with pytest.raises(SnapshotRejectedError):
        shop.build()
    assert shop.build(amount_negative=1_000).counts["orders"].quarantined == 1
    with pytest.raises(SnapshotRejectedError):
        shop.build(amount_negative=900)


def test_a_tolerance_of_a_rule_of_reading(shop: Shop) -> None:
    shop.put("orders", HEADER + "\n".join([order(1, "5.00"), order(2, "5.00") + ",one,more", order(3, "5.00")]))
    with pytest.raises(SnapshotRejectedError) as refused:
        shop.build()
    assert any("tolerances.line-broken" in (p.hint or "") for p in refused.value.problems)
    assert shop.build(line_broken=5_000).counts["orders"].accepted == 2


@pytest.mark.parametrize(("rule", "guess"), [("amount-negativ", "amount-negative"), ("orders-empty", "")])
def test_a_tolerance_of_no_rule_is_a_mistake(shop: Shop, rule: str, guess: str) -> None:
    shop.put("orders", HEADER + order(1, "5.00"))
    with pytest.raises(UsageError, match=f"sources.orders.tolerances.{rule}") as refused:
        shop.build(**{rule.replace("-", "_"): 100})
    assert guess in refused.value.remedy


def test_the_settings_of_a_project_state_tolerances(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    shutil.copytree(CASES / "guest-orders", root, dirs_exist_ok=True)
    stated = '[sources.orders]\nguests = ["0", "guest"]\ntolerances = {amount-negative = "50%", line-broken = 0.02}'
    settings = (root / "promocal.toml").read_text().replace("[sources.orders]", stated)
    (root / "promocal.toml").write_text(settings)
    with open_runtime(root, clock=lambda: NOW) as rt:
        (orders,) = [spec for spec in rt.sources() if spec.dataset == "orders"]
    assert orders.guests == ("0", "guest")
    assert orders.tolerances == {"amount-negative": 5_000, "line-broken": 200}
    (root / "promocal.toml").write_text(settings.replace("50%", "a lot"))
    with pytest.raises(UsageError, match=r"sources.orders.tolerances"):
        open_runtime(root, clock=lambda: NOW)
