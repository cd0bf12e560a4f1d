"""Kinds of coupons and gifts, and the keys that only one of them has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

COUPONS_AND_GIFTS: Final[Mapping[str, Honoured]] = {
    "StoreCoupon.kind": Honoured(
        "export",
        ("For everybody; the yardstick of `beats`, never granted.", "面向所有人；`beats` 的比较基准，从不发放。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "MemberCoupon.kind": Honoured(
        "export, decide",
        ("Set up as a member coupon; granted to chosen members.", "按会员券搭建，发给选中的会员。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "MemberCoupon.beats": Honoured(
        "check",
        ("Better than the store's coupon for every basket.", "任何金额都优于店铺券。"),
        "A11#1",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "MemberCoupon.exposed_in": Honoured(
        "export, check",
        ("Marked as shown in public venues.", "标记为公域透出。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "GroupBuy.kind": Honoured(
        "export",
        ("Set up with the tool for group buying; needs a stock.", "按拼团工具搭建，须限量。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "GroupBuy.item": Honoured(
        "export",
        ("Goods it applies to.", "适用商品。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "GroupBuy.price": Honoured(
        "export, redeem",
        ("The price the tool asks; lines at it or below are its uses.", "工具中的价格；以不高于此价成交的行为其核销。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "GroupBuy.size": Honoured(
        "export",
        ("Buyers that make a group, as the tool asks.", "工具中的成团人数。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "NewMemberCoupon.rejoin": Honoured(
        "decide",
        ("Lets in who left and joined again.", "退会后再入会者也可得。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_who_left_and_joined_again_is_a_member_and_no_new_one",
    ),
    "NewMemberGift.rejoin": Honoured(
        "decide",
        ("Lets in who left and joined again.", "退会后再入会者也可得。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_each_kind_for_new_members_may_let_in_who_comes_back",
    ),
    "NewMemberPack.rejoin": Honoured(
        "decide",
        ("Lets in who left and joined again.", "退会后再入会者也可得。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_each_kind_for_new_members_may_let_in_who_comes_back",
    ),
    "NewMemberCoupon.kind": Honoured(
        "export",
        ("Set up for new members.", "按新会员券搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "CategoryCoupon.kind": Honoured(
        "export",
        ("Set up for goods of one category.", "按品类券搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "CategoryCoupon.category": Honoured(
        "export",
        ("Goods the tool takes it for.", "工具中的适用品类。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberCouponPack.kind": Honoured(
        "export",
        ("Set up coupon by coupon.", "逐张搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "NewMemberPack.kind": Honoured(
        "export",
        ("Set up part by part, for new members.", "面向新会员，逐项搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "NewMemberPack.item": Honoured(
        "export",
        ("A part of the pack of its own.", "礼包中单独一项。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "NewMemberPack.item_cost": Honoured(
        "redeem",
        ("Goes with the first use of the pack.", "计入礼包首次核销。"),
        "A3",
        "campaign_calendars/deciding/test_uses.py::test_a_pack_has_a_use_for_each_coupon_and_its_gift_goes_with_the_first",
    ),
    "MemberCashback.kind": Honoured(
        "export",
        ("Set up as cash-back for the next order.", "按下次使用的满返搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "MemberCashback.value": Honoured(
        "export, redeem",
        ("What comes back.", "返还金额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberCashback.form": Honoured(
        "export",
        ("As a coupon or a red packet.", "以券或红包返还。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Referral.kind": Honoured(
        "export",
        ("Set up as a parent and a child coupon.", "按主券与好友券搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "Referral.child_value": Honoured(
        "export",
        ("What the friend's coupon takes off.", "好友券的减免金额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Referral.parent_redemption": Honoured(
        "words",
        (
            "Said in the offer, and counted with `child_redemption`.",
            "写在权益说明中；写明 child_redemption 时参与计算。",
        ),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Referral.visitors_per_parent": Honoured(
        "words",
        (
            "Said in the offer, and counted with `child_redemption`.",
            "写在权益说明中；写明 child_redemption 时参与计算。",
        ),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Referral.max_children": Honoured(
        "decide, redeem",
        ("What a grant may cost, and how many friends it is charged with.", "每次发放的最高成本，及可计入的好友数。"),
        "A3",
        "warehouse/accounting/test_referrals.py::test_no_more_friends_than_one_grant_may_bring",
    ),
    "Referral.child_redemption": Honoured(
        "decide",
        ("What a grant reserves where the budget is counted as expected.", "预算按预期计时每份占用的金额。"),
        "A3",
        "campaign_calendars/model/test_benefits.py::test_a_referral_is_expected_to_cost_its_parents_and_their_friends",
    ),
    "MemberGift001.kind": Honoured(
        "export, decide",
        ("Set up as a gift for a cent; limited in total and per day.", "按 1 分钱礼搭建，总量与每日限量。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "MemberGift001.price": Honoured(
        "export",
        ("What the member pays.", "会员支付的金额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "NewMemberGift.kind": Honoured(
        "decide, export",
        ("Given to new members; set up for them.", "发给新会员，并按新会员搭建。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_offers.py::test_a_key_decides_who_may_have_it_and_when",
    ),
    "MemberExtraGift.kind": Honoured(
        "export, redeem",
        ("Set up as a gift on top; used with a fitting order.", "按加赠搭建，随符合的订单使用。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "MemberExtraGift.item": Honoured(
        "export",
        ("The thing on the set-up sheet.", "搭建表中的礼品。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberExtraGift.sale": Honoured(
        "decide, export",
        (
            "One of the presale is given in presale phases only; told to whoever sets it up.",
            "预售加赠只在预售阶段发放，并告知搭建者。",
        ),
        "A3",
        "campaign_calendars/deciding/test_keys_of_offers.py::test_a_key_decides_who_may_have_it_and_when",
    ),
    "BuybackGift.kind": Honoured(
        "export, redeem",
        ("Set up as a gift with the next order.", "按回购礼搭建，随下一单使用。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "BuybackGift.after_orders": Honoured(
        "decide, export",
        (
            "Members with fewer orders do not get it; told to whoever sets it up.",
            "订单不足的会员不发放，并告知搭建者。",
        ),
        "A3",
        "campaign_calendars/deciding/test_keys_of_offers.py::test_a_key_decides_who_may_have_it_and_when",
    ),
    "Challenge.kind": Honoured(
        "decide, export, check",
        ("Given by admitted stores only, to members who have not reached it.", "仅准入店铺、仅发给尚未达成的会员。"),
        "A3, A11#11",
        "campaign_calendars/deciding/test_keys_of_offers.py::test_a_challenge_is_shut_where_the_store_is_not_admitted",
    ),
    "Challenge.spend": Honoured(
        "decide, export",
        ("Who has spent it already is not asked; the sum the tool asks for.", "已达金额者不再参与；工具所需的金额。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_offers.py::test_a_key_decides_who_may_have_it_and_when",
    ),
    "BirthdayGift.kind": Honoured(
        "decide, export",
        (
            "Given to members whose birthday is known; set up as a birthday gift.",
            "只发给生日已知的会员；按生日礼搭建。",
        ),
        "A3",
        "campaign_calendars/deciding/test_keys_of_offers.py::test_a_key_decides_who_may_have_it_and_when",
    ),
    "LuckyBag.kind": Honoured(
        "export",
        ("Packed and sent by people.", "由人打包寄送。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "ExchangeCard.kind": Honoured(
        "export",
        ("Set up as a card that is redeemed later.", "按兑换卡搭建，之后兑换。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "ExchangeCard.value": Honoured(
        "export, redeem",
        ("What it is worth.", "兑换价值。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "ExchangeCard.price": Honoured(
        "export, redeem",
        ("What the member pays, taken off its cost.", "会员支付额，从成本中扣除。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
}
