"""What lies beside a snapshot is written and read back whole; older files lack what they did not know."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import SnapshotMissingError
from campaign_calendars.findings.problem import Location, Problem
from campaign_calendars.values.json import from_json, to_json
from warehouse.shelf import shelf
from warehouse.shelf.manifest import (
    BuildRecord,
    DatasetCounts,
    Input,
    Manifest,
    RuleResult,
    Snapshot,
    SourceRecord,
    manifest_of,
    snapshot_of,
)
from warehouse.shelf.profiles import ColumnProfile, Moved, SnapshotProfile, TableProfile

SNAPSHOT = Snapshot(
    snapshot_id="20200201T000000Z-0123abcd",
    path=Path("20200201T000000Z-0123abcd.duckdb"),
    as_of=datetime(2020, 2, 1, 8, 30, tzinfo=UTC),
    counts={"orders": DatasetCounts(5, 3, 1, 1), "members": DatasetCounts(2, 2, 0)},
    findings=(Problem("S111", "warning", "lines", "look", Location("sources.orders", 3, 4), "行", "检查"),),
    fingerprint="f" * 64,
    sequence=7,
    build=BuildRecord(
        mode="incremental",
        reason="only new rows",
        reason_zh="只有新行",
        parent="20200131T000000Z-0123abcd",
        inputs=(
            Input("orders", "data/orders.csv", 5, 812, "a" * 64, "gb18030"),
            Input("members", "db#m", 2, None, "b"),
        ),
        sources={"orders": SourceRecord("full", "r", "因", 5, "d", ("raw/1.parquet",), ("amount",), "", "2020-01-31")},
        rules=(RuleResult("orders", "order-repeated", "stop", "all", 5, 1, stopped=True),),
        models={"stg_orders": "c" * 64},
        promocal="1.0",
        revision="e" * 40,
    ),
)
PROFILE = SnapshotProfile(
    tables={
        "stg_orders": TableProfile(
            rows=300,
            columns={
                "status": ColumnProfile(nulls=0, distinct=2, shares={"paid": 0.9, "closed": 0.1}),
                "amount_cents": ColumnProfile(2, 40, 1, 9_900, edges=(10, 500), shares=(0.25, 0.5, 0.25)),
                "paid_at": ColumnProfile(5, 290, "2020-01-01T00:00:00+00:00", "2020-01-31T00:00:00+00:00"),
                "phone": ColumnProfile(nulls=1),
            },
        )
    },
    drift=(Moved("stg_orders", "", "volume", 290.0, 300.0, 0.034483),),
)


def test_a_manifest_is_read_back_whole() -> None:
    text = to_json(manifest_of(SNAPSHOT), sort_keys=False)
    assert snapshot_of(from_json(Manifest, text), SNAPSHOT.path) == SNAPSHOT
    assert json.loads(text)["as_of"] == "2020-02-01T08:30:00+00:00"
    assert list(json.loads(text)["counts"]) == ["orders", "members"]


def test_a_manifest_of_an_earlier_format_lacks_what_that_did_not_know() -> None:
    plain = {"snapshot_id": "a", "as_of": "2020-02-01T00:00:00+00:00", "fingerprint": "f", "sequence": 1, "counts": {}}
    older = from_json(Manifest, json.dumps({**plain, "findings": [], "unknown": 1}))
    assert older.build == BuildRecord()
    assert older.as_of.utcoffset() is not None


def test_a_profile_is_read_back_whole() -> None:
    found = from_json(SnapshotProfile, to_json(PROFILE, sort_keys=False))
    assert found == PROFILE
    columns = found.tables["stg_orders"].columns
    assert (columns["status"].parts, columns["amount_cents"].words) == ((), {})


def test_a_published_snapshot_is_found_with_its_profile(tmp_path: Path) -> None:
    built = tmp_path / ".building-x.duckdb"
    built.touch()
    path = tmp_path / SNAPSHOT.path
    published = Snapshot(**{**vars(SNAPSHOT), "path": path})
    shelf.publish(built, published, profile=PROFILE)
    assert shelf.current_snapshot(tmp_path) == published
    assert shelf.read_profile(published) == PROFILE
    shelf.profile_path(published).write_text("{", "utf-8")
    assert shelf.read_profile(published) == SnapshotProfile()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"snapshot_id": "a"}'])
def test_a_damaged_manifest_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    with pytest.raises(SnapshotMissingError, match=r"a\.json cannot be read") as caught:
        shelf.list_snapshots(tmp_path)
    assert "a.duckdb" in caught.value.remedy
