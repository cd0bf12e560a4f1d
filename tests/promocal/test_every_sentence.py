"""What the commands print: all Chinese but names under zh, and no figure cut on a terminal of 80 columns."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from campaign_calendars.measuring.metrics.catalogue import metric_ids
from campaign_calendars.measuring.metrics.metric import GRAINS
from promocal import cli
from promocal.cli import output
from promocal.scaffold import create_project
from tasks.planning import beside
from warehouse.sample.generate import generate

CALENDAR = "queens-day-2020"
AT = "2020-02-03T11:00:00+08:00"
WIDTH = 80
CHINESE = re.compile(r"[一-鿿]")
# Two English words in a row are a sentence; one by itself is a name.
ENGLISH = re.compile(r"(?<![\w./-])[A-Za-z][A-Za-z']*[a-z] (?:[a-z']+)(?![\w./-])")
# Commands to type, and names to type after `-m` and `--by`, which are the same in every language.
NAMES = re.compile(rf"promocal( [a-z][a-z-]*)+( \S*\d\S*)?|by NAME|\b({'|'.join([*GRAINS, *metric_ids()])})\b")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tongues") / "shop"
    create_project(root, CALENDAR, lang="zh")
    generate(root / "data", members=150, seed=3, as_of=datetime.fromisoformat("2020-02-03T10:00:00+08:00"))
    return root


@pytest.fixture
def say(project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.delenv("PROMOCAL_LANG", raising=False)
    monkeypatch.chdir(project)

    def run(*arguments: str, ends: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["promocal", *arguments])
        output.console.cache_clear()
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        assert (end.value.code or 0) == ends, printed.err
        return printed.out + printed.err

    return run


@pytest.fixture(scope="module", autouse=True)
def _published(project: Path) -> None:
    from tasks.running.phase import run_if_due
    from tasks.runtime import open_runtime

    moment = datetime.fromisoformat(AT)
    rt = open_runtime(project, clock=lambda: moment)
    run_if_due(rt, CALENDAR, "reservoir", moment)
    rt.close()


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return {}


@pytest.fixture(autouse=True)
def _plan_once(monkeypatch: pytest.MonkeyPatch, made: dict[str, Any]) -> None:
    """A plan takes seconds and does not depend on language or width.

    It is put where the name is used: a module that is imported first while `plan` itself is replaced would keep that
    for the rest of the process.
    """
    make = beside.plan

    def once(rt: Any, name: str, **options: Any) -> Any:
        if name not in made:
            made[name] = make(rt, name, **options)
        return made[name]

    monkeypatch.setattr(beside, "plan", once)


def english_in(text: str) -> list[str]:
    return [line for line in text.splitlines() if ENGLISH.search(NAMES.sub("", line))]


@pytest.mark.parametrize(
    "arguments",
    [
        f"plan {CALENDAR}",
        f"audiences {CALENDAR}",
        f"budget {CALENDAR}",
        f"status {CALENDAR}",
        f"refresh {CALENDAR} --as-of {AT} --full",
        f"worklist {CALENDAR}",
        f"points {CALENDAR}",
        "quality",
        "snapshots",
        "snapshots show current",
        "snapshots diff current current",
        "sources list",
        "sources test",
        f"report {CALENDAR}",
        "metrics",
        "metrics active_rate",
        f"metrics {CALENDAR}",
        f"graph {CALENDAR}",
        f"diff {CALENDAR} {CALENDAR}",
        "member identities",
        f"check calendars/{CALENDAR}.yaml",
        f"fmt --check calendars/{CALENDAR}.yaml",
    ],
)
def test_a_chinese_page_has_no_english_line_but_names(say: Any, arguments: str) -> None:
    page = say(*arguments.split())
    assert CHINESE.search(page)
    assert english_in(page) == []


def test_the_same_pages_in_english_would_be_found(say: Any) -> None:
    assert len(english_in(say("plan", CALENDAR, "--lang", "en"))) > 5
    assert english_in("Nothing was sent.") == ["Nothing was sent."]


@pytest.mark.parametrize("command", ["quality current", f"report {CALENDAR}"])
def test_a_chinese_html_page_has_no_english_sentence(say: Any, tmp_path: Path, command: str) -> None:
    say(*command.split(), "-o", str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text("utf-8")
    shown = re.sub(r"<(script|style|pre)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert english_in(re.sub(r"<[^>]*>", "\n", shown)) == []


@pytest.mark.parametrize(
    "at", ["2020-02-03T11:00+08:00", "2020-02-03T11:30+08:00", "2020-06-01T11:00+08:00", "2020-02-04T11:00+08:00"]
)
def test_a_run_and_why_it_was_skipped_are_told_in_chinese(say: Any, at: str) -> None:
    assert english_in(say("run", CALENDAR, "reservoir", "--at", at)) == []


def test_why_is_told_in_chinese(say: Any) -> None:
    run = re.findall(rf"{CALENDAR}\.\S+", say("status"))[0]
    assert english_in(say("why", run, "m00000001")) == []
    assert CHINESE.search(say("why", "m00000001"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", ["plan", "status"])
def test_no_figure_is_cut_and_no_line_is_too_wide_at_80_columns(
    say: Any, monkeypatch: pytest.MonkeyPatch, command: str, lang: str
) -> None:
    arguments = [command, *([CALENDAR] if command == "plan" else []), "--lang", lang]
    narrow = say(*arguments)
    monkeypatch.setenv("COLUMNS", "400")
    wide = say(*arguments)
    assert max(cell_len(line) for line in narrow.splitlines()) <= WIDTH
    assert "…" not in narrow
    figures = re.compile(r"\d[\d,.:%]*|\d{4}-\d\d-\d\d")
    assert sorted(figures.findall(narrow)) == sorted(figures.findall(wide))
    assert len(figures.findall(narrow)) > (300 if command == "plan" else 5)
