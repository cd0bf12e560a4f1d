"""Candidates are made one ahead of the rules where tables are small, and never before what they read."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import CheckBrokenError
from warehouse.engines.local import DuckDBEngine
from warehouse.engines.port import Made
from warehouse.models.catalogue import load_layer
from warehouse.staging import build

TABLES = ("stg_members", "stg_orders", "stg_order_items", "quarantine", "duplicates", "member_state")


class Recording(DuckDBEngine):
    """Remembers which tables were accepted when the candidates of a dataset were about to be made."""

    def __init__(self) -> None:
        self.accepted: dict[str, set[str]] = {}

    def make(self, con: duckdb.DuckDBPyConnection, made: Made) -> None:
        if made.layer == "staging":
            found = con.execute("select table_name from duckdb_tables() where database_name = 'snap'").fetchall()
            self.accepted[made.name] = {name for (name,) in found}
        super().make(con, made)


def tables(rows_of: Any, snapshot: Any) -> list[Any]:
    return [rows_of(snapshot, f"select * from snap.{table} order by all") for table in TABLES]


def test_one_ahead_or_not_the_tables_are_the_same(shop: Any, rows_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.write("order_items", [{"order_id": f"o{n}", "sku": "tea", "quantity": 1 + n % 2} for n in range(25)])
    shop.write("tags", [{"member_id": f"m{n}", "tag": "vip"} for n in range(12)])
    ahead, in_turn = Recording(), Recording()
    made_ahead = tables(rows_of, shop.build(directory=shop.base / "ahead", engine=ahead))
    monkeypatch.setattr(build, "_SMALL", 0)
    assert made_ahead == tables(rows_of, shop.build(directory=shop.base / "in_turn", engine=in_turn))
    names = [model.name for model in load_layer("staging")]
    for number, model in enumerate(load_layer("staging")):
        earlier = set(names[:number])
        if model.dataset not in shop.specs:
            continue  # without a row there is nothing to make
        seen = ahead.accepted[f"candidate_{model.dataset}"]
        assert {need for need in model.depends_on if need.startswith("stg_")} <= seen
        assert len(earlier - seen) <= 1
        assert earlier <= in_turn.accepted[f"candidate_{model.dataset}"]


def test_what_breaks_ahead_breaks_the_build(shop: Any) -> None:
    class Broken(DuckDBEngine):
        def make(self, con: duckdb.DuckDBPyConnection, made: Made) -> None:
            if made.name == "candidate_orders":
                raise CheckBrokenError(("no orders today", "今天没有订单"), ("look", "请查看"))
            super().make(con, made)

    with pytest.raises(CheckBrokenError, match="no orders today"):
        shop.build(engine=Broken())
    assert not list((shop.base / "warehouse").glob("*.duckdb"))
