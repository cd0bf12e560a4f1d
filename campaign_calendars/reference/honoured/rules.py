"""Keys of expected values, shared limits and rules about one member."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

RULES: Final[Mapping[str, Honoured]] = {
    "Values.margin": Honoured(
        "decide",
        (
            "Share of the sales that a contact is worth, and that is left of what the programme sold.",
            "触达价值中按毛利计入的比例，报告据此计算活动扣除成本后的所得。",
        ),
        "",
        "campaign_calendars/deciding/test_expecting.py::test_the_calendar_stands_over_the_store",
    ),
    "Values.basket": Honoured(
        "decide",
        ("What a buyer spends, in the worth of a contact.", "计算触达价值时买家的消费额。"),
        "",
        "campaign_calendars/deciding/test_expecting.py::test_with_a_figure_missing_priorities_count",
    ),
    "Values.basket_field": Honoured(
        "decide",
        ("Each member's own basket in the worth of a contact.", "以会员自己的客单价计算触达价值。"),
        "",
        "tasks/planning/test_allocated.py::test_each_occurrence_is_told_with_its_own_certificate",
    ),
    "Values.baseline": Honoured(
        "decide",
        ("Who would have bought anyway is not counted as worth.", "不触达也会购买的部分不计价值。"),
        "",
        "campaign_calendars/deciding/test_expecting.py::test_the_calendar_stands_over_the_store",
    ),
    "Values.responses": Honoured(
        "decide",
        ("Who answers what; the first that fits a member counts.", "谁会响应；对会员最先符合的一条有效。"),
        "",
        "warehouse/decision/test_worths.py::test_a_contact_is_worth_what_it_brings_less_what_it_costs",
    ),
    "Values.learned": Honoured(
        "decide",
        ("What earlier campaigns taught stands before what is written.", "以往活动学到的数值优先于手写的。"),
        "",
        "tasks/measuring/test_learning.py::test_what_was_learnt_stands_before_what_is_written_where_that_is_wanted",
    ),
    "Values.explore": Honoured(
        "decide",
        (
            "Share of members who get a random option, so that later plans can learn.",
            "随机给出选项的会员比例，供以后学习。",
        ),
        "",
        "campaign_calendars/deciding/test_expecting.py::test_the_share_that_explores_is_written_without_any_figures",
    ),
    "Response.benefit": Honoured(
        "decide",
        ("With which benefit the figures hold.", "该数值适用的权益。"),
        "",
        "warehouse/decision/test_worths.py::test_segments_get_the_benefit_that_is_worth_most_to_them",
    ),
    "Response.segment": Honoured(
        "decide",
        ("For which members the figures hold.", "该数值适用的会员。"),
        "",
        "warehouse/decision/test_worths.py::test_segments_get_the_benefit_that_is_worth_most_to_them",
    ),
    "Response.phase": Honoured(
        "decide",
        ("In which phases the figures hold, by id or kind.", "该数值适用的阶段（id 或类型）。"),
        "",
        "campaign_calendars/deciding/test_expecting.py::test_a_phase_is_meant_by_its_id_or_its_kind",
    ),
    "Response.response": Honoured(
        "decide",
        ("Share of the contacted who buy.", "被触达者的购买比例。"),
        "",
        "warehouse/decision/test_worths.py::test_segments_get_the_benefit_that_is_worth_most_to_them",
    ),
    "Response.without": Honoured(
        "decide",
        ("Share who would have bought without the contact.", "不触达也会购买的比例。"),
        "",
        "tasks/measuring/test_learning.py::test_a_plan_with_figures_for_every_benefit_maximises_money",
    ),
    "Response.source": Honoured(
        "plan",
        ("The plan says how much of its worth rests on which kind of figure.", "规划说明其价值有多少依据哪类数值。"),
        "",
        "tasks/measuring/test_learning.py::test_a_plan_with_figures_for_every_benefit_maximises_money",
    ),
    "SharedLimit.id": Honoured(
        "decide, plan",
        ("Its name in plan and report.", "规划与报告中的名称。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "SharedLimit.of": Honoured(
        "decide",
        ("Which messages count for the limit.", "哪些消息计入限制。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "SharedLimit.per": Honoured(
        "decide",
        ("Counted over the campaign, or anew in each phase or day.", "按活动、阶段或日分别计。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "SharedLimit.at_least": Honoured(
        "decide",
        ("So many messages there are, or the plan says why not.", "至少这么多条，做不到则规划说明原因。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "SharedLimit.at_most": Honoured(
        "decide",
        ("No more messages than that.", "至多这么多条。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "SharedLimit.share_at_least": Honoured(
        "decide",
        ("At least that share of all messages.", "至少占全部消息的该比例。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "SharedLimit.share_at_most": Honoured(
        "decide",
        ("At most that share of all messages.", "至多占全部消息的该比例。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "SharedLimit.average_cost_at_most": Honoured(
        "decide",
        ("Dear and cheap benefits are mixed so that the average holds.", "高低成本权益搭配，使平均成本不超限。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "SharedLimit.return_at_least": Honoured(
        "decide",
        ("Money is spent only where it brings that much.", "资金只花在回报达标处。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "Selection.phases": Honoured(
        "decide",
        ("Only messages of these phases count.", "只计这些阶段的消息。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "Selection.plays": Honoured(
        "decide",
        ("Only messages of these plays count.", "只计这些玩法的消息。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "Selection.channels": Honoured(
        "decide",
        ("Only messages of these channels count.", "只计这些渠道的消息。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "Selection.benefits": Honoured(
        "decide",
        ("Only messages with these benefits count.", "只计带这些权益的消息。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "Selection.pools": Honoured(
        "decide",
        ("Only messages paid by these pools count.", "只计由这些资金池支付的消息。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "Selection.tiers": Honoured(
        "decide",
        ("Only messages to members of these tiers count.", "只计发给这些等级的消息。"),
        "",
        "campaign_calendars/deciding/test_keys_of_limits.py::test_another_value_is_another_rule",
    ),
    "MemberRule.never": Honoured(
        "decide",
        ("A member gets one of the plays at most.", "会员至多得到其中一个玩法。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_what_is_never_together_closes_both_ways",
    ),
    "MemberRule.after": Honoured(
        "decide",
        ("The play that keeps another away.", "使另一玩法回避的玩法。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_what_is_kept_away_looks_to_both_sides",
    ),
    "MemberRule.not": Honoured(
        "decide",
        ("The play that is kept away.", "须回避的玩法。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_what_is_kept_away_looks_to_both_sides",
    ),
    "MemberRule.for": Honoured(
        "decide",
        ("How long it is kept away.", "回避多久。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_what_is_kept_away_looks_to_both_sides",
    ),
    "MemberRule.follow_up": Honoured(
        "decide",
        ("Is given only after one of the plays in `of`.", "只在 `of` 中的玩法之后给出。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_a_follow_up_names_what_it_follows",
    ),
    "MemberRule.of": Honoured(
        "decide",
        ("The plays that are followed or counted.", "被跟随或计数的玩法。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_a_follow_up_names_what_it_follows",
    ),
    "MemberRule.within": Honoured(
        "decide",
        ("How soon a follow-up has to come.", "须在多久内跟进。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_a_follow_up_names_what_it_follows",
    ),
    "MemberRule.at_least": Honoured(
        "decide",
        ("So many messages of the plays, or none.", "要么达到条数，要么一条不发。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_the_last_of_a_least_number_is_closed_to_who_had_none",
    ),
    "MemberRule.spend_per_member": Honoured(
        "decide",
        ("What one member may cost.", "单个会员的花费上限。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_money_for_one_member",
    ),
    "MemberRule.per": Honoured(
        "decide",
        ("Counted over the campaign, or anew in each phase.", "按活动或按阶段计。"),
        "B9",
        "warehouse/decision/test_member_rules.py::test_money_for_one_member",
    ),
}
