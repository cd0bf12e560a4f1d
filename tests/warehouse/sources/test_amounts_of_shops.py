"""One amount written in many ways, in every export: its cents, or set aside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.warehouse.conftest import PARAMS
from tests.warehouse.figures import ask
from tests.warehouse.sources.shop_exports import SALES, SHOPIFY, SYCM, sale, shopify_order, text
from tests.warehouse.sources.shop_project import NOW, Shop
from warehouse.snapshots.snapshot import build_snapshot


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


# One amount written in many ways, in every export: its cents, or None where it must be set aside.
AMOUNTS: dict[str, int | None] = {
    "12.50": 1_250,
    "1,234.50": 123_450,
    "¥12": 1_200,
    "12.5元": 1_250,
    " 7 ": 700,
    '="8"': 800,
    "'9": 900,
    "19,99": None,
    "1.234,50": None,
    "12 50": None,
    "6900000000017": None,
    "abc": None,
    "#N/A": None,
    "-": None,
    "-5": None,
    "１２": None,
    "12.3万": None,
}
RULES = ("amount-unreadable", "amount-missing", "amount-negative", "ordered-at-missing", "order-id-missing")
WRITTEN = {
    "shopify-orders": lambda key, amount: text(SHOPIFY, shopify_order(key, [("tea", "1.00", 1)], Total=amount)),
    "sales-lines": lambda key, amount: text(SALES, [sale(key, "tea", 1, amount)]),
    "sycm-daily": lambda key, amount: text(SYCM, [[f"2026-01-{1 + int(key):02}", 1, 1, 1, 1, 1, amount, "", ""]]),
}


@pytest.mark.parametrize("mapping", WRITTEN)
def test_an_amount_is_read_right_or_set_aside_and_the_account_closes(shop: Shop, mapping: str) -> None:
    exports = [WRITTEN[mapping](f"{number:02}", amount).split("\n", 1) for number, amount in enumerate(AMOUNTS)]
    shop.put("o.csv", exports[0][0] + "\n" + "".join(lines for _, lines in exports))
    sets = ["orders"] if mapping == "sycm-daily" else ["orders", "members"]
    tolerances = dict.fromkeys(RULES, 10_000)
    specs = [
        spec if spec.dataset == "members" else replace(spec, tolerances=tolerances)
        for spec in shop.specs("o.csv", mapping, sets)
    ]
    made = build_snapshot(specs, as_of=NOW, params=PARAMS, base_dir=shop.base, directory=shop.base / "w")
    read = [cents for (cents,) in ask(made, "select amount_cents from snap.stg_orders order by order_id")]
    assert read == [cents for cents in AMOUNTS.values() if cents is not None]
    counts = made.counts["orders"]
    assert (counts.rows_in, counts.quarantined) == (len(AMOUNTS), len(AMOUNTS) - len(read))
