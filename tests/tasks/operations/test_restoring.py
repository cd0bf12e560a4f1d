"""A restore that breaks off changes nothing, and what is put back holds back from the moment it is there."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import DiskFullError, UsageError
from tasks.operations import restoring
from tasks.operations.backups import back_up
from tasks.operations.restoring import restore
from tasks.running.phase import run_if_due
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import ZONE, write_project
from warehouse.ledger.copies import is_in_use
from warehouse.ledger.sql import SqlLedger

TEN = datetime(2026, 3, 5, 10, tzinfo=ZONE)
DAY = timedelta(days=1)
HOLD_OPEN = """
import sys
from warehouse.ledger.sql import SqlLedger
ledger = SqlLedger(sys.argv[1])
ledger.runs()
print("open", flush=True)
input()
"""


@pytest.fixture
def backed_up(tmp_path: Path) -> tuple[Path, Path]:
    """A project with one run in its backup, and another since."""
    root = write_project(tmp_path / "shop", [TEN, TEN + DAY])
    with at(root, TEN) as rt:
        run_if_due(rt, "small-sale", "burst", TEN)
        folder = back_up(rt, tmp_path / "backup").folder
    with at(root, TEN + DAY) as rt:
        run_if_due(rt, "small-sale", "burst", TEN + DAY)
    return root, folder


def at(root: Path, now: datetime) -> Runtime:
    return open_runtime(root, clock=lambda: now.astimezone(UTC))


def state_of(root: Path) -> tuple[list[str], list[str]]:
    """Runs that the ledger knows, and files of the state but for those that a database keeps beside itself."""
    with at(root, TEN + 2 * DAY) as rt:
        runs = [run.run_id for run in rt.ledger.runs()]
    files = sorted(
        path.relative_to(root).as_posix()
        for path in (root / "var").rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    )
    return runs, files


def put_back(root: Path, folder: Path) -> None:
    with at(root, TEN + DAY + timedelta(hours=1)) as rt:
        restore(rt, folder, by="Li", replace=True)


def test_a_backup_that_does_not_fit_changes_nothing(
    backed_up: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, folder = backed_up
    before = state_of(root)
    with monkeypatch.context() as patched:
        usage = shutil.disk_usage(root)
        patched.setattr(shutil, "disk_usage", lambda _place: usage._replace(free=1_000))
        with pytest.raises(DiskFullError, match="there is no room for the backup") as caught:
            put_back(root, folder)
    assert "nothing was changed" in caught.value.remedy
    assert state_of(root) == before


@pytest.mark.parametrize("step", ["_put_files", "_doubt", "_end_due"])
def test_a_disk_that_is_full_in_the_middle_leaves_what_was_there(
    backed_up: tuple[Path, Path], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, folder = backed_up
    before, done = state_of(root), getattr(restoring, step)

    def full(*given: object) -> None:
        done(*given)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere")

    with monkeypatch.context() as patched:
        patched.setattr(restoring, step, full)
        with pytest.raises(DiskFullError, match="no room left"):
            put_back(root, folder)
    assert state_of(root) == before
    put_back(root, folder)
    assert len(state_of(root)[0]) == 1


def test_nobody_ever_finds_a_ledger_that_holds_nothing_back_yet(
    backed_up: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it looks through the messages: the ledger is still the one that knows who was written to."""
    root, folder = backed_up

    class KilledError(BaseException):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(restoring, "_doubt", killed)
        patched.setattr(restoring, "_as_before", lambda *_: None)  # who is killed puts nothing back
        with pytest.raises(KilledError):
            put_back(root, folder)
    found = SqlLedger(f"sqlite:///{root / 'var' / 'ledger.db'}")
    assert len(found.runs()) == 2
    found.close()


@pytest.mark.skipif(sys.platform == "win32", reason="files that are open cannot be set aside there anyway")
def test_a_ledger_that_a_run_has_open_is_not_taken_from_it(backed_up: tuple[Path, Path]) -> None:
    root, folder = backed_up
    url = f"sqlite:///{root / 'var' / 'ledger.db'}"
    assert not is_in_use(url)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_OPEN, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        assert is_in_use(url)
        with pytest.raises(UsageError, match="another process has the ledger") as caught:
            put_back(root, folder)
        assert "lsof" in caught.value.remedy
        other.communicate("\n")
    assert len(state_of(root)[0]) == 2
    put_back(root, folder)
