"""Length, segments and the rules of SMS texts."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from campaign_calendars.checks import explain, load_store
from campaign_calendars.messages.sms import length, lint, longest, segments
from campaign_calendars.model.store import Channel
from campaign_calendars.reading.loading import load_calendar
from tasks.calendars.messages import check_messages

LIBRARY = files("campaign_calendars") / "library"


def channel(**keys: object) -> Channel:
    return Channel.model_validate({"kind": "sms", "consent": "required", **keys})


def codes(text: str, **keys: object) -> list[str]:
    problems = lint(text, "m.txt", channel(**keys), {"member.name": 4})
    assert all(problem.zh and problem.hint_zh and explain(problem.code, "zh") for problem in problems)
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("count", "parts"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3), (150, 3), (160, 3), (600, 9)]
)
def test_segments_are_those_of_the_providers(count: int, parts: int) -> None:
    assert segments(count) == parts


def test_emoji_count_twice_and_variables_as_long_as_they_may_become() -> None:
    assert length("好a😀") == 4
    assert longest("{% if member.name %}{{ member.name }}，{% endif %}好{# 注 #}", {"member.name": 4}) == 6


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("上新提醒。拒收请回复R\n", []),
        ("上新提醒。", ["C610"]),
        ("上新提醒。拒收请回复R{% if member.name %}{% endif %}", []),
        ("【店】上新。拒收请回复R", ["C613"]),
    ],
)
def test_how_to_refuse_and_brackets(text: str, found: list[str]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "provider", "found"),
    [
        ("领取优惠券，拒收请回复R", "tencent", ["C611"]),
        ("领取优惠券，拒收请回复R", "alibaba", []),
        ("新茶上市，拒收请回复R", "huawei", ["C611"]),
        ("新茶上市，拒收请回复R", "tencent", []),
        ("积分抽奖，拒收请回复R", "huawei", ["C611", "C611"]),
    ],
)
def test_subjects_a_provider_refuses(text: str, provider: str, found: list[str]) -> None:
    assert codes(text, provider=provider) == found


def test_the_signature_counts() -> None:
    text = "字" * 58 + "拒收请回复R"  # 64 characters
    assert codes(text, signature="四字签名", max_segments=1) == []
    assert codes(text, signature="五个字签名", max_segments=1) == ["C612"]


def test_other_channels_have_no_such_rules() -> None:
    assert lint("【店】", "m.txt", Channel(kind="push", consent="implied"), {}) == []


@pytest.mark.parametrize("name", sorted(e.name for e in LIBRARY.iterdir() if e.name.endswith(".yaml")))
def test_shipped_messages_keep_the_rules_of_their_store(name: str) -> None:
    calendar = load_calendar((LIBRARY / name).read_text("utf-8")).model
    assert calendar is not None
    store = load_store((LIBRARY / "stores" / f"{calendar.store}.yaml").read_text("utf-8")).model
    assert check_messages(calendar, Path(str(LIBRARY)), store)[1] == []
