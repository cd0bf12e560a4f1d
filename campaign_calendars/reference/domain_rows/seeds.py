"""Metrics, techniques, the calendars of the sources, compliance, and what lies beside (A7 to B9)."""

from __future__ import annotations

from typing import Final

from campaign_calendars.findings.said import as_said
from campaign_calendars.reference.domain_rows.row import Row

SEEDS: Final[tuple[Row, ...]] = (
    Row(
        "A7",
        ("Figures of the report", "报告指标"),
        ("`promocal report`; targets by phase: `targets`", "`promocal report`；分阶段目标：`targets`"),
    ),
    Row(
        "A7",
        ("Region against region, where chance drew the regions", "区域对比（区域须随机抽取）"),
        as_said("`holdout`, `by`, `C148`, `promocal measure`"),
    ),
    Row(
        "A7",
        ("Index of loyalty, index of churn", "忠诚指数、流失指数"),
        left_out=("named only, not defined", "资料只有名称，没有定义"),
    ),
    Row(
        "A8",
        (
            "Samples to the lost, parcels, tiers, new goods, content, many touches, members bring friends",
            "流失派样、包裹、等级、新品、内容、多触点、老带新",
        ),
        as_said("`library/six-techniques.yaml`"),
    ),
    Row(
        "A8",
        ("Offline: sales for members, limited presale, clearance", "线下：内购、限量预售、清仓"),
        as_said("`library/region-offline.yaml`"),
    ),
    Row(
        "A9",
        ("The whole calendar, leap day included", "完整日历，含闰日"),
        as_said("`library/queens-day-2020.yaml`, `promocal new`, `C180`, `C181`"),
    ),
    Row(
        "A9",
        ("What people have to do by hand; what the platform gives", "人工任务；平台支持"),
        (
            (
                "`duties`, `owner`, `due`, `takes`, `after`, `if_open`, `level`, `needs`, `C270` to `C274`, "
                "`promocal duties`, `platform_support`"
            ),
            (
                "`duties`、`owner`、`due`、`takes`、`after`、`if_open`、`level`、`needs`、`C270` 至 `C274`、"
                "`promocal duties`、`platform_support`"
            ),
        ),
    ),
    Row(
        "A9",
        ("Playbooks of three categories", "三个类目的玩法"),
        as_said(
            "`library/playbook-fresh.yaml`, `library/playbook-standard.yaml`, `library/playbook-tea-wine-dairy.yaml`"
        ),
    ),
    Row(
        "A9",
        ("The category picks defaults; samples for fresh goods only", "类目决定默认值；派样仅限生鲜"),
        as_said("`category`, `C222`"),
    ),
    Row(
        "A10",
        (
            "The whole calendar: two waves, deposit and balance, overlapping warm-up",
            "完整日历：两波、定金与尾款、重叠的预热",
        ),
        as_said("`library/double-11-2021.yaml`"),
    ),
    Row(
        "A10",
        ("Ends at 21:59:59, balance from 00:30", "21:59:59 结束，尾款 00:30 起"),
        as_said("`window`, `from`, `to`, `C111`"),
    ),
    Row("A11#1", ("Member coupon better than the general one", "会员券优于通用券"), as_said("`C160`")),
    Row(
        "A11#2",
        ("What counts in the lowest price", "计入最低价的内容"),
        as_said("`counts_lowest_price`, `prices`, `price_rule`, `C164`, `C196`, `C197`, `C198`"),
    ),
    Row(
        "A11#3",
        ("New-member module needs a pack", "新会员模块须有礼包"),
        as_said("`member_module`, `needs`, `C207`, `C224`"),
    ),
    Row("A11#4", ("13 characters, 702×110", "13 字、702×110"), as_said("`C206`")),
    Row("A11#5", ("Benefit days of 15", "15 天中的权益天数"), as_said("`C212`")),
    Row("A11#6", ("The 30 days", "30 天"), as_said("`C205`")),
    Row("A11#7", ("Privacy, leaving", "隐私、退会"), as_said("`has_left`, `min_age`, `C215`, `C216`")),
    Row("A11#8", ("Five tags", "五个标签"), as_said("`max_tags`, `C209`")),
    Row("A11#9", ("Free shipping for tiers only", "仅等级可包邮"), as_said("`C213`")),
    Row(
        "A11#10",
        ("A changed tier rule waits for the next success", "等级规则变更待下次成交生效"),
        as_said("`applies`, `since`, `earlier`"),
    ),
    Row("A11#11", ("Whitelist of the challenge", "挑战计划白名单"), as_said("`admitted_to`, `C165`")),
    Row("A11#12", ("Subscription needs five kinds", "订阅须五类"), as_said("`needs`, `C207`")),
    Row(
        "A11#13",
        ("SMS copy is tested", "短信文案须测试"),
        left_out=(
            "two plays with one audience each and a `holdout` compare two texts",
            "以两个玩法各一人群与 `holdout` 比较两段文案",
        ),
    ),
    Row(
        "A11#14",
        ("Complaints, surveys", "投诉、调研"),
        left_out=("a survey is an import of tags: `has_tag`", "调研以标签导入：`has_tag`"),
    ),
    Row(
        "A12",
        ("Scenes and audiences of regions", "区域的场景与人群"),
        as_said("`library/region-offline.yaml`, `province`, `city`"),
    ),
    Row(
        "A12",
        ("Landing page, coupon and audience ids agree", "承接页、券、人群 id 一致"),
        left_out=("ids are made on the platform after the calendar is written", "id 在日历写成之后于平台产生"),
    ),
    Row(
        "A12",
        ("Benefits and points of S2", "S2 的权益与积分"),
        ("`benefits`, the kinds of A3", "`benefits`、A3 的各种类"),
    ),
    Row(
        "A12",
        ("Games, points mall, sharing", "游戏、积分商城、分享"),
        as_said("`points_game`, `points_redeem`, `referral`"),
    ),
    Row(
        "A12",
        ("Touch points, automatic or by people", "触点，自动或人工"),
        (
            "`channels`, `positions`; phone in `library/region-offline.yaml`",
            "`channels`、`positions`；电话见 `library/region-offline.yaml`",
        ),
    ),
    Row(
        "A12",
        ("Packages of services, product lines, guides' commissions", "服务套餐、产品线、导购分佣"),
        left_out=("none of it is a promotion", "都不是促销"),
    ),
    Row(
        "A12",
        ("Goods: co-purchase, sensitive prices", "商品：关联购买、敏感价"),
        left_out=("a calendar plans members, not the range of goods", "日历规划会员，不规划商品"),
    ),
    Row(
        "A12",
        ("Opening a shop, decoration, logistics, training", "开店、装修、物流、培训"),
        left_out=("out of scope", "不在范围内"),
    ),
    Row(
        "B3",
        ("Approval takes 10 to 15 working days", "审批需 10 至 15 个工作日"),
        as_said("`applied_on`, `ready_from`, `C200`, `C201`, `C113`"),
    ),
    Row("B3", ("Quiet hours, 20:00 openings", "免打扰、20:00 开场"), as_said("`quiet_hours`, `C173`")),
    Row(
        "B5",
        ("Real dates, festivals, the lunar year", "真实日期、节日、农历"),
        as_said("`festival`, `source`, `verified`, `C182`, `C184`, `C186`"),
    ),
    Row("B6", ("Two gates of the lowest price", "最低价两道关"), as_said("`look_back`, `after_coupon`, `C196`")),
    Row(
        "B7",
        ("Consent, age, no price by person", "授权、年龄、不因人定价"),
        as_said("`consent`, `C195`, `C215`, `C216`"),
    ),
    Row(
        "B9",
        ("Frequency caps, hold-outs, approval, late runs", "频次上限、对照组、审批、迟到运行"),
        as_said("`caps`, `packages`, `rules`, `holdout`, `approve`, `on_late`, `priority`, `C176`, `C177`, `C178`"),
    ),
    Row(
        "B9",
        ("One play on several channels one after the other", "同一玩法先后走多个渠道"),
        as_said("`touch`, `gap`, `C340`, `C341`, `C342`"),
    ),
    Row(
        "B9",
        ("One person with several accounts", "一人多个账号"),
        (
            "`D403`, `D404`, `D405` (`promocal member`), [operations.md](operations.md#one-person-several-accounts)",
            "`D403`、`D404`、`D405`（`promocal member`），[运维](operations.zh.md#one-person-several-accounts)",
        ),
    ),
)
