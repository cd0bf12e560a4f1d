"""Rows of the set-up sheets and what the platform would refuse of them (A4, B2, B3, B4)."""

from __future__ import annotations

import pytest
import yaml

from campaign_calendars.checks import load_store
from campaign_calendars.model.benefits import KINDS
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.set_up.benefits import Known, SetupRow, setup_rows, without_ids
from campaign_calendars.set_up.places import place_rows, text_rows
from campaign_calendars.set_up.refusals import with_refusals
from campaign_calendars.set_up.tools import TOOLS
from campaign_calendars.time.resolving import resolve

STORE = """\
store: shop
tiers:
  window: 365d
  levels: [{id: t0}, {id: t1, spend: 1}, {id: t2, spend: 2}, {id: t3, spend: 3}, {id: t4, spend: 4}, {id: t5, spend: 5}]
channels:
  sms: {kind: sms, consent: required, signature: 小店, max_segments: 1}
  work: {kind: wecom, consent: implied}
positions:
  card: {max_copy: 13, picture: 702x110, domain: public}
  pocket: {needs: [member_gift_001], needs_content: true}
"""
CALENDAR = """\
calendar: spring
store: shop
timezone: Asia/Shanghai
day_zero: 2026-03-08
audiences: {everybody: joined}
benefits:
  twenty: {kind: member_coupon, threshold: 199, value: 20, stock: 100, valid: 7d, needs: [set-up]}
  thirty:
    {kind: member_coupon, threshold: 199, value: 30, stock: 9, valid: {from: D-1, to: D}, exposed_in: [private, public]}
  open: {kind: member_coupon, threshold: 199, value: 10}
  late: {kind: member_coupon, value: 5, stock: 9, valid: {from: D-9, to: D-8}}
  nobody: {kind: category_coupon, category: tea, value: 5, stock: 9, valid: 7d, tiers: [t4, t5]}
  pack:
    kind: new_member_pack
    stock: 5
    valid: 7d
    item: tea
    item_cost: 3
    coupons: [{threshold: 50, value: 5}, {threshold: 99, value: 12}]
  friends: {kind: referral, threshold: 50, value: 10, child_value: 8, stock: 9, valid: 7d}
  care: {kind: service, offers: returns, unit_cost: 1}
  early:
    kind: member_presale_right
    item: tea
    windows: [{tier: t5, opens_at: D-3 10:00}, {tier: t4, opens_at: D-2 10:00}]
phases:
  - id: burst
    kind: burst
    window: {from: D-3, to: D}
    duties: [{id: set-up, text: set up, owner: Li, due: D-4}]
    plays:
      - id: p
        audience: everybody
        benefits: [twenty, thirty, open, late, pack, friends, care, early]
        channels: [sms, work]
        positions: [card, pocket]
        displays: {card: {copy: 一二三四五六七八九十一二三四, picture: 700x100}}
        at: D-1 10:00
        message: m.txt
"""


def read(text: str = CALENDAR) -> tuple[Calendar, Store]:
    loaded, store = load_calendar(text, "c.yaml"), load_store(STORE)
    assert loaded.model is not None, loaded.problems
    assert store.model is not None, store.problems
    return loaded.model, store.model


def rows(known: Known | None = None) -> dict[tuple[str, str], SetupRow]:
    calendar, store = read()
    made = with_refusals(setup_rows(calendar, resolve(calendar), known or Known({})), store)
    return {(row.benefit, row.part): row for row in made}


def test_every_kind_of_benefit_has_its_tool() -> None:
    assert set(KINDS) == set(TOOLS)


def test_faces_of_the_interface_are_told_from_those_by_hand() -> None:
    """B2: 3, 5, 10, 20, 50 or 100 through the interface only."""
    found = rows()
    assert (found["twenty", ""].setup, found["thirty", ""].setup, found["care", ""].setup) == (
        "interface",
        "by_hand",
        "people",
    )


def test_a_benefit_is_as_many_rows_as_there_are_things_to_set_up() -> None:
    found = rows()
    assert [(part, row.threshold, row.value) for (name, part), row in found.items() if name == "pack"] == [
        ("1", 5000, 500),
        ("2", 9900, 1200),
        ("item", None, None),
    ]
    assert [(part, row.value) for (name, part), row in found.items() if name == "friends"] == [
        ("parent", 1000),
        ("child", 800),
    ]
    opens = {
        part: f"{row.offered.start:%m-%d %H:%M}"
        for (name, part), row in found.items()
        if name == "early" and row.offered
    }
    assert opens == {"t5": "03-05 10:00", "t4": "03-06 10:00"}
    twenty, thirty = found["twenty", ""], found["thirty", ""]
    assert (twenty.owner.get(), f"{twenty.due:%m-%d}", twenty.done, twenty.group) == ("Li", "03-04", False, "coupon")
    assert rows(Known({}, {"set-up"}))["twenty", ""].done
    assert twenty.offered is not None
    assert (f"{twenty.offered.start:%m-%d %H:%M:%S}", f"{twenty.offered.last:%m-%d %H:%M:%S}") == (
        "03-05 00:00:00",
        "03-08 23:59:59",
    )
    assert (thirty.public, twenty.public) == (True, False)


@pytest.mark.parametrize(
    ("name", "part", "reasons"),
    [
        ("twenty", "", []),
        ("open", "", ["no number to issue", "no time of use"]),
        ("late", "", ["claimed only after its time of use"]),
        ("nobody", "", ["nobody can claim it", "tier t5 is number 5"]),
        ("early", "t5", ["tier t5 is number 5"]),
        ("care", "", []),
    ],
)
def test_what_the_platform_would_refuse(name: str, part: str, reasons: list[str]) -> None:
    refused = rows()[name, part].refused
    assert len(refused) == len(reasons)
    assert all(reason in said[0] for reason, said in zip(reasons, refused, strict=True))


def test_more_coupons_than_the_interface_takes_at_once() -> None:
    many = "".join(f"  c{n}: {{kind: member_coupon, value: 5, stock: 9, valid: 7d}}\n" for n in range(52))
    calendar, store = read(CALENDAR.replace("benefits:\n", f"benefits:\n{many}", 1))
    made = with_refusals(setup_rows(calendar, resolve(calendar), Known({})), store)
    beyond = [row.benefit for row in made if any("50 coupons at once" in said[0] for said in row.refused)]
    assert beyond[:2] == ["c50", "c51"]


def test_ids_of_a_whole_stand_for_its_parts() -> None:
    calendar, _ = read()
    enforced = {"twenty", "thirty", "open", "late", "nobody", "pack", "friends", "early"}
    assert without_ids(calendar, {}) == enforced
    assert without_ids(calendar, {("pack", ""): "1", ("friends", "parent"): "2"}) == enforced - {"pack"}
    both = {("friends", "parent"): "2", ("friends", "child"): "3"}
    assert without_ids(calendar, both) == enforced - {"friends"}
    assert rows(Known({("pack", ""): "1"}))["pack", "2"].platform_id == "1"


def test_positions_and_texts_are_held_against_their_limits() -> None:
    calendar, store = read()
    card, pocket = place_rows(calendar, store, resolve(calendar))
    assert (card.characters, card.public) == (14, True)
    assert [said[0] for said in card.refused] == [
        "14 characters; the position takes 13",
        "the picture is 700x100; the position takes 702x110",
    ]
    assert [said[0][:20] for said in pocket.refused] == ["it shows only words ", "it needs member_gift"]
    sms, work = text_rows(calendar, store, {"m.txt": "一" * 66 + "。"})
    assert (sms.characters, sms.segments) == (67 + 6, 2), "the way to refuse counts, and the signature"
    assert sms.text.endswith("。拒收请回复R")
    assert not work.text.endswith("R")
    assert "2 parts; the channel takes 1" in sms.refused[0][0]
    assert (work.segments, work.refused) == (None, ())
    _, long = text_rows(calendar, store, {"m.txt": "一" * 1334})
    assert "4002 bytes, WeCom takes 4000" in long.refused[0][0]


def test_the_discount_of_a_tier_is_set_up_with_the_levels() -> None:
    levels = "stacking: {member_coupon: members}\nchannels:"
    text = STORE.replace("{id: t1, spend: 1}", "{id: t1, spend: 1, discount: 0.9}")
    discounted = Store.model_validate(yaml.safe_load(text.replace("channels:", levels, 1)))
    made = Calendar.model_validate(
        {
            "calendar": "c", "store": "shop", "timezone": "UTC",
            "benefits": {"b": {"kind": "member_coupon", "value": 5}},
            "phases": [{"id": "p", "kind": "burst", "window": {"from": "2026-03-01", "to": "2026-03-02"}}],
        }
    )  # fmt: skip
    coupon, *tiers = setup_rows(made, resolve(made), Known({}), discounted)
    assert coupon.group == "members"
    assert [(row.benefit, row.kind, row.who, row.offer[1]) for row in tiers if row.who == ("t1",)] == [
        ("tier t1", "tier_discount", ("t1",), "9折")
    ]
