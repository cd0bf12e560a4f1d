"""Checking a calendar with its message templates: where they are looked for, what is said, what is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaign_calendars.findings.problem import Problem
from tasks.calendars.checking import read_calendar
from tasks.calendars.messages import Known, _is_plain, check_message

CALENDAR = """\
calendar: small
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences: {everybody: joined}
benefits:
  c: {kind: member_coupon, threshold: 199, value: 30, stock: 10}
  s: {kind: partner, brand: 优酷, item: 会员, unit_cost: 0}
phases:
  - id: burst
    kind: burst
    window: {from: D-3, to: D}
    plays:
      - id: p
        audience: everybody
        benefits: [c, s]
        channels: [sms, push, chat]
        at: D-1 10:00
        message: messages/offer.txt
"""
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}]}
channels:
  sms: {kind: sms, provider: huawei, consent: required}
  push: {consent: implied}
  chat: {consent: implied}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("calendars", "stores", "messages"):
        (tmp_path / folder).mkdir()
    (tmp_path / "promocal.toml").write_text("")
    (tmp_path / "stores" / "shop.yaml").write_text(STORE, "utf-8")
    (tmp_path / "calendars" / "small.yaml").write_text(CALENDAR, "utf-8")
    (tmp_path / "messages" / "offer.txt").write_text("领取优惠券。\n", "utf-8")
    return tmp_path


def problems(project: Path, *, with_messages: bool = True) -> list[Problem]:
    return read_calendar(project / "calendars" / "small.yaml", with_messages=with_messages)[1]


def test_a_template_of_the_project_is_checked_in_its_own_file(project: Path) -> None:
    (problem,) = problems(project)
    assert (problem.code, problem.severity) == ("C611", "warning")
    assert str(problem.location) == f"{project}/messages/offer.txt:1:1"
    assert problems(project, with_messages=False) == []


def test_a_missing_template_is_located_in_the_calendar_and_stops_it(project: Path) -> None:
    (project / "messages" / "offer.txt").unlink()
    loaded, (problem,) = read_calendar(project / "calendars" / "small.yaml", with_messages=True)
    assert loaded is None
    assert (problem.code, problem.location.line) == ("C604", 19)
    (project / "messages" / "offer.txt").write_bytes(b"\xff\xfe")
    (problem,) = problems(project)
    assert "UTF-8" in problem.message


def test_a_calendar_without_a_project_is_not_blamed_for_missing_templates(project: Path) -> None:
    (project / "promocal.toml").unlink()
    assert [p.code for p in problems(project)] == ["C611"]
    (project / "messages" / "offer.txt").unlink()
    assert problems(project) == []


def test_a_warning_about_a_message_is_accepted_with_a_reason(project: Path) -> None:
    file = project / "calendars" / "small.yaml"
    file.write_text(CALENDAR + "accept: {C611: the platform's own SMS}\n", "utf-8")
    (problem,) = problems(project)
    assert problem.severity == "info"
    assert "the platform's own SMS" in problem.message
    # Where nobody looks at the messages, nobody can say that the acceptance is idle.
    assert problems(project, with_messages=False) == []
    (project / "messages" / "offer.txt").write_text("上新了。", "utf-8")
    assert [p.code for p in problems(project)] == ["C191"]


def test_templates_are_checked_beside_errors_of_the_calendar(project: Path) -> None:
    file = project / "calendars" / "small.yaml"
    file.write_text(CALENDAR.replace("audience: everybody", "audience: everbody"), "utf-8")
    (project / "messages" / "offer.txt").write_text("{{ member.phone }}，上新了。", "utf-8")
    assert [p.code for p in problems(project)] == ["C129", "C120", "C602", "C614"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("上新了", True),
        ("{% if member.name %}{{ member.name }}，{% else %}您好，{% endif %}{{ play.title }}", True),
        ("{{ member.name|upper }}", False),
        ("{{ member.phone }}", False),
        ("{% if member.name %}x", False),
        ("x{% endif %}", False),
        ("{% if member.name %}{% else %}{% else %}{% endif %}", False),
        ("{# note #}x", False),
        ("{{ member.name }", False),
        ("{% raw %}{{ member.name }}{% endraw %}", False),
    ],
)
def test_plain_templates_pass_without_the_engine_and_the_engine_agrees(text: str, plain: bool) -> None:
    assert _is_plain(text, Known()) == plain
    if plain:
        assert check_message(text, "m.txt") == []


def test_a_plain_template_that_names_a_benefit_needs_one() -> None:
    assert _is_plain("{{ benefit.text }}", Known())
    assert not _is_plain("{{ benefit.text }}", Known(frozenset({"benefit"})))
