from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.messages.templates import Names, names_of
from campaign_calendars.reading.loading import load_calendar
from tasks.calendars.messages import MessageError, Renderer, check_message, check_messages
from warehouse.ledger.records import Job
from warehouse.snapshots.recipients import Recipient

T0 = datetime(2026, 3, 8, 2, tzinfo=UTC)
NAMES = Names(
    calendar={"id": "c", "title": "女王节"},
    store={"title": "示例店"},
    phases={"burst": {"id": "burst", "title": "爆发"}},
    plays={("burst", "recall"): {"id": "recall", "title": "召回"}},
    benefits={"coupon": {"id": "coupon", "title": "会员券", "text": "满199减30", "value": "30", "threshold": "199"}},
)


def job(benefit: str | None = "coupon", message: str | None = "m.txt") -> Job:
    return Job("k", "r", "c", "burst", "recall", T0, "m1", "sms", benefit, message)


def render(template: str, *, name: str | None = "王小明", **of: Any) -> str:
    return Renderer({"m.txt": template}, NAMES)(job(**of), Recipient("m1", "138", name))


def test_a_message_sees_member_benefit_and_calendar() -> None:
    template = (
        "{{ member.name }}，{{ calendar.title }}{{ phase.title }}：{{ benefit.title }}{{ benefit.text }}，"
        "减{{ benefit.value }}（满{{ benefit.threshold }}）。{{ play.title }}@{{ store.title }}"
    )
    assert render(template) == "王小明，女王节爆发：会员券满199减30，减30（满199）。召回@示例店"


def test_a_member_without_a_name_gets_the_default() -> None:
    assert render("{{ member.name or '会员' }}您好", name=None) == "会员您好"
    assert render("{{ member.name | default('会员', true) }}您好", name=None) == "会员您好"


def test_a_play_without_a_message_has_no_text() -> None:
    assert render("whatever", message=None) == ""


def test_text_is_not_escaped_and_lines_are_kept() -> None:
    assert render("a < b & c\n{% if benefit %}\nyes\n{% endif %}\nend") == "a < b & c\nyes\nend"


@pytest.mark.parametrize(
    "template",
    [
        "{{ member.points }}",
        "{{ nobody }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ member.name.__init__.__globals__ }}",
        "{{ 1 // 0 }}",
        "{{ member.update({'name': 'x'}) }}",
    ],
)
def test_what_cannot_be_rendered_fails_without_naming_the_member(template: str) -> None:
    with pytest.raises(MessageError) as caught:
        render(template)
    assert str(caught.value).startswith("message m.txt: ")
    assert "王小明" not in str(caught.value)


def test_a_benefit_is_missing_where_the_job_has_none() -> None:
    assert render("{% if benefit is defined %}x{% endif %}hello", benefit=None) == "hello"
    with pytest.raises(MessageError, match="benefit"):
        render("{{ benefit.title }}", benefit=None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"message": "other.txt"}, "message other.txt"),
        ({"play": "gone"}, "play burst/gone"),
        ({"benefit": "gone"}, "benefit gone"),
    ],
)
def test_what_left_the_calendar_since_the_enqueue_is_named(changed: dict[str, Any], words: str) -> None:
    renderer = Renderer({"m.txt": "x"}, NAMES)
    with pytest.raises(MessageError, match=f"{words} is no longer in the calendar"):
        renderer(replace(job(), **changed), Recipient("m1"))


# -- checks before anything is sent -------------------------------------------------------------
def found(text: str, **keys: bool) -> list[tuple[str, int]]:
    return [(problem.code, problem.location.line) for problem in check_message(text, "m.txt", **keys)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ member.name }} {{ benefit.value }}", []),
        ("one\ntwo {{ member.nmae }}\n{{ membre.name }}", [("C602", 2), ("C602", 3)]),
        ("{{ member['phone'] }}", [("C602", 1)]),
        ("a\n{% if member.name %}\nb", [("C601", 3)]),
        ("a\n\n{{ member.name | shout }}", [("C601", 3)]),
        ("{{ range(10) }}", [("C602", 1)]),
        ("{{ member.name | random }}", [("C601", 1)]),
        ("{% set n = member.name or '会员' %}{{ n }}{% for c in n %}{{ c }}{{ loop.index }}{% endfor %}", []),
        ("\n{% include 'other' %}", [("C605", 2)]),
        ("{% extends 'other' %}", [("C605", 1)]),
    ],
)
def test_problems_are_found_with_their_line(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(text) == expected


def test_a_benefit_in_a_play_without_one_is_a_problem() -> None:
    assert found("{{ benefit.title }}", has_benefit=False) == [("C603", 1)]
    assert found("hello", has_benefit=False) == []


def test_problems_have_a_remedy_in_both_languages() -> None:
    for text in ("{{ nmae }}", "{% if"):
        [problem] = check_message(text, "m.txt")
        assert problem.hint
        assert problem.remedy("zh") != problem.hint
        assert problem.text("zh") != problem.message
    assert "member.name" in check_message("{{ nmae }}", "m.txt")[0].hint


CALENDAR = """
calendar: demo
title: {zh: 女王节, en: Queens}
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences: {all: {where: joined}}
benefits:
  coupon: {kind: member_coupon, title: {zh: 会员券, en: Coupon}, threshold: 199.00, value: 30.00}
phases:
  - id: burst
    kind: burst
    window: {from: D-1, to: D+0}
    plays:
      - {id: one, audience: all, benefits: [coupon], channels: [sms], at: D+0 10:00, message: messages/one.txt}
      - {id: two, audience: all, channels: [sms], at: D+0 10:00, message: messages/one.txt}
      - {id: three, audience: all, channels: [sms], at: D+0 10:00, message: messages/gone.txt}
      - {id: four, audience: all, channels: [sms], at: D+0 10:00}
"""
STORE = """
store: shop
tiers: {window: 365d, levels: [{id: basic, spend: 0.00}]}
channels: {sms: {consent: required}}
"""


def test_a_calendar_is_checked_with_all_its_messages(tmp_path: Path) -> None:
    calendar = load_calendar(CALENDAR, "demo.yaml").model
    store = load_store(STORE, "shop.yaml").model
    assert calendar is not None
    assert store is not None
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "one.txt").write_text("{{ member.name }}\n{{ benefit.text }}", "utf-8")
    sources, problems = check_messages(calendar, tmp_path)
    assert [(p.code, str(p.location)) for p in problems] == [
        ("C604", "messages/gone.txt"),
        ("C603", "messages/one.txt:2:1"),
    ]
    names = names_of(calendar, store, "zh")
    assert names.benefits["coupon"] == {
        "id": "coupon",
        "title": "会员券",
        "text": "满199减30",
        "value": "30",
        "threshold": "199",
    }
    assert names.plays["burst", "one"]["title"] == "one"
    text = Renderer(sources, names)(
        Job("k", "r", "demo", "burst", "one", T0, "m1", "sms", "coupon", "messages/one.txt"), Recipient("m1")
    )
    assert text == "\n满199减30"
