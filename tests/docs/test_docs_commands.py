"""The commands in the documentation really run, in order, and print what the page shows (`pages.py` says how)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.following import Reader
from tests.docs.pages import Changed, Command, Written, commands, missing_line, steps

ROOT = Path(__file__).parents[2]
TUTORIALS = [f"docs/tutorials/{reader}.md" for reader in ("operator", "data-engineer", "analyst")]
PAGES = ["docs/connect-a-shop.md", "docs/editor.md", "docs/first-hour.md"]
CHINESE = [page.replace(".md", ".zh.md") for page in PAGES]
CHINESE_TUTORIALS = [page.replace(".md", ".zh.md") for page in TUTORIALS]


@pytest.mark.parametrize(
    "page",
    [*PAGES, *TUTORIALS, *(pytest.param(page, marks=pytest.mark.slow) for page in (*CHINESE, *CHINESE_TUTORIALS))],
)
def test_commands_of_the_page_run_as_shown(page: str, loaded: Path, tmp_path: Path) -> None:
    Reader(tmp_path, str(loaded), "zh" if page.endswith(".zh.md") else "en").follow(ROOT / page)


@pytest.mark.parametrize("page", CHINESE)
def test_the_chinese_page_has_the_commands_and_keys_of_the_english_one(page: str) -> None:
    english, chinese = ROOT / page.replace(".zh", ""), ROOT / page
    assert [(each.text, each.code) for each in commands(chinese)] == [
        (each.text, each.code) for each in commands(english)
    ]
    written = [set(re.findall(r"`([^`\n]+)`", page.read_text("utf-8"))) for page in (english, chinese)]
    names = [{code for code in codes if re.fullmatch(r"[a-z_-]+(, [a-z_-]+)*", code)} for codes in written]
    assert {name for each in names[0] for name in each.split(", ")} == {
        name for each in names[1] for name in each.split(", ")
    }
    tables = [page.read_text("utf-8").count("\n| ") for page in (english, chinese)]
    assert tables[0] == tables[1]


@pytest.mark.parametrize("page", CHINESE_TUTORIALS)
def test_the_chinese_tutorial_takes_the_steps_of_the_english_one(page: str) -> None:
    """Names and reasons that a person types are in his language; files, commands and pictures are the same."""
    english, chinese = ROOT / page.replace(".zh", ""), ROOT / page
    assert [_kind(step) for step in steps(chinese)] == [_kind(step) for step in steps(english)]
    pictures = [re.findall(r"!\[[^]]+\]\((\S+)\)", each.read_text("utf-8")) for each in (english, chinese)]
    assert [name.replace(".zh.", ".en.") for name in pictures[1]] == [
        name.replace("report.png", "report.en.png") for name in pictures[0]
    ]


def _kind(step: Command | Written | Changed) -> tuple[str, ...]:
    if isinstance(step, Command):
        typed = re.sub(r'--(by|reason) ("[^"]*"|\S+)', "", step.text)
        return ("runs", str(step.code), re.sub(r"[一-鿿]+|card_no", "…", typed))
    return (type(step).__name__, step.path)


def test_the_runner_notices_a_line_that_is_not_printed() -> None:
    assert missing_line(["a … c", "…", "d"], "a b c\nx\nd") is None
    assert missing_line(["d", "a"], "a\nd") == "a"


def test_the_runner_notices_a_file_that_is_not_as_the_page_thinks(tmp_path: Path) -> None:
    reader = Reader(tmp_path, "", "en")
    reader.take(Written("a.txt", "one\none\n"))
    with pytest.raises(AssertionError, match="2 times"):
        reader.take(Changed("a.txt", "one\n", "two\n"))
    reader.take(Changed("a.txt", "one\none\n", "TODAY\n"))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\n", (tmp_path / "a.txt").read_text("utf-8"))
