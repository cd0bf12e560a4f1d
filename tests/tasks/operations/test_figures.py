"""What a monitor is given: metrics, and lines of JSON. Counts and ids, never a person."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.journal import close_journal, note, open_journal
from tasks.operations.figures import page, write_page
from tasks.operations.overview import overview
from tasks.operations.server_state import ServerState, WorkerState
from tasks.running.phase import run_if_due
from tasks.running.status import status
from tasks.runtime import open_runtime
from tests.flows.small_project import SENTINELS, ZONE, write_project

TEN = datetime(2026, 3, 5, 10, tzinfo=ZONE)
SERVER = ServerState(
    api_url="http://s/api",
    named_by="",
    version="3",
    problem={},
    workers=(WorkerState(name="w", alive=True, heard_at=None),),
)


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    close_journal()


def test_a_run_as_figures_and_as_lines_without_a_person(tmp_path: Path) -> None:
    root = write_project(tmp_path, [TEN, TEN + timedelta(days=1)])
    with (root / "promocal.toml").open("a", encoding="utf-8") as file:
        file.write('\n[logs]\nto = "var/logs/promocal.jsonl"\n')
    with open_runtime(root, clock=lambda: (TEN + timedelta(minutes=1)).astimezone(UTC)) as rt:
        run_if_due(rt, "small-sale", "burst", TEN)
        run_if_due(rt, "small-sale", "burst", TEN - timedelta(minutes=7))
        text = page(rt, overview(rt, status(rt), SERVER, None)).decode()
    assert 'promocal_runs{calendar="small-sale",state="finished"} 1.0' in text
    assert 'promocal_messages{calendar="small-sale",channel="sms",state="sent"} 4.0' in text
    assert "promocal_workers_alive 1.0" in text
    assert "promocal_server_up 1.0" in text
    assert 'promocal_next_run_seconds{calendar="small-sale"} 86340.0' in text

    log = (root / "var" / "logs" / "promocal.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["event"] for line in lines] == ["run_finished", "run_skipped"]
    assert (lines[0]["run_id"], lines[0]["sent"]) == ("small-sale.burst.20260305T020000Z", 4)
    assert "no play of burst is due" in lines[1]["reason"]
    assert not [word for word in SENTINELS if word in log + text]


def test_the_page_appears_whole_and_can_be_read_by_the_collector(tmp_path: Path) -> None:
    write_page(b"a 1\n", tmp_path / "metrics" / "promocal.prom")
    assert [path.name for path in (tmp_path / "metrics").iterdir()] == ["promocal.prom"]
    assert (tmp_path / "metrics" / "promocal.prom").stat().st_mode & 0o777 == 0o644


def test_a_line_is_one_line_whatever_is_in_it_and_a_rotated_file_is_written_anew(tmp_path: Path) -> None:
    open_journal("j.jsonl", tmp_path)
    note("odd", reason="two\nlines\x00\ud800" + "x" * 10_000)
    (tmp_path / "j.jsonl").rename(tmp_path / "j.jsonl.1")
    note("next", level=logging.ERROR)
    (odd,) = (tmp_path / "j.jsonl.1").read_text("utf-8").splitlines()
    assert json.loads(odd)["reason"].startswith("two\nlines")
    assert len(odd) < 1_000
    assert json.loads((tmp_path / "j.jsonl").read_text("utf-8"))["level"] == "ERROR"


def test_a_journal_that_cannot_be_written_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder").mkdir()
    open_journal("folder", tmp_path)
    note("lost")
