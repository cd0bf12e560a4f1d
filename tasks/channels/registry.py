"""Settings → channels. An unknown kind or key is an error, never ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import nearest
from campaign_calendars.registering.registry import Registry
from tasks.channels.port import ChannelKind, ChannelPort, ChannelSetup
from tasks.plugins import plug_in
from tasks.settings import Settings, validated

CHANNELS: Registry[ChannelKind[Any]] = Registry(
    "channel kind",
    "tasks.channels",
    lambda thing: thing.name if isinstance(thing, ChannelKind) else None,
    group="promocal.channels",
)
"""Kinds of channels by name: one file each in this folder, and those of plug-ins."""


def open_channels(settings: Settings) -> dict[str, ChannelPort]:
    """Every `[channels.*]` table as a channel. Raises UsageError naming the table, key and remedy."""
    kinds = plug_in(CHANNELS) if settings.channels else CHANNELS
    return {name: _open(name, table, settings, kinds) for name, table in sorted(settings.channels.items())}


def _open(
    name: str, table: Mapping[str, Any], settings: Settings, kinds: Mapping[str, ChannelKind[Any]]
) -> ChannelPort:
    keys = dict(table)
    kind = keys.pop("kind", None)
    if kind not in kinds:
        known = "Write kind = one of " + ", ".join(f'"{known}"' for known in sorted(kinds)) + "."
        if kind is None:
            raise UsageError(f"channels.{name} has no kind", known)
        guess = nearest(str(kind), sorted(kinds))
        remedy = f"Did you mean {guess!r}?" if guess else f"{known} Another one needs its plug-in installed."
        raise UsageError(f"channels.{name} has the unknown kind {kind!r}", remedy)
    given = validated(kinds[kind].keys, keys, f"channels.{name}", "See docs/operations.md, Channels.")

    def secret(variable: str) -> str:
        return settings.secret("", variable, f"channels.{name}")

    return kinds[kind].open(ChannelSetup(name, given, settings.state / "outbox", secret))
