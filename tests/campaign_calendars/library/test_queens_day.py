"""The shipped 38 calendar holds every row of A9, is clean under check, and stays affordable."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise

import pytest

from campaign_calendars.checks import check, load_store
from campaign_calendars.messages.templates import templates_of
from campaign_calendars.model.benefits import describe, reserve_cents
from campaign_calendars.model.calendar import Phase
from campaign_calendars.reading.loading import LoadedCalendar, bind, load_calendar
from campaign_calendars.time.sale import bought_since

LIBRARY = files("campaign_calendars") / "library"


@pytest.fixture(scope="module")
def loaded() -> LoadedCalendar:
    calendar = load_calendar((LIBRARY / "queens-day-2020.yaml").read_text("utf-8"), "queens-day-2020.yaml")
    store = load_store((LIBRARY / "stores" / "demo-food.yaml").read_text("utf-8"), "demo-food.yaml")
    assert calendar.problems == []
    assert store.problems == []
    assert store.model is not None
    return bind(calendar, store.model)


# One block of the slide for presale, warm-up and burst.
SUPPORT = [
    "私域：会员中心 38 玩法",
    "私域：承接页、详情页会员模块",
    "私域：群、专属会员触达",
    "私域：直播入会",
    "公域：会员纳入赛马指标",
    "公域：会员主会场",
    "公域：行业会场资源扶持",
]

# phase: first day, last day, goal, plays, duties, positions, channels, support
A9 = {
    "reservoir": (
        "2020-02-01",
        "2020-02-23",
        "强力拉新入会",
        ["兴趣客户招募", "已购老客入会", "入会领券", "1 分钱派样招募", "会员优先购"],
        [
            "设置会员忠诚度",
            "设置新会员礼包、会员优先购",
            "首页等阵地装修招募",
            "入会员群、行业会场报名",
            "会员群与非会员群各不少于 10 个",
            "群入口：首页、会员中心、直播间",
        ],
        {"member_center", "home_module", "after_purchase", "industry_venue", "member_code", "gift_venue"},
        {"group"},
        ["基础培训", "38 冲刺专题培训", "核心商家产品权限升级"],
    ),
    "presale": (
        "2020-02-24",
        "2020-03-01",
        "招募 + 预售首波召回",
        [
            "预售商品推荐",
            "预售老会员召回",
            "入会领券/礼",
            "邀请好友入会",
            "会员专享券、积分兑尾款优惠券",
            "会员预售货品清单推送",
        ],
        [
            "设置核心玩法，提供高于全店的会员权益",
            "首页、详情、承接页、群、直播装修",
            "会员专享券、新会员礼包在会场透出",
            "会员必买清单",
        ],
        {"member_center", "landing_page", "detail_page", "live_room", "member_venue", "industry_venue"},
        {"group", "dedicated_service"},
        SUPPORT,
    ),
    "warm-up": (
        "2020-03-02",
        "2020-03-04",
        "权益派发，老会员促活",
        [
            "会员好货推荐促加购收藏",
            "专属权益提前派发预热",
            "打卡签到等互动任务",
            "会员互动持续维系粘性",
            "会员专享券",
            "会员加赠/满折/满返预热",
            "会员现货清单推送",
        ],
        [
            "设置核心玩法，提供高于全店的会员权益",
            "首页、详情、承接页、群、直播装修",
            "会员专享券、新会员礼包在会场透出",
            "会员必买清单",
        ],
        {"member_center", "landing_page", "detail_page", "live_room", "member_venue"},
        {"group", "dedicated_service"},
        [],
    ),
    "burst": (
        "2020-03-05",
        "2020-03-08",
        "多渠道触达，权益核销转化",
        [
            "会员爆品清单",
            "活跃会员触达收割",
            "未购会员专属召回",
            "会员专享券、兑换卡",
            "会员加赠/满返",
            "疲软期：会员爆品清单 + 大额优惠券",
        ],
        ["设置会员 38 不同阶段权益", "专属客服、群聊、短信强力推送"],
        set(),
        {"dedicated_service", "group", "sms", "push"},
        [],
    ),
    "maintenance": (
        "2020-03-09",
        "2020-03-16",
        "服务关怀，复购提醒",
        ["安心售后", "未购会员召回", "会员回购优惠", "会员关怀", "积分兑换"],
        ["38 下单人群复购权益触达", "38 未购人群触达", "专属客服关怀、群晒单"],
        set(),
        {"dedicated_service", "group"},
        ["商家榜单评选", "优质案例推广", "产品激励"],
    ),
}


def phase_of(loaded: LoadedCalendar, name: str) -> Phase:
    return next(phase for phase in loaded.calendar.phases if phase.id == name)


@pytest.mark.parametrize("name", A9)
def test_row_of_the_source_is_complete(loaded: LoadedCalendar, name: str) -> None:
    first, last, goal, plays, duties, positions, channels, support = A9[name]
    phase, span = phase_of(loaded, name), loaded.timeline.phases[name]
    assert (f"{span.start:%Y-%m-%d %H:%M:%S}", f"{span.last:%Y-%m-%d %H:%M:%S}") == (
        f"{first} 00:00:00",
        f"{last} 23:59:59",
    )
    assert phase.goal.get("zh") == goal
    assert [play.title.get("zh") for play in phase.plays] == plays
    assert [duty.text.get("zh") for duty in phase.duties] == duties
    assert {duty.level for duty in phase.duties} == {"must"}, "the slide marks its column, not the line"
    assert positions <= {position for play in phase.plays for position in play.positions}
    assert channels <= {channel for play in phase.plays for channel in play.channels}
    assert [text.get("zh") for text in phase.platform_support] == support


def test_phases_touch_and_the_leap_day_is_in_the_presale(loaded: LoadedCalendar) -> None:
    spans = list(loaded.timeline.phases.values())
    assert all(before.end == after.start for before, after in pairwise(spans))
    assert (loaded.timeline.phases["presale"].end - loaded.timeline.phases["presale"].start).days == 7


def test_what_the_source_does_not_say_is_marked(loaded: LoadedCalendar) -> None:
    assert not loaded.calendar.verified
    assert "inferred" in next(line for line in loaded.text.splitlines() if "D-36" in line)


def test_kinds_of_benefit_the_rows_name(loaded: LoadedCalendar) -> None:
    kinds = {benefit.kind for benefit in loaded.calendar.benefits.values()}
    assert kinds >= {
        "new_member_pack",
        "new_member_coupon",
        "new_member_gift",
        "member_gift_001",
        "member_presale_right",
        "member_coupon",
        "points_final_payment_coupon",
        "referral",
        "member_extra_gift",
        "member_items_discount",
        "member_cashback",
        "points_game",
        "exchange_card",
        "service",
        "buyback_gift",
        "points_redeem",
    }


def test_it_is_clean_and_bilingual(loaded: LoadedCalendar) -> None:
    assert {problem.code for problem in check(loaded)} <= {"C146"}
    calendar = loaded.calendar
    titles = [
        calendar.title,
        *(b.title for b in calendar.benefits.values()),
        *(a.title for a in calendar.audiences.values()),
    ]
    for phase in calendar.phases:
        titles += [phase.title, phase.goal, *(d.text for d in phase.duties), *phase.platform_support]
        titles += [play.title for play in phase.plays]
    assert all(title.zh and title.en and title.zh != title.en for title in titles)
    assert all(describe(benefit, lang) for benefit in calendar.benefits.values() for lang in ("zh", "en"))


def test_every_message_is_shipped_and_none_says_how_to_refuse(loaded: LoadedCalendar) -> None:
    for phase in loaded.calendar.phases:
        for play in phase.plays:
            assert play.message is not None
            for template in templates_of(play):
                text = (LIBRARY / template).read_text("utf-8")
                assert ("{{ member.name }}" in text) == (play.post is None), "a post speaks to a whole group"
                assert ("{{ benefit." in text) == bool(play.told)
                assert "拒收" not in text, "promocal says it, on SMS only"
                assert "【" not in text


def test_all_stock_is_affordable(loaded: LoadedCalendar) -> None:
    budget = loaded.calendar.budget
    assert budget is not None
    benefits = loaded.calendar.benefits.values()
    assert budget.total == 50_000_000
    assert sum(reserve_cents(b, "worst_case") * (b.stock or 0) for b in benefits) <= budget.total
    assert all(b.stock is not None for b in benefits if b.cost_cents and b.kind != "store_coupon")


def test_occurrences_are_spread_and_stable(loaded: LoadedCalendar) -> None:
    by_phase = {name: [o for o in loaded.timeline.occurrences if o.phase == name] for name in A9}
    assert {name: len(found) for name, found in by_phase.items()} == {
        "reservoir": 37,
        "presale": 12,
        "warm-up": 9,
        "burst": 11,
        "maintenance": 5,
    }
    assert len({o.key for o in loaded.timeline.occurrences}) == len(loaded.timeline.occurrences)
    assert [o.at.strftime("%m-%d %H:%M") for o in by_phase["burst"] if o.play == "slump-large-coupon"] == [
        "03-06 11:00",
        "03-07 11:00",
    ]


# Own benefits of each phase; what the warm-up announces belongs to the orders of the burst.
OWN = {
    "reservoir": {"new-member-pack", "new-member-coupon", "one-cent-sample", "priority-tea"},
    "presale": {"new-member-gift", "new-member-coupon", "invite-coupon", "presale-coupon", "balance-coupon"},
    "warm-up": {"early-coupon", "sign-in-points", "points-draw", "extra-gift", "items-discount", "cashback-20"},
    "burst": {
        "member-coupon-30", "member-coupon-50", "exchange-card", "extra-gift", "cashback-20", "big-coupon-80",
    },
    "maintenance": {"recall-coupon", "buyback-coupon", "buyback-gift", "points-mug", "after-sales-care"},
}  # fmt: skip


def test_each_stage_has_benefits_of_its_own(loaded: LoadedCalendar) -> None:
    told = {phase.id: {name for play in phase.plays for name in play.told} for phase in loaded.calendar.phases}
    assert told == OWN
    coupons = [
        {name for name in names if loaded.calendar.benefits[name].kind == "member_coupon"} for names in told.values()
    ]
    assert sum(map(len, coupons)) == len(set().union(*coupons)), "no coupon belongs to two phases"


def test_the_four_lists_have_goods_and_links(loaded: LoadedCalendar) -> None:
    assert [goods.title.get("zh") for goods in loaded.calendar.lists.values()] == [
        "会员预售货品清单", "会员必买清单", "会员现货清单", "会员爆品清单",
    ]  # fmt: skip
    assert all(item.link for goods in loaded.calendar.lists.values() for item in goods.items)
    sent = {play.list_ for phase in loaded.calendar.phases for play in phase.plays if play.list_}
    assert sent == set(loaded.calendar.lists)


def test_not_bought_counts_from_the_presale_and_every_target_is_said_to_be_ours(loaded: LoadedCalendar) -> None:
    assert f"{bought_since(loaded.calendar, loaded.timeline):%m-%d}" == "02-24"
    lines = [line for line in loaded.text.splitlines() if line.strip().startswith("targets:")]
    assert len(lines) == len(A9)
    assert all("# ours" in line for line in lines)


def test_every_duty_has_a_name_an_owner_and_a_day(loaded: LoadedCalendar) -> None:
    assert all(
        duty.id and duty.owner.zh != duty.owner.en and duty.due
        for phase in loaded.calendar.phases
        for duty in phase.duties
    )
