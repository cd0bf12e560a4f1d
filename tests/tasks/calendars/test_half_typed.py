"""A line that is half typed hides nothing that is wrong elsewhere, and says nothing that is not.

Every shipped calendar gets mistakes in several places. Then each of its lines is cut off at each of its characters,
one at a time, as if somebody were typing it, and the mistakes have to be found all the same, unless the line belongs
to the thing that has the mistake. The default suite takes a sample; `-m slow` takes many states of every line, with
PROMOCAL_ALL_PREFIXES=1 all of them.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from campaign_calendars.findings.finding import Path as Place
from campaign_calendars.reading.consequences import element_of
from campaign_calendars.reading.source import read
from tasks.calendars.checking import Look, look_at, read_calendar

LIBRARY = Path(str(files("campaign_calendars") / "library"))
NAMES = sorted(path.stem for path in LIBRARY.glob("*.yaml"))
TIME = "C107"
LEAST = 3


@dataclass(frozen=True)
class Seed:
    """A mistake that was put in: its code, its line (from 1), what it belongs to."""

    code: str
    line: int
    element: Place


@dataclass(frozen=True)
class Seeded:
    """A calendar with mistakes, and to what each of its lines belongs."""

    lines: list[str]
    seeds: tuple[Seed, ...]
    elements: dict[int, Place]
    found: frozenset[str]
    """What is said of it while nobody types."""


_EDITS = (
    (re.compile(r"^( +audience: )\S+"), r"\1no-{}-of-this-name", "C120"),
    (re.compile(r"^( +benefits: \[)[\w-]+"), r"\1no-{}-of-this-name", "C121"),
    (re.compile(r"^(        at: ).*"), r"\g<1>2001-01-01 10:00", TIME),
)


def seeded(name: str) -> Seeded:
    """The calendar with up to five mistakes, each in a play of its own."""
    lines = (LIBRARY / f"{name}.yaml").read_text("utf-8").split("\n")
    path = LIBRARY / f"{name}.yaml"
    for pattern, new, _ in _EDITS:
        found = [index for index, line in enumerate(lines) if pattern.match(line)]
        for index in dict.fromkeys((*found[1:2], *found[-2:-1])):
            lines[index] = pattern.sub(new.format(index), lines[index])
    text = "\n".join(lines)
    places = read(text).locations
    elements: dict[int, Place] = {}
    by_line = {place[0]: where for where, place in reversed(list(places.keys.items()))}
    last: Place = ()
    for line in range(1, len(lines) + 1):
        last = by_line.get(line, last)
        elements[line] = element_of(last)
    codes = {code for _, _, code in _EDITS}
    problems = look_at(text, path).problems
    seeds = tuple(
        Seed(one.code, one.location.line, elements[one.location.line]) for one in problems if one.code in codes
    )
    return Seeded(lines, seeds, elements, frozenset(one.message for one in problems))


def states(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Every line with every length it has while it is typed, from nothing.

    But for one: without the line `phases:` below a list, its items are items of that list, and nobody can know.
    """
    for index, line in enumerate(lines):
        yield from ((index, length) for length in range(line == "phases:", len(line)))


def expected(case: Seeded, index: int) -> set[tuple[str, int]]:
    """The mistakes that have to be found while line `index` (from 0) is typed."""
    typed = case.elements[index + 1]
    return {(seed.code, seed.line) for seed in case.seeds if not _touches(typed, seed, case.lines[index])}


def _touches(typed: Place, seed: Seed, line: str) -> bool:
    """Whether what is typed may settle a mistake: it is in the same thing, or says when that happens."""
    of_its_sequence = typed[:1] == ("sequences",) and seed.element[: len(typed)] == typed
    if typed == seed.element or of_its_sequence:
        return True
    of_its_phase = typed == seed.element[:2] or "sub_phases" in typed or not typed
    return seed.code == TIME and of_its_phase and bool(line.strip())


def hidden(name: str, case: Seeded, chosen: list[tuple[int, int]]) -> list[str]:
    """What is not found in the states, and what is found that is not so; one sentence each."""
    told: list[str] = []
    for index, length in chosen:
        text = "\n".join([*case.lines[:index], case.lines[index][:length], *case.lines[index + 1 :]])
        look = look_at(text, LIBRARY / f"{name}.yaml")
        state = f"{name}:{index + 1} {case.lines[index][:length]!r}"
        if missing := expected(case, index) - {(one.code, one.location.line) for one in look.problems}:
            told.append(f"{state} hides {sorted(missing)}")
        told += [f"{state} invents {one}" for one in invented(case, look, index, length)]
    return told


def invented(case: Seeded, look: Look, index: int, length: int) -> list[str]:
    """Names that are said to be unknown because of the damage; while less than three signs are typed, they are."""
    typed = case.lines[index][:length].strip(" -{").removeprefix("id:").strip()
    if index + 1 not in look.unread or len(typed) < LEAST:
        return []
    unknown = (one for one in look.problems if one.message.startswith("there is no "))
    return [one.message for one in unknown if one.message not in case.found and one.location.line != index + 1]


@pytest.mark.parametrize("name", NAMES)
def test_a_half_typed_line_hides_no_mistake_elsewhere(name: str) -> None:
    case = seeded(name)
    assert len(case.seeds) >= 2
    chosen = random.Random(name).sample(list(states(case.lines)), 8)
    assert hidden(name, case, chosen) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_no_half_typed_line_hides_a_mistake_elsewhere(name: str) -> None:
    case = seeded(name)
    every = list(states(case.lines))
    if not os.environ.get("PROMOCAL_ALL_PREFIXES"):
        every = random.Random(name).sample(every, min(len(every), 1_500))
    told = hidden(name, case, every)
    print(f"{name}: {len(every)} states, {len(told)} hide something; seeds {Counter(s.code for s in case.seeds)}")
    assert told == []


CALENDAR = """\
calendar: tiny
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences:
  everybody: joined
  high: tier >= 'gold'
phases:
  - id: burst
    kind: burst
    window: {from: D-3, to: D}
    plays:
      - id: recall
        audience: everybody
        channels: [sms]
        at: D-1 10:00
      - id: late
        audience: high
        channels: [pigeon]
        at: D+5 10:00
"""
SHOP = """\
store: shop
tiers:
  window: 365d
  levels: [{id: basic}, {id: gold, spend: 1000.00}]
channels:
  sms: {consent: required}
"""


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    (tmp_path / "stores").mkdir()
    (tmp_path / "calendars").mkdir()
    (tmp_path / "stores" / "shop.yaml").write_text(SHOP, "utf-8")
    return tmp_path / "calendars" / "tiny.yaml"


def errors(text: str, path: Path) -> list[tuple[str, int]]:
    return [(one.code, one.location.line) for one in look_at(text, path).problems if one.severity == "error"]


def test_what_needs_no_store_is_checked_without_one(calendar: Path) -> None:
    whole = errors(CALENDAR, calendar)
    assert whole == [("C122", 19), (TIME, 20)]
    assert errors(CALENDAR.replace("store: shop", "store: sho"), calendar) == [("C101", 2), (TIME, 20)]


def test_a_damaged_store_hides_nothing_of_the_calendar(calendar: Path) -> None:
    store = calendar.parent.parent / "stores" / "shop.yaml"
    store.write_text(SHOP.replace("spend: 1000.00", "spend: a lot"), "utf-8")
    found = look_at(CALENDAR, calendar)
    assert found.loaded is None
    assert [(one.code, one.location.line) for one in found.problems if one.severity == "error"] == [
        ("C122", 19),
        (TIME, 20),
        ("C022", 4),
    ]


def test_what_follows_from_a_damaged_phase_is_not_said(calendar: Path) -> None:
    assert errors(CALENDAR.replace("D-3, to: D}", "D-3, to: }"), calendar) == [("C022", 11), ("C122", 19)]
    assert errors(CALENDAR.replace("day_zero: 2026-03-08", "day_ze"), calendar) == [("C001", 4), ("C122", 19)]


def test_the_lines_that_were_not_read_are_named_and_nothing_is_handed_to_a_run(calendar: Path) -> None:
    found = look_at(CALENDAR.replace("        at: D-1 10:00", "        at"), calendar)
    assert found.unread == {16}
    assert found.loaded is None
    calendar.write_text(CALENDAR.replace("        at: D-1 10:00", "        at"), "utf-8")
    assert read_calendar(calendar)[0] is None
