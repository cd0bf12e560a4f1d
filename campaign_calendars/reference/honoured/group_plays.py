"""Timed plays of groups, red packets, and what goes with an order or comes after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

GROUP_PLAYS: Final[Mapping[str, Honoured]] = {
    "TimedOffer.kind": Honoured(
        "export, redeem",
        ("Set up as a timed sale; lines outside its seconds are no uses.", "按限时抢搭建；起止之外成交的行不算核销。"),
        "A3",
        "warehouse/accounting/test_group_plays.py::test_a_timed_price_is_used_from_its_first_second_to_its_last",
    ),
    "Timed.group": Honoured(
        "decide, redeem",
        ("Only who is in that group at the moment may have it.", "仅当时在该群内的人可得。"),
        "A4",
        "warehouse/decision/test_benefit_conditions.py::test_a_play_of_a_group_is_for_those_who_are_in_it",
    ),
    "TimedPrice.item": Honoured(
        "export",
        ("Goods it applies to.", "适用商品。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "TimedPrice.price": Honoured(
        "export, redeem",
        ("The price the tool asks; lines at it or below are its uses.", "工具中的价格；以不高于此价成交的行为其核销。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Haggle.kind": Honoured(
        "export, redeem",
        ("Set up as haggling; had at its lowest price.", "按砍价搭建；以底价成交。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "Haggle.starts_at": Honoured(
        "export",
        ("Price it begins at; the difference is what a piece costs.", "起砍价；差额为每件成本。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Haggle.helpers": Honoured(
        "export",
        ("Friends it takes.", "所需好友数。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "RedPacket.kind": Honoured(
        "redeem, export",
        (
            "The pool is set aside, spent by the file of pay-outs, and what nobody opened comes back.",
            "预留总额，按发放明细计支出，未领部分退回。",
        ),
        "A4",
        "warehouse/accounting/test_group_plays.py::test_a_pool_is_set_aside_spent_by_pay_outs_and_what_is_left_comes_back",
    ),
    "RedPacket.group": Honoured(
        "export, check",
        ("On the sheet of that group, beside the post that announces it.", "列于该群的群表，与宣布它的帖子同行。"),
        "A4",
        "campaign_calendars/set_up/test_of_store.py::test_a_post_says_how_many_red_packets_go_with_it",
    ),
    "RedPacket.amount": Honoured(
        "redeem, export",
        ("Money of one packet, where no pay-out says otherwise.", "每个红包的金额；发放明细另有金额时以其为准。"),
        "A4",
        "warehouse/accounting/test_group_plays.py::test_a_pool_is_set_aside_spent_by_pay_outs_and_what_is_left_comes_back",
    ),
    "RedPacket.per_group": Honoured(
        "export, check",
        (
            "Packets of each group on its sheet; times the groups it is the stock.",
            "群表中每群个数；乘以群数应等于库存。",
        ),
        "A4",
        "campaign_calendars/set_up/test_of_store.py::test_a_post_says_how_many_red_packets_go_with_it",
    ),
    "RedPacket.split": Honoured(
        "redeem, export",
        (
            "By luck one packet may hold more than `amount`, all of them not more than the pool.",
            "拼手气时单个可超过 amount，合计不超过总额。",
        ),
        "A4",
        "warehouse/accounting/test_group_plays.py::test_the_luckiest_packet_costs_what_was_paid",
    ),
    "AfterOrderCoupon.kind": Honoured(
        "redeem, export",
        ("An order that succeeds brings it, another one uses it.", "交易成功的订单带来，另一单使用。"),
        "A3",
        "warehouse/accounting/test_group_plays.py::test_a_coupon_after_the_order_comes_with_its_success",
    ),
    "AfterAnOrder.issued_on": Honoured(
        "redeem",
        ("From the payment of the order on, or from its success.", "自付款起，或自交易成功起。"),
        "A3",
        "warehouse/accounting/test_group_plays.py::test_cash_back_may_wait_for_the_success_of_its_order",
    ),
    "OrderSample.kind": Honoured(
        "redeem, person",
        ("Goes with every paid order of a member, each costs one.", "随会员每笔已付款订单发出，逐单计成本。"),
        "A3",
        "warehouse/accounting/test_group_plays.py::test_a_sample_goes_with_every_order",
    ),
}
