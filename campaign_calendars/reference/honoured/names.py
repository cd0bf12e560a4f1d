"""Keys that name things or say what they are: ids, titles, kinds, and what else plan, pack and report only show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.findings.said import Said
from campaign_calendars.reference.honoured.entry import Honoured

_BRIEFS = "campaign_calendars/deciding/test_keys_of_briefs.py::"
_CALENDAR = f"{_BRIEFS}test_a_key_of_the_calendar_stands_in_the_brief"
_STORE = f"{_BRIEFS}test_a_key_of_the_store_stands_in_the_brief"
_CHECKS = "campaign_calendars/checks/test_keys_of_checks.py::"
_FOUND = f"{_CHECKS}test_a_key_decides_what_is_found"
_SHOWN = "tasks/planning/test_shown_keys.py::"
_PEERS = "tasks/measuring/test_peers.py::"
_PAGE = f"{_SHOWN}test_a_key_of_the_calendar_is_a_line_of_the_plan_and_of_the_report"
_AUDIENCE = f"{_SHOWN}test_the_title_of_an_audience_is_shown_and_the_store_is_the_one_that_is_named"
_SHEETS = "campaign_calendars/set_up/test_of_store.py::"
_SHEET = f"{_SHEETS}test_a_key_of_the_store_stands_in_its_sheet"
_STEPS = "campaign_calendars/model/test_sequences.py::test_a_key_of_a_sequence_stands_in_the_plays_it_becomes"
_MESSAGES = "campaign_calendars/messages/test_keys_of_messages.py::"
_ATTACHED = f"{_MESSAGES}test_a_key_of_an_attachment_leaves_with_the_text"
_WINNER = "tasks/outreach/test_tests_of_texts.py::test_the_rest_waits_and_gets_what_did_best"
_TAGS = (
    "campaign_calendars/audiences/test_tags.py::test_family_and_merge_of_a_tag_of_the_store_are_what_an_audience_asks"
)
_DUTIES = "campaign_calendars/duties/test_states.py::test_after_and_level_of_a_duty"
_POINTS = "campaign_calendars/deciding/test_points_rules.py::test_points_of_a_tier_and_how_long_they_are_valid"
_GRAPH = "promocal/test_graph.py::test_every_wave_phase_sub_phase_and_moment_has_its_place"


def _at(test: str, by: str, does: Said, rows: str = "") -> Honoured:
    return Honoured(by, does, rows, test)


NAMES: Final[Mapping[str, Honoured]] = {
    "Calendar.calendar": _at(
        _CALENDAR, "decide, words", ("Its runs, grants and draws are kept by it.", "其运行、发放与抽取均按此记录。")
    ),
    "Calendar.store": _at(
        _AUDIENCE, "decide", ("Whose tiers, channels and contact policy hold.", "适用哪家店铺的等级、渠道与触达规则。")
    ),
    "Calendar.timezone": _at(
        _CALENDAR, "schedule", ("The clock of all its dates and times.", "所有日期与时间所在的时区。"), "A2"
    ),
    "Calendar.source": _at(
        _PAGE, "words", ("The line of plan and report on where the dates are from.", "规划与报告中写明日期来源。")
    ),
    "Calendar.verified": _at(
        _PAGE, "words", ("Plan and report say whether the dates were checked.", "规划与报告中写明日期是否核对。")
    ),
    "SharedLimit.title": _at(
        f"{_SHOWN}test_the_title_of_a_limit_stands_in_its_row",
        "plan",
        ("Its name in the plan's limits.", "规划的限制表中的名称。"),
    ),
    "GoodsList.stage": _at(_FOUND, "check", ("An item of another stage is refused.", "阶段不同的商品被拒绝。"), "A9"),
    "GoodsItem.stage": _at(
        _FOUND, "check, export", ("It is held against the stage of its list.", "与清单的阶段核对。"), "A9"
    ),
    "Wave.id": _at(
        _GRAPH, "measure, words", ("Phases name the wave they belong to by it.", "阶段以此写明所属波段。"), "A2"
    ),
    "Audience.title": _at(_AUDIENCE, "words", ("The name above its clauses and sizes.", "人群条件与规模的标题。")),
    "BenefitBase.kind": _at(
        "campaign_calendars/set_up/test_keys_of_benefits.py::test_a_kind_is_set_up_with_its_tool",
        "decide, export",
        ("Which rules hold, and with which tool it is set up.", "适用哪类规则、以何种工具搭建。"),
        "A3",
    ),
    "Goods.title": _at(
        f"{_SHEETS}test_planned_goods_stand_in_their_sheet",
        "export",
        ("The name on the sheet of planned prices.", "计划价表中的名称。"),
        "B6",
    ),
    "Attachment.app": _at(_ATTACHED, "dispatch", ("Which mini programme opens.", "打开哪个小程序。"), "B4"),
    "Attachment.page": _at(_ATTACHED, "dispatch", ("Which of its pages opens.", "打开小程序的哪个页面。"), "B4"),
    "Attachment.channels": _at(
        _ATTACHED, "dispatch", ("It goes through these channels only.", "只随这些渠道发出。"), "B4"
    ),
    "Sequence.id": _at(_STEPS, "decide", ("Its steps are kept and drawn by it.", "各步按此记录与抽取。"), "A13"),
    "Sequence.title": _at(_STEPS, "words", ("The name of steps that have none.", "未命名步骤的名称。"), "A13"),
    "Sequence.phase": _at(_STEPS, "schedule", ("In which phase its steps fall.", "各步所在的阶段。"), "A13"),
    "Sequence.priority": _at(
        _STEPS, "decide", ("What its steps are worth beside other plays.", "各步相对其他玩法的优先级。"), "B9"
    ),
    "Step.id": _at(
        _STEPS, "decide", ("The step keeps its name when its time changes.", "改动时间后步骤名称不变。"), "A13"
    ),
    "Step.message": _at(_STEPS, "dispatch", ("The text of the step.", "该步的文案。"), "A13"),
    "Step.benefits": _at(_STEPS, "decide", ("What the step gives.", "该步发放的权益。"), "A13"),
    "Phase.id": _at(
        _CALENDAR, "decide, schedule", ("Its runs and control groups are kept by it.", "其运行与对照组按此记录。"), "A2"
    ),
    "Phase.kind": _at(
        f"{_BRIEFS}test_a_gift_of_the_presale_is_shut_in_a_phase_of_another_kind",
        "decide, check",
        (
            "Gifts of the presale are given in a presale only; checks know what belongs into it.",
            "预售加赠只在预售阶段发放；检查据此判断阶段内容。",
        ),
        "A2",
    ),
    "Phase.goal": _at(_PAGE, "words", ("A line of plan and report, nothing else.", "仅为规划与报告中的一行。")),
    "Phase.targets": _at(
        _PAGE,
        "measure, plan",
        ("A line of the plan; the report holds actual figures against them.", "规划中的一行；报告中与实际值比较。"),
        "A7",
    ),
    "Wave.targets": Honoured(
        "measure, plan",
        (
            "A line of the plan; the report and `promocal metrics --by wave` hold actual figures against them.",
            "规划中的一行；报告与 promocal metrics --by wave 与实际值比较。",
        ),
        "A7",
        "tasks/measuring/test_targets.py::test_waves_and_the_calendar_have_targets_of_their_own",
    ),
    "Calendar.targets": Honoured(
        "measure, plan",
        (
            "A line of the plan; the report and `promocal metrics` hold actual figures against them.",
            "规划中的一行；报告与 promocal metrics 与实际值比较。",
        ),
        "A7",
        "tasks/measuring/test_targets.py::test_waves_and_the_calendar_have_targets_of_their_own",
    ),
    "Calendar.peers": Honoured(
        "measure",
        (
            "`promocal metrics`, dashboard and report show them beside our own figures; `peer_gap` counts them.",
            "promocal metrics、看板与报告将其列在自己的数字旁；peer_gap 以此计算。",
        ),
        "A7",
        f"{_PEERS}test_what_a_calendar_says_of_peers_stands_beside_our_figures",
    ),
    "PeerFigure.metric": Honoured(
        "measure",
        ("Beside which of our figures it stands.", "列在自己的哪个指标旁。"),
        "A7",
        f"{_PEERS}test_another_key_is_another_figure_of_peers",
    ),
    "PeerFigure.figure": Honoured(
        "measure",
        ("What is shown there.", "显示的数值。"),
        "A7",
        f"{_PEERS}test_another_key_is_another_figure_of_peers",
    ),
    "PeerFigure.source": Honoured(
        "measure",
        ("Shown with it; of each source the latest day counts.", "随数值显示；同一来源以最近日期为准。"),
        "A7",
        f"{_PEERS}test_another_key_is_another_figure_of_peers",
    ),
    "PeerFigure.on": Honoured(
        "measure",
        ("Shown with it; before that day it counts nowhere.", "随数值显示；该日之前不计入。"),
        "A7",
        f"{_PEERS}test_another_key_is_another_figure_of_peers",
    ),
    "Phase.platform_support": _at(
        _PAGE, "words", ("A line of plan and report, nothing else.", "仅为规划与报告中的一行。")
    ),
    "SubPhase.id": _at(_GRAPH, "schedule", ("Plays are limited to it by its name.", "玩法以此限定于该部分。"), "A2"),
    "Play.id": _at(
        _CALENDAR,
        "decide",
        ("Its messages, grants and control group are kept by it.", "其消息、发放与对照组按此记录。"),
    ),
    "Split.by": _at(_WINNER, "dispatch, measure", ("What the best text is told by.", "以何判定最优文案。"), "A11#13"),
    "Split.clicks": _at(_WINNER, "dispatch, measure", ("Which events are clicks.", "哪类行为算点击。"), "A11#13"),
    "Duty.after": _at(_DUTIES, "person", ("It is blocked until these are done.", "这些任务完成前处于受阻状态。"), "A9"),
    "Duty.level": _at(
        _DUTIES,
        "words",
        ("Its mark in lists, its priority in calendar files.", "清单中的标记、日历文件中的优先级。"),
        "A9",
    ),
    "Store.store": _at(
        f"{_MESSAGES}test_texts_write_the_title_of_the_store_or_its_id",
        "words",
        ("Calendars name it; texts write it where there is no title.", "日历以此引用；无名称时写入文案。"),
    ),
    "Store.title": _at(
        f"{_MESSAGES}test_texts_write_the_title_of_the_store_or_its_id",
        "dispatch, words",
        ("What texts and reports call the store.", "文案与报告中的店铺名称。"),
    ),
    "Store.currency": _at(_PAGE, "words", ("Plan and report name it beside amounts.", "规划与报告的金额单位。")),
    "Store.tiers": _at(
        "tasks/test_keys_of_the_programme.py::test_a_key_of_the_programme_reaches_the_features",
        "decide",
        ("Which tier a member has.", "会员属于哪个等级。"),
        "A6",
    ),
    "Store.contact_policy": _at(
        _STORE, "decide", ("How often, when and whom plays may contact.", "触达的频次、时间与对象。"), "B9"
    ),
    "Store.values": _at(
        "campaign_calendars/deciding/test_expecting.py::test_the_calendar_stands_over_the_store",
        "decide",
        ("What contacts are expected to bring in, where the calendar does not say.", "日历未写时的预期数值。"),
    ),
    "Store.calendars": _at(
        "tasks/planning/test_other_calendars.py::test_another_calendar_keeps_members_for_itself_by_its_weight",
        "decide, plan",
        ("They are planned together, each with its worth.", "一起规划，并按各自价值权衡。"),
    ),
    "Tier.title": _at(_SHEET, "export", ("The name of its row on the set-up sheet.", "搭建表中的名称。"), "A6"),
    "Tier.points": _at(
        _POINTS, "measure", ("Its orders earn so many times the points.", "该等级订单的积分倍数。"), "A6"
    ),
    "Points.valid": _at(
        _POINTS, "measure, decide", ("Points older than that are no balance any more.", "超过此期限的积分失效。"), "A6"
    ),
    "TagRule.title": _at(_SHEET, "export", ("The name on the sheet of tags.", "标签表中的名称。"), "A1#20"),
    "TagRule.family": _at(
        _TAGS, "decide, export", ("`has_tag_family` finds it.", "`has_tag_family` 据此查找。"), "A1#20"
    ),
    "TagRule.merge": _at(
        _TAGS, "decide, export", ("Who carries one of these carries it.", "带有其中之一即带有该标签。"), "A1#20"
    ),
    "Channel.title": _at(
        _SHEET,
        "export, words",
        (
            "Its name on the sheets of texts, groups and assistants, and in the plan.",
            "文案、群与客服表及规划中的名称。",
        ),
        "A4",
    ),
    "Channel.promo_variables": _at(
        "campaign_calendars/messages/test_sms.py::test_variables_of_promotional_texts_once_the_provider_has_approved_them",
        "check",
        ("Without it a promotional text takes no variables.", "未写时推广文案不得含变量。"),
        "B3",
    ),
    "Channel.domain": _at(
        _FOUND,
        "check, decide",
        ("Whether it is a public venue, which measures may hide.", "是否为公域，可被平台措施屏蔽。"),
        "A1#21",
    ),
    "Agent.title": _at(_SHEET, "export", ("The name on the sheet of assistants.", "客服表中的名称。"), "A4"),
    "Restriction.reason": _at(
        f"{_CHECKS}test_the_reason_of_a_measure_stands_in_its_warning",
        "words",
        ("The warning of closed moments says it.", "关闭提醒中写明原因。"),
        "A1#27",
    ),
    "Position.owner": _at(
        "campaign_calendars/set_up/test_dark.py::test_a_row_of_a_position_has_its_owner_and_is_done_once_its_task_is",
        "export, person",
        ("Who puts it up: on the position sheet and among the duties.", "由谁上线：见阵地表与任务清单。"),
        "A4",
    ),
}
