"""The most parts a message may be billed as, by play and channel, from its rendered texts (B3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_calendars.checks import load_store
from campaign_calendars.messages.cost import NAMES, parts_of
from campaign_calendars.messages.templates import Messages, lint_messages, names_of
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from tasks.calendars.parts import most_parts
from tasks.calendars.rendering import MessageError, Renderer
from warehouse.ledger.records import Job
from warehouse.snapshots.recipients import Recipient

AT = datetime(2026, 3, 8, 2, tzinfo=UTC)
STORE = """
store: corner
title: {zh: 店}
tiers: {window: 365d, levels: [{id: basic, spend: 0}]}
channels:
  sms: {title: {zh: 短信}, kind: sms, consent: implied, unit_cost: 0.06%s}
  free: {title: {zh: 免费}, kind: sms, consent: implied}
  push: {title: {zh: 推送}, kind: push, consent: implied, unit_cost: 0.10}
"""
CALENDAR = """
calendar: sale
title: {zh: 促销}
store: corner
timezone: Asia/Shanghai
audiences: {all: joined}
links: {sale: "https://example.com/a-long-address-of-a-page?of=the-sale"}
benefits:
  small: {kind: member_coupon, threshold: 50, value: 5, title: {zh: 券}}
  large: {kind: member_coupon, threshold: 50, value: 10, title: {zh: 二十个字的名称二十个字的名称二十个字的名}}
phases:
  - id: burst
    kind: burst
    window: {from: 2026-03-08, to: 2026-03-09}
    plays:
      - {id: p, audience: all, channels: [sms, free, push], at: 2026-03-08 10:00, %s}
"""
OPT_OUT = len("，拒收请回复R")


def loaded(said: str, channel: str = "") -> LoadedCalendar:
    read, store = load_calendar(CALENDAR % said), load_store(STORE % channel, "s.yaml")
    assert store.model is not None, store.problems
    assert read.model is not None, read.problems
    return bind(read, store.model)


def counted(root: Path, said: str = "message: m.txt", channel: str = "", **texts: str) -> int:
    """Parts on the channel sms; no other one has more than one that costs anything."""
    for name, text in texts.items():
        (root / f"{name}.txt").write_text(text, "utf-8")
    found = most_parts(loaded(said, channel), root)
    assert {place[2] for place in found} <= {"sms"}, "what is free, and what is no SMS, has one part"
    return found.get(("burst", "p", "sms"), 1)


@pytest.mark.parametrize(("characters", "parts"), [(70, 1), (71, 2), (134, 2), (135, 3)])
def test_the_words_to_refuse_and_the_signature_count(tmp_path: Path, characters: int, parts: int) -> None:
    assert counted(tmp_path, m="字" * (characters - OPT_OUT)) == parts
    assert counted(tmp_path, channel=", signature: 四字签名", m="字" * (characters - OPT_OUT - 6)) == parts


def test_the_longest_name_and_none_are_reckoned_with(tmp_path: Path) -> None:
    full = 70 - OPT_OUT
    assert counted(tmp_path, m="{{ member.name }}" + "字" * (full - 6)) == 1
    assert counted(tmp_path, m="{{ member.name }}" + "字" * (full - 5)) == 2
    nameless = "{% if member.name %}{{ member.name }}{% else %}亲爱的会员朋友{% endif %}"
    assert counted(tmp_path, m=nameless + "字" * (full - 7)) == 1, "only one of the branches is ever read"
    assert counted(tmp_path, m=nameless + "字" * (full - 6)) == 2, "who has no name reads the longer one"
    assert counted(tmp_path, m="{{ member.name | default('亲爱的会员朋友', true) }}" + "字" * (full - 6)) == 2


def test_a_name_is_as_long_for_the_check_as_for_the_cost(tmp_path: Path) -> None:
    """C612 tells of the message that a member with a long name would never get."""
    text = "{{ member.name }}" + "字" * (70 - OPT_OUT - 5)
    assert counted(tmp_path, m=text) == 2
    one = loaded("message: m.txt", ", max_segments: 1")
    told = lint_messages(one.calendar, one.store, Messages({"m.txt": text}))
    assert "C612" in {problem.code for problem in told}
    assert not lint_messages(one.calendar, one.store, Messages({"m.txt": text.removesuffix("字")}))


def test_every_benefit_of_the_play_is_reckoned_with(tmp_path: Path) -> None:
    text = "{{ benefit.title }}" + "字" * 45
    assert counted(tmp_path, "benefits: [small], message: m.txt", m=text) == 1
    assert counted(tmp_path, "benefits: [small, large], message: m.txt", m=text) == 2
    assert counted(tmp_path, "announces: [large], message: m.txt", m=text.replace("benefit", "announced") + "x") == 1
    assert counted(tmp_path, "announces: [small, large], message: m.txt", m="{{ announced.titles }}" + "字" * 45) == 2


def test_links_count_as_they_stand_on_the_channel(tmp_path: Path) -> None:
    text = "{{ link.sale }}" + "字" * 30
    assert counted(tmp_path, m=text) == 2
    assert counted(tmp_path, channel=', short_link: "t.cn/{code}"', m=text) == 1


def test_of_texts_that_are_tested_the_longest_counts(tmp_path: Path) -> None:
    said = "texts: {a: a.txt, b: b.txt}, split: {by: conversion}"
    assert counted(tmp_path, said, a="短", b="字" * 80) == 2
    assert counted(tmp_path, said, a="短", b="短") == 1


def test_each_channel_has_the_text_that_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("字" * 200, "utf-8")
    assert counted(tmp_path, "message: {sms: m.txt, default: long.txt}", m="短") == 1
    assert counted(tmp_path, "message: {push: m.txt, default: long.txt}", m="短") == 4


def test_more_parts_than_may_leave_are_not_paid(tmp_path: Path) -> None:
    assert counted(tmp_path, channel=", max_segments: 2", m="字" * 600) == 2


def test_a_text_that_cannot_be_read_or_rendered_has_one_part(tmp_path: Path) -> None:
    assert counted(tmp_path, "message: nothing.txt") == 1
    assert counted(tmp_path, "message: ../m.txt") == 1
    assert counted(tmp_path, m="{{ member.name" + "字" * 99) == 1
    assert counted(tmp_path, m="{{ 1 // 0 }}" + "字" * 99) == 1


_PIECES = st.lists(
    st.sampled_from([
        "{{ member.name }}", "{{ member.name | default('亲', true) }}", "{{ benefit.title }}", "{{ link.sale }}",
        "{{ member.name | first }}女士", "{{ benefit.valid_until }}",
        "{% if member.name %}您好{% else %}您好呀您好呀{% endif %}",
        "春季上新" * 4, "🎁", "\n", "{{ '' if member.name else '字字' }}", "{{ member.name | upper }}",
    ]),
    max_size=14,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_PIECES, st.text("王小明Ab·", max_size=max(map(len, NAMES))), st.sampled_from(["small", "large"]))
def test_no_message_has_more_parts_than_were_reckoned_with(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], name: str, benefit: str
) -> None:
    """Whatever the text does with a name that is not longer than the longest."""
    root, text = tmp_path_factory.mktemp("texts"), "".join(pieces)
    (root / "m.txt").write_text(text, "utf-8")
    about = loaded("benefits: [small, large], message: m.txt")
    most = most_parts(about, root).get(("burst", "p", "sms"), 1)
    channels = about.store.channels
    own = {"opens_at": "", "missing": "", "valid_until": "03-09 23:59", "code": ""}
    render = Renderer({"m.txt": text}, names_of(about.calendar, about.store), channels, own=lambda _job, _name: own)
    job = Job("k", "r", "sale", "burst", "p", AT, "m1", "sms", benefit, "m.txt")
    try:
        leaves = render(job, Recipient("m1", "138", name or None))
    except MessageError:
        return  # it does not leave, and costs nothing
    assert parts_of(leaves, channels["sms"]) <= most


def test_it_is_counted_anew_for_other_words_of_the_calendar(tmp_path: Path) -> None:
    (tmp_path / "m.txt").write_text("{{ benefit.title }}" + "字" * 55, "utf-8")
    one = loaded("benefits: [small], message: m.txt")
    renamed = one.calendar.benefits["small"].model_copy(update={"title": one.calendar.benefits["large"].title})
    other = replace(one, calendar=one.calendar.model_copy(update={"benefits": {"small": renamed}}))
    assert [most_parts(each, tmp_path) for each in (one, other)] == [{}, {("burst", "p", "sms"): 2}]
