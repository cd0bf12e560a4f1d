"""Kinds of benefit and the keys that only one of them has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

KINDS_OF_BENEFITS: Final[Mapping[str, Honoured]] = {
    "GiftBenefit.sku": Honoured(
        "redeem",
        ("An order line of that article is the gift's use.", "订单中出现该商品行即为使用。"),
        "A3",
        "warehouse/accounting/test_recognising.py::test_lines_of_its_goods_at_its_price_are_its_uses",
    ),
    "MemberExtraGift.sku": Honoured(
        "redeem",
        ("An order line of that article is the gift's use.", "订单中出现该商品行即为使用。"),
        "A3",
        "campaign_calendars/deciding/test_uses.py::test_every_kind_has_its_own_trace",
    ),
    "PriceBenefit.goods": Honoured(
        "redeem, check",
        (
            "Order lines of them at the price are its uses; their prices count toward the lowest price.",
            "这些商品以该价成交的订单行即为使用；其价格计入最低价。",
        ),
        "A3, A11#2, B6",
        "warehouse/accounting/test_recognising.py::test_lines_of_its_goods_at_its_price_are_its_uses",
    ),
    "BirthdayGift.needs_order": Honoured(
        "decide",
        ("Who never bought is not given it.", "未购买过者不发放。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_a_birthday_gift_asks_for_the_month_and_an_order",
    ),
    "BuybackGift.since": Honoured(
        "decide",
        ("Orders count from then on.", "自此起计算订单。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_a_buy_back_gift_follows_orders_since_the_sale_began",
    ),
    "Challenge.from": Honoured(
        "decide",
        ("Orders count from then on.", "自此起累计订单。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_a_challenge_is_for_those_who_have_not_reached_it",
    ),
    "Challenge.period": Honoured(
        "decide",
        ("Orders add up over the calendar, or each day anew.", "订单按日历或按日累计。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_a_challenge_is_for_those_who_have_not_reached_it",
    ),
    "MemberPresaleRight.closes_at": Honoured(
        "decide, dispatch",
        ("From then on nobody is told of it.", "此后不再告知。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_priority_purchase_is_for_tiers_with_a_window_until_it_closes",
    ),
    "NewMemberCoupon.within": Honoured(
        "decide",
        ("Who joined longer ago is not given it.", "入会更久者不发放。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_a_new_member_benefit_is_had_within_a_time_of_joining",
    ),
    "NewMemberGift.within": Honoured(
        "decide",
        ("Who joined longer ago is not given it.", "入会更久者不发放。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_a_new_member_benefit_is_had_within_a_time_of_joining",
    ),
    "NewMemberPack.within": Honoured(
        "decide",
        ("Who joined longer ago is not given it.", "入会更久者不发放。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_a_new_member_benefit_is_had_within_a_time_of_joining",
    ),
    "PointsFinalPaymentCoupon.before_deposit": Honoured(
        "decide",
        ("Offered before a deposit is paid, too.", "付定金前也可提供。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_a_balance_coupon_asks_for_a_deposit",
    ),
}
