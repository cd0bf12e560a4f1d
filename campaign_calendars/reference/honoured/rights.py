"""Kinds of points, prices and rights, and the keys that only one of them has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

POINTS_PRICES_AND_RIGHTS: Final[Mapping[str, Honoured]] = {
    "PointsRedeem.kind": Honoured(
        "export, decide",
        ("Set up in the points mall; needs the balance.", "在积分商城搭建；须有余额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "PointsRedeem.points": Honoured(
        "decide, export",
        ("Only who has so many free points gets it.", "可用积分足够者才可得。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_points_of_a_benefit_stand_in_the_brief",
    ),
    "PointsRedeem.item": Honoured(
        "export",
        ("What the points buy.", "积分兑换的内容。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "PointsPlusCash.kind": Honoured(
        "export, decide",
        ("Set up in the points mall, with cash.", "在积分商城搭建，加钱购。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "PointsPlusCash.points": Honoured(
        "decide, export",
        ("Only who has so many free points gets it.", "可用积分足够者才可得。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "PointsPlusCash.cash": Honoured(
        "export",
        ("What is paid besides.", "另付金额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "PointsPlusCash.item": Honoured(
        "export",
        ("Goods it buys.", "所购商品。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "PointsFinalPaymentCoupon.kind": Honoured(
        "export, decide",
        ("Set up as a coupon on the balance, for points.", "按积分兑尾款券搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "PointsFinalPaymentCoupon.points": Honoured(
        "decide, export",
        ("Only who has so many free points gets it.", "可用积分足够者才可得。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "PointsDouble.kind": Honoured(
        "export",
        ("Set up as days that earn more.", "按多倍积分日搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "PointsDouble.multiplier": Honoured(
        "export",
        ("The factor the platform is told.", "告知平台的倍数。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "PointsGame.kind": Honoured(
        "export",
        ("Set up as a game of points.", "按积分玩法搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "PointsGame.game": Honoured(
        "export, decide",
        ("What is played; won points need no balance.", "何种玩法；赢取的积分不需余额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "PointsGame.points": Honoured(
        "export, decide",
        ("Points won, or the balance it needs.", "所得积分，或须有的余额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "ReferralPoints.kind": Honoured(
        "export",
        ("Set up as points for both.", "按双方得积分搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "ReferralPoints.points": Honoured(
        "export",
        ("Points for each of the two.", "双方各得的积分。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "ReferralPoints.spend": Honoured(
        "export",
        ("What the friend has to spend.", "好友须消费的金额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberItemsDiscount.kind": Honoured(
        "export",
        ("Set up as a discount by pieces.", "按满件折扣搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "MemberItemsDiscount.items": Honoured(
        "export",
        ("Pieces the tool asks for.", "工具中的件数。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberItemsDiscount.rate": Honoured(
        "export",
        ("Share of the price the tool asks.", "工具中的折扣。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberPrice.kind": Honoured(
        "export",
        ("Set up as a price for members.", "按会员价搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "MemberPrice.item": Honoured(
        "export",
        ("Goods it applies to.", "适用商品。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberPrice.price": Honoured(
        "export",
        ("The price the tool asks.", "工具中的价格。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberPrice.rate": Honoured(
        "export",
        ("Share of the price the tool asks.", "工具中的折扣。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "EarlyBirdPrice.kind": Honoured(
        "export",
        ("Set up day by day, outside the lowest price.", "逐日搭建，不计最低价。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "EarlyBirdPrice.rate": Honoured(
        "export",
        ("Share of the price the tool asks.", "工具中的折扣。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "EarlyBirdPrice.days": Honoured(
        "export",
        ("A row for each day it may be used.", "每个可用日一行。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "FreeOrder.kind": Honoured(
        "export",
        ("Paid back by people; needs a stock.", "由人退款，须有名额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "FreeOrder.max_amount": Honoured(
        "export, redeem",
        ("Largest order that is free; what one costs.", "可免的最大订单，也是每份成本。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "HalfPrice.kind": Honoured(
        "export",
        ("Set up at half the price; needs a stock.", "按半价搭建，须限量。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "HalfPrice.item": Honoured(
        "export",
        ("Goods it applies to.", "适用商品。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "HalfPrice.price": Honoured(
        "export, redeem",
        ("The full price; half of it is the cost.", "原价；一半为成本。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "BundlePrice.kind": Honoured(
        "export",
        ("Set up as pieces for one price.", "按 N 件 N 元搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "BundlePrice.items": Honoured(
        "export",
        ("Pieces of the bundle.", "组合件数。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "BundlePrice.price": Honoured(
        "export",
        ("Price of the bundle.", "组合价。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "FlashSale.kind": Honoured(
        "export",
        ("Set up at a fixed price; needs a stock.", "按一口价搭建，须限量。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "FlashSale.item": Honoured(
        "export",
        ("Goods it applies to.", "适用商品。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "FlashSale.price": Honoured(
        "export",
        ("The price the tool asks.", "工具中的价格。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberPresaleRight.kind": Honoured(
        "export",
        ("Set up tier by tier.", "按等级逐项搭建。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "MemberPresaleRight.item": Honoured(
        "export",
        ("Goods that may be bought early.", "可优先购买的商品。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "MemberPresaleRight.windows": Honoured(
        "export, check",
        ("Which tier from when; higher tiers not later.", "各等级何时开放；高等级不晚于低等级。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Service.kind": Honoured(
        "export",
        ("Kept by people or the platform.", "由人或平台提供。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "Service.offers": Honoured(
        "export, check",
        ("Which service; free shipping is for tiers only.", "哪项服务；包邮仅限等级。"),
        "A3, A11#9",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Service.days": Honoured(
        "export",
        ("How long it lasts.", "持续天数。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Partner.kind": Honoured(
        "export",
        ("Bought from somebody else, handed out by people.", "外购权益，由人发放。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
    ),
    "Partner.brand": Honoured(
        "export",
        ("Who provides it.", "由谁提供。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Partner.item": Honoured(
        "export",
        ("What it is.", "具体内容。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
}
