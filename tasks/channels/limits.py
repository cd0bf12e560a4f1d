"""`[channels.NAME.limits]`: how much a provider takes, and how carefully a channel is used.

These keys are read for every kind of channel and are none of the kind's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from campaign_calendars.model.store import PROVIDER_KINDS, Provider
from campaign_calendars.providers.profile import profile_named
from campaign_calendars.values.scalars import Duration, Share, UnfitError
from tasks.settings import Settings, validated
from warehouse.ledger.guarding import Throttle

LIMITS = "limits"
_RATE = re.compile(r"\s*(\d{1,7})\s*/\s*(s|min|h|d)\s*")
_UNITS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_MICRO = 1_000_000
# Kinds that are for one provider only; others name theirs with a key `profile`.
_OF_KIND: Mapping[str, Provider] = {"aliyun_sms": "alibaba", "wecom": "wecom", "smtp": "smtp"}


class Rate(BaseModel):
    """`100/s`, `20/min`, `5000/h`: so many messages in so many seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    messages: Annotated[int, Field(ge=1)]
    seconds: Annotated[int, Field(ge=1)]


def _rate(value: Any) -> Any:
    found = _RATE.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0:
        raise UnfitError("a rate is written like 100/s, 20/min or 5000/h", "速率的写法如 100/s、20/min 或 5000/h")
    return {"messages": int(found[1]), "seconds": _UNITS[found[2]]}


class ChannelLimits(BaseModel):
    """How a channel is used, whatever its kind. Channels with the same `provider` share rate and caps."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Annotated[str, Field(min_length=1)] | None = None
    rate: Annotated[Rate, BeforeValidator(_rate)] | None = None
    burst: Annotated[int, Field(ge=1, le=100_000)] | None = None
    daily: Annotated[int, Field(ge=1)] | None = None
    monthly: Annotated[int, Field(ge=1)] | None = None
    canary: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    canary_pause: Duration = timedelta(minutes=10)
    canary_stop: Share = 500
    breaker_wait: Duration = timedelta(minutes=1)
    breaker_longest: Duration = timedelta(hours=1)

    @model_validator(mode="after")
    def _fits(self) -> ChannelLimits:
        if self.burst is not None and self.rate is None:
            raise UnfitError("burst needs a rate", "burst 需要同时写 rate")
        if self.breaker_wait <= timedelta() or self.breaker_longest < self.breaker_wait:
            raise UnfitError(
                "breaker_wait is above zero and not longer than breaker_longest",
                "breaker_wait 应大于零，且不长于 breaker_longest",
            )
        return self

    def throttle(self, channel: str) -> Throttle | None:
        """What the ledger counts; None where nothing is limited."""
        if self.rate is None and self.daily is None and self.monthly is None:
            return None
        interval = 0 if self.rate is None else ceil(self.rate.seconds * _MICRO / self.rate.messages)
        burst = self.burst or (1 if self.rate is None else self._usual_burst(self.rate))
        name = self.provider or channel
        return Throttle(provider=name, interval_us=interval, burst=burst, daily=self.daily, monthly=self.monthly)

    @staticmethod
    def _usual_burst(rate: Rate) -> int:
        """What is let through at once where nobody says: that of one second."""
        return max(1, rate.messages // rate.seconds)


def profile_in(table: Mapping[str, Any]) -> Provider | None:
    """The provider whose rules a channel's table names, by its key or its kind."""
    named = _OF_KIND.get(str(table.get("kind")), table.get("profile"))
    return next((provider for provider in PROVIDER_KINDS if provider == named), None)


def _with_rate_of(profile: Provider | None, limits: Mapping[str, Any]) -> Mapping[str, Any]:
    """The limits with the provider's rate, where there is none: so many requests, and no request has no message."""
    rate = profile_named(profile).per_second if profile is not None else None
    # WeCom's is kept by its channel: a request of its tasks has thousands of messages.
    if rate is None or "rate" in limits or profile == "wecom":
        return limits
    return {**limits, "rate": f"{rate.value}/s"}


def limits_of(settings: Settings) -> dict[str, ChannelLimits]:
    """The limits of every channel of the settings, by name. UsageError names table, key and remedy."""
    found = {}
    for name, table in sorted(settings.channels.items()):
        limits = table.get(LIMITS, {})
        if not isinstance(limits, Mapping):
            limits = {LIMITS: limits}  # said to be no key, at its place
        found[name] = validated(
            ChannelLimits,
            _with_rate_of(profile_in(table), limits),
            f"channels.{name}.{LIMITS}",
            ("See docs/operations.md, Rates and safety.", "见 docs/operations.zh.md 的“速率与安全”一节。"),
        )
    _refuse_contradictions(found)
    return found


def _refuse_contradictions(found: Mapping[str, ChannelLimits]) -> None:
    """Channels of one provider share its rate and caps, so they state the same."""
    from campaign_calendars.findings.errors import UsageError

    first: dict[str, tuple[str, Throttle | None]] = {}
    for name, limits in found.items():
        throttle = limits.throttle(name)
        if limits.provider is None:
            continue
        before, known = first.setdefault(limits.provider, (name, throttle))
        if known != throttle:
            raise UsageError(
                (
                    f"channels.{before} and channels.{name} name the provider {limits.provider} with different limits",
                    f"channels.{before} 与 channels.{name} 的 provider 同为 {limits.provider}，但限制不同",
                ),
                (
                    "Write the same rate, burst, daily and monthly for both.",
                    "请为两者写相同的 rate、burst、daily 与 monthly。",
                ),
            )
