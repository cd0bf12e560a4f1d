"""Publishing where it can go wrong: a full disk, and a process that dies between any two steps."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import DiskFullError
from tests.warehouse.conftest import AS_OF, Shop
from warehouse.shelf import shelf
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.snapshot import current_snapshot, list_snapshots

ROOT = Path(__file__).parents[3]
LATER = AS_OF + timedelta(hours=1)
# Publishes a copy of the current snapshot under another name, and dies at the n-th rename or just behind it.
_PUBLISH_AND_DIE = """
import dataclasses, os, pathlib, shutil, signal, sys
from datetime import timedelta
from warehouse.shelf import shelf

directory, step, behind = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "behind"
old = shelf.current_snapshot(directory)
name = "20260401T000000Z-0badcafe"
built, part = directory / ".building-x-1.duckdb", directory / "raw" / ".building-orders-x.parquet"
shutil.copy(old.path, built)
part.write_bytes(b"rows")
new = dataclasses.replace(old, snapshot_id=name, path=directory / f"{name}.duckdb", sequence=old.sequence + 1)
rename, seen = pathlib.Path.replace, []

def dying(self, target):
    seen.append(self)
    if len(seen) == step and not behind:
        os.kill(os.getpid(), signal.SIGKILL)
    done = rename(self, target)
    if len(seen) == step:
        os.kill(os.getpid(), signal.SIGKILL)
    return done

pathlib.Path.replace = dying
shelf.publish(built, new, [part], {"rows": 1})
print(len(seen))
"""
# The size of files is limited as a full disk would: what is written beyond it fails.
_REFRESH_IN_LITTLE_ROOM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from promocal.cli import main
sys.argv = ["promocal", *sys.argv[2:]]
main()
"""


def files(directory: Path) -> dict[str, bytes]:
    """Path → bytes; without what is remembered of source files that were written some seconds ago."""
    found = (path for path in sorted(directory.rglob("*")) if path.is_file() and path.name != ".digests")
    return {str(path.relative_to(directory)): path.read_bytes() for path in found}


def strays(directory: Path, snapshots: list[Snapshot]) -> list[str]:
    """Files that belong to no published snapshot."""
    known = {".refresh.lock", "current.json"}
    for snapshot in snapshots:
        known |= {f"{snapshot.snapshot_id}{end}" for end in (".duckdb", ".json")}
        known |= {f"{shelf.PROFILES}/{snapshot.snapshot_id}.json"}
        known |= {part for record in snapshot.build.sources.values() for part in record.parts}
    return sorted(set(files(directory)) - known)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Shop(tmp_path_factory.mktemp("shop"))
    made.write("members", [{"member_id": "m1", "joined_at": "2025-06-01"}])
    made.write("orders", [{"order_id": "o1", "member_id": "m1", "ordered_at": "2026-02-01", "amount": "1"}])
    made.build()
    return made.base


@pytest.fixture
def shop(published: Path, tmp_path: Path) -> Shop:
    import shutil

    from warehouse.sources import SourceSpec

    shutil.copytree(published, tmp_path / "shop")
    names = ("members", "orders")
    return Shop(tmp_path / "shop", {n: SourceSpec(n, "csv", f"{n}.csv", encoding="utf-8") for n in names})


STEPS = 5


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
@pytest.mark.parametrize("where", ["at", pytest.param("behind", marks=pytest.mark.slow)])
@pytest.mark.parametrize("step", [4, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 2, 3, STEPS))])
def test_killed_at_any_rename_the_last_snapshot_stands_and_the_next_turn_clears(
    shop: Shop, step: int, where: str
) -> None:
    directory = shop.base / "warehouse"
    before = current_snapshot(directory)
    child = [sys.executable, "-c", _PUBLISH_AND_DIE, str(directory), str(step), where]
    assert subprocess.run(child, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    whole = step == STEPS and where == "behind"
    assert (current_snapshot(directory) == before) is not whole
    # The manifest makes it a snapshot; until the pointer follows it is not the current one.
    listed = step > STEPS - 1 or (step == STEPS - 1 and where == "behind")
    assert len(list_snapshots(directory)) == (2 if listed else 1)
    shelf.workspace(directory, "next")
    left = list_snapshots(directory)
    assert strays(directory, left) == []
    assert len(left) == (2 if listed else 1)
    assert before in left


def test_a_refresh_after_a_crash_goes_on(shop: Shop) -> None:
    directory = shop.base / "warehouse"
    subprocess.run([sys.executable, "-c", _PUBLISH_AND_DIE, str(directory), "4", "at"], cwd=ROOT, check=False)
    assert strays(directory, list_snapshots(directory)) != []
    grown = shop.build(as_of=LATER)
    assert (current_snapshot(directory), grown.build.mode) == (grown, "incremental")
    assert strays(directory, list_snapshots(directory)) == []


def test_publishing_has_as_many_steps_as_are_tried(shop: Shop) -> None:
    child = [sys.executable, "-c", _PUBLISH_AND_DIE, str(shop.base / "warehouse"), "0", "at"]
    assert subprocess.run(child, cwd=ROOT, check=True, capture_output=True).stdout.split() == [str(STEPS).encode()]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with little room."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = hasattr(os, "geteuid") and os.geteuid() == 0
    mounted = (
        mounted
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)], check=False, capture_output=True
        ).returncode
    )
    if not mounted:
        pytest.skip("needs root and mount")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(room: Path) -> None:
    with room.open("wb", buffering=0) as stream:  # a buffer would be written once more at the end
        while True:
            try:
                stream.write(b"x" * 65536)
            except OSError:
                return


def test_a_full_disk_leaves_the_published_snapshot_and_nothing_else(shop: Shop, small_disk: Path) -> None:
    directory = small_disk / "warehouse"
    shop.build(directory=directory)
    before = files(directory)
    room = small_disk / "other"
    fill(room)
    with pytest.raises(DiskFullError, match="there is no room left") as refused:
        shop.build(as_of=LATER, directory=directory)
    assert "current snapshot is untouched" in refused.value.remedy
    assert files(directory) == before
    room.unlink()
    assert shop.build(as_of=LATER, directory=directory).build.mode == "incremental"


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of processes")
@pytest.mark.parametrize("room", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_refresh_without_room_says_so_once(tmp_path: Path, room: int) -> None:
    """The command: one message, no traceback, exit 3; the next one with room works."""
    from tests.flows.small_project import write_project

    write_project(tmp_path, [AS_OF])
    command = ["refresh", "small-sale", "--as-of", AS_OF.isoformat()]
    child = [sys.executable, "-c", _REFRESH_IN_LITTLE_ROOM, str(room), *command]
    environment = {**os.environ, "PROMOCAL_LANG": "en", "COLUMNS": "300"}
    run = subprocess.run(child, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    said = run.stdout + run.stderr
    assert run.returncode == 3, said
    assert said.count("there is no room left") == 1
    assert "Traceback" not in said
    assert strays(tmp_path / "var" / "warehouse", []) == []
