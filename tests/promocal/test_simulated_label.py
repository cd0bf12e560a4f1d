"""Whatever tells of a replay whose members responded by a model says so, beside answers for programs, too."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from promocal.cli import main
from tasks.data.refresh import refresh
from tasks.replayed import Replayed, write_record
from tasks.runtime import open_runtime
from tests.flows.small_project import write_project
from tests.tasks.conftest import SALE, SMALL

LABEL = "SIMULATED: members responded by a model"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_project(tmp_path_factory.mktemp("lived") / "small", [SALE])
    with open_runtime(root, clock=lambda: SALE) as rt:
        refresh(rt, SMALL, SALE - timedelta(hours=1))
        write_record(rt.settings.state, Replayed(SMALL, SALE, simulated=True))
    return root


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("status", "--format", "json"),
        ("outbox", "list"),
        ("audit",),
        ("snapshots", "--format", "json"),
        ("audiences", SMALL, "--format", "json"),
        ("budget", SMALL),
        ("budget", SMALL, "--format", "json"),
        ("sql", "select 1", "--format", "json"),
    ],
    ids=" ".join,
)
def test_every_answer_about_a_simulated_replay_says_so_once(
    lived: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.argv", ["promocal", *command, "--project", str(lived)])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    assert not ended.value.code, err
    if "json" not in command:
        assert (out + err).count(LABEL) == 1
        return
    answer = json.loads(out)
    assert LABEL in err or answer["simulated"] is True
