"""Cells that can be read in two ways are named, with what was written and what was read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.warehouse.sources.doubtful import Shop, formats, orders, paid
from warehouse.models.catalogue import load_layer
from warehouse.sources import two_readings


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def doubts(shop: Shop, code: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(problem.message, problem.examples) for problem in shop.build().findings if problem.code == code]


def test_what_can_be_read_in_two_ways_is_shown_as_written_and_as_read(shop: Shop) -> None:
    shop.put("orders", orders(*paid("1,250", "¥2,000", "1.500")))
    first, second = doubts(shop, "S136")
    assert "comma before three digits is read as a mark of thousands (2 cells" in first[0]
    assert first[1] == ("orders.csv:2 amount '1,250' → 1250.00", "orders.csv:3 amount '¥2,000' → 2000.00")
    assert (second[1], "point before three digits" in second[0]) == (("orders.csv:4 amount '1.500' → 1.50",), True)


def test_every_amount_that_staging_reads_is_looked_at_in_both_readings() -> None:
    read = {name for model in load_layer("staging") for name in re.findall(r"as_cents\((\w+)\)", model.query)}
    assert read == two_readings.AMOUNTS


@pytest.mark.parametrize("proof", [("1,250", "1,250.00"), ("1,250", "1,250,000"), ("1.500", "3.5"), ("0.333", "0.999")])
def test_a_cell_that_proves_the_reading_ends_the_doubt(shop: Shop, proof: tuple[str, ...]) -> None:
    shop.put("orders", orders(*paid(*proof)))
    assert doubts(shop, "S136") == []


def test_a_map_that_states_the_mark_is_not_asked_again(shop: Shop) -> None:
    rules = "datasets: {orders: {columns: {order_id: order_id, member_id: member_id, ordered_at: ordered_at,"
    shop.put("orders", orders(*paid("1,250")), rules + " amount: {from: amount, decimal: '.'}}}}\n")
    assert doubts(shop, "S136") == []


def test_a_format_that_no_date_proves_is_said_and_one_with_an_offset(shop: Shop) -> None:
    shop.put("orders", orders("a1,m1,03/04/2026 10:00,,5", "a2,m1,05/05/2026 10:00,,5"), formats("%d/%m/%Y %H:%M"))
    ((said, rows),) = doubts(shop, "S137")
    assert "every day could be a month as well" in said
    assert rows == ("orders.csv:2 ordered_at '03/04/2026 10:00' → 2026-04-03 10:00:00",)
    shop.put("orders", orders("a1,m1,03/04/2026 10:00,,5", "a2,m1,25/04/2026 10:00,,5"), formats("%d/%m/%Y %H:%M"))
    assert doubts(shop, "S137") == []
    shop.put("orders", orders("a1,m1,20.03.2026 10:23 +0100,,5.00"), formats("%d.%m.%Y %H:%M %z"))
    ((said, rows),) = doubts(shop, "S137")
    assert rows == ("orders.csv:2 ordered_at '20.03.2026 10:23 +0100' → 2026-03-20 09:23:00Z",)


def test_an_amount_a_thousand_times_the_usual_one_is_named_and_kept(shop: Shop) -> None:
    shop.put("orders", orders(*paid("29999", "31000"), good=40))
    ((said, rows),) = doubts(shop, "S136")
    assert said == "orders: amount is 1,000 times its median (30.00) or more in 1 of 42 rows"
    assert rows == ("orders.csv:3 amount '31000.00'",)
    assert shop.rows("select count(*) from snap.stg_orders where amount_cents = 3100000") == [(1,)]
