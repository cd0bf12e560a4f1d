"""Keys of phases, their plays, triggers, displays and duties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

PHASES: Final[Mapping[str, Honoured]] = {
    "Phase.title": Honoured(
        "words",
        ("The name in pictures, plans and reports.", "图、规划与报告中的名称。"),
        "",
        "promocal/test_graph.py::test_the_picture_holds_every_title",
    ),
    "Phase.wave": Honoured(
        "measure, words",
        ("Whom it is measured and drawn with.", "与哪个波段一起计量、展示。"),
        "A2, A10",
        "promocal/test_graph.py::test_every_wave_phase_sub_phase_and_moment_has_its_place",
    ),
    "Phase.stage": Honoured(
        "decide, schedule",
        (
            "When the balance of presale orders may be paid, for fields and triggers.",
            "预售尾款的支付时间，用于字段与触发。",
        ),
        "A10",
        "campaign_calendars/time/test_sale.py::test_a_balance_phase_belongs_to_the_deposit_phase_of_its_wave",
    ),
    "Phase.window": Honoured(
        "schedule",
        ("When the phase is; its plays happen within.", "阶段时间；玩法只在其中发生。"),
        "A2",
        "campaign_calendars/time/test_resolving.py::test_schedules_inside_the_window",
    ),
    "Phase.sub_phases": Honoured(
        "schedule",
        ("Named parts that plays are limited to.", "玩法可限定的命名部分。"),
        "A2",
        "campaign_calendars/time/test_resolving.py::test_occurrences_stay_inside_the_sub_phase_and_have_stable_keys",
    ),
    "Phase.plays": Honoured(
        "decide",
        ("What is done for members in the phase.", "该阶段对会员做什么。"),
        "A2",
        "tasks/accounting/test_two_phases.py::test_a_phase_cannot_take_what_a_later_one_has_reserved",
    ),
    "Phase.duties": Honoured(
        "person",
        ("Tasks with owner and day; what needs them waits.", "有负责人与期限的任务；需要它的事项会等待。"),
        "A9",
        "tasks/duties/test_holding.py::test_what_needs_a_duty_waits_and_leaves_when_it_is_done",
    ),
    "Phase.needs": Honoured(
        "person, dispatch",
        ("Messages of the phase wait until these duties are done.", "这些任务完成前，该阶段的消息等待。"),
        "A9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_need_holds_messages_back_until_its_duty_is_done",
    ),
    "SubPhase.title": Honoured(
        "words",
        ("The name in pictures.", "图中的名称。"),
        "",
        "promocal/test_graph.py::test_the_picture_holds_every_title",
    ),
    "SubPhase.window": Honoured(
        "schedule",
        ("When the part is.", "该部分的时间。"),
        "A2",
        "campaign_calendars/time/test_resolving.py::test_occurrences_stay_inside_the_sub_phase_and_have_stable_keys",
    ),
    "Play.title": Honoured(
        "words",
        ("The name in pictures, plans and reports.", "图、规划与报告中的名称。"),
        "",
        "promocal/test_graph.py::test_the_picture_holds_every_title",
    ),
    "Play.audience": Honoured(
        "decide",
        ("Only its members are candidates.", "只有其成员进入候选。"),
        "A5",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Play.benefits": Honoured(
        "decide",
        ("The first that is left for the member is granted.", "发放会员可得的第一项。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Play.channels": Honoured(
        "decide, dispatch",
        ("The first allowed one carries the message.", "由第一个允许的渠道发送。"),
        "A4",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Play.positions": Honoured(
        "export",
        ("Are rows of the position sheet, with an audience and no message.", "成为阵地表的行，有人群而不发消息。"),
        "A4",
        "tasks/planning/test_reach.py::test_positions_have_an_audience_and_send_nothing",
    ),
    "Play.displays": Honoured(
        "export, check",
        ("Words and pictures of the position sheet, held against its limits.", "阵地表的文案与图片，并与其限制核对。"),
        "A4, A11#4",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Play.at": Honoured(
        "schedule",
        ("When it is sent.", "发送时刻。"),
        "A2",
        "campaign_calendars/time/test_resolving.py::test_schedules_inside_the_window",
    ),
    "Play.trigger": Honoured(
        "schedule, decide",
        ("Answers an event of the member instead of a date.", "响应会员行为而非日期。"),
        "A5",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_a_trigger_stands_in_the_brief",
    ),
    "Play.lane": Honoured(
        "dispatch",
        ("`human` makes a work list; nothing is sent.", "`human` 生成工作清单，不自动发送。"),
        "A1#16",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Play.during": Honoured(
        "schedule",
        ("Only within that part of the phase.", "只在该部分内。"),
        "A2",
        "campaign_calendars/time/test_resolving.py::test_occurrences_stay_inside_the_sub_phase_and_have_stable_keys",
    ),
    "Play.message": Honoured(
        "dispatch",
        ("The text that is rendered for each member.", "为每位会员生成的文案。"),
        "A4",
        "tasks/outreach/test_dispatch.py::test_everything_due_is_rendered_sent_and_recorded",
    ),
    "Play.holdout": Honoured(
        "decide, measure",
        ("Share that is kept out to measure the play.", "为衡量效果而保留的比例。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Play.priority": Honoured(
        "decide",
        ("Where members, stock and money are short, the higher one has them.", "会员、库存、资金不足时优先者得。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Play.repeat_after": Honoured(
        "decide",
        ("When the same member may get the play again.", "同一会员何时可再次得到。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Play.on_late": Honoured(
        "schedule",
        ("Whether a late run still sends.", "迟到的运行是否仍发送。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_late_runs_decides_whether_one_still_runs",
    ),
    "Play.approve": Honoured(
        "dispatch",
        ("Waits for a person before anything leaves.", "先经人批准才发送。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Play.needs": Honoured(
        "person, dispatch",
        ("Its messages wait until these duties are done.", "这些任务完成前，其消息等待。"),
        "A9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_need_holds_messages_back_until_its_duty_is_done",
    ),
    "Display.copy": Honoured(
        "export, check",
        ("The words of the position sheet, counted against `max_copy`.", "阵地表文案，按 `max_copy` 计字。"),
        "A11#4",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Display.picture": Honoured(
        "export, check",
        ("The picture of the position sheet, held against the position's size.", "阵地表图片，与阵地尺寸核对。"),
        "A11#4",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Trigger.event": Honoured(
        "decide",
        ("Which event is answered.", "响应哪个事件。"),
        "A5",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_a_trigger_stands_in_the_brief",
    ),
    "Trigger.after": Honoured(
        "schedule",
        ("How long after the event.", "事件后多久。"),
        "A5",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_a_trigger_stands_in_the_brief",
    ),
    "Trigger.within": Honoured(
        "schedule",
        ("How long the event is fresh.", "事件多久内有效。"),
        "A5",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_a_trigger_stands_in_the_brief",
    ),
    "Trigger.every": Honoured(
        "schedule",
        ("How often events are looked for.", "多久查看一次。"),
        "A5",
        "campaign_calendars/model/test_triggers.py::test_sweeps_count_from_the_phase_and_end_with_it",
    ),
    "Trigger.at": Honoured(
        "schedule",
        ("Looks once a day at that time.", "每天在该时刻查看一次。"),
        "A5",
        "campaign_calendars/model/test_triggers.py::test_a_trigger_with_a_time_of_day_is_planned_daily",
    ),
    "Trigger.before": Honoured(
        "schedule",
        ("Birthdays: so many days ahead.", "生日：提前若干天。"),
        "A5",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_days_before_a_birthday_stand_in_the_brief",
    ),
    "Trigger.streak": Honoured(
        "decide",
        ("Only every n-th day in a row.", "只在连续第 n 天。"),
        "A5",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_a_trigger_stands_in_the_brief",
    ),
    "OnLate.grace": Honoured(
        "schedule",
        ("How late a run still does its work.", "迟到多久仍执行。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_late_runs_decides_whether_one_still_runs",
    ),
    "OnLate.then": Honoured(
        "schedule",
        ("What happens after the grace.", "超过宽限后如何。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_late_runs_decides_whether_one_still_runs",
    ),
    "Approval.above": Honoured(
        "dispatch",
        ("So many members need a person's agreement.", "超过该人数须批准。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Duty.id": Honoured(
        "person",
        ("Its name in `needs`, `after` and `promocal duties`.", "在 `needs`、`after` 与 `promocal duties` 中的名称。"),
        "A9",
        "campaign_calendars/duties/test_states.py::test_a_duty_without_a_name_is_known_by_phase_and_text",
    ),
    "Duty.text": Honoured(
        "person, words",
        ("What has to be done, in lists and sheets.", "任务内容，见清单与表格。"),
        "A9",
        "campaign_calendars/duties/test_states.py::test_a_duty_without_a_name_is_known_by_phase_and_text",
    ),
    "Duty.owner": Honoured(
        "person, export",
        ("Who has to do it: told by the run that waits, in the sheets.", "由谁完成：等待的运行与表格会写明。"),
        "A9",
        "promocal/test_duties_cli.py::test_a_run_waits_and_says_for_whom",
    ),
    "Duty.due": Honoured(
        "person",
        ("Until when; overdue ones are told.", "期限；逾期会提示。"),
        "A9",
        "campaign_calendars/duties/test_states.py::test_states_by_date_by_order_and_by_tick",
    ),
    "Duty.takes": Honoured(
        "person",
        ("When it has to be begun, in working days before.", "须提前几个工作日开始。"),
        "A9",
        "campaign_calendars/duties/test_states.py::test_a_duty_without_a_date_is_due_before_what_comes_after_it_begins",
    ),
    "Duty.if_open": Honoured(
        "person, dispatch",
        ("Whether what needs it waits, or leaves with a word.", "未完成时等待，或放行并提示。"),
        "A9",
        "tasks/duties/test_holding.py::test_a_duty_that_only_warns_is_said_and_holds_nothing",
    ),
}
