"""`promocal halt`, `pause`, `resume`, `cancel` as an operator uses them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from promocal.cli import language as speaking
from promocal.cli import main
from tasks.data.refresh import refresh
from tasks.runtime import open_runtime

CASES = Path(__file__).parents[1] / "cases"
Cli = Callable[..., tuple[int, str]]
NOW = datetime(2026, 4, 10, 2, 1, tzinfo=UTC)
RUN_ID = "spring.sale.20260410T020000Z"
RUN = ("run", "spring", "sale", "--at", "2026-04-10T10:00+08:00")
SIGNED = ("--reason", "wrong [price]", "--by", "Lin")


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("halting") / "shop"
    shutil.copytree(CASES / "base", root)
    with open_runtime(root, clock=lambda: NOW) as rt:
        refresh(rt, "spring", NOW)
    return root


@pytest.fixture
def cli(refreshed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    root = tmp_path / "shop"
    shutil.copytree(refreshed, root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setitem(open_runtime.__kwdefaults__, "clock", lambda: NOW)

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["promocal", *words])
        monkeypatch.setattr(speaking, "_settled", None)
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), " ".join((out + err).split())

    return run


@pytest.mark.parametrize(
    "place", [("all",), ("store", "kiosk"), ("calendar", "spring"), ("channel", "push")], ids=" ".join
)
def test_what_is_halted_sends_nothing_until_it_is_resumed(cli: Cli, place: tuple[str, ...]) -> None:
    code, said = cli("halt", *place, *SIGNED)
    assert (code, "Lin wrong [price]" in said) == (0, True), said
    code, said = cli(*RUN)
    assert (code, "pending 3" in said) == (0, True), said
    assert "wrong [price]" in said, "why nothing left"
    assert "promocal resume SCOPE ID" in said
    seen = cli("status", "--offline")[1]
    assert "wrong [price]" in seen
    assert f"spring: not all left: {RUN_ID}" in seen
    assert f"promocal outbox list --run {RUN_ID}" in seen
    assert f"{RUN_ID} waiting" in seen
    code, said = cli("resume", *place, *SIGNED)
    assert code == 0, said
    again = "promocal run spring sale --at 2026-04-10T02:00:00Z"
    assert f"3 message(s) of {RUN_ID} wait; to go on at once: {again}" in said
    code, said = cli(*again.split()[1:])
    assert (code, "sent 3" in said) == (0, True), said
    audited = cli("audit")[1]
    assert "halt" in audited
    assert "resume" in audited


def test_a_paused_play_waits_and_says_so(cli: Cli) -> None:
    assert cli("pause", "spring", "note", *SIGNED)[0] == 0
    assert "pending 3" in cli(*RUN)[1]
    rt = open_runtime(Path())
    assert {job.error for job in rt.ledger.jobs(RUN_ID)} == {"the play is paused"}
    rt.close()
    assert cli("resume", "play", "spring/note", *SIGNED)[0] == 0


def test_a_cancelled_run_says_what_left_and_stays_cancelled(cli: Cli) -> None:
    cli("halt", "channel", "push", *SIGNED)
    cli(*RUN)
    code, said = cli("cancel", RUN_ID)
    assert (code, "by somebody, for a reason" in said) == (2, True), said
    code, said = cli("cancel", RUN_ID, *SIGNED)
    assert (code, "3 stopped now" in said) == (0, True), said
    found = json.loads(cli("cancel", RUN_ID, *SIGNED, "--format", "json")[1])
    assert (found["stopped"], found["left"], found["never_left"]) == (0, 0, 3)
    assert cli("resume", "channel", "push", *SIGNED)[0] == 0
    assert "sent" not in cli(*RUN)[1]
    code, said = cli("resume", "run", RUN_ID, *SIGNED)
    assert (code, "was cancelled and does not go on" in said) == (2, True), said
    code, said = cli("status", "--lang", "zh")
    assert "运行已取消" in said


def test_a_cancelled_run_is_listed_no_longer_when_nothing_of_it_may_leave(cli: Cli) -> None:
    assert cli("halt", "channel", "push", *SIGNED)[0] == 0
    assert "pending 3" in cli(*RUN)[1]
    assert cli("halt", "run", RUN_ID, *SIGNED)[0] == 0
    assert RUN_ID in cli("halt")[1], "three messages wait"
    assert cli("cancel", RUN_ID, *SIGNED)[0] == 0
    for words in (("halt",), ("status", "--offline")):
        said = cli(*words)[1]
        assert "push Lin" not in said or "Halted" in said
        assert f"cancelled {RUN_ID}" not in said
    assert [one["name"] for one in json.loads(cli("halt", "--format", "json")[1])] == ["push"]
    said = cli("halt", "--all")[1]
    assert f"cancelled, over │ {RUN_ID}" in said or f"cancelled, over {RUN_ID}" in said
    assert f"取消（已结束） {RUN_ID}" in cli("halt", "--all", "--lang", "zh")[1].replace("已取消", "取消")


def test_what_left_is_told_apart_from_what_was_stopped(cli: Cli) -> None:
    cli(*RUN)
    code, said = cli("cancel", RUN_ID, *SIGNED)
    assert (code, "3 had left" in said) == (0, True), said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("halt", "--all", *SIGNED), "nothing was halted"),
        (("halt", *SIGNED), "promocal halt all --by NAME --reason WHY"),
        (("halt", "everything"), "cannot be halted"),
        (("halt", "channel", "smss", *SIGNED), "no such channel: smss Did you mean"),
        (("halt", "store", "", *SIGNED), "no such store"),
        (("halt", "all", "x", *SIGNED), "all takes no name"),
        (("halt", "run", "nope", *SIGNED), "no such run: nope"),
        (("halt", "play", "spring", *SIGNED), "write CALENDAR/PLAY"),
        (("halt", "play", "spring/nope", *SIGNED), "no such play: nope"),
        (("halt", "play", "../etc/nope", *SIGNED), "no such calendar: .."),
        (("pause", "nope", "note", *SIGNED), "no such calendar: nope"),
        (("halt", "all"), "by somebody, for a reason"),
        (("halt", "all", "--reason", " ", "--by", "Lin"), "by somebody, for a reason"),
        (("resume", "all", *SIGNED), "no such hold: all"),
        (("run", "spring", "sael", "--at", "2026-04-10T10:00+08:00"), "no such phase: sael Did you mean 'sale'?"),
        (("cancel", "nope", *SIGNED), "no such run: nope"),
        (("cancel", RUN_ID), "by somebody, for a reason"),
    ],
)
def test_mistakes_are_said_and_change_nothing(cli: Cli, words: tuple[str, ...], said: str) -> None:
    code, told = cli(*words)
    assert (code, said in told.replace("→ ", "")) == (2, True), told
    assert "Nothing is halted." in cli("halt")[1]


def test_the_same_in_chinese(cli: Cli) -> None:
    assert "没有叫停任何内容" in cli("halt", "--lang", "zh")[1]
    code, said = cli("halt", "all", *SIGNED, "--lang", "zh")
    assert (code, "已叫停" in said, "全部" in said) == (0, True, True)
