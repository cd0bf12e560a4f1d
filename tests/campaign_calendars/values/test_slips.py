"""What tired hands write: each slip is located, named for what it is, and its remedy is what was meant."""

from __future__ import annotations

import pytest

from campaign_calendars.checks import check, load_store
from campaign_calendars.findings.problem import Problem
from campaign_calendars.reading.loading import bind, load_calendar
from campaign_calendars.time.resolving import resolve
from campaign_calendars.values.moments import parse_moment, parse_schedule
from campaign_calendars.values.slips import FESTIVAL_NAMES

CALENDAR = """\
calendar: test
store: shop
timezone: Asia/Shanghai
day_zero: 2026-11-11
verified: true
audiences: {all: joined}
benefits:
  c: {kind: member_coupon, threshold: 199, value: 30, stock: 10}
phases:
  - id: burst
    kind: burst
    window: {from: D-3, to: D}
    plays:
      - id: p
        audience: all
        benefits: [c]
        channels: [push]
        at: D-1 10:00
        message: m.txt
"""
STORE = "store: shop\ntiers: {window: 365d, levels: [{id: basic}]}\nchannels: {push: {consent: implied}}\n"


def problems(old: str, new: str) -> list[Problem]:
    assert old in CALENDAR
    loaded, store = load_calendar(CALENDAR.replace(old, new, 1), "c.yaml"), load_store(STORE).model
    assert store is not None
    found = [*loaded.problems, *(check(bind(loaded, store)) if loaded.model is not None else ())]
    return [problem for problem in found if problem.severity == "error"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026/11/11", "2026-11-11"),
        ("2026年11月11日", "2026-11-11"),
        ("2026.11.11 20:00", "2026-11-11 20:00"),
        ("d-3", "D-3"),
        ("T-3", "D-3"),
        ("D - 3 days", "D - 3"),
        ("D-3天", "D-3"),
        ("D-3d", "D-3"),
        ("D-15个工作日", "D-15wd"),
        ("D-15 working days", "D-15wd"),
        ("D-1 10：00", "D-1 10:00"),
        ("D－1 10:00", "D-1 10:00"),
        ("D-1 10", "D-1 10:00"),
        ("D-1 20点", "D-1 20:00"),
        ("D 24:00", "D 23:59:59"),
        ("presale end + 2 days", "presale end + 2d"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(written: str, meant: str) -> None:
    with pytest.raises(ValueError, match=r"did you mean|last second") as caught:
        parse_moment(written)
    assert repr(meant) in str(caught.value) or "23:59:59" in str(caught.value)
    parse_moment(meant)


@pytest.mark.parametrize("written", ["soon", "D-", "10:00", "11-11", "99点"])
def test_what_cannot_be_guessed_is_shown_how_to_write(written: str) -> None:
    with pytest.raises(ValueError, match="write 2026-03-08"):
        parse_moment(written)


def test_a_time_without_a_day_asks_for_one() -> None:
    with pytest.raises(ValueError, match="'22:30' has no day; write 'daily 22:30'"):
        parse_schedule("22:30")


@pytest.mark.parametrize(("name", "festival"), FESTIVAL_NAMES.items())
def test_chinese_names_of_festivals_lead_to_theirs(name: str, festival: str) -> None:
    with pytest.raises(ValueError, match=f"did you mean '{festival}'"):
        parse_moment({"festival": name, "year": "2026"})


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "says"),
    [
        ("at: D-1 10:00", "at: 22:30", "C022", 18, "没有日期"),
        ("value: 30", "value: 1_0", None, 0, ""),  # a number, as YAML has it
        ("threshold: 199", "threshold: 1,999", "C020", 8, "逗号"),
        ("verified: true", "verified: NO", None, 0, ""),
        ("audiences: {all", "audiences: {on: joined, all", None, 0, ""),  # a name, not true
        ("store: shop", "store: shop\nstore: shop", "C004", 3, "重复"),
        ("    kind: burst", "\tkind: burst", "C002", 11, "制表符"),
        ("store: shop", "store：shop", "C003", 2, "全角冒号"),
        ("benefits: [c]", "benefits: [c，d]", "C003", 16, "全角逗号"),
        ("at: D-1 10:00", "at: D-1 10：00", "C022", 18, "是否想写 'D-1 10:00'"),
        ("kind: burst", "kind: 爆发期", "C024", 11, "burst"),
        ("stock: 10", "holdout: 10", "C020", 8, ""),
        ("audience: all", "audience:all", "C001", 15, "冒号"),
        ("  - id: burst", "  - id: burst\n    window: *x", "C005", 11, ""),
    ],
)
def test_traps_of_handwritten_yaml(old: str, new: str, code: str | None, line: int, says: str) -> None:
    found = problems(old, new)
    if code is None:
        assert found == []
        return
    assert (found[0].code, found[0].location.line) == (code, line)
    assert says in found[0].zh + found[0].hint_zh
    assert found[0].hint
    assert "explain" not in found[0].hint


def test_an_anchor_bomb_is_a_located_error_at_once() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    found = problems("store: shop\n", f"store: shop\n{bomb}")
    assert "C005" in {problem.code for problem in found}
    assert all(problem.location.line > 0 for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("stock: 10", "stock: 10, redemption_rate: 30", "30%"),
        ("member_coupon, threshold: 199, value: 30, stock: 10", "member_gift_001, item: x, unit_cost: 1", "stock"),
        ("value: 30", "value: 300", "Exchange"),
        ("plays:\n", "plays: []\n    x:\n", "Known names"),
    ],
)  # fmt: skip
def test_the_remedy_says_what_to_write(old: str, new: str, hint: str) -> None:
    (problem, *_) = problems(old, new)
    assert hint in problem.hint


def test_a_duty_may_count_from_its_phase() -> None:
    loaded = load_calendar(CALENDAR + "    duties: [{text: 申请签名, due: start - 15wd}]\n").model
    assert loaded is not None
    assert f"{resolve(loaded).due['burst', 0]:%Y-%m-%d}" == "2026-10-19"
