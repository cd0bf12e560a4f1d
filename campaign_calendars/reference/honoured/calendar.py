"""Keys of the calendar, its money, waves, audiences and rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.reference.honoured.entry import Honoured

CALENDAR: Final[Mapping[str, Honoured]] = {
    "Calendar.title": Honoured(
        "words",
        ("The name in pictures, plans and reports.", "图、规划与报告中的名称。"),
        "",
        "promocal/test_graph.py::test_the_picture_holds_every_title",
    ),
    "Calendar.author": Honoured(
        "person, check",
        ("Does not approve runs of it where the store asks for four eyes.", "店铺要求四眼原则时，不能审批其运行。"),
        "B9",
        "tasks/approving/test_four_eyes.py::test_with_four_eyes_the_author_of_a_calendar_does_not_approve_it",
    ),
    "Calendar.day_zero": Honoured(
        "schedule",
        ("The day that D counts from: every window and moment moves with it.", "D 的起点：所有窗口与时刻随之移动。"),
        "A2",
        "campaign_calendars/writing/test_moving.py::test_festivals_get_their_year_and_fall_where_they_fall",
    ),
    "Calendar.accept": Honoured(
        "check",
        ("Takes a warning off the list of `check`, with its reason.", "说明理由后，`check` 不再提示该提醒。"),
        "",
        "tasks/calendars/test_acceptance_of_all.py::test_a_warning_of_the_store_is_accepted_by_its_calendar",
    ),
    "Calendar.plan": Honoured(
        "decide",
        (
            "`first_come` gives stock, money and members to whichever occurrence comes first.",
            "`first_come` 时先到的触达先得库存、资金与会员。",
        ),
        "",
        "tasks/planning/test_beside.py::test_first_come_is_a_setting_of_the_calendar",
    ),
    "Calendar.values": Honoured(
        "decide",
        (
            "With expected figures the plan maximises money instead of priorities.",
            "有预期数值时，规划以金额而非优先级为目标。",
        ),
        "",
        "campaign_calendars/deciding/test_expecting.py::test_the_calendar_stands_over_the_store",
    ),
    "Calendar.budget": Honoured(
        "decide, redeem",
        ("Benefits are granted within its total and pools.", "权益的发放不超过总额与各资金池。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Calendar.limits": Honoured(
        "decide, plan",
        ("The plan keeps them and its certificate tells what each costs.", "规划遵守这些限制，凭证说明各自的代价。"),
        "",
        "tasks/planning/test_limits.py::test_limits_change_the_plan_and_stand_in_its_certificate",
    ),
    "Calendar.holdout": Honoured(
        "decide, measure",
        ("Draws the members nobody contacts in the whole campaign.", "抽出整个活动都不触达的会员。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Calendar.bought_from": Honoured(
        "decide",
        ("From when on an order counts as bought in the campaign.", "订单自何时起算作活动期购买。"),
        "A5",
        "campaign_calendars/time/test_sale.py::test_the_sale_begins",
    ),
    "Calendar.waves": Honoured(
        "measure, words",
        ("Phases of a wave are measured and drawn together.", "同一波段的阶段一起计量与展示。"),
        "A2, A10",
        "promocal/test_graph.py::test_every_wave_phase_sub_phase_and_moment_has_its_place",
    ),
    "Calendar.audiences": Honoured(
        "decide",
        ("Named sets of members; plays choose from them.", "命名的人群，玩法从中选人。"),
        "A5",
        "tasks/planning/test_audience_shown.py::test_every_audience_falls_to_its_size",
    ),
    "Calendar.benefits": Honoured(
        "decide, export",
        (
            "What plays may grant, with its limits, and what is set up.",
            "玩法可发放的权益及其限制，也是需要搭建的内容。",
        ),
        "A3",
        "tasks/exporting/test_pack.py::test_crowds_are_cut_as_the_tool_takes_them",
    ),
    "Calendar.rules": Honoured(
        "decide",
        ("What a member gets of several plays.", "同一会员在多个玩法之间的规则。"),
        "B9",
        "warehouse/decision/test_member_rules.py::test_every_rule_of_a_calendar_changes_what_is_decided",
    ),
    "Calendar.price_rule": Honoured(
        "check",
        (
            "How far back the lowest price is looked for, and how far below it a price has to lie.",
            "最低价回看多久、需低多少。",
        ),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Calendar.prices": Honoured(
        "check",
        ("Planned prices are held against the lowest of the past.", "计划价与历史最低价比较。"),
        "A11#2, B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "FromSheet.from": Honoured(
        "plan, check",
        (
            "What the sheet holds stands in the calendar: checked, planned, bound by the checksum, run.",
            "表中内容视同写在日历里：检查、计划、校验码与运行都以它为准。",
        ),
        "A9, B6",
        "tasks/calendars/test_named_sheets.py::test_what_a_sheet_holds_is_as_if_it_were_written",
    ),
    "FromSheet.sheet": Honoured(
        "plan, check",
        ("Which of the workbook's sheets is read.", "读取工作簿中的哪张表。"),
        "A9, B6",
        "campaign_calendars/sheets/test_rows.py::test_a_sheet_is_picked_by_name_else_by_its_headings",
    ),
    "Calendar.phases": Honoured(
        "schedule",
        ("What happens when; nothing happens outside of them.", "各阶段的内容；阶段之外不做任何事。"),
        "A2",
        "promocal/test_graph.py::test_every_wave_phase_sub_phase_and_moment_has_its_place",
    ),
    "Budget.total": Honoured(
        "decide",
        ("No grant reserves more than is left of it.", "任何发放都不超过余额。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Budget.pools": Honoured(
        "decide",
        ("No grant of a pool reserves more than is left of it.", "各资金池的发放不超过其余额。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Pool.amount": Honoured(
        "decide",
        ("No grant of the pool reserves more than is left of it.", "该资金池的发放不超过其余额。"),
        "A3",
        "tasks/planning/test_pools.py::test_an_amount_alone_is_a_pool_without_a_title",
    ),
    "Pool.title": Honoured(
        "words",
        ("Its name in plans, accounts, reports and on the board.", "规划、账目、报告与看板中的名称。"),
        "",
        "tasks/planning/test_pools.py::test_a_pool_is_called_by_its_title_wherever_a_person_reads_it",
    ),
    "Budget.basis": Honoured(
        "decide",
        ("A grant reserves its full cost, or what it is expected to cost.", "发放按最坏或预期成本占用预算。"),
        "A3",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Holdout.campaign": Honoured(
        "decide",
        ("Share of the members nobody contacts.", "不触达会员的比例。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Holdout.by": Honoured(
        "decide, measure",
        (
            "Draws whole provinces or cities instead of members; the report compares regions.",
            "按省份或城市整体抽取，而不是逐个会员；报告以区域为单位对比。",
        ),
        "A7",
        "tasks/measuring/test_regions.py::test_provinces_are_held_out_shown_in_the_plan_and_compared_as_regions",
    ),
    "Holdout.salt": Honoured(
        "decide",
        ("Draws the groups; another one draws anew.", "决定抽取；更换即重抽。"),
        "B9",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "Wave.title": Honoured(
        "words",
        ("The name in pictures and reports.", "图与报告中的名称。"),
        "",
        "promocal/test_graph.py::test_the_picture_holds_every_title",
    ),
    "Wave.window": Honoured(
        "schedule",
        ("When the wave is; moments may count from it.", "波段时间；时刻可由此推算。"),
        "A10",
        "campaign_calendars/time/test_resolving.py::test_anchors_count_from_other_windows_in_any_order",
    ),
    "Window.from": Honoured(
        "schedule",
        ("The first second; nothing begins before it.", "第一秒；此前不开始。"),
        "A2",
        "campaign_calendars/time/test_resolving.py::test_window_ends_with_the_last_second_written",
    ),
    "Window.to": Honoured(
        "schedule",
        ("The last second that belongs to it.", "包含在内的最后一秒。"),
        "A10",
        "campaign_calendars/time/test_resolving.py::test_window_ends_with_the_last_second_written",
    ),
    "Audience.where": Honoured(
        "decide",
        ("Only who fulfils the expression is a candidate.", "只有符合表达式者进入候选。"),
        "A5",
        "campaign_calendars/deciding/test_keys_of_briefs.py::test_a_key_of_the_calendar_stands_in_the_brief",
    ),
    "PriceRule.look_back": Honoured(
        "check",
        ("How far back prices count.", "历史价格回看多久。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "PriceRule.below": Honoured(
        "check",
        ("How far below the lowest price a planned one has to lie.", "计划价须低于最低价多少。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Goods.history": Honoured(
        "check",
        ("The past prices of the goods.", "商品的历史价格。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "Goods.planned": Honoured(
        "check",
        ("The planned prices of the goods.", "商品的计划价格。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "PastPrice.on": Honoured(
        "check",
        ("Only days within `look_back` count.", "只计 `look_back` 内的日子。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "PastPrice.list": Honoured(
        "check",
        ("The planned list price may not lie above it.", "计划一口价不得高于它。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "PastPrice.after_coupon": Honoured(
        "check",
        ("The planned price after coupons may not lie above it.", "计划券后价不得高于它。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "PastPrice.through": Honoured(
        "check",
        ("Prices through member coupons, gifts and points do not count.", "经会员券、礼品、积分的价格不计。"),
        "A11#2",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "PastPrice.counts": Honoured(
        "check",
        ("Whether that price counts, whatever it was had through.", "该价格是否计入，不论经由什么。"),
        "A11#2",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "PlannedPrice.phase": Honoured(
        "check",
        ("From which phase on the price is asked.", "自哪个阶段起执行该价格。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "PlannedPrice.list": Honoured(
        "check",
        ("The list price that is held against the past.", "与历史比较的一口价。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
    "PlannedPrice.after_coupon": Honoured(
        "check",
        ("The price after coupons that is held against the past.", "与历史比较的券后价。"),
        "B6",
        "campaign_calendars/checks/test_keys_of_checks.py::test_a_key_decides_what_is_found",
    ),
}
