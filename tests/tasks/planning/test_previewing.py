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
    assert first.text == "哨****，满50减10 拒收请回复R"
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


def test_what_a_play_announces_is_read_and_no_part_of_a_name_stands_in_clear(tmp_path: Path, sink: Sink) -> None:
    words = "{{ member.name[1:] }} {{ member.name | truncate(3) }} {{ benefit.text }} {{ announced.titles }}"
    rt = shop(tmp_path, sink, "message: messages/a.txt", files={"messages/a.txt": words})
    file = tmp_path / "calendars" / f"{SALE}.yaml"
    text = file.read_text("utf-8")
    assert "benefits: [coupon_10]" in text
    file.write_text(text.replace("benefits: [coupon_10]", "announces: [coupon_10]"), "utf-8")
    (of_sms, _) = preview(rt, SALE)
    assert of_sms.fault == ""
    assert of_sms.text.startswith("**** 哨**** 满50减10 满50减10")
    rt.close()
