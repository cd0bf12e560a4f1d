"""Every key of what goes along with a text, and of the names a text may write: with another value it says another."""

from __future__ import annotations

from datetime import date

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.messages.material import Attached, Place, attached
from campaign_calendars.messages.templates import Names, names_of
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import load_calendar

CALENDAR = """\
calendar: spring
store: shop
timezone: Asia/Shanghai
audiences: {all: joined}
phases:
  - id: burst
    kind: burst
    window: {from: 2026-03-05, to: 2026-03-08}
    plays:
      - id: p
        audience: all
        channels: [push, talk]
        at: 2026-03-06 10:00
        message: m.txt
        attachments: [{kind: mini_programme, title: 会场, app: wx1, page: pages/sale, channels: [push]}]
"""
STORE = """\
store: shop
title: 春茶铺
tiers: {window: 365d, levels: [{id: basic}]}
channels: {push: {consent: implied}, talk: {kind: wecom, consent: implied}}
"""


def read(calendar: str = CALENDAR, store: str = STORE) -> tuple[Calendar, Store]:
    loaded, shop = load_calendar(calendar, "c.yaml"), load_store(store)
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    assert shop.model is not None, [str(problem) for problem in shop.problems]
    return loaded.model, shop.model


def leaves(calendar: str = CALENDAR) -> list[tuple[Attached, ...]]:
    """What goes along on each channel."""
    loaded = read(calendar)
    play = loaded[0].phases[0].plays[0]
    return [
        attached(loaded, play, Place("spring", "burst", "p", channel), date(2026, 3, 6)) for channel in ("push", "talk")
    ]


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("kind: mini_programme", "kind: link, link: sale"),
        ("app: wx1", "app: wx2"),
        ("page: pages/sale", "page: pages/home"),
        ("channels: [push]}", "channels: [talk]}"),
        (", channels: [push]}", "}"),
    ],
)
def test_a_key_of_an_attachment_leaves_with_the_text(written: str, other: str) -> None:
    links = CALENDAR.replace("phases:", "links: {sale: 'https://shop.cn'}\nphases:")
    assert CALENDAR.count(written) == 1
    assert leaves(links) == leaves(links)
    assert leaves(links.replace(written, other)) != leaves(links)


def names(calendar: str = CALENDAR, store: str = STORE) -> Names:
    return names_of(*read(calendar, store))


def test_texts_write_the_title_of_the_store_or_its_id() -> None:
    assert names().store == {"title": "春茶铺"}
    untitled = STORE.replace("title: 春茶铺\n", "")
    assert names(store=untitled).store == {"title": "shop"}
    assert names(store=untitled.replace("store: shop", "store: corner")).store == {"title": "corner"}
