"""Results of phases and plays of the hand-made store, kept and read back."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.warehouse.measurement.tiny_store import CALENDAR, at, tiny_session
from warehouse.measurement.results import kept_results, write_results

KINDS = {"reservoir": "reservoir", "burst-1": "burst", "burst-2": "burst"}


def test_results_are_those_of_the_funnel_and_survive_their_file(tmp_path: Path) -> None:
    """M02 and M07 buy after their message; M01 and M08 of burst-1 had bought before it."""
    with tiny_session(tmp_path) as session:
        found = session.results("shop", kinds=KINDS, full_costs={})
        funnel = {row.phase: (row.contacted, row.buyers, row.spend_cents) for row in session.funnel()}
    assert [(one.phase, one.play) for one in found] == [
        (phase, play) for phase in ("reservoir", "burst-1", "burst-2") for play in ("", "hello")
    ]
    assert {one.phase: (one.contacted, one.buyers, one.sales_cents) for one in found if not one.play} == funnel
    assert funnel["burst-1"] == (3, 1, 150_00)
    burst = next(one for one in found if one.phase == "burst-1" and one.play)
    assert (burst.kind, burst.store, burst.calendar, burst.starts_at) == ("burst", "shop", CALENDAR, at("03-04 00:00"))
    assert (burst.message_cents, burst.granted, burst.redemptions) == (3 * 4, 0, 0)
    write_results(tmp_path / "tiny.parquet", found)
    assert kept_results([tmp_path / "tiny.parquet"]) == found
    assert kept_results([]) == []


def test_results_of_an_earlier_promocal_are_read(tmp_path: Path) -> None:
    """They say nothing of their currency."""
    with tiny_session(tmp_path) as session:
        found = session.results("shop", kinds=KINDS, full_costs={}, currency="CNY")
    write_results(tmp_path / "new.parquet", found)
    old = f"copy (select * exclude (currency) from '{tmp_path}/new.parquet') to '{tmp_path}/old.parquet'"
    duckdb.sql(old)
    assert {one.currency for one in kept_results([tmp_path / "new.parquet"])} == {"CNY"}
    both = kept_results([tmp_path / "new.parquet", tmp_path / "old.parquet"])
    assert sorted(one.currency for one in both) == [""] * len(found) + ["CNY"] * len(found)
