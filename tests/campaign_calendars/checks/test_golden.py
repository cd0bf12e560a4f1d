"""Golden files: for every code with an example, what goes in and what comes out, in both languages.

After a change that is meant, write them anew and read the difference:

    PROMOCAL_WRITE_GOLDEN=1 python -m pytest tests/campaign_calendars/checks/test_golden.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from campaign_calendars.checks import RULES

from .examples import problems_of_example

GOLDEN = Path(__file__).parents[2] / "golden" / "checks"
EXAMPLES = sorted(code for code, rule in RULES.items() if rule.examples()[0])


def page(code: str) -> str:
    """Both examples of a code with what is found in them, as a person would see it."""
    fails, passes = RULES[code].examples()
    lines = ["# fails", fails.strip("\n")]
    found = [problem for problem in problems_of_example(code, fails) if problem.code == code]
    for lang in ("en", "zh"):
        lines.append(f"# {lang}")
        for problem in found:
            lines.append(f"{problem.location} {problem.severity} {problem.code}: {problem.text(lang)}")
            if problem.hint:
                lines.append(f"    {problem.remedy(lang)}")
    lines += ["# passes", passes.strip("\n")]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("code", EXAMPLES)
def test_findings_are_those_of_the_golden_file(code: str) -> None:
    file = GOLDEN / f"{code}.txt"
    if os.environ.get("PROMOCAL_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(page(code), "utf-8")
    assert file.read_text("utf-8") == page(code), "if it is meant: PROMOCAL_WRITE_GOLDEN=1, see the top of this file"


def test_no_golden_file_is_left_over() -> None:
    assert sorted(file.stem for file in GOLDEN.iterdir()) == EXAMPLES
