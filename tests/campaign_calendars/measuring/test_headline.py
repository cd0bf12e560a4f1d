"""The sentence a boss reads, case by case: what cannot be known says so, a loss is called one, and what to change is
always said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign_calendars.measuring.advice import Course, Named
from campaign_calendars.measuring.headline import headline
from campaign_calendars.measuring.lift import (
    Arm,
    Contrast,
    Difference,
    Growth,
    MoneyContrast,
    Return,
    Sums,
    Verdict,
    checked,
    contrast,
    no_money,
    withheld,
)
from campaign_calendars.measuring.worth import worth_in_words

NOTHING = Course(plays=(), benefits=(), reasons={}, decisions=1)
SENT = replace(NOTHING, messages={"sent": 900, "cancelled": 3})
TREATED, CONTROL = Arm(1000, 200, 2_000_000, sums=Sums(cost_cents=50_000)), Arm(500, 60, 500_000, sums=Sums())


def found(verdict: Verdict, low: float, high: float, *, profit: tuple[float, float] | None = (5, 900)) -> Contrast:
    """Ends of what a member paid more, and of what is left of it, in cents."""
    left = None
    if profit is not None:
        middle = Difference((profit[0] + profit[1]) / 2, *profit, 0.01, 1.0)
        left = Return(margin=0.4, cost_cents=50.0, profit=middle, per_cost=None)
    money = MoneyContrast(
        method="pooled", difference=Difference((low + high) / 2, low, high, 0.01, 1.0), growth=Growth(0.4, 0.1, 0.8),
        adjusted=None, explained=None, order_value=None, returned=left, verdict=verdict,
    )  # fmt: skip
    return Contrast(TREATED, CONTROL, 0.08, (0.04, 0.12), verdict, money=money)


def said(programme: Contrast | None, course: Course = SENT, *, running: bool = False) -> tuple[str, str]:
    return headline(programme, course, "CNY", running=running)


def test_what_was_sold_more_with_interval_cost_and_what_is_left() -> None:
    en, zh = said(found("higher", 100, 1900))
    assert en == (
        "It sold about 40% more than without, 10,000 CNY (between 1,000 and 19,000), cost 500 CNY, and left 4,525 CNY"
        " after it (between 50 and 9,000); next time: keep it as it is."
    )
    assert zh == (
        "比不做活动多卖约 40%，共 10,000 CNY（区间 1,000 至 19,000），成本 500 CNY，扣除后净得 4,525 CNY"
        "（区间 50 至 9,000）；下次建议：保持现有做法。"
    )


def test_what_cannot_be_concluded_asks_for_more_held_out() -> None:
    en, _ = said(found("cannot conclude", -900, 1900))
    assert "whether it sold more cannot be concluded" in en.lower()
    assert "hold out more members, 500 with 60 buyers show too little" in en


def test_a_loss_is_called_one_and_never_kept_as_it_is() -> None:
    gift = Named(("Mug", "马克杯"), cost_cents=40_000)
    dear = replace(SENT, benefits=[gift])
    en, zh = said(found("higher", 100, 1900, profit=(-900, -100)), dear)
    assert "cost 500 CNY, which lost 5,000 CNY (between 1,000 and 9,000); next time: give less of “Mug”" in en
    assert "扣除后净亏 5,000 CNY（区间 1,000 至 9,000）；下次建议：少发“马克杯”" in zh
    en, zh = said(found("higher", 100, 1900, profit=(-900, -100)))
    assert en.endswith("next time: send fewer messages, they cost more than they brought.")
    assert zh.endswith("下次建议：减少消息数量：消息成本高于带来的毛利。")


def test_a_profit_whose_interval_holds_zero_is_no_profit() -> None:
    en, zh = said(found("higher", 100, 1900, profit=(-100, 900)))
    assert "and whether it paid cannot be concluded (4,000 CNY after it, between -1,000 and 9,000)" in en
    assert en.endswith("next time: hold out more members, by 500 it cannot be told whether it pays.")
    assert "是否划算无法下结论（扣除后 4,000 CNY，区间 -1,000 至 9,000）" in zh
    en, _ = said(
        found("higher", 100, 1900, profit=(-900, 100)), replace(SENT, benefits=[Named(("Mug", "杯"), None, 1)])
    )
    assert en.endswith("next time: give less of “Mug”, which cost most.")


@pytest.mark.parametrize("profit", [None, (-900.0, -100.0), (-100.0, 900.0)])
def test_who_sold_less_is_not_told_to_go_on(profit: tuple[float, float] | None) -> None:
    en, zh = said(found("lower", -1900, -100, profit=profit))
    assert en.startswith("It sold about 40% less than without")
    for flattering in ("keep it as it is", "do more"):
        assert flattering not in en
    if profit is None:
        assert en.endswith("do not run it again as it was, it sold less than without.")
        assert zh.endswith("不要照原样再做：它比不做卖得更少。")


def test_without_a_margin_nobody_says_that_it_paid() -> None:
    en, zh = said(found("higher", 100, 1900, profit=None))
    assert en.endswith(", cost 500 CNY; next time: state the margin (values), or nobody can say whether it paid.")
    assert "毛利率" in zh


def test_messages_without_a_price_are_no_messages_for_free() -> None:
    course = replace(SENT, unpriced=[("SMS", "短信")])
    en, zh = said(found("higher", 100, 1900), course)
    assert "cost at least 500 CNY (no price is stated for messages over SMS)" in en
    assert "left" not in en
    assert "成本至少 500 CNY（短信未填写消息单价）" in zh
    free = replace(found("higher", 100, 1900), treated=replace(TREATED, sums=Sums()))
    assert "at a cost that is not known (no price is stated for messages over SMS)" in said(free, course)[0]
    assert ", with no cost on the books" in said(free)[0]


def test_without_a_hold_out_nothing_is_claimed_but_the_cost() -> None:
    en, zh = said(None, replace(SENT, cost_cents=123_400))
    assert en == (
        "What it was worth cannot be said, because nobody was held out, cost 1,234 CNY;"
        " next time: hold out 10 % of the members by lot."
    )
    assert zh == "未设活动对照组，无法判断活动值多少，成本 1,234 CNY；下次建议：随机留出 10% 会员作活动对照组。"


def test_small_and_empty_groups_say_so() -> None:
    for treated, control in ((Arm(0, 0), Arm(0, 0)), (Arm(10, 1), Arm(5, 0))):
        assert "the groups are too small" in said(contrast(treated, control))[0]


def test_advice_names_the_group_that_is_too_small() -> None:
    few = contrast(Arm(12, 1), Arm(900, 40))
    assert said(few)[0].endswith("hold out fewer members, 12 treated ones with 1 buyers show too little.")
    everybody = withheld(contrast(Arm(0, 0), Arm(900, 40)), "nothing sent")
    en, zh = said(everybody, replace(NOTHING, messages={}))
    assert en == (
        "No message left, so it has no effect that could be measured;"
        " next time: hold out fewer members, everybody was held out."
    )
    assert zh == "没有发出任何消息，谈不上活动效果；下次建议：缩小对照组：所有会员都在对照组。"


@pytest.mark.parametrize(
    ("messages", "next_time"),
    [
        ({"awaiting_approval": 800, "cancelled": 3}, "approve in time what waits for it, 800 messages did"),
        ({"failed": 12}, "mend the channels, 12 messages failed"),
        ({}, "look at the audiences, nobody was chosen for a message"),
    ],
)
@pytest.mark.parametrize("held_out", [True, False])
def test_where_no_message_left_there_is_no_effect_and_the_reason_is_told(
    messages: dict[str, int], next_time: str, *, held_out: bool
) -> None:
    programme = withheld(found("higher", 100, 1900), "nothing sent") if held_out else None
    en, _ = said(programme, replace(NOTHING, messages=messages))
    assert en.startswith("No message left, so it has no effect that could be measured")
    assert en.endswith(f"next time: {next_time}.")
    assert "more than without" not in en


def test_groups_that_are_not_as_drawn_say_what_mixed_them() -> None:
    changed = checked(found("higher", 100, 1900), 1e-6)
    assert said(changed)[0].endswith("leave the share of the hold-out as it is while the campaign runs.")
    assert "share of the hold-out changed" in worth_in_words(changed, "CNY")[0][0]
    arms = {"treated": replace(TREATED, joined=20), "control": replace(CONTROL, joined=90)}
    joined = checked(replace(found("higher", 100, 1900), **arms), 1e-6)
    en, zh = said(joined)
    assert en.endswith("join accounts of one person before the campaign begins, not while it runs.")
    assert "在活动开始前完成同一人的账号合并" in zh
    assert "(20 and 90 persons)" in worth_in_words(joined, "CNY")[0][0]


def test_one_buyer_says_nothing_of_money() -> None:
    one = replace(contrast(Arm(900, 1), Arm(300, 0)), money=no_money("pooled", "too few buyers"))
    en, _ = said(one)
    assert en.startswith("Whether more members bought cannot be concluded")
    assert "of money nothing can be said" in en


def test_huge_effects_are_readable() -> None:
    one = found("higher", 100, 1900)
    assert one.money is not None
    huge = replace(one, money=replace(one.money, growth=Growth(123.4, 50, 300)))
    assert "about 12,340% more" in said(huge)[0]


def test_while_it_goes_on_no_growth_is_claimed() -> None:
    en, zh = said(found("higher", 100, 1900), running=True)
    assert en.startswith("So far, and it is not over yet: it sold more than without")
    assert zh.startswith("截至目前（活动未结束）")


def test_what_is_left_is_not_asked_for_before_the_end() -> None:
    """It is told at the end only, whatever the calendar states."""
    one = found("higher", 100, 1900, profit=None)
    assert one.money is not None
    early = replace(one, money=replace(one.money, growth=None, while_running=(50.0, 2_000.0)))
    assert said(early, running=True)[0].endswith("cost 500 CNY; next time: keep it as it is.")


def test_a_play_that_does_harm_comes_before_whom_no_message_reached() -> None:
    harm = Named(("Recall", "召回"), Contrast(TREATED, CONTROL, -0.1, (-0.2, -0.05), "lower"))
    course = replace(SENT, plays=[harm], reasons={"no_consent": 500, "under_age": 900}, decisions=2000)
    assert "leave out “Recall”" in said(found("higher", 100, 1900), course)[0]
    reached = replace(course, plays=())
    assert "ask more members for their consent (500 of 2,000" in said(found("higher", 100, 1900), reached)[0]


def test_before_any_run_there_is_nothing_to_measure() -> None:
    """No groups that would be too small, and nothing to change; after the end the runs are missing."""
    none = replace(NOTHING, decisions=0)
    en, zh = said(contrast(Arm(0, 0), Arm(0, 0)), none, running=True)
    assert en == "No run has decided about anybody yet, so there is nothing to measure."
    assert "没有可衡量的内容" in zh
    en, zh = said(contrast(Arm(0, 0), Arm(0, 0)), none)
    assert en.startswith("It is over, and no run ever decided about anybody")
    assert "确认运行按时启动" in zh
