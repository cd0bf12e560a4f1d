"""Every key a decision is made by stands in its brief: with another value another brief is decided on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaign_calendars.checks import load_store
from campaign_calendars.deciding.briefing import make_brief, trigger_brief
from campaign_calendars.deciding.lateness import too_late
from campaign_calendars.duties.states import held
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.model.store import Store
from campaign_calendars.reading.loading import load_calendar
from campaign_calendars.time.resolving import resolve

CALENDAR = """\
calendar: spring
store: shop
timezone: Asia/Shanghai
budget: {total: 1000, pools: {coupons: 500, gifts: 100}, basis: expected}
holdout: {campaign: 5%, salt: one}
audiences: {all: {where: joined}, buyers: {where: orders_total > 0}}
benefits:
  a: {kind: member_coupon, value: 5, unit_cost: 4, stock: 90, daily_cap: 30, per_member: 1, pool: coupons,
      redemption_rate: 50%, tiers: [gold], needs: [set-up]}
  b: {kind: points_redeem, item: tea, points: 400, unit_cost: 3}
phases:
  - id: burst
    kind: burst
    window: {from: 2026-03-05, to: 2026-03-08}
    duties: [{id: set-up, text: set it up}, {id: pack, text: pack it}, {id: sign, text: sign it}]
    needs: [sign]
    plays:
      - {id: p, audience: all, benefits: [a], channels: [sms, talk], at: 2026-03-06 10:00, message: m.txt,
         needs: [pack], holdout: 10%, priority: 70, repeat_after: 3d, approve: {above: 20},
         on_late: {grace: 2h, then: skip}}
"""
ANSWER = CALENDAR.replace(
    "at: 2026-03-06 10:00",
    "trigger: {event: sign_in, after: 10m, within: 2d, every: 1h, streak: 3}",
)
BIRTHDAY = CALENDAR.replace("at: 2026-03-06 10:00", "trigger: {event: birthday, before: 3d}")
STORE = """\
store: shop
tiers: {window: 365d, levels: [{id: basic}, {id: gold, spend: 1000}]}
channels:
  sms: {kind: sms, consent: required, unit_cost: 0.05, capacity_per_day: 900, capacity_on: {2026-03-06: 800},
        quiet_hours: {from: 21:00, to: 09:00}}
  talk: {kind: dedicated_service, consent: implied, level: 3, assumed_reach: 10%,
         agents: {li: {tag: of-li, capacity_per_day: 50, capacity_on: {2026-03-06: 40}}}}
contact_policy: {caps: [{max: 2, per: 7d, channels: [sms]}], min_age: 18, leap_birthday: feb-28}
holdout: {share: 1%, salt: shop}
"""


def read(calendar: str = CALENDAR, store: str = STORE) -> tuple[Calendar, Store]:
    loaded, shop = load_calendar(calendar, "c.yaml"), load_store(store)
    assert loaded.model is not None, [str(problem) for problem in loaded.problems]
    assert shop.model is not None, [str(problem) for problem in shop.problems]
    return loaded.model, shop.model


def brief(calendar: str = CALENDAR, store: str = STORE) -> object:
    read_calendar, shop = read(calendar, store)
    timeline = resolve(read_calendar)
    return make_brief(read_calendar, shop, timeline, timeline.occurrences[0])


def answer(calendar: str, store: str = STORE) -> object:
    written, shop = read(calendar, store)
    return trigger_brief(shop, resolve(written), written.phases[0].id, written.phases[0].plays[0])


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("calendar: spring", "calendar: autumn"),
        ("timezone: Asia/Shanghai", "timezone: Asia/Tokyo"),
        ("id: burst", "id: peak"),
        ("id: p,", "id: q,"),
        ("audience: all", "audience: buyers"),
        ("where: joined", "where: joined and orders_total > 0"),
        ("benefits: [a]", "benefits: [b]"),
        ("channels: [sms, talk]", "channels: [talk, sms]"),
        ("holdout: 10%", "holdout: 11%"),
        ("priority: 70", "priority: 71"),
        ("repeat_after: 3d", "repeat_after: 4d"),
        ("approve: {above: 20}", "approve: {above: 21}"),
        ("id: p,", "lane: human, id: p,"),
        ("budget: {total: 1000", "budget: {total: 1001"),
        ("pools: {coupons: 500", "pools: {coupons: 501"),
        ("basis: expected", "basis: worst_case"),
        ("campaign: 5%", "campaign: 6%"),
        ("campaign: 5%", "campaign: 5%, by: province"),
        ("salt: one", "salt: two"),
        ("unit_cost: 4", "unit_cost: 5"),
        ("stock: 90", "stock: 91"),
        ("daily_cap: 30", "daily_cap: 31"),
        ("per_member: 1", "per_member: 2"),
        ("pool: coupons", "pool: gifts"),
        ("redemption_rate: 50%", "redemption_rate: 60%"),
        ("tiers: [gold]", "tiers: [basic]"),
        ("kind: member_coupon, value: 5", "kind: member_coupon, order: tier, value: 5"),
    ],
    ids=str,
)
def test_a_key_of_the_calendar_stands_in_the_brief(written: str, other: str) -> None:
    assert CALENDAR.count(written) == 1
    assert brief() == brief()
    assert brief(CALENDAR.replace(written, other)) != brief()


def test_points_of_a_benefit_stand_in_the_brief() -> None:
    paid = CALENDAR.replace("benefits: [a]", "benefits: [b]")
    assert brief(paid.replace("points: 400", "points: 500")) != brief(paid)


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("trigger: {event: sign_in", "trigger: {event: visit"),
        ("after: 10m", "after: 20m"),
        ("within: 2d", "within: 3d"),
        ("streak: 3", "streak: 4"),
    ],
    ids=str,
)
def test_a_key_of_a_trigger_stands_in_the_brief(written: str, other: str) -> None:
    assert answer(ANSWER.replace(written, other)) != answer(ANSWER)
    assert answer(CALENDAR) is None


def test_days_before_a_birthday_stand_in_the_brief() -> None:
    assert answer(BIRTHDAY.replace("before: 3d", "before: 4d")) != answer(BIRTHDAY)
    leap = STORE.replace("leap_birthday: feb-28", "leap_birthday: mar-1")
    assert answer(BIRTHDAY, leap) != answer(BIRTHDAY)


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("consent: required", "consent: implied"),
        ("unit_cost: 0.05", "unit_cost: 0.06"),
        ("capacity_per_day: 900, capacity_on: {2026-03-06: 800}", "capacity_per_day: 900"),
        ("capacity_on: {2026-03-06: 800}", "capacity_on: {2026-03-06: 700}"),
        ("quiet_hours: {from: 21:00", "quiet_hours: {from: 09:30"),
        ("to: 09:00", "to: 11:00"),
        ("level: 3", "level: 2"),
        ("assumed_reach: 10%", "assumed_reach: 20%"),
        ("assumed_reach: 10%", "assumed_reach: 10%, bound_on_join: true"),
        ("tag: of-li", "tag: of-wang"),
        ("agents: {li:", "agents: {wang:"),
        ("capacity_per_day: 50, capacity_on: {2026-03-06: 40}", "capacity_per_day: 50"),
        ("capacity_on: {2026-03-06: 40}", "capacity_on: {2026-03-06: 30}"),
        ("max: 2", "max: 3"),
        ("per: 7d", "per: 8d"),
        ("channels: [sms]", "channels: []"),
        ("caps: [{max: 2, per: 7d, channels: [sms]}]", "caps: []"),
        ("min_age: 18", "min_age: 21"),
        ("share: 1%", "share: 2%"),
        ("salt: shop", "salt: shop-2"),
        ("holdout: {share: 1%, salt: shop}\n", ""),
        ("contact_policy: {caps: [{max: 2, per: 7d, channels: [sms]}], min_age: 18, leap_birthday: feb-28}\n", ""),
    ],
    ids=str,
)
def test_a_key_of_the_store_stands_in_the_brief(written: str, other: str) -> None:
    assert STORE.count(written) == 1
    assert brief(store=STORE.replace(written, other)) != brief()


@pytest.mark.parametrize("written", ["capacity_per_day: 900", "capacity_per_day: 50"])
def test_a_capacity_holds_on_days_that_have_none_of_their_own(written: str) -> None:
    usual = STORE.replace(", capacity_on: {2026-03-06: 800}", "").replace(", capacity_on: {2026-03-06: 40}", "")
    assert usual.count(written) == 1
    assert brief(store=usual.replace(written, "capacity_per_day: 7")) != brief(store=usual)


@pytest.mark.parametrize(
    ("written", "other"),
    [("grace: 2h", "grace: 4h"), ("then: skip", "then: run"), ("on_late: {grace: 2h, then: skip}", "")],
)
def test_a_key_of_late_runs_decides_whether_one_still_runs(written: str, other: str) -> None:
    late = timedelta(hours=3)
    said = []
    for text in (CALENDAR, CALENDAR.replace(written, other)):
        calendar, store = read(text, STORE.replace("min_age", "late_grace: 5h, min_age"))
        said.append(too_late(calendar.phases[0].plays[0], store, late))
    assert said == [True, False]


@pytest.mark.parametrize(
    "written", ["needs: [sign]", "needs: [pack]", "needs: [set-up]"], ids=["of a phase", "of a play", "of a benefit"]
)
def test_a_need_holds_messages_back_until_its_duty_is_done(written: str) -> None:
    calendar, _ = read()
    without, _ = read(CALENDAR.replace(written, "needs: []"))
    assert held(calendar, (), "burst", "p", "a") != held(without, (), "burst", "p", "a")


def test_a_gift_of_the_presale_is_shut_in_a_phase_of_another_kind() -> None:
    gift = "kind: member_extra_gift, items: 2, item: bag, sale: presale, unit_cost: 4"
    written = CALENDAR.replace("kind: member_coupon, value: 5, unit_cost: 4", gift)
    shut = []
    for kind in ("kind: burst", "kind: presale"):
        made = brief(written.replace("kind: burst", kind))
        shut.append([option.shut for option in made.benefits])  # type: ignore[attr-defined]
    assert shut == [["benefit_window"], [None]]
