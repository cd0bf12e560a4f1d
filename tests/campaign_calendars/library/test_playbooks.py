"""The category playbooks hold the four stages of A9 and what each category does; 618 keeps its dates.

The techniques of A8, the steps of a member's life of A1 and the regional grid of A12 are complete.
"""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise

import pytest

from campaign_calendars.checks import check, load_store
from campaign_calendars.messages.templates import templates_of
from campaign_calendars.model.unfolding import StepPlay
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar

LIBRARY = files("campaign_calendars") / "library"


def load(name: str) -> LoadedCalendar:
    calendar = load_calendar((LIBRARY / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")
    assert calendar.problems == []
    assert calendar.model is not None
    store = load_store((LIBRARY / "stores" / f"{calendar.model.store}.yaml").read_text("utf-8")).model
    assert store is not None
    return bind(calendar, store)


# category: stage → kinds of benefit the source names for it
A9 = {
    "playbook-fresh": {
        "daily": {"new_member_coupon", "member_gift_001", "points_game", "points_double", "points_redeem",
                  "birthday_gift", "points_plus_cash", "flash_sale", "member_price", "service"},
        "before": {"member_gift_001", "referral"},
        "during": {"member_coupon", "exchange_card", "member_extra_gift", "bundle_price", "timed_offer", "red_packet",
                   "points_redeem", "points_game"},
        "after": {"points_game", "buyback_gift", "member_coupon"},
    },
    "playbook-standard": {
        "daily": {"new_member_pack", "member_coupon", "partner", "referral", "points_double", "points_game"},
        "before": {"partner", "referral"},
        "during": {"member_coupon", "member_extra_gift", "member_cashback"},
        "after": {"buyback_gift", "member_cashback", "member_coupon"},
    },
    "playbook-tea-wine-dairy": {
        "daily": {"new_member_coupon", "points_redeem", "service", "points_double", "member_presale_right",
                  "points_game", "birthday_gift", "points_plus_cash"},
        "before": {"member_presale_right", "referral", "new_member_coupon"},
        "during": {"member_coupon_pack", "member_coupon", "points_game", "flash_sale", "red_packet", "order_sample"},
        "after": {"service", "member_coupon", "points_game"},
    },
}  # fmt: skip
ALL = [*A9, "daily-2026", "mid-year-618-2024", "six-techniques", "lifecycle", "region-offline"]


@pytest.mark.parametrize("name", A9)
def test_four_stages_in_a_row_with_the_benefits_of_the_category(name: str) -> None:
    loaded = load(name)
    benefits = loaded.calendar.benefits
    assert [phase.id for phase in loaded.calendar.phases] == ["daily", "before", "during", "after"]
    spans = list(loaded.timeline.phases.values())
    assert all(first.end == second.start for first, second in pairwise(spans))
    given = {
        phase.id: {benefits[benefit].kind for play in phase.plays for benefit in play.told}
        for phase in loaded.calendar.phases
    }
    assert given == A9[name]


@pytest.mark.parametrize("name", ALL)
def test_it_is_clean_bilingual_and_says_what_is_not_from_the_source(name: str) -> None:
    loaded = load(name)
    assert {problem.severity for problem in check(loaded)} <= {"info"}
    assert loaded.calendar.source
    assert not loaded.calendar.verified
    assert "ours" in loaded.text.partition("\ncalendar: ")[0]
    calendar = loaded.calendar
    titles = [calendar.title, *(each.title for each in (*calendar.benefits.values(), *calendar.audiences.values()))]
    for phase in calendar.phases:
        titles += [
            phase.title,
            phase.goal,
            *(duty.text for duty in phase.duties),
            *(play.title for play in phase.plays),
        ]
    assert all(title.zh and title.en and title.zh != title.en for title in titles)


@pytest.mark.parametrize("name", ALL)
def test_every_message_is_shipped_and_names_a_benefit_where_there_is_one(name: str) -> None:
    for phase in load(name).calendar.phases:
        for play in phase.plays:
            assert play.message is not None or play.texts or not play.channels
            for template in templates_of(play):
                text = (LIBRARY / template).read_text("utf-8")
                assert ("{{ benefit." in text) == bool(play.told), play.id


@pytest.mark.parametrize("name", [*A9, "daily-2026", "region-offline"])
def test_the_member_day_comes_once_a_month(name: str) -> None:
    days = [o.at for o in load(name).timeline.occurrences if o.play == "member-day"]
    assert len({(at.year, at.month) for at in days}) == len(days) >= 1
    assert {at.day for at in days} == {8}


def test_one_cent_samples_are_for_fresh_goods_daily_and_before_a_sale() -> None:
    uses = {
        (name, phase.id)
        for name in A9
        for phase in load(name).calendar.phases
        for play in phase.plays
        for benefit in play.told
        if load(name).calendar.benefits[benefit].kind == "member_gift_001"
    }
    assert uses == {("playbook-fresh", "daily"), ("playbook-fresh", "before")}


def test_packs_by_tier_higher_threshold_larger_discount() -> None:
    benefits = load("playbook-tea-wine-dairy").calendar.benefits
    basic, gold = benefits["pack-basic"], benefits["pack-gold"]
    assert basic.kind == gold.kind == "member_coupon_pack"
    assert max(c.threshold for c in gold.coupons) > max(c.threshold for c in basic.coupons)
    assert set(basic.tiers) | set(gold.tiers) == {"basic", "silver", "gold", "platinum", "diamond"}


def test_618_of_2024_has_two_waves_at_eight_in_the_evening_and_no_presale() -> None:
    loaded = load("mid-year-618-2024")
    waves = loaded.timeline.waves
    assert [f"{wave.start:%m-%d %H:%M:%S}" for wave in waves.values()] == ["05-20 20:00:00", "05-31 20:00:00"]
    assert f"{loaded.timeline.phases['reservoir'].start:%m-%d}" == "05-06"
    assert "presale" not in {phase.kind for phase in loaded.calendar.phases}
    assert waves["wave-1"].end == waves["wave-2"].start
    openings = [o for o in loaded.timeline.occurrences if o.play in ("open-1", "open-2")]
    assert [o.at for o in openings] == [wave.start for wave in waves.values()]
    plays = {play.id: play for phase in loaded.calendar.phases for play in phase.plays}
    assert all("sms" not in plays[o.play].channels for o in openings)
    announced = [o.at for o in loaded.timeline.occurrences if o.play.startswith("announce")]
    assert all(at < wave.start for at, wave in zip(announced, waves.values(), strict=True))


def test_every_technique_is_a_play() -> None:
    (phase,) = load("six-techniques").calendar.phases
    techniques = [play.title.zh.partition("：")[0].partition("（")[0] for play in phase.plays]
    assert list(dict.fromkeys(techniques)) == [
        "精准派样", "包裹营销", "会员等级", "新品上新", "个性化内容", "多触点触达", "老会员带新品",
    ]  # fmt: skip
    (tested,) = (play for play in phase.plays if play.id == "new-products")
    assert tested.split
    assert tested.split.then == "winner"


def test_steps_that_people_take_go_to_the_phone() -> None:
    (phase,) = load("lifecycle").calendar.phases
    calls = {"birthday-call", "consult", "invite-to-try", "vip-event", "fitting", "come-back"}
    steps = {"newcomer-8d-1500", "reviewer-1d-1500"}
    assert {play.id for play in phase.plays if "phone" in play.channels} == calls | steps
    assert {play.id for play in phase.plays if play.lane == "human"} == calls | steps
    written = [play for play in phase.plays if not isinstance(play, StepPlay)]
    answered = [play.trigger.event for play in written if play.trigger is not None]
    assert answered == [
        "join", "order_unpaid", "order_completed", "order_completed", "consult", "order_paid", "birthday", "birthday",
        "tier_upgrade",
    ]  # fmt: skip
    assert all(play.channels == ["phone"] for play in phase.plays if "phone" in play.channels)


def test_every_scene_of_the_region_has_its_audience() -> None:
    (phase,) = load("region-offline").calendar.phases
    scenes = " ".join(play.title.zh for play in phase.plays)
    assert all(scene in scenes for scene in ("节假日", "新店开业", "周年庆", "新品上市", "季末促销", "会员日"))
    assert all(who in scenes for who in ("核心", "潜力", "普通", "未消费", "生日"))
