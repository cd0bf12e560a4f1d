"""Amounts of several currencies are never added up: in files, in files that come later, and between datasets."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import SnapshotRejectedError
from tests.warehouse.conftest import PARAMS
from warehouse.snapshots.snapshot import Snapshot, build_snapshot
from warehouse.sources import SourceSpec
from warehouse.sources.doubts import doubt_currencies_between
from warehouse.staging.explain import explain_sources

NOW = datetime.fromisoformat("2026-04-09T09:00:00+08:00")
HEADER = "order_id,member_id,ordered_at,amount,币种"


class Shop:
    def __init__(self, base: Path) -> None:
        self.base = base
        (base / "members.csv").write_text("member_id\nm1\n", "utf-8")
        self.specs = [SourceSpec("members", path="members.csv"), SourceSpec("orders", path="orders*.csv")]

    def orders(self, number: int, currency: str, header: str = HEADER) -> None:
        line = f"o{number},m1,2026-03-0{number} 10:00:00,9.00,{currency}"
        (self.base / f"orders{number}.csv").write_text(f"{header}\n{line}\n", "utf-8")

    def refunds(self, currency: str) -> None:
        line = f"r1,o1,2026-03-02 10:00:00,1.00,success,{currency}"
        header = "refund_id,order_id,requested_at,amount,status,Currency"
        (self.base / "refunds.csv").write_text(f"{header}\n{line}\n", "utf-8")
        self.specs = [*self.specs[:2], SourceSpec("refunds", path="refunds.csv")]

    def build(self) -> Snapshot:
        where = {"base_dir": self.base, "directory": self.base / "w"}
        return build_snapshot(self.specs, as_of=NOW, params=PARAMS, **where)

    def refused(self) -> list[str]:
        with pytest.raises(SnapshotRejectedError) as refused:
            self.build()
        assert all(problem.zh and problem.hint_zh for problem in refused.value.problems)
        return [f"{problem.code} {problem.message}" for problem in refused.value.problems]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_files_of_one_source_are_looked_at_together(shop: Shop) -> None:
    shop.orders(1, "CNY")
    shop.orders(2, "usd")
    assert shop.refused() == ["S135 orders: amounts are in several currencies: CNY (1), USD (1); nothing is converted"]


def test_a_file_that_comes_later_is_held_against_those_before(shop: Shop) -> None:
    shop.orders(1, "CNY")
    assert shop.build().build.sources["orders"].currencies == ("CNY",)
    shop.orders(2, "CNY")
    again = shop.build().build.sources["orders"]
    assert (again.mode, again.currencies) == ("incremental", ("CNY",))
    shop.orders(3, "USD")
    assert shop.refused() == ["S135 orders: amounts are in several currencies: CNY (2), USD (1); nothing is converted"]
    (shop.base / "orders3.csv").unlink()
    shop.orders(3, "CNY")
    assert shop.build().counts["orders"].accepted == 3


def test_datasets_are_in_one_currency(shop: Shop) -> None:
    shop.orders(1, "CNY")
    shop.refunds("USD")
    said = "S135 amounts are in several currencies: orders CNY, refunds USD; nothing is converted"
    assert shop.refused() == [said]
    (report,) = explain_sources(shop.specs, base_dir=shop.base, as_of=NOW, only="refunds")
    assert said in [f"{problem.code} {problem.message}" for problem in report.problems]
    shop.refunds("cny")
    assert shop.build().counts["refunds"].accepted == 1


def test_what_names_no_currency_is_in_that_of_the_others() -> None:
    assert doubt_currencies_between({"orders": ["CNY"], "refunds": [], "order_items": ["CNY"]}) is None
    assert doubt_currencies_between({}) is None
