"""Small projects with one mistake each: what `check` says, within a second."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tasks.calendars.checking import read_calendar

CASES = Path(__file__).parents[2] / "cases"
SAID = {
    "single-brace-variable": ("C607", "warning", "messages/note.txt", 1, "{{ benefit.text }}"),
    "message-outside-project": ("C608", "error", "calendars/spring.yaml", 14, "messages/NAME.txt"),
    "nul-in-message-path": ("C608", "error", "calendars/spring.yaml", 14, "messages/NAME.txt"),
    "template-power-hangs": ("C606", "error", "messages/note.txt", 1, "variables"),
    "template-nested-too-deep": ("C601", "error", "messages/note.txt", 1, ""),
    "template-calls-itself": ("C606", "error", "messages/note.txt", 1, "variables"),
    "suggested-file-is-another": ("C604", "error", "calendars/spring.yaml", 14, "'messages/early.txt'"),
    "fold-read-as-percent": ("C022", "error", "calendars/spring.yaml", 9, "0.85"),
    "price-rate-of-eight-percent": ("C199", "warning", "calendars/spring.yaml", 9, "0.92"),
}


@pytest.mark.parametrize("case", SAID)
def test_a_mistake_is_found_in_its_place_with_the_right_remedy(tmp_path: Path, case: str) -> None:
    code, severity, file, line, remedy = SAID[case]
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    shutil.copytree(CASES / case, root, dirs_exist_ok=True)
    started = time.monotonic()
    problems = read_calendar(root / "calendars" / "spring.yaml", with_messages=True)[1]
    assert time.monotonic() - started < 1
    found = next(problem for problem in problems if problem.code == code)
    assert (found.severity, found.location.line) == (severity, line)
    assert str(found.location.file).endswith(file)
    assert remedy in (found.hint or "")


def test_a_fold_with_its_word_is_read(tmp_path: Path) -> None:
    shutil.copytree(CASES / "base", tmp_path, dirs_exist_ok=True)
    shutil.copytree(CASES / "fold-with-its-word", tmp_path, dirs_exist_ok=True)
    loaded, _ = read_calendar(tmp_path / "calendars" / "spring.yaml", with_messages=True)
    assert loaded is not None
    assert getattr(loaded.calendar.benefits["cheap"], "rate", None) == 8_000
