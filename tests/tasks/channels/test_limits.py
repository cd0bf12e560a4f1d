"""`[channels.NAME.limits]`: what is understood, and what is refused with its place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.channels.limits import ChannelLimits, limits_of
from tasks.channels.registry import open_channels
from tasks.settings import Settings
from warehouse.ledger.guarding import Throttle


def settings(**channels: Any) -> Settings:
    return Settings(root=Path("/nowhere"), channels=channels)


@pytest.mark.parametrize(
    ("limits", "throttle"),
    [
        ({}, None),
        ({"canary": 5}, None),
        ({"rate": "100/s"}, Throttle(provider="sms", interval_us=10_000, burst=100)),
        ({"rate": "20/min"}, Throttle(provider="sms", interval_us=3_000_000, burst=1)),
        ({"rate": "3/s", "burst": 9}, Throttle(provider="sms", interval_us=333_334, burst=9)),
        ({"rate": "5000 / h", "provider": "cloud"}, Throttle(provider="cloud", interval_us=720_000, burst=1)),
        ({"daily": 7, "monthly": 70}, Throttle(provider="sms", daily=7, monthly=70)),
    ],
)
def test_limits_are_counted_as_written(limits: dict[str, Any], throttle: Throttle | None) -> None:
    assert limits_of(settings(sms={"kind": "file", "limits": limits}))["sms"].throttle("sms") == throttle


def test_a_channel_without_limits_has_the_usual_breaker(tmp_path: Path) -> None:
    (found,) = limits_of(settings(sms={"kind": "file"})).values()
    assert (found.breaker_wait, found.canary) == (timedelta(minutes=1), None)
    opened = open_channels(
        Settings(root=tmp_path, channels={"sms": {"kind": "file", "limits": {"daily": 3}}}),
    )
    assert set(opened) == {"sms"}


@pytest.mark.parametrize(
    ("limits", "place", "said"),
    [
        ({"rate": "fast"}, "channels.sms.limits.rate", "100/s"),
        ({"rate": "0/s"}, "channels.sms.limits.rate", "100/s"),
        ({"rate": 20}, "channels.sms.limits.rate", "100/s"),
        ({"rate": "1/s; drop table jobs"}, "channels.sms.limits.rate", "100/s"),
        ({"burst": 5}, "channels.sms.limits", "burst needs a rate"),
        ({"daily": 0}, "channels.sms.limits.daily", ""),
        ({"daly": 9}, "channels.sms.limits.daly", "daily"),
        ({"canary_stop": "500%"}, "channels.sms.limits.canary_stop", ""),
        ({"breaker_wait": "2h"}, "channels.sms.limits", "breaker_longest"),
        ({"provider": ""}, "channels.sms.limits.provider", ""),
        ("100/s", "channels.sms.limits.limits", ""),
    ],
)
def test_what_cannot_work_is_refused_when_channels_open(limits: Any, place: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_channels(settings(sms={"kind": "file", "limits": limits}))
    assert caught.value.message.startswith(f"{place}:")
    assert said in caught.value.message + caught.value.remedy


def test_channels_of_one_provider_state_the_same() -> None:
    one, other = ({"kind": "file", "limits": {"provider": "cloud", "daily": daily}} for daily in (5, 6))
    with pytest.raises(UsageError, match=r"channels\.push and channels\.sms name the provider cloud"):
        limits_of(settings(sms=one, push=other))
    assert len(limits_of(settings(sms=one, push=one))) == 2


def test_every_key_has_a_use() -> None:
    assert set(ChannelLimits.model_fields) == {
        "provider", "rate", "burst", "daily", "monthly", "canary", "canary_pause", "canary_stop", "breaker_wait",
        "breaker_longest",
    }  # fmt: skip
