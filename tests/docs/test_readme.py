"""The calendars shown on the front pages are real: they load and have no errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tasks.calendars.checking import read_calendar

ROOT = Path(__file__).parents[2]
_YAML = re.compile(r"^```yaml\n(calendar:.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_calendar_of_the_page_checks_without_errors(page: str, tmp_path: Path) -> None:
    blocks = _YAML.findall((ROOT / page).read_text("utf-8"))
    assert len(blocks) == 1
    path = tmp_path / "calendars" / "queens-day-2026.yaml"
    path.parent.mkdir()
    path.write_text(blocks[0], "utf-8")
    loaded, problems = read_calendar(path)
    assert loaded is not None, [str(problem) for problem in problems]
    assert len(loaded.timeline.occurrences) == 4


def test_the_error_on_the_page_is_what_check_says(tmp_path: Path) -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    path = tmp_path / "calendars" / "queens-day-2026.yaml"
    path.parent.mkdir()
    path.write_text(_YAML.findall(page)[0].replace("audience: not_bought_yet", "audience: not_bought_yett"), "utf-8")
    _, problems = read_calendar(path)
    found = next(problem for problem in problems if problem.severity == "error")
    place = f"calendars/queens-day-2026.yaml:{found.location.line}:{found.location.column}"
    assert f"{place}: error {found.code} {found.message}\n    → {found.hint}" in page


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "README.zh-CN.md",
        "docs/connect-a-shop.md",
        "docs/connect-a-shop.zh.md",
        "docs/operations.md",
        "docs/operations.zh.md",
        "docs/approving.md",
        "docs/approving.zh.md",
        "docs/design.md",
        "docs/plugins.md",
        "docs/domain.md",
        "docs/domain.zh.md",
        "docs/coverage.md",
        "docs/coverage.zh.md",
    ],
)
def test_links_lead_somewhere(page: str) -> None:
    source = ROOT / page
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", source.read_text("utf-8"))
    missing = [target for target in targets if not (source.parent / target).exists()]
    assert missing == []
