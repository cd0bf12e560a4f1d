"""Rules of channels and positions at their edges."""

from __future__ import annotations

import pytest

from .examples import problems_of
from .test_checks import codes


def channels(sms: str) -> set[str]:
    return codes(problems_of(f"channels: {{sms: {{{sms}, consent: required}}, push: {{consent: implied}}}}\n"))


def test_the_first_day_of_a_channel_is_the_day_itself() -> None:
    assert "C200" not in channels("ready_from: 2026-03-07")  # the play is sent on 2026-03-07
    assert "C200" in channels("ready_from: 2026-03-08")


def test_a_channel_that_is_ready_needs_no_estimate() -> None:
    assert "C201" in channels("applied_on: 2026-03-01")
    assert "C201" not in channels("applied_on: 2026-03-01, ready_from: 2026-03-06")


def test_approval_counts_the_working_days_around_the_spring_festival() -> None:
    (problem,) = [
        p
        for p in problems_of("channels: {sms: {applied_on: 2026-02-10, consent: required}, push: {consent: implied}}\n")
        if p.code == "C201"
    ]  # 14 and 28 February are worked, 15 to 23 off
    assert "by 2026-03-09" in problem.message
    assert "estimated" not in problem.message
    assert "C201" not in channels("applied_on: 2026-02-09")


def test_approval_beyond_the_published_years_is_called_estimated() -> None:
    text = """\
day_zero: 2031-03-08
channels: {sms: {applied_on: 2031-02-20, consent: required}, push: {consent: implied}}
"""
    (problem,) = [p for p in problems_of(text) if p.code == "C201"]
    assert "estimated" in problem.message
    assert "估算" in problem.zh


def test_a_group_of_a_million_is_the_largest() -> None:
    assert "C202" not in channels("kind: group, group: {kind: member, capacity: 1000000}")
    assert "C202" in channels("kind: group, group: {kind: member, capacity: 1000001}")


@pytest.mark.parametrize("key", ["level: 3", "group: {kind: member}"])
def test_a_key_that_its_kind_does_not_have_is_an_error(key: str) -> None:
    assert "C022" in channels(f"kind: sms, {key}")


@pytest.mark.parametrize(
    ("words", "fits"), [("一二三四五六七八九十一二三", True), ("一二三四五六七八九十一二三四", False)]
)
def test_thirteen_characters_fit(words: str, fits: bool) -> None:
    problems = problems_of(
        f"""\
positions: {{home_page: {{max_copy: 13}}}}
phases:
  - id: burst
    kind: burst
    window: {{from: D-3, to: D}}
    plays:
      - id: p
        audience: everybody
        benefits: [c]
        positions: [home_page]
        displays: {{home_page: {{copy: {words}}}}}
"""
    )
    assert ("C206" not in codes(problems)) == fits


def test_words_for_a_position_the_play_does_not_use_are_found() -> None:
    problems = problems_of(
        """\
phases:
  - id: burst
    kind: burst
    window: {from: D-3, to: D}
    plays: [{id: p, audience: everybody, positions: [home_page], displays: {home_pag: {copy: hi}}}]
"""
    )
    (problem,) = [p for p in problems if p.code == "C206"]
    assert "home_page" in problem.hint
