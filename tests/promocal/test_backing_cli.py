"""`promocal backup` by the clock: as the container does it, stopped by the signal that stops a container."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from promocal.cli import main
from tests.flows.conftest import wait_for
from tests.flows.small_project import write_project
from tests.flows.test_automations import sink


def backups(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "var" / "backups").glob("2*"))


def test_backups_are_made_again_and_again_until_the_container_stops(tmp_path: Path) -> None:
    root = write_project(tmp_path / "shop", [datetime.now(UTC) + timedelta(days=1)])
    hurried = "from promocal.cli import backing, main; backing._SHORTEST = '1s'; main()"
    words = ["backup", "--project", str(root), "--every", "2s", "--keep", "1"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PROMOCAL_LANG": "en", "COLUMNS": "200"}
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", hurried, *words], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        first = wait_for("the first", lambda: backups(root), 60)[0]
        wait_for("another", lambda: backups(root) and first not in backups(root), 60)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
    assert process.returncode == 0
    assert f"{first}: removed" in out
    assert len(backups(root)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--every", "5s"), "--every 5s is no duration of 1m or more"),
        (("--every", "soon"), "write it like 6h or 1d"),
        (("elsewhere", "--keep", "3"), "--keep and --every are for var/backups"),
    ],
)
def test_mistakes_are_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    said: str,
) -> None:
    monkeypatch.chdir(write_project(tmp_path, [datetime.now(UTC) + timedelta(days=1)]))
    monkeypatch.setattr("sys.argv", ["promocal", "backup", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_the_staff_is_told_of_a_backup_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_project(tmp_path / "shop", [datetime.now(UTC) + timedelta(days=1)])
    (root / "var").mkdir()
    (root / "var" / "backups").write_text("a file where the folder should be", "utf-8")
    monkeypatch.chdir(root)
    monkeypatch.setattr("sys.argv", ["promocal", "backup"])
    with sink() as (port, heard):
        with (root / "promocal.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[alerts]\nurls = ["json://127.0.0.1:{port}/"]\nlang = "en"\n')
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 3
    (told,) = heard
    assert told["message"] == "promocal backup: NotADirectoryError"
