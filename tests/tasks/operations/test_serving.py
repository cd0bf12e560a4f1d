"""One `serve` for a project, also when the one before was killed and left processes behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
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
