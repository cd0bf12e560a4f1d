"""What prints as a warning can be accepted by the calendar, wherever it stands: calendar, store or template."""

from __future__ import annotations

import shutil
from pathlib import Path

from tasks.calendars.checking import read_calendar

CASES = Path(__file__).parents[2] / "cases"


def severities(root: Path, code: str) -> list[str]:
    problems = read_calendar(root / "calendars" / "spring.yaml", with_messages=True)[1]
    assert "C190" not in {problem.code for problem in problems}
    assert "C191" not in {problem.code for problem in problems}
    return [problem.severity for problem in problems if problem.code == code]


def test_a_warning_of_the_store_is_accepted_by_its_calendar(tmp_path: Path) -> None:
    shutil.copytree(CASES / "base", tmp_path, dirs_exist_ok=True)
    shutil.copytree(CASES / "accepting-a-warning-of-the-store", tmp_path, dirs_exist_ok=True)
    assert set(severities(tmp_path, "C225")) == {"info"}
    calendar = tmp_path / "calendars" / "spring.yaml"
    text = calendar.read_text("utf-8")
    calendar.write_text(text.replace('accept: {C225: "the shop keeps one group on purpose"}\n', ""), "utf-8")
    assert set(severities(tmp_path, "C225")) == {"warning"}


def test_a_warning_of_a_template_is_accepted_by_its_calendar(tmp_path: Path) -> None:
    shutil.copytree(CASES / "base", tmp_path, dirs_exist_ok=True)
    shutil.copytree(CASES / "single-brace-variable", tmp_path, dirs_exist_ok=True)
    assert severities(tmp_path, "C607") == ["warning"]
    calendar = tmp_path / "calendars" / "spring.yaml"
    calendar.write_text(calendar.read_text("utf-8") + "accept: {C607: braces are our ornament}\n", "utf-8")
    assert severities(tmp_path, "C607") == ["info"]
