"""Hand-written YAML: scalars stay text, every trap is located, nothing hangs or raises."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.reading.source import read


def test_scalars_stay_the_text_that_was_written() -> None:
    source = read("a: 22:30\nb: NO\nc: on\nd: 1_000\ne: 007\nf: 2026-03-08\ng: 1e3\nh: '~'\n")
    assert source.problems == []
    assert source.data == {
        "a": "22:30",
        "b": "NO",
        "c": "on",
        "d": "1_000",
        "e": "007",
        "f": "2026-03-08",
        "g": "1e3",
        "h": "~",
    }


@pytest.mark.parametrize("null", ["", "~", "null", "Null", "NULL"])
def test_null_forms_mean_nothing(null: str) -> None:
    assert read(f"a: {null}\nb: x\n").data == {"a": None, "b": "x"}


TRAPS = [
    ("a: b\n\tc: d", "C002", 2, 1),
    ("a:\n  - x\n \t- y", "C002", 3, 2),
    ("id：burst\nb: 1", "C003", 1, 3),
    ("a:\n  - id：x\n    b: 1", "C003", 2, 7),
    ("a: [甲，乙]", "C003", 1, 6),
    ("a: {zh：x}", "C003", 1, 7),
    ("a:\n　b: 1", "C003", 2, 1),
    ("a: 1\nb: 2\na: 3", "C004", 3, 1),
    ("a:\n  - {x: 1, x: 2}", "C004", 2, 12),
    ("a: *x", "C005", 1, 4),
    ("a: &x [*x]", "C005", 1, 8),
    ("a: &x {b: 1}\nc:\n  <<: *x", "C006", 3, 3),
    ("a: !!python/object:os.system x", "C007", 1, 4),
    ("a: !mine x", "C007", 1, 4),
    ("a: 1\n---\nb: 2", "C008", 2, 1),
    ("[a]: b", "C009", 1, 1),
    ("a: {{ member.name }}", "C009", 1, 5),
    ("~: b", "C009", 1, 1),
    ("", "C010", 1, 1),
    ("- a", "C010", 1, 1),
    ("a: " + "[" * 60, "C011", 1, 43),
    ("a: " + "x" * 1_000_001, "C011", 1, 1),
    ("a: b\nc: \x07", "C012", 2, 4),
    ("a: b\u2028c: d", "C012", 1, 5),
    ("a: b: c", "C001", 1, 5),
    ("a: 'x", "C001", 1, 6),
    ("a: @x", "C001", 1, 4),
]


@pytest.mark.parametrize(("text", "code", "line", "column"), TRAPS)
def test_trap_is_reported_where_it_stands(text: str, code: str, line: int, column: int) -> None:
    problems = read(text, "c.yaml").problems
    assert [(p.code, p.location.line, p.location.column) for p in problems] == [(code, line, column)]
    assert problems[0].zh != problems[0].message
    assert problems[0].hint
    assert problems[0].hint_zh


def test_full_width_punctuation_inside_texts_is_no_problem() -> None:
    source = read('a: |\n  id：x\n  b：y\nc: "d：e，f"\ng: 满199，减30：好\nh: [甲、乙, "丙，丁"]\n')
    assert source.problems == []
    assert source.data is not None
    assert source.data["h"] == ["甲、乙", "丙，丁"]


def test_all_recoverable_traps_are_reported_at_once_and_the_rest_is_read() -> None:
    source = read("a: 1\na: 2\nb: !x 3\nc: [甲，乙]\nd: *no\ne: fine\n")
    assert [p.code for p in source.problems] == ["C004", "C007", "C003", "C005"]
    assert source.data is not None
    assert source.data["a"] == "1"
    assert source.data["e"] == "fine"


def test_aliases_work_and_bombs_do_not() -> None:
    assert read("a: &x [1, 2]\nb: *x\n").data == {"a": ["1", "2"], "b": ["1", "2"]}
    levels = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    levels += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    started = time.perf_counter()
    problems = read("\n".join(levels)).problems
    assert [p.code for p in problems] == ["C005"]
    assert time.perf_counter() - started < 2


def test_places_of_keys_values_and_characters() -> None:
    text = "\ufeffa:\r\n  where: >-  # folded\r\n    joined and\r\n    spend > 1\r\nb: 'x  yz'\r\nc:\r\n  - d: 1\r\n"
    locations = read(text, "f.yaml").locations
    assert str(locations.at(("a", "where"), "key")) == "f.yaml:2:3"
    assert str(locations.at(("a", "where"), offset=len("joined and spend > ") + 0)) == "f.yaml:4:13"
    assert str(locations.at(("b",), offset=4)) == "f.yaml:5:9"
    assert str(locations.at(("c", 0, "d"))) == "f.yaml:7:8"
    assert str(locations.at(("c", 0, "missing", "deep"))) == "f.yaml:7:5"
    assert str(locations.at(("a",))) == "f.yaml:1:1"


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"%@`#?,\n \t：，~<　é\u2028\x00"), max_size=60))
def test_any_text_is_read_or_explained(text: str) -> None:
    source = read(text)
    assert (source.data is not None) or source.problems
    for problem in source.problems:
        assert problem.location.line >= 1
        assert problem.location.column >= 1
        assert problem.location.line <= text.count("\n") + 2


def test_every_place_points_at_the_key_it_names() -> None:
    text = "甲: 1\nb:\n  丙丙: {d: x, 'e': y}\n  f:\n    - g\n    - h: z\n"
    locations = read(text).locations
    lines = text.split("\n")
    for path, (line, column) in locations.keys.items():
        assert lines[line - 1][column - 1 :].lstrip("'").startswith(str(path[-1]))
