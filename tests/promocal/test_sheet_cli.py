"""`promocal sheet`: nobody has to guess a heading."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from promocal.cli.app import application
from tasks.calendars.parsing import parse_calendar


def run(*arguments: str) -> str:
    result = CliRunner().invoke(application(arguments), arguments, catch_exceptions=False)
    return f"{result.exit_code} {result.output}"


def test_columns_are_shown_with_what_to_write_and_for_programs() -> None:
    said = run("sheet", "prices")
    assert "list price" in said
    assert "prices: {from: prices.xlsx}" in said
    shown = json.loads(run("sheet", "prices", "--format", "json", "--lang", "zh").partition(" ")[2])
    assert [one["head"] for one in shown["columns"]][:3] == ["商品", "名称", "阶段"]
    assert shown["columns"][0]["required"] is True
    assert "goods" in shown["columns"][0]["also"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_empty_sheet_is_filled_in_and_read(tmp_path: Path, lang: str) -> None:
    from openpyxl import load_workbook

    file = tmp_path / "表 1.xlsx"
    said = run("sheet", "prices", "-o", str(file), "--lang", lang)
    assert "prices: {from: 表 1.xlsx}" in said
    book = load_workbook(file)
    page = book.worksheets[0]
    page.append(["tea", "Tea", "burst", None, 199])
    book.save(file)
    text = "calendar: c\nstore: s\ntimezone: UTC\nday_zero: 2026-03-08\nprices: {from: 表 1.xlsx}\n"
    text += "phases: [{id: burst, kind: burst, window: {from: D, to: D}}]\n"
    read = parse_calendar(text, tmp_path / "c.yaml")
    assert read.model is not None, read.problems
    assert read.model.prices["tea"].planned[0].list_ == 19900


@pytest.mark.parametrize(("lang", "said"), [("en", "the English texts only"), ("zh", "只有中文文本")])
def test_who_would_lose_the_other_language_is_told(tmp_path: Path, lang: str, said: str) -> None:
    for kind, loses in (("lists", True), ("duties", True), ("targets", False)):
        told = run("sheet", kind, "-o", str(tmp_path / f"{kind}.csv"), "--calendar", "queens-day-2020", "--lang", lang)
        assert (said in told.replace("\n", " ")) == loses, told


def test_nothing_is_overwritten_and_other_endings_are_told(tmp_path: Path) -> None:
    from campaign_calendars.findings.errors import UsageError

    (tmp_path / "a.xlsx").write_bytes(b"mine")
    for name, said in (("a.xlsx", "is there already"), ("a.ods", "is no sheet")):
        with pytest.raises(UsageError, match=said):
            run("sheet", "duties", "-o", str(tmp_path / name))
    assert (tmp_path / "a.xlsx").read_bytes() == b"mine"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", ["prices", "lists", "items", "targets", "duties", "peers"])
def test_no_word_of_a_column_is_cut_on_a_narrow_terminal(kind: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = run("sheet", kind, "--lang", lang)
    shown = json.loads(run("sheet", kind, "--lang", lang, "--format", "json").partition(" ")[2])
    told = [text for one in shown["columns"] for text in (one["head"], one["means"], one["example"], *one["also"])]
    written = Counter("".join(told)) - Counter(said)
    assert "".join(written).strip() == ""
