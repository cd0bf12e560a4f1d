"""Accepted warnings become remarks with their reason; everything else about `accept` is said."""

from __future__ import annotations

import pytest

from campaign_calendars.checks import RULES

from .examples import problems_of
from .test_checks import codes


def test_accepted_warning_is_a_remark_with_its_reason() -> None:
    (problem,) = problems_of("accept: {C166: {zh: 只做低价, en: price is all we have}}")
    assert (problem.code, problem.severity) == ("C166", "info")
    assert problem.message.endswith("(accepted: price is all we have)")
    assert problem.zh.endswith("（已接受：只做低价）")
    assert not problem.hint


def test_what_is_not_accepted_stays_a_warning() -> None:
    problems = problems_of(
        "accept: {C166: price}\ntimezone: Asia/Shanghai\naudiences: {everybody: joined, x: joined}\n"
    )
    assert {p.code: p.severity for p in problems} == {"C166": "info", "C129": "warning"}


@pytest.mark.parametrize(("code", "says"), [("C999", "no check"), ("C120", "no warning"), ("C108", "no warning")])
def test_errors_remarks_and_unknown_codes_cannot_be_accepted(code: str, says: str) -> None:
    problems = [p for p in problems_of(f"accept: {{{code}: because}}") if p.code == "C190"]
    assert len(problems) == 1
    assert says in problems[0].message
    assert problems[0].severity == "error"


def test_an_error_stays_an_error_whatever_is_accepted() -> None:
    problems = problems_of("accept: {C120: we know}\naudiences: {somebody: joined}\n")
    assert {p.severity for p in problems if p.code == "C120"} == {"error"}


def test_a_reason_is_needed() -> None:
    problems = problems_of("accept: {C166: {en: ''}}")
    assert {p.code: p.severity for p in problems} == {"C166": "warning", "C190": "error", "C191": "warning"}


def test_every_warning_of_check_is_known_to_accept() -> None:
    for code in (code for code, rule in RULES.items() if rule.severity == "warning" and rule.run):
        assert "C190" not in codes(problems_of(f"accept: {{{code}: reason}}")), code
