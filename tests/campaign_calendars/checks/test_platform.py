"""Measures of the platform and the days with benefits online, at their edges."""

from __future__ import annotations

import pytest

from .examples import problems_of
from .test_checks import codes


@pytest.mark.parametrize(
    ("first", "last", "closed"),
    [
        ("2026-03-07", "2026-03-07", True),  # the play is sent on 2026-03-07
        ("2026-03-08", "2026-03-09", False),
        ("2026-03-01", "2026-03-06", False),
    ],
)
def test_first_and_last_day_of_a_measure_belong_to_it(first: str, last: str, closed: bool) -> None:
    problems = problems_of(f"restrictions: [{{channels: [sms], from: {first}, to: {last}, reason: 限制站内信}}]\n")
    hits = [p for p in problems if p.code == "C210"]
    assert bool(hits) == closed
    assert all(p.zh.endswith("限制站内信") and "push" not in p.message for p in hits)


def test_a_measure_that_ends_before_it_begins_is_an_error() -> None:
    assert "C022" in codes(problems_of("restrictions: [{channels: [sms], from: 2026-03-08, to: 2026-03-07}]\n"))


@pytest.mark.parametrize(("needed", "enough"), [(4, True), (5, False)])
def test_four_days_of_fifteen(needed: int, enough: bool) -> None:
    problems = problems_of(
        f"""\
benefit_days: {needed}
phases:
  - id: burst
    kind: burst
    window: {{from: D-3, to: D}}
    plays: [{{id: p, audience: everybody, benefits: [c], positions: [home_page]}}]
  - {{id: rest, kind: maintenance, window: {{from: D+1, to: D+11}}}}
"""
    )
    found = [p for p in problems if p.code == "C212"]
    assert bool(found) != enough
    assert all("from 2026-03-05 to 2026-03-19" in p.message for p in found)


def test_a_calendar_shorter_than_fifteen_days_is_not_judged() -> None:
    assert "C212" not in codes(problems_of("benefit_days: 15\n"))
