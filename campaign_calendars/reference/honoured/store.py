"""Keys of the store, its contact policy, freshness and measures of the platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

STORE: Final[Mapping[str, Honoured]] = {
    "Store.member_definition": Honoured(
        "decide, measure",
        ("Who counts as a member in audiences and rates.", "人群与指标中谁算会员。"),
        "A1#1",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Store.crm_edition": Honoured(
        "check",
        ("Refuses what the edition of the member product does not have.", "拒绝会员产品版本没有的玩法。"),
        "A1#6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Store.crm_edition_from": Honoured(
        "decide, check",
        ("From which day another edition holds.", "自哪天起版本变化。"),
        "A1#6",
        "campaign_calendars/deciding/test_standing.py::test_the_edition_of_the_day_decides_what_may_be_given",
    ),
    "Store.category": Honoured(
        "check, decide",
        ("Picks the lifecycle and which playbook rules hold.", "决定默认生命周期与适用规则。"),
        "A9",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Store.points": Honoured(
        "measure, decide",
        ("How points are earned; without it points benefits are refused.", "积分如何产生；没有它则拒绝积分权益。"),
        "A6",
        "warehouse/measurement/test_points.py::test_rules_and_records_side_by_side",
    ),
    "Store.lifecycle": Honoured(
        "decide",
        ("Where the stages of a buyer begin.", "各生命周期阶段的界限。"),
        "A5",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Store.join_threshold": Honoured(
        "decide",
        ("Who may join, for `may_join`.", "谁可入会，供 `may_join` 使用。"),
        "A1#12",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Store.value_weights": Honoured(
        "decide",
        ("Weights of `value_score`.", "`value_score` 的权重。"),
        "A1#3",
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
    ),
    "Store.tags": Honoured(
        "decide",
        ("Tags made by rules; `has_tag` knows them.", "按规则生成的标签，`has_tag` 可用。"),
        "A1#20",
        "campaign_calendars/audiences/test_tags.py::test_made_tags_are_carried_while_their_rule_holds",
    ),
    "Store.audiences": Honoured(
        "decide",
        ("Audiences of all calendars of the store.", "店铺所有日历共用的人群。"),
        "A5",
        "tasks/planning/test_audience_shown.py::test_every_audience_falls_to_its_size",
    ),
    "Store.channels": Honoured(
        "decide, dispatch",
        ("Ways to reach one member, each with its rules.", "触达会员的方式及其规则。"),
        "A4",
        "tasks/channels/test_registry.py::test_what_is_wrong_is_named",
    ),
    "Store.positions": Honoured(
        "export",
        ("Places of display, each with its limits.", "展示阵地及其限制。"),
        "A4",
        "tasks/planning/test_reach.py::test_positions_have_an_audience_and_send_nothing",
    ),
    "Store.freshness": Honoured(
        "dispatch",
        ("How old data may be before a run says so or stops.", "数据过旧时运行提示或停止。"),
        "",
        "tasks/data/test_freshness.py::test_each_limit_decides",
    ),
    "Store.holdout": Honoured(
        "decide",
        ("Members nobody contacts, across calendars.", "跨日历不触达的会员。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Store.event_kinds": Honoured(
        "check",
        ("Kinds of event a trigger may name.", "触发可用的事件类型。"),
        "A5",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Store.restrictions": Honoured(
        "decide, dispatch",
        ("Closes channels on the days of a measure.", "在管控期间关闭渠道。"),
        "A1#27",
        "tasks/planning/test_reach.py::test_positions_have_an_audience_and_send_nothing",
    ),
    "Store.history_from": Honoured(
        "measure",
        (
            "Tells from when on metrics may look back; what needs older orders is not measurable.",
            "决定指标可回看到何时；需要更早订单的指标不可计算。",
        ),
        "A7",
        "tasks/measuring/test_metrics.py::test_what_looks_back_needs_orders_from_there_on",
    ),
    "Store.benefit_days": Honoured(
        "measure, check",
        ("Warns when benefits are online on too few of 15 days.", "15 天内权益在线天数不足时提醒。"),
        "A1#8",
        "tasks/running/test_benefit_days.py::test_what_was_online_counts_instead_of_the_plan",
    ),
    "Store.platform_ids": Honoured(
        "dispatch",
        ("`required` sends nothing whose id on the platform is unknown.", "`required` 时，平台 id 未知的权益不发送。"),
        "",
        "tasks/exporting/test_pack.py::test_a_store_that_requires_ids_sends_nothing_by_guess",
    ),
    "Store.admitted_to": Honoured(
        "decide, check",
        ("A challenge is shut while the store is not admitted.", "未准入时不发放挑战奖品。"),
        "A11#11",
        "campaign_calendars/deciding/test_keys_of_offers.py::test_a_challenge_is_shut_where_the_store_is_not_admitted",
    ),
    **{
        f"Admission.{key}": Honoured(
            "decide, check",
            ("On which days a plan of the platform is open to the store.", "平台计划在哪些日子对店铺开放。"),
            "A11#11",
            "campaign_calendars/deciding/test_standing.py::test_a_plan_of_the_platform_is_open_on_the_days_of_its_admission",
        )
        for key in ("plan", "from", "until")
    },
    "ContactPolicy.caps": Honoured(
        "decide",
        ("How often a member may be contacted.", "会员触达频次上限。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "ContactPolicy.packages": Honoured(
        "decide",
        ("Whether messages of one moment count as one.", "同一时刻的消息是否算一次。"),
        "B9",
        "campaign_calendars/deciding/test_rules.py::test_caps_of_the_store",
    ),
    "ContactPolicy.quiet_tag": Honoured(
        "dispatch",
        (
            "Messages to a member wait while he rests, as his tag says it.",
            "会员标签写明免打扰时段时，消息等到时段结束再发。",
        ),
        "B3",
        "tasks/outreach/test_own_quiet.py::test_a_message_waits_until_its_member_may_be_disturbed",
    ),
    "ContactPolicy.min_age": Honoured(
        "decide",
        ("Who is known to be younger is never targeted.", "已知年龄更小者从不触达。"),
        "A1#13",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Store.approval": Honoured(
        "dispatch",
        ("Who approves, and when a run waits for it.", "由谁审批，运行何时等待审批。"),
        "B9",
        "tasks/approving/test_answering.py::test_how_long_a_store_lets_its_runs_wait",
    ),
    "ApprovalPolicy.four_eyes": Honoured(
        "person, check",
        ("Refuses the answer of who wrote or applied the calendar.", "拒绝编写或应用日历者的批准。"),
        "B9",
        "tasks/approving/test_four_eyes.py::test_with_four_eyes_the_author_of_a_calendar_does_not_approve_it",
    ),
    "ApprovalPolicy.within": Honoured(
        "dispatch",
        ("How long messages wait for an answer.", "消息等待答复多久。"),
        "B9",
        "tasks/approving/test_answering.py::test_how_long_a_store_lets_its_runs_wait",
    ),
    "ApprovalPolicy.envelope": Honoured(
        "dispatch",
        ("How much more than its plan leaves without a question.", "比计划多多少仍可直接发出。"),
        "B9",
        "tasks/approving/test_envelope.py::test_a_store_says_how_much_more_may_leave",
    ),
    "ContactPolicy.late_grace": Honoured(
        "schedule",
        ("How late a run may start.", "运行最多可迟到多久。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_late_runs_decides_whether_one_still_runs",
    ),
    "ContactPolicy.sweep_every": Honoured(
        "schedule",
        ("How often triggers look for events.", "触发多久查看一次。"),
        "A5",
        "campaign_calendars/model/test_triggers.py::test_the_store_says_how_often_by_default",
    ),
    "ContactPolicy.data_every": Honoured(
        "schedule",
        ("Which snapshot is young enough for a sweep.", "多新的快照可供使用。"),
        "A5",
        "tasks/running/test_triggers.py::test_a_sweep_takes_a_young_snapshot_and_a_planned_moment_does_not",
    ),
    "ContactPolicy.leap_birthday": Honoured(
        "decide",
        ("When 29 February is greeted in common years.", "平年何时祝贺 2 月 29 日生日。"),
        "A5",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_days_before_a_birthday_stand_in_the_brief",
    ),
    "Cap.channels": Honoured(
        "decide",
        ("Which channels it counts.", "计入哪些渠道。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Cap.max": Honoured(
        "decide",
        ("No more messages than that in the span.", "该时段内消息数上限。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Cap.per": Honoured(
        "decide",
        ("The span it is counted over.", "计数的时段。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Freshness.limits": Honoured(
        "dispatch",
        ("How old each dataset may be.", "各数据集可多旧。"),
        "",
        "tasks/data/test_freshness.py::test_each_limit_decides",
    ),
    "Freshness.on_stale": Honoured(
        "dispatch",
        ("Says so, or decides nothing.", "提示，或不做决策。"),
        "",
        "tasks/data/test_freshness.py::test_a_run_stops_where_the_store_says_so_and_is_judged_at_its_own_moment",
    ),
    "GlobalHoldout.share": Honoured(
        "decide",
        ("Share of members nobody contacts, across calendars.", "跨日历不触达会员的比例。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "GlobalHoldout.salt": Honoured(
        "decide",
        ("Draws that group; another one draws anew.", "决定该组的抽取；更换即重抽。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_store_stands_in_the_brief",
    ),
    "Restriction.kind": Honoured(
        "decide, dispatch",
        ("Which channels the measure closes.", "该措施关闭哪些渠道。"),
        "A1#27",
        "campaign_calendars/deciding/test_reach.py::test_a_measure_closes_what_it_names_on_its_days",
    ),
    "Restriction.channels": Honoured(
        "decide, dispatch",
        ("Exactly these channels are closed.", "只关闭这些渠道。"),
        "A1#27",
        "campaign_calendars/deciding/test_reach.py::test_a_measure_closes_what_it_names_on_its_days",
    ),
    "Restriction.from": Honoured(
        "decide, dispatch",
        ("First day of the measure.", "措施首日。"),
        "A1#27",
        "campaign_calendars/deciding/test_reach.py::test_a_measure_closes_what_it_names_on_its_days",
    ),
    "Restriction.to": Honoured(
        "decide, dispatch",
        ("Last day of the measure.", "措施末日。"),
        "A1#27",
        "campaign_calendars/deciding/test_reach.py::test_a_measure_closes_what_it_names_on_its_days",
    ),
    "Store.stacking": Honoured(
        "export, check",
        (
            "The group that the set-up sheet tells, and which coupons are compared with each other.",
            "搭建表所写的叠加组，以及哪些券相互比较。",
        ),
        "A3",
        "campaign_calendars/checks/test_stacking.py::test_coupons_of_two_groups_are_used_together_and_the_members_comes_on_top",
    ),
}
