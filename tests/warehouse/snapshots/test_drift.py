"""Profiles that threads cannot change, and drift by known formulas."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import SnapshotRejectedError
from warehouse.models.catalogue import Model, load_layer
from warehouse.shelf import shelf
from warehouse.shelf.profiles import ColumnProfile
from warehouse.snapshots import profile
from warehouse.snapshots.drift import DriftLimits, judge_drift, measure_drift, stability_index
from warehouse.snapshots.snapshot import current_snapshot
from warehouse.staging.merge import create_table

AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)
TABLE = Model(
    name="stg_t",
    grain="",
    depends_on=(),
    query="",
    columns={
        "who": {"type": "varchar", "pii": True, "description": ""},
        "kind": {"type": "varchar", "description": ""},
        "cents": {"type": "bigint", "description": ""},
        "at": {"type": "timestamp", "description": ""},
    },
)


def filled(threads: int = 2, *, rows: int = 300_000, cents: str = "i * 7919 % 1000") -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": threads})
    con.execute("attach ':memory:' as snap")
    con.execute(
        f"""
        create table snap.stg_t as
        select 'secret' || i as who, case when i % 4 > 0 then ['a', 'b', 'a'][i % 4] end as kind, {cents} as cents,
            timestamp '2026-01-01' + to_seconds(i) as "at"
        from range({rows}) as t(i)
        """
    )
    return con


def test_the_index_by_hand() -> None:
    assert stability_index([0.5, 0.5], [0.6, 0.4]) == pytest.approx(0.0405465, abs=1e-7)
    assert stability_index([0.25] * 4, [0.25] * 4) == 0
    assert stability_index([1.0, 0.0], [0.5, 0.5]) == pytest.approx(0.5 * 0.6931472 + 0.4999 * 8.5171932, abs=1e-5)


def test_a_table_without_rows_is_described_without_being_asked() -> None:
    """As it would be if each of its columns were asked, in every staged table."""
    con = duckdb.connect()
    con.execute("attach ':memory:' as snap")
    models = list(load_layer("staging"))
    for model in models:
        create_table(con, model)
    told = profile.profile_tables(con, models)
    assert told == {model.name: profile._table(con, model, f"snap.{model.name}") for model in models}


def test_threads_change_nothing_and_nobody_is_named() -> None:
    one, four = (profile.profile_tables(filled(threads), [TABLE]) for threads in (1, 4))
    assert one == four
    columns = one["stg_t"].columns
    assert columns["who"] == ColumnProfile(nulls=0)
    assert "secret" not in str(one)
    assert columns["kind"].words == {"a": pytest.approx(2 / 3), "b": pytest.approx(1 / 3)}
    assert columns["kind"].nulls == 75_000
    assert columns["cents"].edges == (99, 199, 299, 399, 499, 599, 699, 799, 899)
    assert columns["cents"].parts == pytest.approx((0.1,) * 10)
    assert (columns["cents"].min, columns["at"].max) == (0, "2026-01-04T11:19:59+00:00")


def test_a_word_of_a_few_rows_is_not_named() -> None:
    con = filled(rows=400, cents="i")
    con.execute("update snap.stg_t set kind = 'ring 13812345678' where cents between 1 and 9")
    con.execute("update snap.stg_t set kind = 'ring the shop' where cents between 11 and 20")
    told = profile.profile_tables(con, [TABLE])["stg_t"].columns["kind"]
    assert set(told.words) == {"a", "b", "ring the shop"}
    assert told.distinct == 4


def test_there_are_not_more_distinct_values_than_rows() -> None:
    for rows in (1, 50, 2_001):
        told = profile.profile_tables(filled(rows=rows), [TABLE])["stg_t"].columns["at"]
        assert told.distinct <= rows


def test_what_moved_too_far_is_found() -> None:
    before = profile.profile_tables(filled(), [TABLE])
    con = filled(rows=100_000, cents="case when i % 2 = 0 then 950 end")
    moved = measure_drift(con, profile.profile_tables(con, [TABLE]), [before, before])
    problems = judge_drift(moved, DriftLimits(on_nulls="stop"))
    assert [(p.code, p.severity) for p in problems] == [
        ("S130", "warning"),
        ("S131", "error"),
        ("S132", "warning"),
    ]
    assert "100,000 rows, -67% against the median" in problems[0].message
    assert "50.0% empty, 0.0% before" in problems[1].message
    assert all(problem.zh and problem.hint_zh and problem.hint for problem in problems)
    assert judge_drift(moved, DriftLimits(on_volume="off", on_nulls="off", on_distribution="off")) == []
    named = [re.search(r"raise (\w+) [(]", problem.hint or "") for problem in problems]
    raised = DriftLimits(**{found[1]: 10.0 for found in named if found}, on_nulls="stop")  # type: ignore[arg-type]
    assert judge_drift(moved, raised) == [], "what the hint says to raise ends the finding"
    same = measure_drift(filled(), before, [before])
    assert judge_drift(same, DriftLimits(0, 0, 0)) == []


def test_a_stop_keeps_the_snapshot_unpublished(shop: Any) -> None:
    paid = {"ordered_at": "2026-02-01", "paid_at": "2026-02-02", "amount": "9"}

    def orders(count: int) -> list[dict[str, str]]:
        return [{"order_id": f"o{n}", "member_id": f"m{n % 10}", **paid} for n in range(count)]

    shop.write("orders", orders(400))
    good = shop.build()
    assert good.path.parent.joinpath(shelf.PROFILES, f"{good.snapshot_id}.json").exists()
    shop.write("orders", orders(120))
    limits = DriftLimits(on_volume="stop")
    with pytest.raises(SnapshotRejectedError) as caught:
        shop.build(as_of=AS_OF + timedelta(hours=1), drift=limits)
    assert [p.code for p in caught.value.problems if p.severity == "error"] == ["S130"]
    assert current_snapshot(good.path.parent) == good
    warned = shop.build(as_of=AS_OF + timedelta(hours=1))
    assert "S130" in {p.code for p in warned.findings}
