from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.messages.faults import FAULTS
from campaign_calendars.messages.placeholders import foreign_placeholders
from campaign_calendars.messages.templates import VARIABLES, Names, names_of
from campaign_calendars.model.store import Channel
from campaign_calendars.reading.loading import load_calendar
from tasks.calendars.messages import Known, OutsideProjectError, check_message, check_messages, read_message
from tasks.calendars.rendering import MessageError, Renderer
from tasks.reporting.labels import stop_reason
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
    # The ledger keeps the English; a person is told in his language.
    assert stop_reason(str(caught.value), "en") == str(caught.value)
    told = stop_reason(str(caught.value), "zh")
    assert told.startswith("消息 m.txt：")
    assert re.search("未定义|没有|不允许|无法计算", told)


@pytest.mark.parametrize(
    ("template", "zh"),
    [
        ("{{ member.name", "模板意外结束，应为 }}"),
        ("{% if member.name %}", "模板意外结束，缺少 'elif' 或 'else' 或 'endif'；最内层未关闭的是 'if'"),
        ("{% foo %}", "无法识别的标签 'foo'"),
        ("{{ member.name | nope }}", "没有名为 'nope' 的过滤器"),
        ("{{ }}", "应为表达式，实为 }}"),
        ("{{ member.name ? }}", "第 15 个字符 '?' 不应出现"),
        ("{{ (member.name }}", "'}' 不应出现，应为 ')'"),
    ],
)
def test_what_the_engine_cannot_read_is_told_in_chinese(template: str, zh: str) -> None:
    (problem,) = check_message(template, "m.txt")
    assert (problem.code, problem.zh) == ("C601", f"模板无法解析：{zh}")
    with pytest.raises(MessageError) as caught:
        render(template)
    assert stop_reason(str(caught.value), "zh") == f"消息 m.txt：{zh}"


@pytest.mark.parametrize("said", FAULTS)
def test_every_fault_is_told_in_chinese_from_its_english(said: tuple[str, str]) -> None:
    filled = dict.fromkeys(("name", "most", "count", "error", "what", "key"), "7")
    assert stop_reason(said[0].format(**filled), "zh") == said[1].format(**filled)


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


@pytest.mark.parametrize(("count", "leaves"), [(2, True), (57, True), (58, False), (90, False)])
def test_no_sms_has_more_segments_than_its_channel_allows(count: int, leaves: bool) -> None:
    channel = Channel.model_validate({"kind": "sms", "consent": "required", "signature": "小铺", "max_segments": 1})
    renderer = Renderer({"m.txt": "{{ member.name }}好。"}, NAMES, {"sms": channel})
    recipient = Recipient("m1", "138", "长" * (count + 1))
    if leaves:
        assert renderer(job(), recipient).endswith("好。拒收请回复R")
    else:
        with pytest.raises(MessageError, match="2 segments, the channel allows 1") as caught:
            renderer(job(), recipient)
        assert "长" not in str(caught.value)


@pytest.mark.parametrize(
    "template",
    [
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
        "{{ 9 ** 99999999 }}",
        "{{ 'x' * 1000000000 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x' | replace('', 'y' * 9) | replace('', member.name) }}",
        "{{ 1 | round(400000000) }}",
        "{{ member.name ~ '" + "x" * 10_000 + "' }}",
    ],
)
def test_what_would_take_long_or_grow_fails_for_that_message_alone(template: str) -> None:
    with pytest.raises(MessageError, match=r"message m\.txt"):
        render(template)


@pytest.mark.parametrize(
    ("text", "line", "form"),
    [
        ("a\n您的礼遇：{benefit}", 2, "{{ benefit.text }}"),
        ("${name}您好", 1, "{{ member.name }}"),
        ("#{ name }您好", 1, "{{ member.name }}"),
        ("%s您好", 1, "{{ member.name }}"),
        ("%(name)s您好", 1, "{{ member.name }}"),
        ("a\nb\n【姓名】您好", 3, "{{ member.name }}"),
        ("{姓名}您好", 1, "{{ member.name }}"),
        ("{store.title}上新", 1, "{{ store.title }}"),
        ("[[name]]您好", 1, "{{ member.name }}"),
        ("{0}您好", 1, "{{ member.name }}"),
        ("name }} 您好", 1, "{{ member.name }}"),
        ("{ name 您好", 1, "{{ member.name }}"),
    ],
)
def test_placeholders_of_other_tools_are_found_with_the_right_form(text: str, line: int, form: str) -> None:
    (problem,) = foreign_placeholders(text, "m.txt", VARIABLES)
    assert (problem.code, problem.location.line) == ("C607", line)
    assert form in (problem.hint or "")
    assert form in problem.remedy("zh")


@pytest.mark.parametrize(
    "text", ["{{ member.name }}，满100%送", "【限时】上新", "100%新品", "{# {name} #}ok", "{{ '{' }}name{{ '}' }}"]
)
def test_what_only_looks_like_a_placeholder_is_left_alone(text: str) -> None:
    assert list(foreign_placeholders(text, "m.txt", VARIABLES)) == []


@pytest.mark.parametrize(
    "name",
    [
        "../outside.txt",
        "messages/../../outside.txt",
        "/etc/hosts",
        "C:\\x.txt",
        "~/x.txt",
        "a\\..\\..\\x",
        "a\0b.txt",
        "a\nb",
    ],
)
def test_a_path_that_leaves_the_project_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.txt").write_text("secret", "utf-8")
    (tmp_path / "project" / "messages").mkdir(parents=True)
    with pytest.raises(OutsideProjectError):
        read_message(tmp_path / "project", name)


def test_a_link_that_leaves_the_project_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret", "utf-8")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "in.txt").symlink_to(tmp_path / "outside.txt")
    with pytest.raises(OutsideProjectError):
        read_message(tmp_path / "project", "in.txt")


# -- checks before anything is sent -------------------------------------------------------------
def found(text: str, known: Known | None = None) -> list[tuple[str, int]]:
    return [(problem.code, problem.location.line) for problem in check_message(text, "m.txt", known)]


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
        ("{% set n = member.name or '会员' %}{{ n }}", []),
        ("{% for c in member.name %}{{ c }}{% endfor %}", [("C606", 1)]),
        ("a\n{% set n = member.name %}\n{% set n = n ~ n %}", [("C606", 3)]),
        ("a\n{{ 9 ** 99999999 }}", [("C606", 2)]),
        ("{{ 'x'.ljust(1000000000) }}", [("C606", 1)]),
        ("{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}", [("C606", 1), ("C606", 1)]),
        ("a\n{{ " + "not " * 400 + "1 }}", [("C601", 2)]),
        ("a\n{{ " + "not " * 4000 + "1 }}", [("C601", 1)]),
        ("a\n{{ " + "(" * 2400 + "1" + ")" * 2400 + " }}", [("C601", 2)]),
        ("x" * 10_001, [("C601", 1)]),
        ("\n{% include 'other' %}", [("C605", 2)]),
        ("{% extends 'other' %}", [("C605", 1)]),
    ],
)
def test_problems_are_found_with_their_line(text: str, expected: list[tuple[str, int]]) -> None:
    assert found(text) == expected


def test_a_benefit_in_a_play_without_one_is_a_problem() -> None:
    assert found("{{ benefit.title }}", Known(frozenset({"benefit"}))) == [("C603", 1)]
    assert found("hello", Known(frozenset({"benefit"}))) == []
    assert found("{{ list.text }}", Known(frozenset({"list"}))) == [("C603", 1)]
    assert found("{{ link.sale }}", Known(links=("sale",))) == []
    assert found("{{ link.sale }}") == [("C602", 1)]


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


def test_a_post_to_a_group_speaks_to_nobody_by_name(tmp_path: Path) -> None:
    posted = CALENDAR.replace("{id: four, ", "{id: four, message: messages/one.txt, post: broadcast, ")
    (tmp_path / "messages").mkdir()
    (tmp_path / "messages" / "one.txt").write_text("{{ play.title }}\n{{ member.name or '大家' }}", "utf-8")
    for text, lines in ((CALENDAR, []), (posted, [2])):
        calendar = load_calendar(text, "demo.yaml").model
        assert calendar is not None
        problems = check_messages(calendar, tmp_path)[1]
        assert [p.location.line for p in problems if p.code == "C603"] == lines


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
        # As long as a member's own may become; the texts that leave have his.
        "opens_at": "",
        "missing": "",
        "valid_until": "12-31 23:59",
        "code": "",
    }
    assert names.plays["burst", "one"]["title"] == "one"
    text = Renderer(sources, names)(
        Job("k", "r", "demo", "burst", "one", T0, "m1", "sms", "coupon", "messages/one.txt"), Recipient("m1")
    )
    assert text == "\n满199减30"
