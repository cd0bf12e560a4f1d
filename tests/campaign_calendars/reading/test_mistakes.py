"""Ten mistakes in one file are ten located problems; mutated calendars never raise or hang."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest

from campaign_calendars.checks import RULES, check, load_store
from campaign_calendars.findings.problem import Problem
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import bind, load_calendar

GOLDEN = Path(__file__).parents[2] / "golden" / "ten_mistakes.yaml"
LIBRARY = files("campaign_calendars") / "library"


@pytest.fixture(scope="module")
def store() -> Store:
    loaded = load_store((LIBRARY / "stores" / "demo-food.yaml").read_text("utf-8"))
    assert loaded.model is not None
    return loaded.model


def test_ten_mistakes_are_ten_located_problems_in_two_languages() -> None:
    problems = load_calendar(GOLDEN.read_text("utf-8"), "ten.yaml").problems
    assert [(str(p.location), p.code) for p in problems] == [
        ("ten.yaml:4:11", "C022"),
        ("ten.yaml:5:11", "C022"),
        ("ten.yaml:6:43", "C022"),
        ("ten.yaml:7:21", "C022"),
        ("ten.yaml:10:3", "C004"),
        ("ten.yaml:12:15", "C023"),
        ("ten.yaml:13:8", "C022"),
        ("ten.yaml:16:11", "C024"),
        ("ten.yaml:17:29", "C022"),
        ("ten.yaml:21:9", "C020"),
    ]
    assert len({p.message for p in problems}) == 10
    assert all(p.zh and p.zh != p.message for p in problems)


_TYPED = """\
D-3|D+0 23:59:59|daily 10:00|end + 1s|burst start - 2d|22:30|NO|~|[]|{}|199.00|-1|5%|1e400
joined and|tier >= 'gold'|：|，|&a
*a|<<: *a|!!python/name:os|---|'|"|>-|#|[|{|]|}|:|-|阶段|0|99999999999|2020-02-30|kind: burst|id: burst"""
TOKENS = ("\t", "|", "\u2028", "x" * 300, *_TYPED.replace("\n", "|").split("|"))


def mutate(text: str, luck: random.Random) -> str:
    """A few edits such as a tired hand makes: tokens exchanged, lines moved, dropped, doubled, indented."""
    lines = text.split("\n")
    for _ in range(luck.randint(1, 4)):
        at = luck.randrange(len(lines))
        choice = luck.randrange(7)
        if choice == 0:
            lines.insert(at, lines[luck.randrange(len(lines))])
        elif choice == 1 and len(lines) > 1:
            del lines[at]
        elif choice == 2:
            lines[at] = " " * luck.randint(1, 3) + lines[at]
        elif choice == 3:
            key, colon, _ = lines[at].partition(":")
            lines[at] = f"{key}{colon} {luck.choice(TOKENS)}"
        elif choice == 4:
            words = lines[at].split(" ")
            words[luck.randrange(len(words))] = luck.choice(TOKENS)
            lines[at] = " ".join(words)
        elif choice == 5 and lines[at]:
            cut = luck.randrange(len(lines[at]))
            lines[at] = lines[at][:cut] + luck.choice(TOKENS) + lines[at][cut + 1 :]
        else:
            lines[at] = lines[at].lstrip()
    return "\n".join(lines)


def problems_of(text: str, store: Store) -> list[Problem]:
    loaded = load_calendar(text, "f.yaml")
    if loaded.model is None:
        assert loaded.problems
        return loaded.problems
    return [*loaded.problems, *check(bind(loaded, store))]


def assert_sound(problems: list[Problem], text: str) -> None:
    for problem in problems:
        assert problem.code in RULES, problem
        assert 1 <= problem.location.line <= text.count("\n") + 1, problem
        assert problem.location.column >= 1
        assert problem.message
        assert problem.zh


def fuzz(first: int, count: int, store: Store) -> int:
    text = (LIBRARY / "queens-day-2020.yaml").read_text("utf-8")
    wrong = 0
    for seed in range(first, first + count):
        mutated = mutate(text, random.Random(seed))
        started = time.perf_counter()
        problems = problems_of(mutated, store)
        assert time.perf_counter() - started < 5, seed
        assert_sound(problems, mutated)
        wrong += bool(problems)
    return wrong


def test_mutated_calendars_are_explained(store: Store) -> None:
    assert fuzz(0, 150, store) > 100


@pytest.mark.slow
def test_many_mutated_calendars_are_explained(store: Store) -> None:
    assert fuzz(1_000, 10_000, store) > 7_000


def test_checking_a_calendar_imports_nothing_heavy() -> None:
    code = """
import sys
from importlib.resources import files
from campaign_calendars.checks import check
from campaign_calendars.checks import load_store
from campaign_calendars.reading.loading import bind, load_calendar
library = files("campaign_calendars") / "library"
store = load_store((library / "stores" / "demo-food.yaml").read_text("utf-8")).model
found = check(bind(load_calendar((library / "queens-day-2020.yaml").read_text("utf-8")), store))
assert {problem.severity for problem in found} <= {"info"}
heavy = {"pandas", "numpy", "duckdb", "pyarrow", "prefect", "great_expectations", "scipy", "sqlalchemy", "aiohttp",
         "altair", "jinja2", "lunar_python", "rich", "typer"}
print(sorted(heavy & {name.split(".")[0] for name in sys.modules}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_thousand_plays_are_checked_in_two_seconds(store: Store) -> None:
    play = """\
      - id: p{n}
        audience: everybody
        channels: [push, group, sms]
        at: daily 10:00
        message: messages/m.txt
"""
    text = (
        "calendar: big\nstore: demo-food\ntimezone: Asia/Shanghai\nday_zero: 2026-03-08\n"
        "audiences: {everybody: joined}\n"
        "phases:\n  - id: burst\n    kind: burst\n    window: {from: D-3, to: D}\n    plays:\n"
        + "".join(play.format(n=n) for n in range(1_000))
    )
    started = time.process_time()
    assert problems_of(text, store) == []
    assert time.process_time() - started < 2


def test_several_wrong_values_in_one_line_hide_no_name_that_nothing_defines() -> None:
    from campaign_calendars.checks import load_store
    from campaign_calendars.checks.showing import Around, check_shown
    from campaign_calendars.reading.loading import load_calendar
    from tests.campaign_calendars.checks.examples import CALENDAR, STORE

    start = CALENDAR.index("      - id: p\n")
    play = "      - {id: p, audience: al, benefits: [cc], channels: [smss], at: dayly, holdout: ten, priority: 0}\n"
    read = load_calendar(CALENDAR[:start] + play)
    found = check_shown(read, Around(load_store(STORE).model), read.problems)
    told = [problem.message for problem in found if problem.severity == "error"]
    for name in ("'al'", "'cc'", "'smss'", "'dayly'", "'ten'", "'0'"):
        assert sum(name in one for one in told) == 1, (name, told)
