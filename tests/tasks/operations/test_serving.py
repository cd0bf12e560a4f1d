"""One `serve` for a project, also when the one before was killed and left processes behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.operations import serving
from tasks.operations.serving import alone, require_nobody_serves


def left_behind(lock: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])


def test_a_second_one_is_refused_and_a_third_after_both_is_not(tmp_path: Path) -> None:
    with alone(tmp_path, 0.0), pytest.raises(UsageError, match="or of one that starts"), alone(tmp_path, 0.3):
        pass
    with alone(tmp_path, 0.0):
        pass
    require_nobody_serves(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="no child inherits a lock there")
def test_what_a_killed_one_left_behind_is_named_until_it_has_ended(tmp_path: Path) -> None:
    with alone(tmp_path, 0.0) as lock:
        child = left_behind(lock)
    with pytest.raises(UsageError, match="was killed") as told:
        require_nobody_serves(tmp_path)
    remedy = told.value.remedy_said
    assert remedy is not None
    assert f"kill $(lsof -t '{tmp_path / 'prefect' / 'serve.lock'}')" in remedy[0]
    with pytest.raises(UsageError), alone(tmp_path, 0.3):
        pass
    child.communicate()
    require_nobody_serves(tmp_path)


def test_the_one_that_serves_is_named(tmp_path: Path) -> None:
    with alone(tmp_path, 0.0):
        (tmp_path / "prefect" / "server.json").write_text(json.dumps({"pid": 1, "api_url": "http://x"}), "utf-8")
        with pytest.raises(UsageError, match=r"\(process 1\)"), alone(tmp_path, 60.0):
            pass


def address(state: Path, pid: int, host: str) -> Path:
    file = state / "prefect" / "server.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"pid": pid, "api_url": "http://x", "host": host}), "utf-8")
    return file


def test_an_address_that_a_killed_one_left_keeps_nobody_away_who_has_its_number_now(tmp_path: Path) -> None:
    """In a container every serve is process 1, and so is the restore that comes after it."""
    address(tmp_path, os.getpid(), socket.gethostname())
    require_nobody_serves(tmp_path)
    with alone(tmp_path, 0.0):
        pass


def test_the_machine_of_the_one_that_serves_is_named(tmp_path: Path) -> None:
    with alone(tmp_path, 0.0):
        address(tmp_path, 4_000_000, "web-1")
        with pytest.raises(UsageError, match=r"\(process 4000000 on web-1\)"), alone(tmp_path, 60.0):
            pass
        with pytest.raises(UsageError, match=r"\(process 4000000 on web-1\)"):
            require_nobody_serves(tmp_path)


def test_a_lock_that_does_not_reach_another_machine_is_made_up_for_by_signs_of_life(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_UNHEARD_SECONDS", 1.0)
    file = address(tmp_path, 7, "web-1")
    with alone(tmp_path, 0.0):
        pass  # silent: it was killed
    lives = threading.Event()

    def give_signs() -> None:
        while not lives.wait(0.2):
            os.utime(file)

    signs = threading.Thread(target=give_signs)
    signs.start()
    try:
        with pytest.raises(UsageError, match="already"), alone(tmp_path, 0.0):
            pass
        with pytest.raises(UsageError, match="process 7 on web-1"):
            require_nobody_serves(tmp_path)
    finally:
        lives.set()
        signs.join()
    os.utime(file, (0, 0))
    monkeypatch.setattr(serving, "_UNHEARD_SECONDS", 3_600.0)
    require_nobody_serves(tmp_path)  # long gone: nobody waits for it
