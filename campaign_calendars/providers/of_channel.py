"""The provider of a store's channel: the one it names, or that of its kind where there is only one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from math import ceil
from typing import Final

from campaign_calendars.model.store import Channel, QuietHours
from campaign_calendars.providers.profile import Profile, profile_named

ONLY: Final = {"wecom": "wecom", "group": "taobao_group", "dedicated_service": "taobao_service", "mail": "smtp"}
"""Kind of channel → its provider where the store names none."""
_LEAD_DAYS: Final = 15  # of a provider that is not named (B3)


def profile_of(channel: Channel) -> Profile | None:
    """What holds for a channel besides what the store says; None where nobody can know."""
    name = channel.provider or ONLY.get(channel.kind)
    return profile_named(name) if name is not None else None


def quiet_spans(channel: Channel) -> Iterator[QuietHours]:
    """When nothing may be sent: the store's own hours, and those of the provider."""
    if channel.quiet_hours is not None:
        yield channel.quiet_hours
    profile = profile_of(channel)
    if profile is not None and profile.quiet is not None:
        yield profile.quiet.hours


def in_quiet_hours(quiet: QuietHours, local: time) -> bool:
    """Whether `local` lies in `[from, to)`; a span with from > to runs over midnight (B3)."""
    if quiet.from_ == quiet.to:
        return False
    if quiet.from_ < quiet.to:
        return quiet.from_ <= local < quiet.to
    return local >= quiet.from_ or local < quiet.to


def is_quiet(channel: Channel, local: time) -> bool:
    """Whether nothing may be sent through the channel at a time of the wall clock."""
    return any(in_quiet_hours(quiet, local) for quiet in quiet_spans(channel))


def lead_days(channel: Channel) -> int:
    """Working days until signature and templates of the channel are approved."""
    profile = profile_of(channel)
    return profile.lead_days.value if profile is not None and profile.lead_days is not None else _LEAD_DAYS


def most_members(channel: Channel) -> int | None:
    """Of one group."""
    profile = profile_of(channel)
    return profile.capacity.value if profile is not None and profile.capacity is not None else None


def most_attachments(channel: Channel) -> int | None:
    """Of one message."""
    profile = profile_of(channel)
    return profile.attachments.value if profile is not None and profile.attachments is not None else None


def message_cost(channel: Channel) -> int:
    """Cents of one message: what the store says, else the provider's price of one segment, rounded up."""
    profile = profile_of(channel)
    if "unit_cost" in channel.model_fields_set or profile is None or profile.price is None:
        return channel.unit_cost
    return ceil(profile.price.yuan * 100)


def is_priced(channel: Channel) -> bool:
    """Whether store or provider say what a message costs; 0 may be said, too."""
    profile = profile_of(channel)
    return "unit_cost" in channel.model_fields_set or (profile is not None and profile.price is not None)
