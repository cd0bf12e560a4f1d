"""Rows to draw, the terminal's bars and the picture: nothing of the timeline is missing from them."""

from __future__ import annotations

import html
import json
import xml.etree.ElementTree as ET
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.ruled import rules_in_words
from campaign_calendars.model.unfolding import unfold
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.time.rows import Look, timeline_rows
from promocal.cli.bars import timeline_bars
from promocal.cli.calendars import graph
from promocal.cli.options import Lang, OutputFormat
from tasks.reporting.timeline import timeline_svg

LIBRARY = files("campaign_calendars") / "library"
CALENDARS = sorted(e.name for e in LIBRARY.iterdir() if e.name.endswith(".yaml"))
DOCS = Path(__file__).parents[2] / "docs"


def calendar(text: str) -> Calendar:
    loaded = load_calendar(text)
    assert loaded.model is not None, loaded.problems
    return loaded.model


def shipped(name: str) -> Calendar:
    return calendar((LIBRARY / name).read_text("utf-8"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", CALENDARS)
def test_every_wave_phase_sub_phase_and_moment_has_its_place(name: str, lang: str) -> None:
    model = unfold(shipped(name))
    timeline = resolve(model)
    rows = timeline_rows(model, lang)
    assert [row.id for row in rows if row.what == "wave"] == [wave.id for wave in model.waves]
    assert [row.id for row in rows if row.what == "phase"] == [phase.id for phase in model.phases]
    assert sum(row.what == "sub_phase" for row in rows) == len(timeline.sub_phases)
    assert sum(len(row.moments) for row in rows if row.what == "phase") == len(timeline.occurrences)
    assert len({row.label for row in rows}) == len(rows)
    lines = timeline_bars(rows, 120)
    assert len(lines) == len(rows) + 1


def test_triggers_are_marked_with_how_often_they_are_looked_at() -> None:
    model = shipped("lifecycle.yaml")
    rows = timeline_rows(model, "en")
    (year,) = (row for row in rows if row.what == "phase")
    assert ("unpaid", timedelta(minutes=30)) in year.sweeps
    assert Look("register", "15m") in year.to_json_row().sweeps
    (line,) = (line.plain for line in timeline_bars(rows, 120) if "↻" in line.plain)
    assert "↻15m" in line
    assert "↻30m" in line


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_picture_holds_every_title(lang: str) -> None:
    model = shipped("double-11-2021.yaml")
    svg = timeline_svg(timeline_rows(model, lang))
    ET.fromstring(svg)
    texts = html.unescape(svg)
    for item in (*model.waves, *model.phases):
        assert f">{item.title.get(lang)}</text>" in texts


def test_the_picture_in_the_documentation_is_of_the_shipped_calendar() -> None:
    drawn = html.unescape((DOCS / "double-11.svg").read_text("utf-8"))
    for phase in shipped("double-11-2021.yaml").phases:
        assert f">{phase.title.en}</text>" in drawn
    assert "docs/double-11.svg" in (DOCS.parent / "README.md").read_text("utf-8")


def test_bars_lie_where_the_time_is() -> None:
    rows = timeline_rows(
        calendar(
            "calendar: x\nstore: s\ntimezone: UTC\naudiences: {a: joined}\nphases:\n"
            "  - {id: one, kind: presale, window: {from: 2026-03-02, to: 2026-03-07}}\n"
            "  - id: two\n    kind: burst\n    window: {from: 2026-03-05, to: 2026-03-11}\n"
            "    plays: [{id: p, audience: a, at: 2026-03-08 00:00}]\n"
            "  - {id: blink, kind: custom, window: {from: 2026-03-11 12:00, to: 2026-03-11 12:00:00}}\n"
        )
    )
    # Ten days over sixty columns: six columns a day.
    lines = [line.plain for line in timeline_bars(rows, 60 + 5 + 26)]
    assert lines[0] == " " * 6 + "03-02" + " " * 37 + "03-09" + " " * 13
    bars = [line[6:66] for line in lines[1:]]
    assert bars[0] == "█" * 36 + " " * 24
    assert bars[1] == " " * 18 + "█" * 18 + "|" + "█" * 23
    assert bars[2] == " " * 57 + "█" + " " * 2
    assert lines[2].endswith("03-05–03-11 7d ×1")


def test_equal_titles_stay_separate_rows() -> None:
    text = (
        "calendar: x\nstore: s\ntimezone: UTC\nphases:\n"
        "  - {id: a, title: T, kind: burst, window: {from: 2026-03-02, to: 2026-03-07}}\n"
        "  - {id: b, title: T, kind: burst, window: {from: 2026-03-02, to: 2026-03-07}}\n"
    )
    assert [row.label for row in timeline_rows(calendar(text))] == ["T (a)", "T (b)"]


RULED = """calendar: ruled
title: {zh: 规则, en: Rules}
store: demo-food
timezone: Asia/Shanghai
benefits: {}
audiences: {all: {where: joined}}
rules:
  - never: [teaser, recall]
  - {after: recall, not: list, for: 7d}
  - {follow_up: thanks, of: recall, within: 2d}
  - {follow_up: list, of: [recall, teaser]}
  - {at_least: 2, of: [teaser, recall, list]}
  - {spend_per_member: 60.00, per: phase}
phases:
  - id: burst
    kind: burst
    window: {from: 2026-03-01, to: 2026-03-08}
    plays:
      - {id: teaser, title: {zh: 预告, en: Teaser}, audience: all, channels: [sms], at: 2026-03-01 10:00}
      - {id: recall, title: {zh: 召回, en: Recall}, audience: all, channels: [sms], at: 2026-03-02 10:00}
      - {id: list, audience: all, channels: [sms], at: 2026-03-03 10:00}
      - {id: thanks, audience: all, channels: [sms], at: 2026-03-04 10:00}
"""


def test_rules_between_plays_stand_below_the_timeline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ruled.yaml"
    file.write_text(RULED, "utf-8")
    assert rules_in_words(calendar(RULED), "en") == (
        "one of them at most for a member: Teaser, Recall",
        "after Recall no list for 7 days",
        "thanks only within 2 days after Recall",
        "list only after Recall, Teaser",
        "at least 2 messages of these, or none: Teaser, Recall, list",
        "benefits of at most 60 for a member in a phase",
    )
    graph(str(file), lang=Lang.zh)
    told = capsys.readouterr().out
    assert "· 召回 之后 7 天内不发 list" in told
    graph(str(file), format=OutputFormat.json)
    assert len(json.loads(capsys.readouterr().out)["rules"]) == len(calendar(RULED).rules)
