"""The plan to sign: every figure of the plan, in the order of an approval, the same bytes each time, nobody named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from campaign_calendars.findings.errors import UsageError
from tasks.documents.parts import Money, Paragraph, Section, Table
from tasks.planning.beside import make
from tasks.planning.document.making import _told, plan_document, write_document
from tasks.planning.document.told import Told
from tasks.planning.planned import Plan
from tasks.planning.since_applied import since_applied
from tasks.runtime import Runtime, open_runtime
from tests.flows.small_project import NAMES, PHONES
from tests.tasks.planning.applied import NAME, applied_project, rewrite


@pytest.fixture
def rt(tmp_path: Path) -> Iterator[Runtime]:
    """A project of two moments, applied by Li two days ahead."""
    with applied_project(tmp_path / "project", 2) as rt:
        yield rt


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """What is told of that project as it was applied; nobody changes it."""
    with applied_project(tmp_path_factory.mktemp("unchanged") / "project", 2) as rt:
        yield told(rt)


def written(rt: Runtime, path: Path, lang: str = "en", made: Plan | None = None) -> Plan:
    made = made or make(rt, NAME)
    write_document(rt, made, since_applied(rt, rt.load_calendar(NAME), made), (), path, lang=lang, made_by="王")
    return made


def told(rt: Runtime, lang: str = "en") -> Told:
    made = make(rt, NAME)
    return _told(rt, made, since_applied(rt, rt.load_calendar(NAME), made), (), lang=lang, made_by="王")


def tables(sections: Iterator[Section] | tuple[Section, ...]) -> dict[str, Table]:
    return {part.name: part for section in sections for part in section.parts if isinstance(part, Table)}


def test_the_parts_stand_in_the_order_of_an_approval_in_both_languages(rt: Runtime, unchanged: Told) -> None:
    english = [one.title for one in plan_document(unchanged).sections]
    assert english == [
        "Plan", "To decide", "What changed", "When", "Plays", "Forecast", "Budget, stock and load",
        "Messages as members read them",
        "Persons that change", "Open, accepted, unknown", "Duties", "Sign-off",
    ]  # fmt: skip
    chinese = [one.title for one in plan_document(told(rt, "zh")).sections]
    assert len(chinese) == len(english)
    assert not any(re.search("[A-Za-z]", title) for title in chinese)


def test_every_occurrence_stands_there_and_its_reasons_add_up(unchanged: Told) -> None:
    found = unchanged
    table = tables(iter(plan_document(found).sections))["occurrences"]
    assert len(table.rows) == len(found.plan.occurrences) == 2
    for row, planned in zip(table.rows, found.plan.occurrences, strict=True):
        candidates, chosen, held, excluded = row[3:7]
        assert isinstance(chosen, int)
        assert isinstance(held, int)
        assert isinstance(excluded, int)
        assert candidates == chosen + held + excluded == planned.candidates
        assert row[7] == Money(planned.benefit_cost_cents)
    plays = tables(iter(plan_document(found).sections))["plays"]
    reasons = tables(iter(plan_document(found).sections))["reasons"]
    assert sum(row[3] for row in reasons.rows if isinstance(row[3], int)) == plays.rows[0][7]


def test_the_line_to_decide_on_counts_persons_not_messages(unchanged: Told) -> None:
    found = unchanged
    line = next(part for part in plan_document(found).sections[1].parts if isinstance(part, Paragraph))
    messages = sum(row.chosen for row in found.plan.occurrences)
    assert 0 < found.reached <= messages
    assert f"{found.reached:,} persons get at least one of {messages:,} messages" in line.text


def test_a_campaign_of_the_past_has_its_persons_in_the_line_to_decide_on(rt: Runtime) -> None:
    before = told(rt)
    with open_runtime(rt.settings.root, clock=lambda: rt.clock() + timedelta(days=365)) as later:
        after = told(later)
        assert (after.reached, after.held_out) == (before.reached, before.held_out) != (0, 0)


def test_what_changed_is_told_with_limits_that_must_be_forced_and_masked_persons(rt: Runtime) -> None:
    rewrite(rt, ("value: 10.00", "value: 30.00"), ("[2026-03-05 10:00:00", "[2026-03-05 09:00:00"))
    found = told(rt)
    document = plan_document(found)
    changed = [part.text for part in document.sections[2].parts if isinstance(part, Paragraph)]
    assert any("--force budget" in text for text in changed)
    figures = tables(iter(document.sections))["figures"]
    assert {row[0] for row in figures.rows} >= {"benefits"}
    samples = tables(iter(document.sections))["samples"]
    assert samples.rows
    assert all("*" in str(row[2]) for row in samples.rows)
    assert sum(one.added + one.removed + one.changed for one in found.people) >= len(samples.rows)


def test_the_same_plan_gives_the_same_bytes_and_names_nobody(rt: Runtime, tmp_path: Path) -> None:
    rewrite(rt, ("value: 10.00", "value: 12.00"))
    made, again = make(rt, NAME), make(rt, NAME)
    assert again.checksum == made.checksum
    for kind in ("html", "xlsx", "md"):
        first, second = tmp_path / f"a.{kind}", tmp_path / f"b.{kind}"
        written(rt, first, "zh", made)
        written(rt, second, "zh", again)
        assert first.read_bytes() == second.read_bytes()
        text = _text(first)
        assert made.checksum in text
        assert not [secret for secret in (*NAMES, *PHONES) if secret in text]


def test_each_sheet_has_the_checksum_at_its_foot(rt: Runtime, unchanged: Told, tmp_path: Path) -> None:
    made = written(rt, tmp_path / "plan.xlsx", made=unchanged.plan)
    book = load_workbook(tmp_path / "plan.xlsx")
    assert len(book.sheetnames) == len(set(book.sheetnames)) > 8
    assert all(made.checksum in str(page.oddFooter.center.text) for page in book)
    sums = [cell.value for cell in book["occurrences"]["E"][1:]]
    assert sums == [row.chosen for row in made.occurrences]
    money = book["occurrences"]["H"][1]
    assert (money.value, money.number_format) == (made.occurrences[0].benefit_cost_cents / 100, "#,##0.00")


def test_the_page_loads_nothing_and_prints_its_checksum(rt: Runtime, unchanged: Told, tmp_path: Path) -> None:
    made = written(rt, tmp_path / "plan.html", made=unchanged.plan)
    page = (tmp_path / "plan.html").read_text("utf-8")
    assert not re.search(r"""(src|href)=["']?(https?:)?//|url\(|<script|@import""", page)
    assert "default-src 'none'" in page
    assert f"plan {made.checksum}" in page.partition("@bottom-center")[2].partition("}")[0]
    assert "display: table-header-group" in page


def test_texts_are_shown_for_the_shortest_the_longest_and_a_missing_name(unchanged: Told) -> None:
    names = [row[2] for row in tables(iter(plan_document(unchanged).sections))["messages"].rows]
    assert names[:3] == ["李", "欧阳娜娜慕容", "none"]


def test_a_text_is_priced_by_its_parts(rt: Runtime) -> None:
    _as_sms(rt)
    texts = rt.settings.root / "messages" / "recall.txt"
    for words, prices in (("短", [6, 6, 6]), ("{{ member.name }}" + "字" * 58, [6, 12, 6]), ("字" * 150, [18, 18, 18])):
        texts.write_text(words, "utf-8")
        assert [row[6] for row in tables(iter(plan_document(told(rt)).sections))["messages"].rows] == [
            Money(price) for price in prices
        ]


def test_the_line_to_decide_on_has_the_most_that_messages_cost(rt: Runtime) -> None:
    """Two moments, each message two parts of 0.06; the same sum stands beside the moments."""
    _as_sms(rt)
    (rt.settings.root / "messages" / "recall.txt").write_text("{{ member.name }}" + "字" * 58, "utf-8")
    found = told(rt)
    chosen = sum(row.chosen for row in found.plan.occurrences)
    assert chosen > 0
    line = next(
        part.text for part in plan_document(found).sections[1].parts if "Messages cost" in getattr(part, "text", "")
    )
    assert line.endswith(f"Messages cost at most {chosen * 0.12:,.2f}.")
    rows = tables(iter(plan_document(found).sections))["occurrences"].rows
    assert [row[8] for row in rows] == [Money(row.chosen * 12) for row in found.plan.occurrences]


def _as_sms(rt: Runtime) -> None:
    (store,) = (rt.settings.root / "stores").glob("*.yaml")
    priced = "kind: sms, consent: required, unit_cost: 0.06"
    store.write_text(store.read_text("utf-8").replace("consent: implied", priced), "utf-8")


def test_a_file_of_another_kind_is_refused_before_anything_is_planned(
    rt: Runtime, unchanged: Told, tmp_path: Path
) -> None:
    made = unchanged.plan
    with pytest.raises(UsageError, match=r"end the name with \.html, \.xlsx or \.md|none of a page"):
        write_document(rt, made, None, (), tmp_path / "plan.pdf", lang="en", made_by="")
    assert not (tmp_path / "plan.pdf").exists()


def _text(file: Path) -> str:
    if file.suffix != ".xlsx":
        return file.read_text("utf-8")
    book = load_workbook(file)
    cells = [str(cell.value) for page in book for row in page.iter_rows() for cell in row]
    return "\n".join([*cells, *(str(page.oddFooter.center.text) for page in book)])


def test_the_forecast_has_every_figure_of_every_phase_and_play_and_what_it_rests_on(unchanged: Told) -> None:
    found = unchanged
    table = tables(iter(plan_document(found).sections))
    for name, place, with_play in (("forecast", 1, False), ("forecast of plays", 2, True)):
        said = [each.figure for one in found.plan.forecasts if bool(one.play) is with_play for each in one.figures]
        assert [row[place] for row in table[name].rows] == said
        cost = next(row for row in table[name].rows if row[place] == "cost")
        assert isinstance(cost[place + 1], Money)
    assert "fewer than three" in str(table["forecast rests on"].rows[0][1])
