"""Differences in the language of calendars: a golden page in both languages, symmetry, no noise."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from campaign_calendars.differences.comparing import Difference, compare
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.writing.moving import move_calendar

LIBRARY = files("campaign_calendars") / "library"
CALENDARS = sorted(e.name for e in LIBRARY.iterdir() if e.name.endswith(".yaml"))
GOLDEN = Path(__file__).parents[2] / "golden" / "differences.txt"
TEXT = (Path(__file__).parent / "queens-day.yaml").read_text("utf-8")
"""A calendar that stays as it is, whatever becomes of the shipped one."""

EDITS = [
    ("total: 500000.00", "total: 600000.00"),
    ("gifts: 120000.00", "gifts: 130000"),
    ("joined and spend_365d >= 100.00", "joined and spend_365d >= 200.00"),
    ("    value: 30.00\n    beats: store-coupon\n", "    value: 50.00\n    beats: store-coupon\n"),
    ("    stock: 1500\n    pool: gifts", "    pool: gifts"),
    ("points: 5\n", "points: 50\n"),
    ("targets: {joins: 2500}", "targets: {joins: 2600, reach: 3000}"),
    ("window: {from: D-3, to: D+0}", "window: {from: D-3 12:00, to: 2020-03-08}"),
    (
        "channels: [dedicated_service, group, sms]\n        at: daily 15:00",
        "channels: [push, group, sms]\n        at: daily 16:00",
    ),
    ("benefits: [member-coupon-30, cashback-20]", "benefits: [cashback-20, member-coupon-30]"),
    ("approve: {above: 15000}", "approve: {above: 10000}"),
    ("- {zh: 优质案例推广, en: Good cases are shown around}\n", "- {zh: 案例, en: Cases}\n"),
    ("title: {zh: 引爆期, en: Burst}", "title: {zh: 爆发期, en: Outburst}"),
]


def calendar(text: str) -> Calendar:
    loaded = load_calendar(text)
    assert loaded.model is not None, loaded.problems
    return loaded.model


def cut(text: str, play: str) -> tuple[str, str]:
    """The text without a play, and the play."""
    start = text.index(f"      - id: {play}\n")
    end = min(i for i in (text.find("      - id: ", start + 1), text.find("    duties:", start)) if i > 0)
    return text[:start] + text[end:], text[start:end]


def edited() -> str:
    text = TEXT
    for old, new in EDITS:
        assert old in text, old
        text = text.replace(old, new)
    text, _ = cut(text, "sign-in-tasks")
    text, moved = cut(text, "points-and-care")
    moved = moved.replace("D+7", "D-5")
    added = moved.replace("points-and-care", "recall-x", 1)
    return text.replace("      - id: good-finds", moved + added + "      - id: good-finds")


def test_golden() -> None:
    found = compare(calendar(TEXT), calendar(edited()))
    lines = [f"{d.what:8}{d.text(lang)}" for lang in ("en", "zh") for d in found]
    assert "\n".join(lines) + "\n" == GOLDEN.read_text("utf-8")


def test_places_and_values_are_there_for_programs() -> None:
    found = {difference.where: difference for difference in compare(calendar(TEXT), calendar(edited()))}
    value = found["benefits", "member-coupon-30", "value"]
    assert value == Difference(
        "changed",
        ("benefits", "member-coupon-30", "value"),
        30.0,
        50.0,
        "benefit member-coupon-30: value 30 → 50",
        "权益 member-coupon-30：面额 30 → 50",
    )
    assert value.said("zh").text == value.zh
    assert found["phases", "warm-up", "plays", "recall-x"].what == "added"
    assert found["phases", "warm-up", "plays", "points-and-care"].before == "maintenance"
    assert found["phases", "burst", "window", "from"].after == "2020-03-05T12:00:00+08:00"


@pytest.mark.parametrize("name", CALENDARS)
def test_a_calendar_does_not_differ_from_itself(name: str) -> None:
    text = (LIBRARY / name).read_text("utf-8")
    assert compare(calendar(text), calendar(text)) == []


def place(difference: Difference) -> tuple[str, ...]:
    """Where it is; of a play without its phase, for a play may have moved."""
    where = difference.where
    return ("plays", *where[3:]) if where[2:3] == ("plays",) else where


@pytest.mark.parametrize(("old", "new"), [*zip(CALENDARS, [*CALENDARS[1:], CALENDARS[0]], strict=True)])
def test_there_and_back_are_mirror_images(old: str, new: str) -> None:
    a, b = (calendar((LIBRARY / name).read_text("utf-8")) for name in (old, new))
    there, back = compare(a, b), compare(b, a)
    mirrored = {"added": "removed", "removed": "added", "changed": "changed"}
    assert Counter((mirrored[d.what], place(d)) for d in there) == Counter((d.what, place(d)) for d in back)
    assert all(d.before != d.after and d.message != d.zh for d in there)


@pytest.mark.parametrize(("name", "year"), [("queens-day-2020", 2026), ("double-11-2021", 2025)])
def test_a_moved_calendar_differs_by_its_year_not_by_every_date(name: str, year: int) -> None:
    text = (LIBRARY / f"{name}.yaml").read_text("utf-8")
    moved = move_calendar(text, year)
    found = compare(calendar(text), calendar(moved.text))
    assert {d.where[:2] for d in found if d.where[-1] != "at"} == {
        ("calendar",), ("title",), ("day_zero",), ("source",), ("holdout", "salt"),
    }  # fmt: skip


def test_windows_are_seen_from_d() -> None:
    small = (
        "calendar: x\nstore: s\ntimezone: UTC\nday_zero: {}\nphases:\n"
        "  - {{id: a, kind: burst, window: {{from: {}, to: D}}}}\n"
    )
    old, new = calendar(small.format("2026-03-08", "D-3")), calendar(small.format("2026-03-10", "2026-03-06"))
    assert [d.message for d in compare(old, new)] == [
        "D moves from 2026-03-08 to 2026-03-10, 2 days later",
        "phase a starts 1 day earlier, seen from D (2026-03-05 00:00:00 → 2026-03-06 00:00:00)",
    ]


def test_another_unit_of_the_holdout_has_its_chinese_name() -> None:
    small = (
        "calendar: x\nstore: s\ntimezone: UTC\nholdout: {{campaign: 30%{}, salt: s}}\nphases:\n"
        "  - {{id: a, kind: daily, window: {{from: 2026-01-01, to: 2026-01-09}}}}\n"
    )
    [one] = compare(calendar(small.format("")), calendar(small.format(", by: province")))
    assert one.message == "holdout: by member → province"
    assert one.zh == "对照组：抽取单位 member → province"


def test_triggers_are_compared_by_what_they_say() -> None:
    small = (
        "calendar: x\nstore: s\ntimezone: UTC\nphases:\n"
        "  - {{id: a, kind: daily, window: {{from: 2026-01-01, to: 2026-01-09}},\n"
        "     plays: [{{id: p, audience: all, channels: [push]{}}}]}}\n"
    )
    none, soon, late = (
        calendar(small.format(text))
        for text in (
            ", at: daily 10:00",
            ", trigger: {event: join, after: 10m}",
            ", trigger: {event: join, after: 1h}, lane: human",
        )
    )
    assert [d.message for d in compare(soon, late)] == [
        "a: play p: trigger after 10m → 1h",
        "a: play p: lane system → human",
    ]
    assert "a: play p: +1 trigger (event join, after 10m, within 1d)" in [d.message for d in compare(none, soon)]
    assert "a：玩法 p：-1 个触发（event join, after 10m, within 1d）" in [d.zh for d in compare(soon, none)]


def test_a_text_that_changed_in_the_other_language_only_is_shown_in_that_one() -> None:
    old, new = (load_calendar(text).model for text in (TEXT, TEXT.replace("en: Reservoir", "en: Filling up", 1)))
    assert old is not None
    assert new is not None
    found = compare(old, new)
    assert [one.text("en") for one in found] == ["phase reservoir: title Reservoir → Filling up"]
    assert [one.text("zh").rpartition(" Reservoir")[2] for one in found] == [" → Filling up（英文）"]
    new = load_calendar(TEXT.replace("title: {zh: 38 前站", "title: {zh: 前站", 1)).model
    assert new is not None
    assert [one.text("en") for one in compare(old, new)] == ["phase reservoir: title 38 前站 → 前站 (in Chinese)"]
