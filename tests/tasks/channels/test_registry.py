from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.channels.file import FileChannel
from tasks.channels.http import HttpChannel
from tasks.channels.registry import CHANNELS, open_channels
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
        ({"kind": "file", "personal_date": "plain"}, "channels.sms.personal_date: is not a key of this kind"),
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


def test_what_was_meant_is_said() -> None:
    with pytest.raises(UsageError) as caught:
        open_channels(settings(sms={"kind": "htpp", "url": "http://x"}))
    assert caught.value.remedy == "Did you mean 'http'?"
    with pytest.raises(UsageError) as caught:
        open_channels(settings(sms={"kind": "http", "urls": "http://x"}))
    assert "Did you mean 'url'?" in caught.value.remedy


def test_every_file_of_the_room_is_a_kind() -> None:
    assert {"file", "http"} <= set(CHANNELS)
    assert all(name == kind.name for name, kind in CHANNELS.items())
