"""Length, segments and the rules of SMS texts."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from campaign_calendars.checks import explain, load_store
from campaign_calendars.messages.limits import lint_limits
from campaign_calendars.messages.sms import length, lint, longest, segments, with_opt_out
from campaign_calendars.model.store import Channel
from campaign_calendars.reading.loading import load_calendar
from tasks.calendars.messages import check_messages

LIBRARY = files("campaign_calendars") / "library"


def channel(**keys: object) -> Channel:
    return Channel.model_validate({"kind": "sms", "consent": "required", **keys})


def codes(text: str, **keys: object) -> list[str]:
    rules = (text, "m.txt", channel(**keys), {"member.name": 4})
    problems = [*lint(*rules), *lint_limits(*rules)]
    assert all(problem.zh and problem.hint_zh and explain(problem.code, "zh") for problem in problems)
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    ("count", "parts"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3), (150, 3), (160, 3), (600, 9)]
)
def test_segments_are_those_of_the_providers(count: int, parts: int) -> None:
    assert segments(count) == parts


def test_emoji_count_twice_and_variables_as_long_as_they_may_become() -> None:
    assert length("好a😀") == 4
    assert longest("{% if member.name %}{{ member.name }}，{% endif %}好。{# 注 #}", {"member.name": 4}) == 13


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("上新提醒。拒收请回复R\n", []),
        ("上新提醒。", []),
        ("上新提醒，回复TD退订", ["C610"]),
        ("上新提醒。退订回T", ["C610"]),
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


def test_other_channels_have_no_such_rules_and_no_way_to_refuse_by_sms() -> None:
    push = Channel(kind="push", consent="implied")
    assert lint("【店】", "m.txt", push, {}) == []
    assert [p.code for p in lint_limits("上新。拒收请回复R", "m.txt", push, {})] == ["C610"]


def test_variables_of_promotional_texts_once_the_provider_has_approved_them() -> None:
    assert codes("{{ member.name }}，上新提醒", provider="huawei") == ["C614"]
    assert codes("{{ member.name }}，上新提醒", provider="huawei", promo_variables=True) == []


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("上新提醒。\n", "上新提醒。拒收请回复R"),
        ("上新提醒", "上新提醒，拒收请回复R"),
        ("上新 https://t.cn/a1", "上新 https://t.cn/a1 拒收请回复R"),
        ("上新提醒。拒收请回复R", "上新提醒。拒收请回复R"),
    ],
)
def test_every_sms_ends_with_the_way_to_refuse_once(text: str, ended: str) -> None:
    assert with_opt_out(text) == ended
    assert longest(text, {}) == length(ended)


def test_wecom_counts_bytes_and_others_what_their_channel_says() -> None:
    wecom = Channel(kind="wecom", consent="implied")
    assert not list(lint_limits("字" * 1333 + "a", "m.txt", wecom, {}))
    (problem,) = lint_limits("字" * 1333 + "{{ member.name }}", "m.txt", wecom, {"member.name": 1})
    assert (problem.code, problem.message) == ("C615", "the text may have 4002 bytes, WeCom takes 4000")
    push = Channel(kind="push", consent="implied", max_chars=10)
    assert not list(lint_limits("{{ member.name }}好好好好好好", "m.txt", push, {"member.name": 4}))
    (problem,) = lint_limits("{{ member.name }}好好好好好好好", "m.txt", push, {"member.name": 4})
    assert problem.message == "the text may have 11 characters, the channel takes 10"


@pytest.mark.parametrize("name", sorted(e.name for e in LIBRARY.iterdir() if e.name.endswith(".yaml")))
def test_shipped_messages_keep_the_rules_of_their_store(name: str) -> None:
    calendar = load_calendar((LIBRARY / name).read_text("utf-8")).model
    assert calendar is not None
    store = load_store((LIBRARY / "stores" / f"{calendar.store}.yaml").read_text("utf-8")).model
    assert check_messages(calendar, Path(str(LIBRARY)), store)[1] == []
