"""The command line as a whole, and the part of it that a single command is given."""

from __future__ import annotations

import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from promocal.cli import main
from promocal.cli.app import COMMANDS, application


def test_help_lists_every_command() -> None:
    shown = CliRunner().invoke(application(), ["--help"], terminal_width=200).output
    assert [name for name in COMMANDS if name not in shown] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_alone_is_the_command_among_all(name: str) -> None:
    whole, alone = application(), application([name, "--help"])
    answers = [CliRunner().invoke(app, [name, "--help"], terminal_width=200) for app in (whole, alone)]
    assert answers[0].exit_code == 0
    assert answers[0].output == answers[1].output
    assert list(get_command(alone).commands) == [name]  # type: ignore[attr-defined]


@pytest.mark.parametrize("arguments", [[], ["--version"], ["chek", "x.yaml"], ["--help"]])
def test_without_a_known_command_there_are_all(arguments: list[str]) -> None:
    assert set(get_command(application(arguments)).commands) == set(COMMANDS)  # type: ignore[attr-defined]


def test_completion_knows_all_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_PROMOCAL_COMPLETE", "complete_bash")
    assert set(get_command(application(["check"])).commands) == set(COMMANDS)  # type: ignore[attr-defined]


def test_a_full_disk_is_told_as_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def choke(*_: object) -> None:
        raise OSError(28, "No space left on device", "/from", None, "/to")

    monkeypatch.setattr(sys, "argv", ["promocal", "check", "x.yaml", "--lang", "en"])
    monkeypatch.setattr("promocal.cli.app.application", choke)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    said = capsys.readouterr().err
    assert "there is no room left to write /to" in said
    assert "make room" in said
