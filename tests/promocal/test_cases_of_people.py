"""Small projects, from their files to the terminal and the outbox: shared numbers, long names, brackets."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from promocal.cli import language as speaking
from promocal.cli import main, output
from tasks.data.refresh import refresh
from tasks.running.phase import run_phase
from tasks.runtime import open_runtime

CASES = Path(__file__).parents[1] / "cases"
ZONE = ZoneInfo("Asia/Shanghai")


def lay(root: Path, *cases: str) -> Path:
    for case in ("base", *cases):
        shutil.copytree(CASES / case, root, dirs_exist_ok=True)
    return root


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    monkeypatch.setattr("sys.argv", ["promocal", *words])
    monkeypatch.setattr(speaking, "_settled", None)
    monkeypatch.setenv("COLUMNS", "160")
    output.console.cache_clear()
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert ended.value.code in (None, 0), out + err
    return out


def test_one_sms_to_a_number_and_none_longer_than_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = lay(tmp_path / "shop", "long-name-adds-a-segment", "one-phone-two-members")
    points = root / "data" / "contact_points.csv"
    text = points.read_text("utf-8").replace("0102,sms,13900000101", "0102,sms,+86 139-0000-0101")
    points.write_text(text + "0103,sms,13900000103,2025-02-02 09:00:00,\n", "utf-8")
    monkeypatch.chdir(root)
    shown = " ".join(said(monkeypatch, capsys, "refresh", "spring", "--as-of", "2026-04-09T09:00+08:00").split())
    assert "D407 1 address is that of 2 members" in shown
    said(monkeypatch, capsys, "replay", "spring")
    (sent,) = (root / "var" / "replay" / "spring" / "outbox").glob("*/sms/*.csv")
    with sent.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    whys = {m: said(monkeypatch, capsys, "why", m, "--replay", "spring") for m in ("0101", "0102")}
    shared = [member for member, why in whys.items() if "shared_address" in why]
    assert len(shared) == 1
    # 0101 has the long name: where the turn is that member's, the message is held back and no other takes its place.
    assert {row["member_id"] for row in rows} <= {"0101", "0102", "0103"} - set(shared)
    assert "0103" in {row["member_id"] for row in rows}
    assert "0101" not in {row["member_id"] for row in rows}


def test_brackets_in_a_title_are_printed_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = lay(tmp_path / "shop", "brackets-in-a-title")
    monkeypatch.chdir(root)
    with open_runtime(root, clock=lambda: at("2026-04-09 09:00")) as rt:
        refresh(rt, "spring", at("2026-04-09 09:00"))
    assert "[new] Spring" in said(monkeypatch, capsys, "--lang", "en", "plan", "spring")
    chinese = said(monkeypatch, capsys, "--lang", "zh", "plan", "spring")
    assert "[/]春茶" in chinese
    assert "members" not in chinese


def test_an_approval_by_somebody_with_brackets_ends_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = lay(tmp_path / "shop", "approver-with-brackets")
    with open_runtime(root, clock=lambda: at("2026-04-10 10:01")) as rt:
        refresh(rt, "spring", at("2026-04-10 09:00"))
        run = run_phase(rt, "spring", "sale", at("2026-04-10 10:00"))
    # Answered the same morning: what waits longer than it may is cancelled.
    monkeypatch.setattr("tasks.runtime.open_runtime", partial(open_runtime, clock=lambda: at("2026-04-10 10:30")))
    given = ("--by", "[/shop] Lin", "--reason", "[/seen]", "-C", str(root))
    assert "[/shop] Lin" in said(monkeypatch, capsys, "approve", run.run_id, *given)


def test_a_plan_as_json_has_what_is_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = lay(tmp_path / "shop", "stale-export")
    monkeypatch.chdir(root)
    with open_runtime(root, clock=lambda: at("2026-04-09 09:00")) as rt:
        refresh(rt, "spring", at("2026-04-09 09:00"))
    made = json.loads(said(monkeypatch, capsys, "plan", "spring", "--format", "json"))
    (problem,) = made["problems"]
    assert (problem["code"], problem["severity"], problem["file"]) == ("S139", "warning", "sources.orders")
    assert "2025-11-21 11:01, 139 days before" in problem["message"]
    assert "freshness" in problem["hint"]
