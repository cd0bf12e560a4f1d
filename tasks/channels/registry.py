"""Settings → channels. An unknown kind or key is an error, never ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from campaign_calendars.findings.errors import UsageError
from tasks.channels.file import FileChannel
from tasks.channels.http import HttpChannel
from tasks.channels.port import ChannelPort
from tasks.settings import Settings, refused

Secret = Callable[[str, str], str]
"""(name of the environment variable, place in the settings) → its value."""
Factory = Callable[[str, Mapping[str, Any], Path, Secret], ChannelPort]
"""(channel's name, its settings without `kind`, outbox directory, secrets) → channel."""


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileKeys(_Keys):
    """`kind = "file"`."""

    personal_data: Literal["masked", "plain"] = "masked"
    needs_address: bool = False


class HttpKeys(_Keys):
    """`kind = "http"`. Times in seconds."""

    url: HttpUrl
    token_env: str = ""
    honours_key: bool = False
    needs_address: bool = True
    batch: Annotated[int, Field(ge=1, le=1_000)] = 100
    concurrency: Annotated[int, Field(ge=1, le=64)] = 8
    timeout: Annotated[float, Field(gt=0, le=300)] = 30.0
    retries: Annotated[int, Field(ge=0, le=10)] = 3
    max_wait: Annotated[float, Field(ge=0, le=300)] = 30.0


def _file(name: str, keys: Mapping[str, Any], outbox: Path, _secret: Secret) -> ChannelPort:
    given = FileKeys.model_validate(keys)
    return FileChannel(name, outbox, masked=given.personal_data == "masked", needs_address=given.needs_address)


def _http(name: str, keys: Mapping[str, Any], _outbox: Path, secret: Secret) -> ChannelPort:
    given = HttpKeys.model_validate(keys)
    token = secret(given.token_env, f"channels.{name}") if given.token_env else ""
    return HttpChannel(name, token=token, **given.model_dump(exclude={"url", "token_env"}), url=str(given.url))


KINDS: Mapping[str, Factory] = {"file": _file, "http": _http}


def open_channels(settings: Settings, kinds: Mapping[str, Factory] = KINDS) -> dict[str, ChannelPort]:
    """Every `[channels.*]` table as a channel. Raises UsageError naming the table, key and remedy."""
    return {name: _open(name, table, settings, kinds) for name, table in sorted(settings.channels.items())}


def _open(name: str, table: Mapping[str, Any], settings: Settings, kinds: Mapping[str, Factory]) -> ChannelPort:
    keys = dict(table)
    kind = keys.pop("kind", None)
    if kind not in kinds:
        known = ", ".join(f'"{known}"' for known in sorted(kinds))
        said, said_zh = (
            ("has no kind", "没有写 kind")
            if kind is None
            else (f"has the unknown kind {kind!r}", f"kind {kind!r} 无法识别")
        )
        raise UsageError(
            (f"channels.{name} {said}", f"channels.{name}：{said_zh}"),
            (f"Write kind = one of {known}.", f"请写 kind = 以下之一：{known}。"),
        )
    try:
        return kinds[kind](name, keys, settings.state / "outbox", lambda env, at: settings.secret("", env, at))
    except ValidationError as error:
        see = ("See docs/operations.md, Channels.", "见 docs/operations.md 的 Channels 一节。")
        raise refused(f"channels.{name}.", error, see) from None
