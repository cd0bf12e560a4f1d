"""Every code: its explanation exists in both languages, and its own examples prove it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from campaign_calendars.checks import RULES, check, explain, load_store
from campaign_calendars.checks.coupons import first_basket_not_better, net
from campaign_calendars.findings.problem import Problem
from campaign_calendars.reading.loading import bind, load_calendar

from .examples import CALENDAR, STORE, patched, problems_of, problems_of_example

# Said of data, with tests where it is read.
ELSEWHERE = {code for code in RULES if code[:2] in ("S1", "D4")} | {"S603", "S605", "S610", "S611", "C351"}
FRAGMENTS = {code for code in RULES if code < "C028"}  # their examples are parts of a calendar


def codes(problems: list[Problem]) -> set[str]:
    return {problem.code for problem in problems}


def test_the_small_calendar_itself_has_only_the_advice_about_non_price_benefits() -> None:
    assert codes(problems_of("")) == {"C166"}


@pytest.mark.parametrize("code", sorted(set(RULES) - ELSEWHERE))
def test_examples_of_a_code_fail_and_pass(code: str) -> None:
    fails, passes = RULES[code].examples()
    assert fails
    assert passes
    found = [p for p in problems_of_example(code, fails) if p.code == code]
    assert found, codes(problems_of_example(code, fails))
    for problem in found:
        assert problem.location.line > 0
        assert problem.severity == RULES[code].severity
        assert problem.zh
        assert problem.zh != problem.message
    # A fragment lacks most required keys, which is C021 itself.
    assert code == "C021" or code not in codes(problems_of_example(code, passes))


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_code_is_explained_in_both_languages(code: str) -> None:
    english, chinese = explain(code, "en"), explain(code.lower(), "zh")
    assert english is not None
    assert chinese is not None
    assert RULES[code].title("en").endswith(".")
    assert RULES[code].title("zh").endswith("。")
    assert ("Fails:" in english) == ("不通过：" in chinese) == bool(RULES[code].examples()[0])
    assert "中文" not in english


def test_every_code_the_source_can_print_is_explained() -> None:
    source = Path(__file__).parents[3]
    found = {
        code
        for package in ("campaign_calendars", "warehouse", "tasks", "flows", "promocal")
        for file in (source / package).rglob("*.py")
        for code in re.findall(r"[\"']([CSD]\d{3})[\"']", file.read_text("utf-8"))
    }
    assert found == set(RULES)


def test_unknown_code_has_no_explanation() -> None:
    assert explain("C999") is None


def test_a_wrong_calendar_gives_all_its_problems_at_once_in_file_order() -> None:
    text = patched(
        CALENDAR,
        """\
budget: {total: 100.00, pools: {coupons: 500.00, gifts: 1.00}}
audiences: {everybody: joind, lapsed: lifecycle = 'lots'}
benefits: {c: {kind: member_coupon, value: 30, pool: cupons, tiers: [platinum]}}
phases:
  - id: burst
    kind: burst
    window: {from: D-3, to: D}
    plays:
      - id: p
        audience: everbody
        benefits: [d]
        channels: [smss]
        at: D+1 10:00
        message: m.txt
""",
    )
    calendar, store = load_calendar(text), load_store(STORE)
    assert calendar.model is not None
    assert store.model is not None
    problems = check(bind(calendar, store.model))
    assert [(p.code, p.location.line) for p in problems if p.severity == "error"] == [
        ("C140", 5),
        ("C131", 6),
        ("C136", 6),
        ("C124", 7),
        ("C127", 7),
        ("C120", 14),
        ("C121", 15),
        ("C122", 16),
        ("C107", 17),
    ]
    assert problems == sorted(problems, key=lambda p: p.location)


def test_expression_problem_points_into_the_expression() -> None:
    text = "audiences:\n  everybody: >-\n    joined and\n    recency_dys > 30\n"
    (problem,) = [p for p in problems_of(text) if p.code == "C131"]
    lines = patched(CALENDAR, text).splitlines()
    assert lines[problem.location.line - 1][problem.location.column - 1 :].startswith("recency_dys")


def test_explanation_examples_are_yaml_that_replaces_top_level_keys() -> None:
    for rule in RULES.values():
        if rule.code in FRAGMENTS | ELSEWHERE or not rule.is_of_yaml:
            continue
        for example in rule.examples():
            loaded: Any = yaml.safe_load(example)
            assert isinstance(loaded, dict), rule.code


cents = st.integers(0, 400)


@given(threshold=cents, value=st.integers(1, 300), other=cents, other_value=st.integers(1, 300))
def test_looking_at_the_breakpoints_proves_every_basket(
    threshold: int, value: int, other: int, other_value: int
) -> None:
    member, general = (threshold, value), (other, other_value)
    worse = [
        basket
        for basket in range(max(1, min(threshold, other)), 900)
        if net(basket, member) >= net(basket, general) and net(basket, member) + net(basket, general) > 0
    ]
    assert first_basket_not_better(member, general) == (worse[0] if worse else None)
