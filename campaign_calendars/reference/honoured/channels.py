"""Keys of channels, groups, assistants and positions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

CHANNELS: Final[Mapping[str, Honoured]] = {
    "Channel.kind": Honoured(
        "decide, dispatch",
        ("Whose rules apply: reach, length, measures.", "适用哪类规则：触达、长度、管控。"),
        "A4",
        "campaign_calendars/deciding/test_reach.py::test_a_measure_closes_what_it_names_on_its_days",
    ),
    "Channel.group": Honoured(
        "check, dispatch",
        ("What kind of group; after its end nobody is reached.", "群的类型；到期后不再触达。"),
        "A4",
        "campaign_calendars/deciding/test_reach.py::test_a_flash_group_ends_with_its_last_day",
    ),
    "Channel.level": Honoured(
        "decide",
        ("Below 3 an assistant tells but gives nothing.", "低于 3 级只告知、不发权益。"),
        "A4",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Channel.level_from": Honoured(
        "decide",
        ("From which day another level holds.", "自哪天起层级变化。"),
        "A4",
        "campaign_calendars/deciding/test_reach.py::test_an_assistant_below_level_3_tells_but_gives_nothing_until_the_level_is_reached",
    ),
    "Channel.applied_on": Honoured(
        "check",
        ("Warns where approval comes too late.", "审批赶不上时提醒。"),
        "B3",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Channel.ready_from": Honoured(
        "decide, check",
        ("Closed before that day.", "此日之前关闭。"),
        "B3",
        "campaign_calendars/deciding/test_reach.py::test_a_channel_is_closed_before_it_is_ready",
    ),
    "Channel.provider": Honoured(
        "decide, dispatch, check",
        (
            "Its hours, lengths, words and messages to one recipient hold.",
            "其时段、长度、用词与对同一收件人的条数均生效。",
        ),
        "B2, B3, B4",
        "tasks/outreach/test_provider_limits.py::test_who_had_what_the_provider_takes_in_a_month_waits_for_the_next",
    ),
    "Channel.signature": Honoured(
        "export, check",
        ("Counts in the length of an SMS.", "计入短信长度。"),
        "B3",
        "campaign_calendars/messages/test_sms.py::test_the_signature_counts",
    ),
    "Channel.max_segments": Honoured(
        "dispatch, export",
        ("A longer SMS is refused.", "更长的短信被拒绝。"),
        "B3",
        "tasks/calendars/test_messages.py::test_no_sms_has_more_segments_than_its_channel_allows",
    ),
    "Channel.max_tags": Honoured(
        "check",
        ("Refuses audiences with more tags than the tool takes.", "标签超过工具上限的人群被拒绝。"),
        "A1#20, A11#8",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Channel.consent": Honoured(
        "decide",
        ("Whether a recorded consent is asked for.", "是否须有记录的授权。"),
        "B7",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Channel.assumed_reach": Honoured(
        "decide, plan",
        ("Share who count as reachable without facts, told everywhere.", "无数据时假设的触达比例，处处标明。"),
        "A4",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Channel.bound_on_join": Honoured(
        "decide, dispatch",
        ("Reaches members who joined and of whom no contact point says more.", "可触达已入会且无触达方式数据的会员。"),
        "A4",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Channel.quiet_hours": Honoured(
        "decide, dispatch",
        ("Nothing is sent in these hours.", "该时段不发送。"),
        "B3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Channel.capacity_per_day": Honoured(
        "decide",
        ("No more messages on a local day.", "每日消息上限。"),
        "",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_capacity_holds_on_days_that_have_none_of_their_own",
    ),
    "Channel.capacity_on": Honoured(
        "decide",
        ("Another capacity on single days.", "个别日子的不同上限。"),
        "",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Channel.agents": Honoured(
        "decide",
        ("A member is reached through his own assistant only.", "会员只经由自己的专属客服触达。"),
        "",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Channel.unit_cost": Honoured(
        "decide",
        (
            "What a part of a message costs: in the worth of a contact, the plan, approval and what was paid.",
            "消息每条计费的成本：计入触达价值、计划、审批与实际支出。",
        ),
        "",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Group.kind": Honoured(
        "check",
        ("A flash group needs an end.", "快闪群须有结束日。"),
        "A4",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Group.capacity": Honoured(
        "check, plan",
        ("No group is larger; a crowded one is told.", "群不超过上限；过满会提示。"),
        "A4",
        "tasks/planning/test_reach.py::test_facts_are_what_a_plan_reaches_and_a_crowded_group_is_told",
    ),
    "Group.count": Honoured(
        "check, person",
        (
            "Groups that are missing by the data are an open duty; ten of members and ten others are advised.",
            "数据中缺少的群成为待办任务；建议会员群与非会员群各十个。",
        ),
        "A4",
        "campaign_calendars/duties/test_derived.py::test_groups_that_are_missing_by_the_data_are_an_open_duty",
    ),
    "Group.ends_on": Honoured(
        "decide, dispatch",
        ("After that day nobody is reached.", "此日之后不再触达。"),
        "A4",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "QuietHours.from": Honoured(
        "dispatch",
        ("The first quiet minute.", "免打扰的第一分钟。"),
        "B3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "QuietHours.to": Honoured(
        "dispatch",
        ("The first minute of sending again.", "恢复发送的第一分钟。"),
        "B3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Agent.tag": Honoured(
        "decide",
        ("Which members are hers.", "哪些会员归她。"),
        "",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Agent.capacity_per_day": Honoured(
        "decide",
        ("What she can take on a local day.", "每日可承接的消息数。"),
        "",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_capacity_holds_on_days_that_have_none_of_their_own",
    ),
    "Agent.capacity_on": Honoured(
        "decide",
        ("Another capacity on single days.", "个别日子的不同上限。"),
        "",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Position.title": Honoured(
        "export",
        ("The name on the position sheet.", "阵地表中的名称。"),
        "A4",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_key_of_a_position_stands_in_its_row",
    ),
    "Position.max_copy": Honoured(
        "export, check",
        ("Longer words are refused.", "更长的文案被拒绝。"),
        "A11#4",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_key_of_a_position_stands_in_its_row",
    ),
    "Position.picture": Honoured(
        "export, check",
        ("Another size is refused.", "尺寸不符被拒绝。"),
        "A11#4",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_key_of_a_position_stands_in_its_row",
    ),
    "Position.needs": Honoured(
        "plan, export, check",
        (
            "Days without what it needs are dark, in plan, status and sheet.",
            "缺少所需权益的日子不展示，规划、状态与表中写明。",
        ),
        "A11#12",
        "campaign_calendars/set_up/test_dark.py::test_between_two_gifts_the_subscription_is_dark",
    ),
    "Position.needs_content": Honoured(
        "plan, export, check",
        ("Days without words pushed to it are dark.", "没有推送文案的日子不展示。"),
        "A11#12",
        "campaign_calendars/set_up/test_dark.py::test_content_has_to_be_pushed_and_other_positions_in_use",
    ),
    "Position.member_module": Honoured(
        "export, check",
        (
            "The sheet says who sees it: its words are seen by non-members who may join.",
            "表中写明谁可见：其文案只有可入会的非会员看到。",
        ),
        "A11#3",
        "campaign_calendars/set_up/test_dark.py::test_the_member_module_says_who_sees_it",
    ),
    "Position.domain": Honoured(
        "export, check",
        ("Marked as a public venue.", "标记为公域。"),
        "A1#21",
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_key_of_a_position_stands_in_its_row",
    ),
    "Channel.max_chars": Honoured(
        "dispatch, check",
        ("A longer text stops that message alone.", "过长的文案只停止该条消息。"),
        "B4",
        "tasks/outreach/test_texts_by_channel.py::test_a_name_that_makes_a_text_too_long_stops_that_message_alone",
    ),
    "Group.posts_per_day": Honoured(
        "decide",
        ("Posts a group takes on a local day.", "每个群每日的群发数。"),
        "A4",
        "warehouse/decision/test_posts.py::test_a_group_has_a_cap_of_its_own",
    ),
}
