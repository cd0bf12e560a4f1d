"""What members would read, on each channel and of each text, masked; nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign_calendars.findings.errors import UsageError
from tasks.planning.previewing import preview
from tests.flows.small_project import NAMES, PHONES
from tests.tasks.channels.sink import Sink
from tests.tasks.outreach.two_channels import SALE, shop

PLAY = """
texts: {a: messages/a.txt, b: {sms: messages/b.txt, default: messages/a.txt}}
attachments: [{kind: link, link: sale, title: 会场}]
"""
FILES = {"messages/a.txt": "{{ member.name }}，{{ benefit.text }}", "messages/b.txt": "{{ link.sale }}"}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


def test_every_text_on_every_channel_with_the_same_members(tmp_path: Path, sink: Sink) -> None:
    rt = shop(tmp_path, sink, PLAY, calendar='links: {sale: "https://shop.cn/s"}\n', files=FILES)
    found = preview(rt, SALE, members=2)
    assert [(one.channel, one.arm) for one in found[::2]] == [("sms", "a"), ("sms", "b"), ("push", "a"), ("push", "b")]
    first, of_b, pushed = found[0], found[2], found[4]
    assert first.text == "哨****，满50减10，拒收请回复R"
    assert (first.parts, first.attachments) == (1, ())
    assert of_b.text == "https://shop.cn/s 拒收请回复R"
    assert pushed.attachments == ("link: 会场 | https://shop.cn/s",)
    assert pushed.characters == len(pushed.text)
    assert pushed.parts is None
    assert not any(secret in str(found) for secret in (*NAMES, *PHONES))
    assert not list(rt.ledger.jobs())
    assert not sink.requests
    with pytest.raises(UsageError, match="no such play: recal"):
        preview(rt, SALE, "recal")
    rt.close()
