"""What closes the gate: rules that stop, sources that do not fit, an account that does not close."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import (
    CheckBrokenError,
    SnapshotMissingError,
    SnapshotRejectedError,
    SourceError,
)
from warehouse.snapshots.snapshot import current_snapshot, list_snapshots
from warehouse.sources import SourceSpec
from warehouse.staging import build


def test_a_stopping_rule_closes_the_gate(shop: Any) -> None:
    good = shop.build()
    shop.write("members", [{"member_id": f"m{n // 2}"} for n in range(10)])
    with pytest.raises(SnapshotRejectedError) as caught:
        shop.build()
    (error,) = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert error.code == "S110"
    assert "5 of 10 rows, rule member-repeated" in error.message
    assert "at most 5% is tolerated" in error.hint
    assert current_snapshot(good.path.parent) == good
    (kept,) = good.path.parent.glob("*.rejected.duckdb")
    with duckdb.connect(str(kept), read_only=True) as con:
        rules = con.execute("select rule, count(*) from quarantine group by all order by all").fetchall()
        copies = con.execute("select dataset, identical, count(*) from duplicates group by all").fetchall()
    assert rules == [("order-of-unknown-member", 10)]
    assert copies == [("members", True, 5)]


def test_all_sources_that_do_not_fit_are_named_at_once(shop: Any) -> None:
    shop.write("members", [], columns=["name"])
    shop.write("orders", [], columns=["order_id"])
    with pytest.raises(SnapshotRejectedError) as caught:
        shop.build()
    assert [problem.code for problem in caught.value.problems] == ["S101"] * 4
    with pytest.raises(SnapshotMissingError, match="no snapshot has been published"):
        current_snapshot(shop.base / "warehouse")
    assert [path.name for path in (shop.base / "warehouse").iterdir()] == [".refresh.lock"]


def test_required_sources(shop: Any) -> None:
    del shop.specs["orders"]
    with pytest.raises(SnapshotRejectedError) as caught:
        shop.build()
    assert [problem.code for problem in caught.value.problems] == ["S106"]


@pytest.mark.parametrize(("dataset", "says"), [("orders", "two sources"), ("customers", "no dataset 'customers'")])
def test_sources_that_make_no_sense(shop: Any, dataset: str, says: str) -> None:
    shop.specs["another"] = SourceSpec(dataset, "csv", "orders.csv")
    with pytest.raises(SourceError, match=says):
        shop.build()


def test_an_empty_members_file_closes_the_gate(shop: Any) -> None:
    shop.write("members", [])
    with pytest.raises(SnapshotRejectedError) as caught:
        shop.build()
    assert "the members source has no rows" in {p.message.partition(": ")[2] for p in caught.value.problems}


def test_a_lost_row_is_noticed(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    accept = build._accept

    def forgetful(con: Any, model: Any) -> None:
        accept(con, model)
        if model.name == "stg_orders":
            con.execute("delete from snap.stg_orders where order_id = 'o7'")

    monkeypatch.setattr(build, "_accept", forgetful)
    with pytest.raises(
        CheckBrokenError, match="orders: 20 rows were read, but 19 accepted, 0 quarantined and 0 duplicates"
    ):
        shop.build()
    assert list_snapshots(shop.base / "warehouse") == []
