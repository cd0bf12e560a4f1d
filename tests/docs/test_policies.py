"""The table of policies names a test for each, and they exist."""

from __future__ import annotations

import re
from pathlib import Path

from tests.test_cases import is_test

DOCS = Path(__file__).parents[2] / "docs"
PAGE, CHINESE = DOCS / "operations.md", DOCS / "operations.zh.md"
DECLARED = {
    "a run that starts late",
    "everything was down while moments passed",
    "an old Prefect server comes back",
    "an old ledger comes back",
    "the clocks change",
    "a worker dies in half a window of a rate or a daily cap",
    "a calendar is edited while it runs",
    "a run of an older moment is repeated or made up for",
    "a message is edited after somebody agreed to it",
    "two calendars want the same members",
    "a crash in the last quarter of an hour of a phase",
    "somebody cancels a run",
    "somebody halts it",
    "the server or the worker below `serve` is killed",
    "a server of somebody else is away",
    "worker and flow die together",
    "anything dies at any moment",
}


def table(page: Path = PAGE, heading: str = "Policies") -> dict[str, list[str]]:
    """Policy → ids of its tests."""
    section = page.read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?P<case>[^|]+) \| (?P<ends>[^|]+) \| (?P<held>[^|]+) \|$", section, re.MULTILINE)
    heads = ("what happens", "发生什么", "---")
    return {case: re.findall(r"`([^`]+)`", held) for case, ends, held in rows if case not in heads}


def test_every_policy_is_declared_once() -> None:
    assert set(table()) == DECLARED


def test_every_test_of_a_policy_exists() -> None:
    assert all(table().values())
    assert [held for tests in table().values() for held in tests if not is_test(held)] == []


def test_the_chinese_page_declares_the_same_policies_held_by_the_same_tests() -> None:
    chinese = table(CHINESE, '<a id="policies"></a>约定')
    assert len(chinese) == len(DECLARED)
    assert list(chinese.values()) == list(table().values())
