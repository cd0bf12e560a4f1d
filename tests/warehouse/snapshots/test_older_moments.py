"""A snapshot of an older moment is published beside the current one, which never knows less than before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from tests.warehouse.conftest import AS_OF, Shop
from warehouse.shelf import shelf
from warehouse.snapshots.opening import open_snapshot
from warehouse.snapshots.snapshot import current_snapshot, find_snapshot, list_snapshots

HOUR = timedelta(hours=1)
ROOT = Path(__file__).parents[3]
# Builds a snapshot of an older moment, and dies where a file of that name would come to its place.
_BUILD_AND_DIE = """
import os, pathlib, signal, sys
from datetime import timedelta
from tests.warehouse.conftest import AS_OF, Shop
from warehouse.sources import SourceSpec

base, place = pathlib.Path(sys.argv[1]), sys.argv[2]
shop = Shop(base, {n: SourceSpec(n, "csv", f"{n}.csv", encoding="utf-8") for n in ("members", "orders")})
rename = pathlib.Path.replace

def dying(self, target):
    name = pathlib.Path(target).relative_to(base / "warehouse").as_posix()
    if name.startswith(place.split("*")[0]) and name.endswith(place.split("*")[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    return rename(self, target)

pathlib.Path.replace = dying
print(shop.build(as_of=AS_OF - timedelta(hours=1)).snapshot_id)
"""


@pytest.fixture
def shop(empty_shop: Shop) -> Shop:
    empty_shop.write("members", [{"member_id": "m1", "joined_at": "2025-06-01"}])
    order(empty_shop, 1)
    return empty_shop


def order(shop: Shop, count: int) -> None:
    """A new export with so many orders."""
    rows = [
        {"order_id": f"o{n}", "member_id": "m1", "ordered_at": f"2026-02-{n + 1:02}", "amount": "1"}
        for n in range(count)
    ]
    shop.write("orders", rows)


def orders_in(shop: Shop) -> int:
    with open_snapshot(current_snapshot(shop.base / "warehouse")) as con:
        return int(con.execute("select count(*) from snap.stg_orders").fetchall()[0][0])


def test_an_older_moment_is_built_and_found_and_does_not_become_current(shop: Shop) -> None:
    now = shop.build()
    older = shop.build(as_of=AS_OF - HOUR)
    assert older.as_of == AS_OF - HOUR
    assert current_snapshot(now.path.parent) == now
    assert find_snapshot(now.path.parent, older.snapshot_id) == older
    assert shop.build(as_of=AS_OF - HOUR) == older, "built again it is the same one"
    assert current_snapshot(now.path.parent) == now
    later = shop.build(as_of=AS_OF + HOUR)
    assert (current_snapshot(now.path.parent), later.build.parent) == (later, now.snapshot_id)


def test_what_a_run_of_the_past_reads_everybody_knows(shop: Shop) -> None:
    """Else its members would be looked up, when their messages leave, where they are not known yet."""
    shop.build()
    order(shop, 3)
    older = shop.build(as_of=AS_OF - HOUR)
    current = current_snapshot(older.path.parent)
    assert (current.as_of, orders_in(shop)) == (AS_OF, 3)
    assert current.fingerprint == older.fingerprint
    assert [each.as_of for each in list_snapshots(older.path.parent)] == [AS_OF, AS_OF, AS_OF - HOUR]


def test_whoever_read_everything_anew_for_the_past_read_it_for_the_present_too(shop: Shop) -> None:
    shop.build()
    order(shop, 2)
    older = shop.build(as_of=AS_OF - HOUR, full=True)
    assert (older.build.mode, current_snapshot(older.path.parent).build.mode) == ("full", "full")
    assert orders_in(shop) == 2


@pytest.mark.parametrize("keep", [1, 2])
def test_neither_the_current_one_nor_the_one_just_built_is_pruned(shop: Shop, keep: int) -> None:
    now = shop.build(keep=keep)
    for hours in range(1, 5):
        older = shop.build(as_of=AS_OF - hours * HOUR, keep=keep)
        kept = list_snapshots(now.path.parent)
        assert now in kept
        assert older in kept
        assert current_snapshot(now.path.parent) == now


def test_after_a_person_went_back_the_next_refresh_goes_forward_from_there(shop: Shop) -> None:
    first, second = shop.build(), shop.build(as_of=AS_OF + 2 * HOUR)
    shelf.point_to(first)
    between = shop.build(as_of=AS_OF + HOUR)
    assert current_snapshot(first.path.parent) == between
    assert shop.build(as_of=AS_OF + 2 * HOUR) == second == current_snapshot(first.path.parent)


def test_a_snapshot_of_the_future_is_in_nobodys_way(shop: Shop) -> None:
    """A year mistyped once: what is known by now becomes current all the same, and is read once."""
    wrong = shop.build(as_of=AS_OF + 4 * 365 * 24 * HOUR, now=AS_OF)
    assert current_snapshot(wrong.path.parent) == wrong
    now = shop.build(now=AS_OF)
    assert current_snapshot(wrong.path.parent) == now
    assert sorted(each.as_of for each in list_snapshots(wrong.path.parent)) == [now.as_of, wrong.as_of]
    shelf.point_to(wrong)
    assert shop.build(now=AS_OF) == now == current_snapshot(wrong.path.parent), "built again it leads as well"


def test_clocks_that_differ_a_little_make_no_future(shop: Shop) -> None:
    ahead = shop.build(as_of=AS_OF + HOUR / 60, now=AS_OF)
    shop.build(now=AS_OF)
    assert current_snapshot(ahead.path.parent) == ahead


def test_of_one_moment_the_last_reading_is_current(shop: Shop) -> None:
    before = shop.build()
    order(shop, 2)
    after = shop.build()
    assert (after.as_of, current_snapshot(after.path.parent)) == (before.as_of, after)


def test_where_the_current_one_is_gone_whatever_is_built_becomes_current(shop: Shop) -> None:
    gone = shop.build()
    gone.path.unlink()
    older = shop.build(as_of=AS_OF - HOUR)
    assert current_snapshot(older.path.parent) == older


def test_builds_at_once_end_with_the_latest_moment_in_whatever_order(shop: Shop) -> None:
    moments = [AS_OF + hours * HOUR for hours in (2, -1, 1, 0)]
    start = Barrier(len(moments))

    def build(number: int) -> str:
        start.wait()
        return shop.build(as_of=moments[number]).snapshot_id

    with ThreadPoolExecutor(len(moments)) as pool:
        built = list(pool.map(build, range(len(moments))))
    directory = shop.base / "warehouse"
    assert {snapshot.snapshot_id for snapshot in list_snapshots(directory)} == set(built)
    assert current_snapshot(directory).as_of == max(moments)
    assert sorted(each.sequence for each in list_snapshots(directory)) == [1, 2, 3, 4]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize(
    "place",
    [
        "2026*.json",
        pytest.param("2026*.duckdb", marks=pytest.mark.slow),
        pytest.param("profiles/*.json", marks=pytest.mark.slow),
    ],
)
def test_a_death_between_building_and_publishing_leaves_the_present_as_it_is(shop: Shop, place: str) -> None:
    directory = shop.base / "warehouse"
    now = shop.build()
    child = [sys.executable, "-c", _BUILD_AND_DIE, str(shop.base)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    died = subprocess.run([*child, place], cwd=ROOT, env=environment, check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert (current_snapshot(directory), list_snapshots(directory)) == (now, [now])
    again = [*child, "current*.json"]  # the pointer has no need to move: nothing ends this one
    whole = subprocess.run(again, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    older = find_snapshot(directory, whole.stdout.strip())
    assert list_snapshots(directory) == [now, older]
    assert current_snapshot(directory) == now
