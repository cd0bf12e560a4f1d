"""Pools of a budget have names that people say; the amount may be written alone."""

from __future__ import annotations

from pathlib import Path

from campaign_calendars.deciding.briefing import budget_limits
from campaign_calendars.deciding.certificate import Certificate, RowOfPlan
from campaign_calendars.deciding.words import called, with_titles
from campaign_calendars.model.calendar import Budget
from campaign_calendars.reading.loading import load_calendar
from tasks.accounting.accounts import accounts
from tasks.planning.document.making import write_document
from tasks.planning.plan import plan as make_plan
from tasks.runtime import Runtime
from tests.tasks.conftest import SMALL


def test_an_amount_alone_is_a_pool_without_a_title() -> None:
    written = Budget.model_validate({"total": 30, "pools": {"a": 10, "b": {"amount": 20, "title": "B"}}})
    assert {name: (one.amount, one.title.get()) for name, one in written.pools.items()} == {
        "a": (1000, ""), "b": (2000, "B"),
    }  # fmt: skip


def test_a_wrong_amount_of_a_pool_is_told_where_it_stands() -> None:
    text = "calendar: c\nstore: s\ntimezone: UTC\nbudget: {total: 3.00, pools: {a: {amount: lots}, b: many}}\n"
    read = load_calendar(text + "phases: [{id: p, kind: burst, window: {from: 2026-03-01, to: 2026-03-02}}]\n")
    said = [(one.location.line, one.message) for one in read.problems if one.severity == "error"]
    assert [line for line, _ in said] == [4, 4]
    assert "lots" in said[0][1]
    assert "many" in said[1][1]


def test_a_pool_is_called_by_its_title_wherever_a_person_reads_it(small: Runtime, tmp_path: Path) -> None:
    path = small.settings.root / "calendars" / f"{SMALL}.yaml"
    budget = "budget: {total: 90.00, pools: {gifts: {amount: 50.00, title: {zh: 礼品, en: Presents}}}}"
    path.write_text(path.read_text("utf-8").replace("\nphases:", f"\n{budget}\nphases:"), "utf-8")
    loaded = small.load_calendar(SMALL)
    assert budget_limits(loaded.calendar).pools == {"gifts": 50_00}
    [line] = [one for one in accounts(loaded.calendar, []) if one.name == "pool gifts"]
    made = make_plan(small, SMALL, keep=True)
    certificate = Certificate(0, 0, 0, 0, 0, 0, (RowOfPlan("pool gifts", 1, 1, 0.0), RowOfPlan("budget", 1, 1, 0.0)))
    row, whole = with_titles(certificate, loaded.calendar, loaded.store).rows
    assert (called(row), called(whole)) == (("pool Presents", "资金池 礼品"), ("budget", "总预算"))
    for lang, title in (("en", "Presents"), ("zh", "礼品")):
        assert line.title.get(lang) == title
        file = tmp_path / f"{lang}.md"
        write_document(small, made, None, (), file, lang=lang, made_by="Li")
        page = file.read_text("utf-8")
        assert f"| {title} |" in page
        assert "| gifts |" not in page
