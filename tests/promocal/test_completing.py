"""Completion in a shell knows the project's calendars, phases, plays, channels and runs, and is quiet elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_calendars.deciding.runs import RunSummary
from promocal.cli import completing
from tasks.runtime import open_runtime
from tests.flows.small_project import ZONE, write_project
from warehouse.ledger.records import Run

NAME = "small-sale"
AT = datetime(2026, 3, 5, 10, tzinfo=ZONE)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("completing") / "shop"
    write_project(root, [AT])
    with open_runtime(root, clock=lambda: AT) as rt:
        for day in (5, 6):
            moment = datetime(2026, 3, day, 2, tzinfo=UTC)
            run = f"{NAME}.burst.{moment:%Y%m%dT%H%M%SZ}"
            rt.ledger.begin_run(Run(run, NAME, "burst", moment, "s", "d", "started", RunSummary(), moment))
    return root


def asked(project: Path, words: str, shell: str = "bash") -> list[str]:
    """What a shell is told after these words; the last one is incomplete, a blank at the end begins a new one."""
    parts = words.split()
    env = {**os.environ, "_PROMOCAL_COMPLETE": f"complete_{shell}", "COMP_WORDS": words}
    env["COMP_CWORD"] = str(len(parts) if words.endswith(" ") else len(parts) - 1)
    env["_TYPER_COMPLETE_ARGS"], env["_TYPER_COMPLETE_FISH_ACTION"] = words, "get-args"
    command = [sys.executable, "-c", "import sys; sys.argv = ['promocal']; from promocal.cli import main; main()"]
    told = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=60, check=False)
    return told.stdout.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("promocal plan ", [NAME]),
        ("promocal report sm", [NAME]),
        ("promocal report xx", []),
        ("promocal status --replay ", [NAME]),
        (f"promocal run {NAME} ", ["burst"]),
        (f"promocal pause {NAME} re", ["recall"]),
        ("promocal settle ", [f"{NAME}.burst.20260306T020000Z", f"{NAME}.burst.20260305T020000Z"]),
        (f"promocal outbox --calendar {NAME} --run {NAME}.burst.20260305", [f"{NAME}.burst.20260305T020000Z"]),
        ("promocal outbox --channel s", ["sms"]),
    ],
)
def test_what_the_project_has_completes_the_line(project: Path, words: str, expected: list[str]) -> None:
    assert asked(project, words) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_is_answered(project: Path, shell: str) -> None:
    assert NAME in " ".join(asked(project, "promocal plan ", shell))


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_itself_completes_with_the_script_it_is_given(project: Path) -> None:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    env["_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"] = "1"
    script = subprocess.run(
        ["promocal", "--show-completion", "bash"], cwd=project, env=env, capture_output=True, text=True, check=True
    ).stdout  # fmt: skip
    assert "_promocal_completion" in script
    press = "COMP_WORDS=(promocal plan sm); COMP_CWORD=2; _promocal_completion promocal sm plan; echo ${COMPREPLY[@]}"
    told = subprocess.run(
        ["bash", "-c", f"{script}\n{press}"], cwd=project, env=env, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [NAME]


def test_outside_a_project_and_on_broken_files_it_is_quiet(project: Path, tmp_path: Path) -> None:
    assert asked(tmp_path, "promocal plan ") == []
    assert asked(tmp_path, "promocal settle ") == []
    broken = tmp_path / "broken"
    shutil.copytree(project, broken)
    (broken / "calendars" / f"{NAME}.yaml").write_text("phases: [", "utf-8")
    (broken / "var" / "ledger.db").write_bytes(b"no database")
    assert asked(broken, f"promocal run {NAME} ") == []
    assert asked(broken, "promocal settle ") == []
    (broken / "promocal.toml").write_text("[", "utf-8")
    assert asked(broken, "promocal plan ") == []


def test_a_missing_calendar_is_asked_for_by_its_name(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from promocal import cli

    for folder, remedy in ((project, f"name one of: {NAME}"), (project / "data", "promocal new DIRECTORY")):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["promocal", "refresh", "--lang", "en"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 2
        assert remedy in capsys.readouterr().err


def test_each_value_that_is_completed_belongs_to_some_command() -> None:
    from typer.main import get_command

    from promocal.cli.app import application
    from promocal.cli.tree import walk

    names = {one.name for _, command in walk(get_command(application())) for one in command.params}
    assert set(completing._VALUES) <= names


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("timezone:", "timezone"),  # a line without its colon
        ("    plays:\n", "    plays:\n      - id\n"),
        ("benefits:", "  benefit"),
        ("store:", "\tstore: [a,"),
        ("phases:\n", "phases:\n  - 5\n  - id: [x]\n"),
        ("audiences:", "title: 'half a quotation\naudiences:"),
    ],
)
def test_a_damaged_or_half_typed_calendar_completes_what_is_left_of_it(
    project: Path, tmp_path: Path, old: str, new: str
) -> None:
    root = tmp_path / "shop"
    shutil.copytree(project, root)
    calendar = root / "calendars" / f"{NAME}.yaml"
    text = calendar.read_text("utf-8")
    assert old in text
    calendar.write_text(text.replace(old, new, 1), "utf-8")
    (root / "calendars" / "no-text.yaml").write_bytes(b"\xff\xfe\x00")
    assert asked(root, f"promocal run {NAME} ") == ["burst"]
    assert asked(root, f"promocal pause {NAME} ") == ["recall"]


def test_a_store_with_a_damaged_line_completes_its_channels(project: Path, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(project, root)
    [store] = (root / "stores").glob("*.yaml")
    store.write_text(store.read_text("utf-8").replace("channels:", "currency\nchannels:", 1), "utf-8")
    assert asked(root, "promocal outbox --channel s") == ["sms"]
