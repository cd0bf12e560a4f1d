"""A text that is read part by part holds what it holds when it is read at once, whatever is typed into it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from campaign_calendars.reading.building import Reader
from campaign_calendars.reading.mending import stumble_of
from campaign_calendars.reading.parts import Apart
from campaign_calendars.reading.remembering import Remembered
from campaign_calendars.reading.source import Source, read
from campaign_calendars.reading.traps import unreadable

LIBRARY = Path(str(files("campaign_calendars") / "library"))
SIGNS = (
    "'", '"', "[", "]", "{", "}", ":", "- ", "#", "\t", "\n", "  ", "&a ", "*a", "|", "? ", "：", "~", "---\n", "%",
    "!x ", "\n- ", "\n    ", "\n\n", "，", "x", "...\n", "<<: ", "\u3000", "\n: ", "audiences:\n", "phases: 1\n",
)  # fmt: skip


def at_once(text: str) -> Reader:
    reader = Reader(text, "")
    reader.root = reader.document()
    return reader


def differs(text: str) -> str | None:
    """What is not the same in both readings; None: nothing."""
    if list(unreadable(text, "")):
        return None
    found, whole = read(text), at_once(text)
    if found.data != whole.root:
        return "data"
    if found.problems != whole.problems or place(found.error) != place(whole.error):
        return f"{found.problems} {place(found.error)}, not {whole.problems} {place(whole.error)}"
    if (stumble_of(text) is not None) != gives_up(text):
        return "where the parser gives up"
    return places(found, whole)


def places(found: Source, whole: Reader) -> str | None:
    """Where the text cannot be read to its end, the places may be more, never others."""
    at = found.locations
    pairs: tuple[tuple[Any, Any], ...] = (
        (at.keys, whole.keys), (at.values, whole.values), (at.scalars, whole.scalars)
    )  # fmt: skip
    if found.data is not None:
        return None if all(list(a.items()) == list(b.items()) for a, b in pairs) else "places"
    known = [(a.get(path), place) for a, b in pairs for path, place in b.items() if "\0" not in str(path)]
    return None if all(one == other for one, other in known) else "places before the damage"


def place(error: yaml.MarkedYAMLError | None) -> object:
    marks = (error.problem_mark, error.context_mark) if error is not None else ()
    return error and (error.problem, error.context, *((mark.line, mark.column) if mark else None for mark in marks))


def gives_up(text: str) -> bool:
    try:
        list(yaml.parse(text, yaml.CSafeLoader))
    except yaml.MarkedYAMLError:
        return True
    return False


def edited(text: str, chance: random.Random) -> str:
    """A text after one of the things that happen while one types."""
    lines = text.split("\n")
    row = chance.randrange(len(lines))
    column = chance.randrange(len(lines[row]) + 1)
    line = lines[row]
    what = chance.randrange(5)
    if what == 0:
        lines[row] = line[:column]
    elif what == 1:
        lines[row] = line[:column] + chance.choice(SIGNS) + line[column:]
    elif what == 2:
        lines[row : row + 1] = []
    elif what == 3:
        lines.insert(row, chance.choice(lines))
    else:
        lines[row] = " " * chance.randrange(7) + line.strip()
    return "\n".join(lines)


def typed(name: str, times: int) -> Iterator[str]:
    """The texts of somebody who types here and there in a shipped calendar, and now and then takes it all back."""
    whole = (LIBRARY / f"{name}.yaml").read_text("utf-8")
    chance, text = random.Random(name), whole
    for number in range(times):
        text = edited(whole if number % 3 == 0 else text, chance)
        yield text


@pytest.mark.parametrize("name", ["queens-day-2020", "double-11-2021", "lifecycle"])
def test_a_text_read_in_parts_is_the_text_read_at_once(name: str) -> None:
    told = [(text, what) for text in typed(name, 60) if (what := differs(text)) is not None]
    assert told == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.stem for path in LIBRARY.glob("*.yaml")))
def test_every_calendar_read_in_parts_is_read_as_at_once(name: str) -> None:
    assert [(text, what) for text in typed(name, 2_000) if (what := differs(text)) is not None] == []


ODD = [
    "a: 1\nb: 2\na: 3",
    "a:\n  x: 1\na:\n  y: 2\n",
    "a: 1\na:\n  y: 2\nb: [",
    "a:\n  x: 1\n  x: 2\nb:\n  - c\n  - d: *e\n",
    "a: &e {b: 1}\nc:\n  - *e\n",
    "a: 1\n---\nb: 2",
    "a: 1\n...\nb: 2",
    "a:\n- x\n- y\nb: 1",
    "a:\n  - x\n - y\n",
    "a:\n    b: 1\n  c: 2\n",
    "a: |\n  text\n\n\nb: 2\n",
    "a: 'x\n\nb: y'\nc: 1\n",
    "a:\n  # only a remark\nb: 1\n",
    "? a\n: b\nc: d\n",
    "a:\n  b:\n? c\n: d\n",
    "a: [x,\nb: y]\n",
    "%YAML 1.1\na: 1\n",
    "a: {b\nc: d\n",
    "a:\n  - b: [c\n  - d: e\nf: g\n",
    '"a": 1\nb: 2\n',
    "\ta: 1\n",
    "# only a remark\n",
    "a: " + "[" * 38 + "]" * 38,
    "a:\n  b: " + "[" * 38 + "]" * 38,
]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_read_in_parts_as_at_once(text: str) -> None:
    assert differs(text) is None


def test_only_the_part_that_changed_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    text = (LIBRARY / "double-11-2021.yaml").read_text("utf-8")
    read(text)
    taken: list[int] = []
    take = Reader.take

    def counting(reader: Reader, part: str) -> None:
        taken.append(len(part))
        take(reader, part)

    monkeypatch.setattr(Reader, "take", counting)
    assert read(text.replace("audience: fans-not-joined", "audience: fans", 1)).data is not None
    assert len(taken) == 1
    assert sum(taken) < len(text) / 4


def test_the_same_data_may_be_shared_but_a_reading_is_its_own() -> None:
    one, other = read("a:\n  b: {c: 1}\n"), read("a:\n  b: {c: 1}\n")
    assert one.data is not other.data
    assert one.data is not None
    assert other.data is not None
    assert one.data["a"]["b"] is other.data["a"]["b"]


def test_a_text_is_divided_at_its_keys_and_at_what_stands_below_them() -> None:
    apart = Apart.of("# first\na: 1\nb: # list\n\n  - c\n  - d\n    e\nf:\n  g: h\n")
    assert apart is not None
    assert [(part.text, part.line, part.owner, part.number) for part in apart.parts] == [
        ("a: 1\n", 1, (), None),
        ("b: # list\n\n", 2, (), 0),
        ("  - c\n", 4, ("b",), 0),
        ("  - d\n    e\n", 5, ("b",), 1),
        ("f:\n", 7, (), None),
        ("  g: h\n", 8, ("f",), None),
    ]
    assert Apart.of("a: 1\n---\nb: 2\n") is None
    assert Apart.of("- a\n") is None


def test_what_nobody_asks_for_any_more_is_forgotten() -> None:
    done: list[str] = []

    def work(text: str) -> str:
        done.append(text)
        return text.upper()

    remembered = Remembered(work, turns=2)
    for text in ("a", "b", "c", "d", "e", "f"):
        remembered.turn()
        assert remembered("kept") == "KEPT"
        assert remembered(text) == text.upper()
    assert done.count("kept") == 1
    assert remembered("a") == "A"
    assert done.count("a") == 2
