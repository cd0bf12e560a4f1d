"""Write, audit, publish: all of a snapshot or nothing, the same from the same, readers undisturbed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from campaign_calendars.findings.errors import (
    SnapshotMissingError,
    SnapshotRejectedError,
)
from warehouse.models import catalogue as model_files
from warehouse.shelf import shelf
from warehouse.snapshots.snapshot import current_snapshot, find_snapshot, list_snapshots, open_snapshot
from warehouse.sources import DATASETS, SourceSpec
from warehouse.staging import increment

TESTS = Path(__file__).parent
AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)
# The fixture module is loaded by path by pytest; the subprocess builds the same shop from the files on disk.
BUILD_AND_DIE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from warehouse.shelf import shelf
from warehouse.features.params import FeatureParams
from warehouse.snapshots.snapshot import build_snapshot
from warehouse.sources import SourceSpec

base, moment = Path(sys.argv[1]), sys.argv[2]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "pointer":
    shelf.point_to = die
params = FeatureParams("Asia/Shanghai", (30, 90, 180, 365), 365, (("regular", 0),))
build_snapshot(
    [SourceSpec("members", "csv", "members.csv"), SourceSpec("orders", "csv", "orders.csv")],
    base_dir=base, directory=base / "warehouse", as_of=datetime(2026, 3, 8, 4, tzinfo=UTC), params=params,
    progress=lambda step: die() if step[0] == moment else None,
)
"""


def test_a_snapshot_is_published_with_its_counts(shop: Any, rows_of: Callable[..., Any]) -> None:
    snapshot = shop.build()
    assert snapshot == current_snapshot(shop.base / "warehouse") == list_snapshots(shop.base / "warehouse")[0]
    assert snapshot.snapshot_id == f"20260308T040000Z-{snapshot.fingerprint[:8]}"
    assert set(snapshot.counts) == set(DATASETS)
    orders = snapshot.counts["orders"]
    assert (orders.rows_in, orders.accepted, orders.quarantined) == (20, 20, 0)
    assert rows_of(snapshot, "select count(*), sum(amount_cents)::bigint from snap.stg_orders") == [(20, 220_000)]
    assert rows_of(snapshot, "select count(*) from member_features where bought_in_campaign") == [(0,)]
    assert rows_of(snapshot, "select count(*) from snap.stg_tags") == [(0,)]


def test_the_directory_holds_nothing_else(shop: Any) -> None:
    snapshot = shop.build()
    own = {f"{snapshot.snapshot_id}.duckdb", f"{snapshot.snapshot_id}.json"}
    names = {*own, "current.json", "raw", "profiles", ".refresh.lock"}
    (shop.base / "warehouse" / ".digests").unlink(missing_ok=True)  # of files that had settled
    assert {path.name for path in (shop.base / "warehouse").iterdir()} == names
    parts = [part for record in snapshot.build.sources.values() for part in record.parts]
    assert {f"raw/{path.name}" for path in (shop.base / "warehouse" / "raw").iterdir()} == set(parts)


def test_the_same_input_is_the_same_snapshot(shop: Any) -> None:
    first = shop.build()
    written = first.path.stat().st_mtime_ns
    other_moment = shop.build(as_of=first.as_of + timedelta(hours=1))
    again = shop.build()
    assert again == first
    assert first.path.stat().st_mtime_ns == written
    assert current_snapshot(first.path.parent) == other_moment, "an older moment is found again, and stays beside it"
    assert other_moment.fingerprint == first.fingerprint
    assert other_moment.snapshot_id != first.snapshot_id


def test_what_a_refresh_reads_and_why(shop: Any) -> None:
    from dataclasses import replace

    steps: list[str] = []

    def build(hours: int, **settings: Any) -> Any:
        steps.clear()
        return shop.build(as_of=AS_OF + timedelta(hours=hours), progress=lambda step: steps.append(step[0]), **settings)

    first = build(0)
    assert (first.build.mode, first.build.reason, first.build.parent) == ("full", "the first snapshot", None)
    second = build(1)
    assert (second.build.mode, second.build.reason) == ("incremental", "0 new files, 0 rows")
    assert second.build.parent == first.snapshot_id
    assert second.build.reason_zh == "0 个新文件，0 行"
    assert not [step for step in steps if step.startswith("reading")]
    assert "incremental: 0 new files, 0 rows" in steps
    shop.write("members", [{"member_id": f"m{n}", "joined_at": "2025-06-01 08:00:00"} for n in range(11)])
    third = build(2)
    assert third.build.reason == "0 new files, 0 rows; read whole: members (members.csv changed)"
    assert [step for step in steps if step.startswith("reading")] == ["reading members"]
    assert third.counts["members"].accepted == 11
    shop.specs["orders"] = replace(shop.specs["orders"], timezone="UTC")
    assert build(3).build.sources["orders"].reason == "its settings changed"
    forced = build(4, full=True)
    assert (forced.build.mode, forced.build.reason) == ("full", "asked for")
    for part in (shop.base / "warehouse" / "raw").iterdir():
        part.unlink()
    assert build(5).build.reason == "the raw rows of the current snapshot are gone"
    shop.base.joinpath("orders.csv").rename(shop.base / "orders-1.csv")
    shop.specs["orders"] = replace(shop.specs["orders"], path="orders*.csv")
    assert build(6).build.sources["orders"].reason == "its settings changed"
    shop.base.joinpath("orders-1.csv").rename(shop.base / "orders-2.csv")
    assert build(7).build.sources["orders"].reason == "orders-1.csv is gone"


def test_a_changed_model_is_computed_anew(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.build()
    digests = {**model_files.model_digests(), "stg_orders": "another"}
    monkeypatch.setattr(increment, "model_digests", lambda: digests)
    built = shop.build(as_of=AS_OF + timedelta(hours=1)).build
    assert built.sources["orders"].reason == "its model changed"
    assert built.sources["members"].mode == "incremental"


@pytest.mark.parametrize("damage", ["gone", "cut", "garbage", "part"])
def test_a_parent_that_cannot_be_read_is_replaced(shop: Any, damage: str) -> None:
    first = shop.build()
    data = first.path.read_bytes()
    if damage == "gone":
        first.path.unlink()
    elif damage == "part":
        for part in (first.path.parent / "raw").glob("orders*"):
            part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])
        shop.write("members", [{"member_id": f"m{n}"} for n in range(1, 9)])
    else:
        first.path.write_bytes(data[: len(data) // 2] if damage == "cut" else b"\0" * len(data))
    second = shop.build(as_of=AS_OF + timedelta(hours=1))
    assert second.build.mode == "full"
    assert second.build.reason == "the first snapshot" if damage == "gone" else "the current snapshot cannot be read"
    assert current_snapshot(first.path.parent) == second


def test_two_refreshes_take_turns(shop: Any) -> None:
    directory = shop.base / "warehouse"
    said: list[str] = []
    built: list[Any] = []
    with shelf.locked(directory, lambda step: said.append(step[0])):
        other = threading.Thread(target=lambda: built.append(shop.build(progress=lambda step: said.append(step[0]))))
        other.start()
        while "waiting for another refresh" not in said:
            time.sleep(0.01)
        assert not list(directory.glob(".building-*"))
    other.join()
    assert current_snapshot(directory) == built[0]


def test_any_change_of_input_is_another_snapshot(shop: Any) -> None:
    from dataclasses import replace

    first = shop.build()
    params = replace(first_params(), member_definition="1.0")
    assert shop.build(params=params).fingerprint != first.fingerprint
    shop.specs["orders"] = replace(shop.specs["orders"], timezone="UTC")
    assert shop.build().fingerprint != first.fingerprint


def first_params() -> Any:
    from warehouse.features.params import FeatureParams

    return FeatureParams("Asia/Shanghai", (30, 90, 180, 365), 365, (("regular", 0),))


def content(snapshot: Any) -> dict[str, list[tuple[Any, ...]]]:
    with open_snapshot(snapshot) as con:
        tables = con.execute(
            "select table_name from duckdb_tables() where database_name = 'snap' order by 1"
        ).fetchall()
        return {name: con.execute(f"from snap.{name} order by all").fetchall() for (name,) in tables}


def test_one_thread_and_two_give_the_same_tables(shop: Any) -> None:
    events = [
        {"event_id": f"e{n % 4900}", "member_id": f"m{n % 10}", "kind": "visit", "at": f"2026-03-0{n % 7 + 1}"}
        for n in range(5000)
    ]
    shop.write("events", events)
    contents = [content(shop.build(threads=n, directory=shop.base / f"threads-{n}")) for n in (1, 2)]
    assert contents[0] == contents[1]
    assert len(contents[0]["duplicates"]) == 100
    assert contents[0]["quarantine"] == []
    assert "member_state" in contents[0]


def test_a_reader_keeps_its_snapshot_while_others_are_published_and_pruned(shop: Any) -> None:
    old = shop.build(keep=1)
    reader = open_snapshot(old)
    cursor = reader.execute("select order_id from snap.stg_orders order by 1")
    assert cursor.fetchone() == ("o0",)
    for hours in (1, 2, 3):
        shop.build(as_of=old.as_of + timedelta(hours=hours), keep=1)
    assert not old.path.exists()
    assert len(cursor.fetchall()) == 19
    assert reader.execute("select count(*) from snap.stg_members").fetchone() == (10,)
    reader.close()
    with pytest.raises(SnapshotMissingError, match="is gone"):
        open_snapshot(old)


def test_a_snapshot_with_other_tables_is_refused_with_what_to_do(shop: Any) -> None:
    from dataclasses import replace

    made = shop.build()
    with duckdb.connect(str(made.path)) as con:
        con.execute("alter table stg_orders drop column succeeded_at")
    old = replace(made, build=replace(made.build, models={**made.build.models, "stg_orders": "another"}))
    with pytest.raises(
        SnapshotMissingError, match=r"another version of promocal: it has no stg_orders.succeeded_at"
    ) as e:
        open_snapshot(old)
    assert "promocal refresh" in e.value.remedy


def test_pruning_keeps_the_newest_the_current_and_the_one_before(shop: Any) -> None:
    first = shop.build()
    built = [shop.build(as_of=first.as_of + timedelta(hours=n), keep=3) for n in range(1, 6)]
    directory = first.path.parent
    assert list_snapshots(directory) == built[2:]
    shelf.point_to(built[2])  # a person wants it back
    assert current_snapshot(directory) == built[2]
    shelf.prune(directory, 1)
    assert list_snapshots(directory) == [built[2], built[4]]
    with pytest.raises(SnapshotMissingError, match=first.snapshot_id):
        find_snapshot(directory, first.snapshot_id)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("checking orders", marks=pytest.mark.slow),
        pytest.param("computing features", marks=pytest.mark.slow),
        "publishing",
        "pointer",
    ],
)
def test_a_killed_build_publishes_nothing_and_leaves_no_trace(shop: Any, moment: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", BUILD_AND_DIE, str(shop.base), moment], cwd=TESTS.parents[2], check=False
    )
    assert run.returncode == -signal.SIGKILL
    directory = shop.base / "warehouse"
    with pytest.raises(SnapshotMissingError):
        current_snapshot(directory)
    leftovers = list(directory.glob(".building-*"))
    assert bool(leftovers) == (moment != "pointer")
    snapshot = shop.build(params=first_params())
    assert current_snapshot(directory) == snapshot
    assert not list(directory.glob(".building-*"))


def test_a_build_in_progress_is_not_taken_for_a_leftover(tmp_path: Path) -> None:
    live = tmp_path / f"{shelf._BUILDING}x-1.duckdb"
    code = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); con.execute('create table t as select 1'); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", code + "\n", str(live)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        while not live.exists() or not live.with_name(live.name + ".wal").exists():
            assert process.poll() is None
        shelf.workspace(tmp_path, "y")
        assert live.exists()
    finally:
        process.communicate(b"\n")
    shelf.workspace(tmp_path, "y")
    assert not live.exists()


def test_published_files_are_never_written_again(shop: Any) -> None:
    snapshot = shop.build()
    with open_snapshot(snapshot) as con, pytest.raises(duckdb.Error, match="read-only"):
        con.execute("delete from snap.stg_orders")


def test_no_personal_data_outside_the_file(shop: Any) -> None:
    secret = {"name": "王小明", "phone": "13800138000", "birth_on": "not a date"}
    shop.write("members", [{"member_id": f"m{n}", **secret} for n in range(10)])
    shop.write("orders", [{"order_id": "o", "member_id": "王小明", "ordered_at": "x", "amount": "1"}])
    with pytest.raises(SnapshotRejectedError) as caught:
        shop.build()
    shop.write("orders", [{"order_id": "o", "member_id": "m1", "ordered_at": "2026-01-01", "amount": "1"}])
    written = json.dumps(json.loads(shop.build().path.with_suffix(".json").read_text()), ensure_ascii=False)
    for text in (written, str(caught.value), *(problem.message for problem in caught.value.problems)):
        assert not [value for value in secret.values() if value in text]


def test_naive_times_are_read_in_the_zone_of_their_source(shop: Any, rows_of: Callable[..., Any]) -> None:
    from dataclasses import replace

    query = "select min(ordered_at) from snap.stg_orders"
    assert str(rows_of(shop.build(), query)[0][0]) == "2026-02-01 02:00:00"
    shop.specs["orders"] = replace(shop.specs["orders"], timezone="America/New_York")
    assert str(rows_of(shop.build(), query)[0][0]) == "2026-02-01 15:00:00"


def test_a_database_as_source_is_published_once(shop: Any) -> None:
    with sqlite3.connect(shop.base / "shop.db") as db:
        db.execute("create table members (member_id text, joined_at text)")
        db.executemany("insert into members values (?, '2025-06-01')", [(f"m{n}",) for n in range(10)])
    shop.specs["members"] = SourceSpec("members", "sql", url=f"sqlite:///{shop.base}/shop.db", table="members")
    first = shop.build()
    assert shop.build() == first
    with sqlite3.connect(shop.base / "shop.db") as db:
        db.execute("insert into members values ('m10', '2025-06-01')")
    assert shop.build().counts["members"].accepted == 11


def test_old_refusals_do_not_pile_up(tmp_path: Path) -> None:
    tmp_path.joinpath("current.json").write_text('{"snapshot_id": "a"}')
    tmp_path.joinpath("a.duckdb").touch()
    manifest = {"snapshot_id": "a", "as_of": "2026-01-01T00:00:00+00:00", "counts": {}, "findings": []}
    tmp_path.joinpath("a.json").write_text(json.dumps({**manifest, "fingerprint": "f", "sequence": 1}))
    for n in range(6):
        path = tmp_path / f"{n}{shelf._REJECTED}"
        path.touch()
        os.utime(path, (n, n))
    shelf.prune(tmp_path, 5)
    assert sorted(path.name[0] for path in tmp_path.glob(f"*{shelf._REJECTED}")) == ["3", "4", "5"]
