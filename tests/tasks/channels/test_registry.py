from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.channels.file import FileChannel
from tasks.channels.http import HttpChannel
from tasks.channels.registry import open_channels
from tasks.settings import Settings


def settings(environment: dict[str, str] | None = None, **channels: dict[str, Any]) -> Settings:
    return Settings(root=Path("/project"), channels=channels, environment=environment or {})


def test_tables_become_channels() -> None:
    opened = open_channels(
        settings(
            {"SMS_TOKEN": "secret"},
            group={"kind": "file"},
            crowd={"kind": "file", "personal_data": "plain", "needs_address": True},
            sms={"kind": "http", "url": "https://sms.example/send", "token_env": "SMS_TOKEN", "honours_key": True},
        )
    )
    assert opened["group"] == FileChannel("group", Path("/project/var/outbox"), masked=True)
    assert opened["crowd"] == FileChannel("crowd", Path("/project/var/outbox"), masked=False, needs_address=True)
    assert opened["sms"] == HttpChannel("sms", "https://sms.example/send", "secret", honours_key=True)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "channels.sms has no kind"),
        ({"kind": "carrier-pigeon"}, "channels.sms has the unknown kind 'carrier-pigeon'"),
        ({"kind": "file", "personal_date": "plain"}, "channels.sms.personal_date: unknown key"),
        ({"kind": "file", "personal_data": "maybe"}, "channels.sms.personal_data"),
        ({"kind": "http"}, "channels.sms.url: is missing"),
        ({"kind": "http", "url": "ftp://x"}, "channels.sms.url"),
        ({"kind": "http", "url": "http://x", "batch": 0}, "channels.sms.batch"),
        ({"kind": "http", "url": "http://x", "token_env": "NOT_SET"}, "channels.sms: the environment has no NOT_SET"),
    ],
)
def test_what_is_wrong_is_named(table: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_channels(settings(sms=table))
    assert words in caught.value.message
    assert caught.value.remedy


def test_a_plug_in_kind_is_opened_with_its_keys() -> None:
    seen: list[Any] = []

    def factory(name: str, keys: Any, outbox: Path, secret: Any) -> FileChannel:
        seen.append((name, dict(keys)))
        return FileChannel(name, outbox)

    open_channels(settings(work={"kind": "wecom", "corp": "x"}), {"wecom": factory})
    assert seen == [("work", {"corp": "x"})]
