"""Assistants, tags, groups with their posts and planned prices: rows by the keys that they are made of."""

from __future__ import annotations

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.set_up.benefits import tier_row
from campaign_calendars.set_up.of_store import There, assistant_rows, group_rows, price_rows, tag_rows
from campaign_calendars.set_up.places import text_rows
from campaign_calendars.time.resolving import resolve

CALENDAR = """\
calendar: sale
store: shop
timezone: Asia/Shanghai
audiences: {all: joined}
prices: {tea: {title: {zh: 茶, en: Tea}, planned: [{phase: burst, list: 99, after_coupon: 89}]}}
phases:
  - id: burst
    kind: burst
    window: {from: 2026-03-05, to: 2026-03-08}
    plays:
      - {id: news, audience: all, channels: [fans], post: broadcast, at: [2026-03-06 10:00, 2026-03-07 10:00],
         message: m.txt}
"""
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}, {id: gold, title: {zh: 金卡, en: Gold}, spend: 100, discount: 0.9}]}
channels:
  fans: {title: {zh: 粉丝群, en: Fans}, kind: group, consent: implied,
         group: {kind: flash, capacity: 200, ends_on: 2026-03-20}}
  talk: {title: {zh: 导购, en: Guides}, kind: dedicated_service, consent: implied,
         agents: {li: {title: {zh: 小李, en: Li}, tag: of-li, capacity_per_day: 40}}}
tags:
  big: {title: {zh: 大单, en: Big}, family: purchase, where: orders_total > 3}
  tea: {merge: [green-tea, black-tea]}
"""


def read(store: str = STORE, calendar: str = CALENDAR) -> tuple[Calendar, Store]:
    loaded, shop = load_calendar(calendar, "c.yaml"), load_store(store)
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    assert shop.model is not None, [str(problem) for problem in shop.problems]
    return loaded.model, shop.model


def made(store: str = STORE, calendar: str = CALENDAR, there: There | None = None) -> dict[str, list[object]]:
    """All rows that these keys are in."""
    written, shop = read(store, calendar)
    timeline = resolve(written)
    texts = list(text_rows(written, shop, {"m.txt": "新品上架"}))
    by_place = {(row.phase, row.play, row.channel): row for row in texts}
    return {
        "assistants": list(assistant_rows(shop)),
        "tags": list(tag_rows(shop)),
        "prices": list(price_rows(written, timeline)),
        "groups": list(group_rows(written, shop, timeline, by_place, there or {})),
        "texts": list(texts),
        "tiers": [tier_row(level) for level in shop.tiers.levels],
    }


@pytest.mark.parametrize(
    ("key", "written", "other", "sheet"),
    [
        ("title of an agent", "en: Li}", "en: Lee}", "assistants"),
        ("title of a channel", "en: Guides}", "en: Helpers}", "assistants"),
        ("title of a channel", "en: Fans}", "en: Friends}", "texts"),
        ("title of a tier", "en: Gold}", "en: Golden}", "tiers"),
        ("title of a tag", "en: Big}", "en: Large}", "tags"),
        ("family", "family: purchase", "family: need", "tags"),
        ("merge", "merge: [green-tea, black-tea]", "merge: [green-tea]", "tags"),
    ],
)
def test_a_key_of_the_store_stands_in_its_sheet(key: str, written: str, other: str, sheet: str) -> None:
    assert STORE.count(written) == 1, key
    assert made(STORE.replace(written, other))[sheet] != made()[sheet]


@pytest.mark.parametrize("written", ["title: {zh: 茶, en: Tea}, ", ", after_coupon: 89"])
def test_planned_goods_stand_in_their_sheet(written: str) -> None:
    assert made(calendar=CALENDAR.replace(written, ""))["prices"] != made()["prices"]
    (row,) = price_rows(read()[0], resolve(read()[0]))
    assert (row.title, row.list_price, row.after_coupon) == (("Tea", "茶"), 9_900, 8_900)
    assert f"{row.since:%m-%d}" == "03-05"


def test_a_post_says_how_many_red_packets_go_with_it() -> None:
    packet = (
        "{kind: red_packet, group: fans, amount: 2, per_group: 50, stock: 200,"
        " offered: {from: 2026-03-06, to: 2026-03-07}}"
    )
    with_one = CALENDAR.replace("prices:", f"benefits: {{rain: {packet}}}\nprices:").replace(
        "post: broadcast,", "post: broadcast, announces: [rain],"
    )
    told = [row.packets for row in made(calendar=with_one)["groups"]]  # type: ignore[attr-defined]
    assert told == ["2 × 50", "2 × 50"]
    fewer = made(calendar=with_one.replace("per_group: 50", "per_group: 40"))["groups"]
    assert [row.packets for row in fewer] == ["2 × 40", "2 × 40"]  # type: ignore[attr-defined]
    elsewhere = made(calendar=with_one.replace("group: fans", "group: talk"))["groups"]
    assert [row.packets for row in elsewhere] == ["", ""], "of another group"  # type: ignore[attr-defined]


def test_a_group_has_its_members_its_end_and_every_post_with_its_text() -> None:
    found = made(there={"fans": {"g1": 180, "g2": 90}})["groups"]
    said = [(row.group, row.members, f"{row.at:%d %H:%M}", row.text) for row in found]  # type: ignore[attr-defined]
    assert said == [
        ("g1", 180, "06 10:00", "新品上架"),
        ("g1", 180, "07 10:00", "新品上架"),
        ("g2", 90, "06 10:00", "新品上架"),
        ("g2", 90, "07 10:00", "新品上架"),
    ]
    first = found[0]
    kept = (first.kind, first.capacity, f"{first.ends:%m-%d %H:%M:%S}")  # type: ignore[attr-defined]
    assert kept == ("flash", 200, "03-20 23:59:59")
    quiet = CALENDAR.replace("channels: [fans], post: broadcast", "channels: [talk]")
    assert [row.members for row in made(calendar=quiet)["groups"]] == [None]  # type: ignore[attr-defined]
