"""What a boss reads of a programme, in both languages: no number that only looks right."""

from __future__ import annotations

from dataclasses import replace

from campaign_calendars.measuring.lift import (
    Arm,
    Contrast,
    Difference,
    Growth,
    MoneyContrast,
    Return,
    checked,
    contrast,
)
from campaign_calendars.measuring.worth import worth_in_words

FOUND = contrast(Arm(9_000, 1_014, 17_263_626), Arm(1_000, 73, 1_357_231))
MONEY = MoneyContrast(
    method="pooled t interval, 95 %",
    difference=Difference(561, 119, 1_003, 0.013, 225),
    growth=Growth(0.413, 0.048, 0.906),
    adjusted=None,
    explained=None,
    order_value=None,
    returned=None,
    verdict="higher",
)


def _said(money: MoneyContrast, found: Contrast = FOUND, days: int | None = None) -> tuple[list[str], list[str]]:
    told = worth_in_words(replace(found, money=money), "CNY", days=days)
    return [one[0] for one in told], [one[1] for one in told]


def test_sold_more() -> None:
    en, zh = _said(MONEY)
    assert en[0] == (
        "Sold about 41% more (between 5% and 91%) than without: 5.61 CNY a member, between 1.19 and 10.03;"
        " 50,490 in all, between 10,710 and 90,270."
    )
    assert zh[0] == (
        "比不做活动约多卖 41%（5% 至 91%）：人均 5.61 CNY，区间 1.19 至 10.03；合计 50,490，区间 10,710 至 90,270。"
    )
    assert "margin" in en[1]
    assert "毛利率" in zh[1]


def test_sold_less() -> None:
    lower = replace(
        MONEY, difference=Difference(-561, -1_003, -119, 0.013, 225), growth=Growth(-0.4, -0.6, -0.1), verdict="lower"
    )
    en, zh = _said(lower)
    assert en[0].startswith("Sold about 40% less (between 10% and 60%) than without: -5.61 CNY a member")
    assert zh[0].startswith("比不做活动约少卖 40%（10% 至 60%）")


def test_what_it_would_take() -> None:
    open_ = replace(MONEY, difference=Difference(300, -142, 742, 0.18, 225), verdict="cannot conclude")
    assert _said(open_)[0][:2] == [
        (
            "Paid by a member: 3.00 CNY more than without, the difference between -1.42 and 7.42: cannot conclude"
            " (73 buyers in the hold-out)."
        ),
        "It would take about 2.2 times as many members to show a difference of this size.",
    ]
    nearly = replace(MONEY, difference=Difference(1_664, -4, 3_333, 0.05, 225), verdict="cannot conclude")
    assert _said(nearly)[0][1].startswith("It would take about 1.1 times as many members")
    assert _said(open_, days=8)[1][1] == "若差异保持不变，约再过 9 天可以下结论。"
    assert "about 9 more days" in worth_in_words(replace(FOUND, money=open_), "CNY", days=8, left=9)[1][0]
    assert worth_in_words(replace(FOUND, money=open_), "CNY", days=8, left=3)[1] == (
        ("If it stays as it is, about 9 more days would show it, but only 3 are left: this campaign will not show it."),
        "若差异保持不变，约再过 9 天才能下结论，但活动只剩 3 天：本次活动无法证实。",
    )
    tiny = replace(open_, difference=Difference(10, -432, 452, 0.9, 225))
    assert _said(tiny)[0][1] == "A difference as small as this cannot be shown by this hold-out."


def test_less_is_not_said_to_be_more() -> None:
    open_ = replace(MONEY, difference=Difference(-300, -742, 142, 0.18, 225), verdict="cannot conclude")
    en, zh = _said(open_)
    assert en[0].startswith("Paid by a member: 3.00 CNY less than without, the difference between -7.42 and 1.42")
    assert zh[0].startswith("人均支付：比对照组少 3.00 CNY，差值区间 -7.42 至 1.42")
    lower = replace(MONEY, difference=Difference(-561, -1_003, -119, 0.013, 225), growth=None, verdict="lower")
    en, zh = _said(lower)
    assert en[0].startswith("Sold less than without: -5.61 CNY a member")
    assert zh[0].startswith("比不做活动少卖：人均 -5.61 CNY")


def test_profit_is_judged_by_itself() -> None:
    returned = Return(
        margin=0.4, cost_cents=115.9, profit=Difference(108, -67, 284, 0.2, 225), per_cost=Growth(0.94, -0.57, 2.44)
    )
    en, zh = _said(replace(MONEY, returned=returned))
    assert en[1] == (
        "At a margin of 40% and 1.16 CNY of cost a member, 1.08 a member is left, between -0.67 and 2.84;"
        " 0.94 for each 1.00 of cost, between -0.57 and 2.44: whether it paid cannot be concluded."
    )
    assert zh[1].endswith("是否划算无法下结论。")
    lost = replace(returned, profit=Difference(-50, -90, -10, 0.01, 225), per_cost=None)
    assert _said(replace(MONEY, returned=lost))[0][1].endswith("it cost more than it earned.")


def test_no_number_where_there_is_none() -> None:
    few = replace(MONEY, difference=None, growth=None, verdict="too few buyers")
    assert _said(few, contrast(Arm(900, 90), Arm(900, 12)))[0] == [
        "In money nothing can be said yet: 12 buyers in the group with fewer of them, 30 are needed."
    ]
    same = replace(few, verdict="all paid the same")
    assert _said(same)[0] == ["Everybody paid the same, so nothing can be said of chance."]
    odd = checked(replace(FOUND, money=MONEY), 0.00024)
    assert [one[0][:37] for one in worth_in_words(odd, "CNY")] == ["The groups are not as they were drawn"]
    assert worth_in_words(contrast(Arm(9, 2), Arm(1_000, 73)), "CNY") == []
