"""What plan and report only show: with another value the page reads otherwise."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_calendars.deciding.certificate import RowOfPlan
from campaign_calendars.deciding.limits import limits_of
from campaign_calendars.deciding.words import called
from campaign_calendars.findings.errors import ProblemsFoundError
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.values.scalars import Text
from promocal.cli import language, output
from promocal.cli.plan_page import print_plan
from tasks.documents.parts import Paragraph, Table
from tasks.planning.audience_shown import show_audience
from tasks.planning.document.summary import decision, head
from tasks.planning.document.told import Told
from tasks.planning.plan import plan
from tasks.reporting.report import report
from tasks.running.phase import run_phase
from tasks.runtime import Runtime
from tests.tasks.conftest import SALE, SMALL

SHOWN = {
    "goal": "    goal: win back buyers\n",
    "targets": "    targets: {buyers: 1200}\n",
    "platform_support": "    platform_support: [a place on the front page]\n",
}
OF_CALENDAR = {"source": "source: the shop's own plan\n", "verified": "verified: true\n"}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_settled", "en")
    monkeypatch.setenv("COLUMNS", "200")
    output.console.cache_clear()


def write(rt: Runtime, kept: dict[str, str], **store: str) -> None:
    path = rt.calendar_path(SMALL)
    text = "".join(OF_CALENDAR.get(key, "") for key in kept) + path.read_text("utf-8")
    phase = "".join(kept[key] for key in kept if key in SHOWN)
    path.write_text(text.replace("    kind: burst\n", f"    kind: burst\n{phase}", 1), "utf-8")
    corner = rt.settings.root / "stores" / "corner.yaml"
    words = corner.read_text("utf-8")
    for old, new in store.items():
        words = words.replace(old, new)
    corner.write_text(words, "utf-8")


def page(rt: Runtime, capsys: pytest.CaptureFixture[str]) -> str:
    print_plan(plan(rt, SMALL), "en", SALE - timedelta(days=1))
    return re.sub(r"\s+", " ", capsys.readouterr().out)


def test_a_key_of_the_calendar_is_a_line_of_the_plan_and_of_the_report(
    small: Runtime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Goal, targets and platform_support, source and verified, currency and title of the store, title of a channel."""
    said = (
        "win back buyers · targets: Buyers 1,200 · the platform gives: a place on the front page",
        "dates from: the shop's own plan (checked against it)",
        "amounts in EUR",
        "sms text messages",
    )
    before = page(small, capsys)
    assert not any(words in before for words in said)
    assert "dates from: no source named (not checked against it yet)" in before
    write(small, SHOWN | OF_CALENDAR, SMS="text messages", **{"store: corner": "store: corner\ncurrency: EUR"})
    after = page(small, capsys)
    assert [words for words in said if words not in after] == []
    (phase,) = plan(small, SMALL).phases
    assert (phase.goal, phase.targets) == (Text(zh="win back buyers", en="win back buyers"), {"buyers": 1200})

    run_phase(small, SMALL, "burst", SALE)
    target = tmp_path / "report.html"
    report(small, SMALL, SALE + timedelta(hours=1), target)
    html = target.read_text("utf-8")
    for words in (
        "win back buyers · the platform gives: a place on the front page", "own plan", "(EUR)", "Corner shop", "1,200",
    ):  # fmt: skip
        assert words in html


def test_the_title_of_an_audience_is_shown_and_the_store_is_the_one_that_is_named(small: Runtime) -> None:
    path = small.calendar_path(SMALL)
    text = path.read_text("utf-8")
    assert show_audience(small, "everyone").title == Text()
    path.write_text(text.replace('{where: "joined"}', '{where: "joined", title: All members}'), "utf-8")
    assert show_audience(small, "everyone").title.get() == "All members"
    path.write_text(text.replace("store: corner", "store: market"), "utf-8")
    with pytest.raises(ProblemsFoundError):
        plan(small, SMALL)
    market = small.settings.root / "stores" / "market.yaml"
    corner = (small.settings.root / "stores" / "corner.yaml").read_text("utf-8")
    market.write_text(corner.replace("store: corner", "store: market"), "utf-8")
    assert plan(small, SMALL).store == "market"


def test_the_title_of_a_limit_stands_in_its_row() -> None:
    row = RowOfPlan("limit groups", 10, 9, 0.0, title=Text(zh="群占比", en="share of groups"))
    assert called(row) == ("limit groups: share of groups", "限制 groups：群占比")
    assert called(replace(row, title=Text())) == ("limit groups", "限制 groups")
    limit = {"id": "groups", "at_least": 10, "title": "share of groups"}
    calendar = Calendar.model_validate(
        {"calendar": "c", "store": "s", "timezone": "UTC", "limits": [limit],
         "phases": [{"id": "p", "kind": "burst", "window": {"from": "2026-03-01", "to": "2026-03-02"}}]}
    )  # fmt: skip
    assert limits_of(calendar)[0].title.get() == "share of groups"


def test_the_plan_says_what_the_calendar_and_its_waves_aim_at(
    small: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the page and in the plan to sign; the checksum stays, as nothing is done otherwise."""
    before = plan(small, SMALL)
    path = small.calendar_path(SMALL)
    text = path.read_text("utf-8").replace("    kind: burst\n", "    kind: burst\n    wave: w1\n", 1)
    span = "{from: 2026-03-07 10:00:00, to: 2026-03-09 10:00:00}"
    aims = f"targets: {{repeat_rate: 12%}}\nwaves:\n  - {{id: w1, window: {span}, targets: {{gmv: 1000}}}}\n"
    path.write_text(text.replace("phases:\n", f"{aims}phases:\n", 1), "utf-8")
    said = page(small, capsys)
    assert "whole calendar targets: Repeat rate of members 12%" in said
    assert "w1 targets: Sales 1,000" in said
    made = plan(small, SMALL)
    assert (made.targets, made.wave_targets) == ({"repeat_rate": 0.12}, {"w1": {"gmv": 1000.0}})
    assert (before.targets, before.wave_targets) == ({}, {})
    loaded = small.load_calendar(SMALL)
    for lang, word in (("en", "target of w1"), ("zh", "目标：w1")):
        given = Told(loaded=loaded, lang=lang, plan=made, made_by="", reached=0, held_out=0, since=None, people=(),
                     samples=(), previews=(), findings=())  # fmt: skip
        [rows] = [part.rows for part in head(given).parts if isinstance(part, Table)]
        assert word in [str(row[0]) for row in rows]


def test_the_plan_names_the_regions_it_holds_out_and_what_they_cannot_show(
    small: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody of the small project has a province: nobody is held out, and it is said on the page and to who signs."""
    path = small.calendar_path(SMALL)
    text = path.read_text("utf-8")
    assert "campaign: 0%" in text
    path.write_text(text.replace("campaign: 0%", "campaign: 30%, by: province"), "utf-8")
    said = " ".join(page(small, capsys).split())
    assert "The campaign's hold-out is drawn by province: 0 held out (none), 0 are not." in said
    assert "nothing: too few regions" in said
    made = plan(small, SMALL)
    [power] = [one for one in made.holdouts if one.regions is not None]
    assert power.regions is not None
    assert (power.control, power.treated, power.detectable) == (0, 0, None)
    assert power.regions.without_region > 0
    assert sum(sum(row.held_out.values()) for row in made.occurrences) == 0
    for lang, words in (("en", "Cannot conclude: 0 provinces held out"), ("zh", "无法下结论：留出 0 个省份")):
        given = Told(loaded=small.load_calendar(SMALL), lang=lang, plan=made, made_by="", reached=0, held_out=0,
                     since=None, people=(), samples=(), previews=(), findings=())  # fmt: skip
        shown = [part.text for part in decision(given).parts if isinstance(part, Paragraph)]
        assert any(text.startswith(words) for text in shown)
