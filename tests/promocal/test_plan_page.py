"""The plan as a person reads it in a terminal."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from promocal.cli import language as speaking
from promocal.cli.plan_page import print_plan
from tasks.planning.beside import make
from tasks.running.phase import run_if_due
from tests.tasks.planning.applied import DAY, NAME, TEN, applied_project, rewrite


def test_what_ran_of_a_phase_that_has_another_name_by_now_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever renames a running phase is to read that before it is applied."""
    monkeypatch.setattr(speaking, "_settled", "en")
    with applied_project(tmp_path, 3) as rt:
        rt.clock = lambda: TEN.astimezone(UTC)
        run_if_due(rt, NAME, "burst", TEN)
        rewrite(rt, ("  - id: burst", "  - id: peak"))
        rt.clock = lambda: (TEN + DAY / 2).astimezone(UTC)
        print_plan(make(rt, NAME), "en", rt.clock())
    said = capsys.readouterr().out
    assert said.index("Occurrences: peak") < said.index("Occurrences: burst")
