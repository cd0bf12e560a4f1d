"""Members and plans above audiences and benefits: counted beside the server, on the last snapshot."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pygls")

from promocal.cli import main
from promocal.editor.counting import Counts, count, snapshot_of
from tests.promocal.editor.written import project


def test_without_a_snapshot_there_is_nothing_to_count(tmp_path: Path) -> None:
    project(tmp_path)
    assert snapshot_of(tmp_path) == ""
    assert snapshot_of(tmp_path / "nowhere") == ""


def test_a_child_that_fails_tells_nothing(tmp_path: Path) -> None:
    told: list[Counts] = []
    asyncio.run(count(tmp_path, "no-such-calendar", told.append))
    assert told == []


@pytest.mark.slow
def test_members_and_planned_grants_are_counted_on_the_last_snapshot(tmp_path: Path) -> None:
    def promocal(*arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "promocal", *arguments], cwd=tmp_path, check=True, capture_output=True)

    promocal("new", ".", "--from", "queens-day-2020")
    promocal("sample", "--members", "300")
    promocal("refresh", "queens-day-2020", "--as-of", "2020-02-01T00:00+08:00")
    assert "snapshot_id" in snapshot_of(tmp_path)
    told: list[Counts] = []
    asyncio.run(count(tmp_path, str(tmp_path / "calendars" / "queens-day-2020.yaml"), told.append))
    assert sum(told[-1].members.values()) > 0
    assert told[-1].planned["member-coupon-30"] >= 0


def test_who_lacks_the_packages_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [
        name for name in sys.modules if name.partition(".")[0] == "pygls" or name == "promocal.editor.serving"
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygls", None)
    monkeypatch.setattr(sys, "argv", ["promocal", "lsp", "--lang", "zh"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "未安装语言服务器" in told
    assert 'pip install "promocal[lsp]"' in told
