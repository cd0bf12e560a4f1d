"""Settings → channels. An unknown kind or key is an error, never ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.finding import nearest
from campaign_calendars.registering.registry import Registry
from tasks.channels.limits import LIMITS, limits_of
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
    limits_of(settings)
    outbox = settings.state / "outbox"
    opened = {}
    for name, table in sorted(settings.channels.items()):
        keys = {key: value for key, value in table.items() if key != LIMITS}
        kind = _kind(name, keys.pop("kind", None), kinds)
        opened[name] = open_channel(kind, name, keys, outbox, partial(_secret, settings, name))
    return opened


def open_channel(
    kind: ChannelKind[Any], name: str, keys: Mapping[str, Any], outbox: Path, secret: Callable[[str], str]
) -> ChannelPort:
    """A channel of a kind, with its keys as they are written. Raises UsageError."""
    given = validated(
        kind.keys,
        keys,
        f"channels.{name}",
        ("See docs/operations.md, Channels.", "见 docs/operations.zh.md 的“渠道”一节。"),
    )
    return kind.open(ChannelSetup(name, given, outbox, secret))


def _secret(settings: Settings, name: str, variable: str) -> str:
    return settings.secret("", variable, f"channels.{name}")


def _kind(name: str, kind: object, kinds: Mapping[str, ChannelKind[Any]]) -> ChannelKind[Any]:
    if isinstance(kind, str) and kind in kinds:
        return kinds[kind]
    names = ", ".join(f'"{known}"' for known in sorted(kinds))
    known, known_zh = f"Write kind = one of {names}.", f"请写 kind = 以下之一：{names}。"
    if kind is None:
        raise UsageError((f"channels.{name} has no kind", f"channels.{name}：没有写 kind"), (known, known_zh))
    guess = nearest(str(kind), kinds)
    remedy = (f"{known} Another one needs its plug-in installed.", f"{known_zh}其他类型需先安装插件。")
    if guess:
        remedy = (f"Did you mean {guess!r}?", f"是否想写 {guess!r}？")
    raise UsageError(
        (f"channels.{name} has the unknown kind {kind!r}", f"channels.{name}：kind {kind!r} 无法识别"), remedy
    )
