"""Keys that every benefit has, and those of their parts: validity, coupons, tier windows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

BENEFITS: Final[Mapping[str, Honoured]] = {
    "BenefitBase.title": Honoured(
        "export, words",
        ("The name on the set-up sheet and in messages.", "搭建表与消息中的名称。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "BenefitBase.nature": Honoured(
        "check",
        ("Whether a calendar has benefits besides prices.", "日历是否有价格之外的权益。"),
        "A1#25",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "BenefitBase.unit_cost": Honoured(
        "decide, redeem",
        ("What a grant reserves and a use costs.", "发放占用、核销花费的金额。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "BenefitBase.stock": Honoured(
        "decide, export",
        ("No more grants than that.", "发放不超过该数量。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "BenefitBase.daily_cap": Honoured(
        "decide, export",
        ("No more grants on a local day than that.", "每日发放不超过该数量。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "BenefitBase.per_member": Honoured(
        "export, decide",
        ("How many one member may have.", "每位会员可得几份。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "BenefitBase.pool": Honoured(
        "decide",
        ("Which pool pays.", "由哪个资金池支付。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "BenefitBase.redemption_rate": Honoured(
        "decide",
        ("What a grant reserves where the budget is counted as expected.", "预算按预期计时每份占用的比例。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "BenefitBase.tiers": Honoured(
        "decide, export",
        ("Only members of these tiers get it.", "只有这些等级可得。"),
        "A3, A6",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "BenefitBase.valid": Honoured(
        "redeem, export",
        ("Until when a use counts and its money is held.", "核销计入、资金保留到何时。"),
        "A3",
        "tasks/accounting/test_two_phases.py::test_validity_counts_from_when_the_message_left",
    ),
    "BenefitBase.order": Honoured(
        "decide, plan",
        (
            "Higher tiers get the last pieces; what goes to whoever comes first is told, and given to nobody.",
            "最后几份给高等级；先到先得的只告知、不发放。",
        ),
        "A3",
        "warehouse/decision/test_turns.py::test_the_last_pieces_go_to_higher_tiers",
    ),
    "BenefitBase.needs": Honoured(
        "person, dispatch",
        ("Messages that give it wait until these duties are done.", "这些任务完成前，发放它的消息等待。"),
        "A9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_need_holds_messages_back_until_its_duty_is_done",
    ),
    "Validity.from": Honoured(
        "export",
        ("From when the tool lets it be used.", "工具中可用的起点。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Validity.to": Honoured(
        "decide, export",
        ("Nobody gets it once it is over; until when the tool lets it be used.", "过期后不再发放；工具使用截止时间。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_offers.py::test_a_key_decides_who_may_have_it_and_when",
    ),
    "Validity.for": Honoured(
        "export, redeem",
        ("How long after the grant.", "领取后多久。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "CouponBenefit.threshold": Honoured(
        "export",
        ("Basket from which the tool takes it.", "工具中的使用门槛。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "CouponBenefit.value": Honoured(
        "export, redeem",
        ("What the tool takes off; the most a use costs.", "工具中的减免金额，也是每次核销的最高成本。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Coupon.threshold": Honoured(
        "export",
        ("Basket from which the tool takes it.", "工具中的使用门槛。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Coupon.value": Honoured(
        "export, redeem",
        ("What the tool takes off.", "工具中的减免金额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "Pack.coupons": Honoured(
        "export, redeem",
        ("A row and a use of its own for each coupon.", "每张券单独一行、单独核销。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "ItemsXorAmount.items": Honoured(
        "export, redeem",
        ("Pieces an order has to have.", "订单须有的件数。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "ItemsXorAmount.amount": Honoured(
        "export, redeem",
        ("Money an order has to come to.", "订单须达到的金额。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "GiftBenefit.item": Honoured(
        "export",
        ("The thing on the set-up sheet.", "搭建表中的礼品。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "PriceBenefit.counts_lowest_price": Honoured(
        "export, check",
        (
            "Told to whoever sets it up, and whether it counts in the lowest price.",
            "写入搭建表，并决定是否计入最低价。",
        ),
        "A11#2",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "TierWindow.tier": Honoured(
        "decide, export",
        ("Which members may buy from then on; a row each.", "该等级自此可购买；各占一行。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_offers.py::test_a_key_decides_who_may_have_it_and_when",
    ),
    "TierWindow.opens_at": Honoured(
        "export",
        ("When the tool opens for the tier.", "工具何时对该等级开放。"),
        "A3",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_with_another_value_the_platform_is_told_something_else",
    ),
    "BenefitBase.offered": Honoured(
        "decide, dispatch, export",
        ("Outside it nobody is given the benefit: reason benefit_window.", "窗口外不发放，原因为 benefit_window。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_nothing_is_given_outside_its_window_or_after_its_validity",
    ),
    "Offered.from": Honoured(
        "decide",
        ("Nobody is given it before.", "此前不发放。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_nothing_is_given_outside_its_window_or_after_its_validity",
    ),
    "Offered.to": Honoured(
        "decide",
        ("Nobody is given it afterwards.", "此后不发放。"),
        "A3",
        "warehouse/decision/test_benefit_conditions.py::test_nothing_is_given_outside_its_window_or_after_its_validity",
    ),
    "BenefitBase.delivery": Honoured(
        "check",
        ("Whether a play has to give it or to announce it.", "玩法应发放还是告知。"),
        "A3",
        "campaign_calendars/checks/test_offers.py::test_delivery_says_whether_a_benefit_is_given_or_announced",
    ),
    "BenefitBase.exclusive_with": Honoured(
        "decide, export",
        (
            "None is given while the other can still be used: reason benefit_exclusive.",
            "另一权益仍可使用时不发放，原因为 benefit_exclusive。",
        ),
        "A3",
        "warehouse/decision/test_exclusive.py::test_either_of_the_two_may_say_so",
    ),
}
