"""Which backups go and when the next is due, where clocks, links and other people's files come in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.operations.backups import back_up, check_backup
from tasks.operations.keeping import drop_old, next_due
from tasks.runtime import open_runtime
from tests.flows.small_project import write_project

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def backup(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "backup.json").write_text("{}", "utf-8")
    return folder


def of(state: Path, moment: datetime) -> Path:
    return backup(state / "backups" / f"{moment:%Y%m%dT%H%M%SZ}")


def test_a_backup_of_a_clock_that_was_ahead_delays_none_and_pushes_none_out(tmp_path: Path) -> None:
    ahead, older, last = of(tmp_path, NOW + 365 * DAY), of(tmp_path, NOW - 2 * DAY), of(tmp_path, NOW - DAY)
    assert next_due(tmp_path, 2 * DAY, NOW) == NOW + DAY
    assert drop_old(tmp_path, 1, NOW) == [older]
    assert ahead.exists()
    assert last.exists()


def test_links_and_files_of_others_stay(tmp_path: Path) -> None:
    elsewhere = backup(tmp_path / "disk" / "20260301T100000Z")
    of(tmp_path, NOW - DAY)
    of(tmp_path, NOW)
    link = tmp_path / "backups" / elsewhere.name
    link.symlink_to(elsewhere)
    note = tmp_path / "backups" / ".20260301T100000Z-why.txt"
    note.write_text("before the sale", "utf-8")
    assert [folder.name for folder in drop_old(tmp_path, 1, NOW)] == ["20260304T100000Z"]
    assert link.is_symlink()
    assert (elsewhere / "backup.json").exists()
    assert note.exists()


def test_of_two_of_one_second_one_is_made_and_the_other_is_told(tmp_path: Path) -> None:
    root = write_project(tmp_path / "shop", [NOW])
    with open_runtime(root, clock=lambda: NOW) as rt:

        def meanwhile(step: tuple[str, str]) -> None:
            if step[0] == "copying plans":
                rt.progress = lambda _: None
                (root / "var" / "backups" / f".{folder.name}-1").mkdir()
                backup(folder)

        folder = root / "var" / "backups" / "20260305T100000Z"
        rt.progress = meanwhile
        with pytest.raises(UsageError, match="is there already"):
            back_up(rt)
        assert {path.name for path in folder.parent.iterdir()} == {folder.name, f".{folder.name}-1"}
        check_backup(back_up(rt, tmp_path / "another").folder)
