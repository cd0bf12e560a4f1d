"""Keys of the member programme: tiers, points, lifecycle, joining, value, tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

PROGRAMME: Final[Mapping[str, Honoured]] = {
    "Tiers.window": Honoured(
        "decide",
        ("How long spend and orders count.", "消费与笔数的滚动窗口。"),
        "A6",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Tiers.levels": Honoured(
        "decide",
        ("The tiers a member may have.", "会员可能的等级。"),
        "A6",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Tiers.mode": Honoured(
        "decide",
        ("Whether one of spend and orders is enough.", "金额与笔数是否满足其一即可。"),
        "A6",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Tiers.applies": Honoured(
        "decide",
        ("Who has not bought since the rules changed keeps the earlier tier.", "规则变更后未购者保留原等级。"),
        "A11#10",
        "tasks/test_keys_of_the_programme.py::test_changed_rules_reach_the_features",
    ),
    "Tiers.since": Honoured(
        "decide",
        ("From when the new rules hold.", "新规则自何时起。"),
        "A11#10",
        "tasks/test_keys_of_the_programme.py::test_changed_rules_reach_the_features",
    ),
    "Tiers.earlier": Honoured(
        "decide",
        ("What a tier asked for before.", "此前的等级门槛。"),
        "A11#10",
        "tasks/test_keys_of_the_programme.py::test_changed_rules_reach_the_features",
    ),
    "Tier.id": Honoured(
        "decide",
        ("The tier that benefits and audiences ask for.", "权益与人群所问的等级。"),
        "A6",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Threshold.spend": Honoured(
        "decide",
        ("Spend from which the tier is reached, inclusive.", "达到该等级的消费额（含）。"),
        "A6",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Threshold.orders": Honoured(
        "decide",
        ("Orders from which the tier is reached, inclusive.", "达到该等级的笔数（含）。"),
        "A6",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "EarlierTier.id": Honoured(
        "decide",
        ("Which tier the earlier rule is of.", "此前规则所属的等级。"),
        "A11#10",
        "tasks/test_keys_of_the_programme.py::test_changed_rules_reach_the_features",
    ),
    "Points.per_unit": Honoured(
        "measure",
        ("Points for each whole unit of an order.", "每整元的积分。"),
        "A6",
        "campaign_calendars/model/test_programme.py::test_two_orders_never_earn_more_than_one_of_both",
    ),
    "Points.rounding": Honoured(
        "measure",
        ("How the product is rounded.", "乘积如何取整。"),
        "A6",
        "campaign_calendars/model/test_programme.py::test_rounding_is_what_the_store_says",
    ),
    "Points.member_day": Honoured(
        "measure",
        ("Days that earn more, on top of the tier's factor.", "多倍积分日，叠加等级系数。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_member_days_of_the_store_are_laid_out",
    ),
    "MemberDay.multiplier": Honoured(
        "measure",
        ("The factor of such a day.", "该日的倍数。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_member_days_of_the_store_are_laid_out",
    ),
    "MemberDay.monthly": Honoured(
        "measure",
        ("Days of the month.", "每月的日子。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_member_days_of_the_store_are_laid_out",
    ),
    "Lifecycle.by_category": Honoured(
        "decide",
        ("Other bounds for members of a favourite category.", "按偏好品类的不同界限。"),
        "A5",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Bounds.core": Honoured(
        "decide",
        ("Up to here a buyer is core.", "核心期上限。"),
        "A5",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Bounds.potential": Honoured(
        "decide",
        ("Up to here potential.", "潜力期上限。"),
        "A5",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Bounds.ordinary": Honoured(
        "decide",
        ("Up to here ordinary.", "普通期上限。"),
        "A5",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Bounds.lost": Honoured(
        "decide",
        ("Up to here dormant, then lost.", "沉睡期上限，之后为流失。"),
        "A5",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "JoinThreshold.amount": Honoured(
        "decide",
        ("Spend from which one may join.", "可入会的消费额。"),
        "A1#12",
        "tasks/test_keys_of_the_programme.py::test_who_may_join_reaches_the_features",
    ),
    "JoinThreshold.orders": Honoured(
        "decide",
        ("Orders from which one may join.", "可入会的笔数。"),
        "A1#12",
        "tasks/test_keys_of_the_programme.py::test_who_may_join_reaches_the_features",
    ),
    "JoinThreshold.any_of": Honoured(
        "decide",
        ("Whether one of the two is enough.", "两者是否满足其一即可。"),
        "A1#12",
        "tasks/test_keys_of_the_programme.py::test_who_may_join_reaches_the_features",
    ),
    "ValueWeights.order": Honoured(
        "decide",
        ("Weight of an order.", "订单的权重。"),
        "A1#3",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "ValueWeights.spend": Honoured(
        "decide",
        ("Weight of the spend.", "消费的权重。"),
        "A1#3",
        "warehouse/features/test_member_models.py::test_the_value_of_a_member_is_weighted_by_the_store",
    ),
    "ValueWeights.visit": Honoured(
        "decide",
        ("Weight of a visit.", "访问的权重。"),
        "A1#3",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "ValueWeights.cart_add": Honoured(
        "decide",
        ("Weight of a cart add.", "加购的权重。"),
        "A1#3",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "ValueWeights.favourite": Honoured(
        "decide",
        ("Weight of a favourite.", "收藏的权重。"),
        "A1#3",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "ValueWeights.sign_in": Honoured(
        "decide",
        ("Weight of a sign-in.", "签到的权重。"),
        "A1#3",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "ValueWeights.interaction": Honoured(
        "decide",
        ("Weight of another interaction.", "其他互动的权重。"),
        "A1#3",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "ValueWeights.joined": Honoured(
        "decide",
        ("Weight of being joined.", "入会的权重。"),
        "A1#3",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "TagRule.where": Honoured(
        "decide",
        ("Who it holds for carries the tag.", "符合者带有该标签。"),
        "A1#20",
        "campaign_calendars/audiences/test_tags.py::test_made_tags_are_carried_while_their_rule_holds",
    ),
    "Points.before_joining": Honoured(
        "measure, export",
        (
            "Orders paid before joining give their points on joining, or none.",
            "入会前订单的积分在入会时归会员，或不计。",
        ),
        "A13#1",
        "campaign_calendars/deciding/test_points_rules.py::test_what_the_store_says_of_its_points",
    ),
    "Points.cash": Honoured(
        "measure, check",
        ("Points that paid part of an order are held against it.", "抵扣订单的积分按比例核对。"),
        "A13#3",
        "campaign_calendars/deciding/test_points_rules.py::test_what_the_store_says_of_its_points",
    ),
    "Points.point_value": Honoured(
        "redeem, measure",
        (
            "What points that benefits give cost the budget, and what members' points are worth.",
            "权益所给积分占用的预算，以及会员积分的价值。",
        ),
        "A6",
        "tasks/accounting/test_blocks.py::test_points_cost_what_the_store_says_a_point_costs",
    ),
    "PointsCash.per_yuan": Honoured(
        "measure",
        ("So many points pay one unit of an order.", "多少积分抵一元。"),
        "A13#3",
        "warehouse/measurement/test_points_rules.py::test_points_above_their_share_of_the_basket_are_told",
    ),
    "PointsCash.max_share": Honoured(
        "measure",
        ("Points above their share of a basket are told.", "超出抵扣上限的积分会指出。"),
        "A13#3",
        "warehouse/measurement/test_points_rules.py::test_points_above_their_share_of_the_basket_are_told",
    ),
    "PointsCash.min": Honoured(
        "measure",
        ("Fewer points than that pay nothing.", "少于此数不能抵扣。"),
        "A13#3",
        "warehouse/measurement/test_points_rules.py::test_fewer_points_than_the_least_pay_nothing",
    ),
    "Tier.discount": Honoured(
        "export, check",
        (
            "Its row of the set-up sheet; prices that are no better for the tier are told.",
            "搭建表中的一行；对该等级并不更优的价格会提示。",
        ),
        "A6, B2",
        "campaign_calendars/set_up/test_set_up.py::test_the_discount_of_a_tier_is_set_up_with_the_levels",
    ),
    "MemberDay.on": Honoured(
        "measure",
        ("Single days that earn more.", "单独的多倍积分日。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_member_days_of_the_store_are_laid_out",
    ),
    "Points.referral": Honoured(
        "measure",
        ("Points for introducing somebody.", "介绍好友所得的积分。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_referrals_of_store_and_calendar",
    ),
    "ReferralRule.points": Honoured(
        "measure",
        ("Points for each of the two.", "双方各得的积分。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_referrals_of_store_and_calendar",
    ),
    "ReferralRule.spend": Honoured(
        "measure",
        ("What the friend has to spend.", "好友须消费的金额。"),
        "A3",
        "campaign_calendars/deciding/test_points_rules.py::test_referrals_of_store_and_calendar",
    ),
}
