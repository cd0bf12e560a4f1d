"""Profiles of providers: every file is read, every figure has its source, and each is honoured somewhere."""

from __future__ import annotations

import re
from datetime import date, time
from importlib.resources import files
from typing import get_args

import pytest
from pydantic import ValidationError

from campaign_calendars.checks import load_store
from campaign_calendars.messages.limits import finished, lint_limits, too_long
from campaign_calendars.messages.sms import length, lint, segments
from campaign_calendars.model.store import PROVIDER_KINDS, Channel, Provider
from campaign_calendars.providers.of_channel import (
    is_quiet,
    lead_days,
    message_cost,
    most_attachments,
    most_members,
    profile_of,
)
from campaign_calendars.providers.profile import Answers, Profile, Stated, profile_named

NAMES = sorted(
    entry.name.removesuffix(".toml")
    for entry in files("campaign_calendars.providers").iterdir()
    if entry.name.endswith(".toml")
)


def channel(provider: Provider | None = None, **keys: object) -> Channel:
    kind = PROVIDER_KINDS[provider] if provider else "sms"
    return Channel.model_validate({"kind": kind, "consent": "required", "provider": provider, **keys})


def test_every_provider_of_the_language_has_its_file_and_every_file_its_provider() -> None:
    assert sorted(get_args(Provider)) == NAMES == sorted(PROVIDER_KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_says_where_it_stands_and_when_it_was_read(name: str) -> None:
    profile = profile_named(name)
    figures = [value for value in dict(profile).values() if isinstance(value, Stated)] + list(profile.number_month)
    assert figures
    assert all(figure.source and date(2020, 1, 1) < figure.seen <= date(2026, 11, 28) for figure in figures)
    for subject in profile.subjects.refused if profile.subjects else ():
        re.compile(subject.pattern)
        assert subject.en
        assert subject.zh


def test_what_is_written_wrongly_is_no_profile() -> None:
    with pytest.raises(KeyError):
        profile_named("../library/daily-2026")
    with pytest.raises(KeyError):
        profile_named("nobody")
    base = {"name": "x", "en": "X", "zh": "X"}
    with pytest.raises(ValidationError):
        Profile.model_validate({**base, "batch": {"value": 0, "source": "s", "seen": date(2026, 1, 1)}})
    with pytest.raises(ValidationError):
        Profile.model_validate({**base, "speed": {"value": 1, "source": "s", "seen": date(2026, 1, 1)}})
    twice = [{"codes": ["a"], "then": "retry"}, {"codes": ["a"], "then": "stop"}]
    with pytest.raises(ValidationError):
        Answers.model_validate({"source": "s", "seen": date(2026, 1, 1), "known": twice})


def test_a_provider_serves_its_kind_of_channel_only() -> None:
    told = load_store(
        "store: s\ntiers: {window: 365d, levels: [{id: basic}]}\nchannels: {push: {kind: push, consent: implied,"
        " provider: wecom}}\n"
    )
    assert any("kind: wecom" in problem.message for problem in told.problems)
    assert profile_of(channel()) is None
    assert profile_of(Channel(kind="wecom", consent="implied")) == profile_named("wecom")


@pytest.mark.parametrize(("hour", "quiet"), [(7, True), (8, False), (19, False), (20, True), (23, True)])
def test_hours_of_the_provider_hold_without_those_of_the_store_and_besides_them(hour: int, quiet: bool) -> None:
    assert is_quiet(channel("alibaba"), time(hour)) is quiet
    shop = channel("alibaba", quiet_hours={"from": "11:00", "to": "12:00"})
    assert is_quiet(shop, time(11, 30))
    assert is_quiet(shop, time(hour)) is quiet
    assert not is_quiet(channel(), time(hour))


def test_huawei_sends_until_nine() -> None:
    assert not is_quiet(channel("huawei"), time(20, 30))
    assert is_quiet(channel("huawei"), time(21))


@pytest.mark.parametrize(("day", "most"), [(date(2023, 5, 1), 4), (date(2024, 2, 1), 29), (date(2026, 2, 9), 28)])
def test_wecom_took_four_a_month_and_takes_as_many_as_the_month_has_days(day: date, most: int) -> None:
    assert profile_named("wecom").month_cap(day) == most


@pytest.mark.parametrize(("count", "parts"), [(70, 1), (71, 2), (150, 3), (160, 3), (600, 9)])
@pytest.mark.parametrize("provider", ["alibaba", "tencent", "huawei"])
def test_segments_of_each_provider(provider: Provider, count: int, parts: int) -> None:
    assert segments(count, channel(provider)) == parts


@pytest.mark.parametrize("provider", ["alibaba", "tencent", "huawei"])
def test_an_sms_ends_with_the_way_to_refuse_and_has_500_characters_at_most(provider: Provider) -> None:
    sms = channel(provider, signature="小店")
    assert finished("上新。", sms) == "上新。拒收请回复R"
    assert too_long("字" * 496, sms) is None
    said = too_long("字" * 497, sms)
    assert said is not None
    assert "501" in said[0]
    assert "501" in said[1]
    assert [problem.code for problem in lint_limits("字" * 497, "m.txt", sms, {})] == ["C615"]


def test_emoji_count_two_in_every_spelling() -> None:
    assert [length(text) for text in ("好", "😀", "👍🏽", "❤")] == [1, 2, 4, 1]


def test_figures_of_groups_wecom_and_approval() -> None:
    assert most_members(channel("taobao_group")) == 1_000_000
    assert most_attachments(channel("wecom")) == 9
    assert lead_days(channel("alibaba")) == 15
    assert lead_days(channel()) == 15


@pytest.mark.parametrize(
    ("provider", "text", "codes"),
    [
        ("alibaba", "积分兑换开始", ["C611"]),
        ("alibaba", "大转盘抽奖", ["C611"]),
        ("alibaba", "一元秒杀", ["C611"]),
        ("alibaba", "加微信领福利", ["C611"]),
        ("alibaba", "葡萄酒节", ["C611"]),
        ("alibaba", "邀请好友得礼", ["C611"]),
        ("alibaba", "优惠券到账", []),
        ("alibaba", "酒店用品上新", []),
        ("tencent", "优惠券到账", ["C611"]),
        ("huawei", "春茶", ["C611"]),
        ("alibaba", "低至¥9", ["C622"]),
        ("tencent", "★上新★", ["C622"]),
    ],
)
def test_words_a_provider_refuses_with_the_reason_and_another_channel(
    provider: Provider, text: str, codes: list[str]
) -> None:
    problems = lint(text, "m.txt", channel(provider), {})
    assert [problem.code for problem in problems] == codes
    profile = profile_named(provider)
    for problem in problems:
        assert profile.en in problem.message
        assert problem.zh is not None
        assert profile.zh in problem.zh
        assert problem.hint
        assert problem.code != "C611" or "the dedicated service" in problem.hint


def test_a_message_costs_what_its_provider_states_unless_the_store_says_otherwise() -> None:
    assert message_cost(channel("alibaba")) == 6
    assert message_cost(channel("alibaba", unit_cost="0.04")) == 4
    assert message_cost(channel("alibaba", unit_cost=0)) == 0
    assert message_cost(channel("tencent")) == message_cost(channel()) == 0
