"""Chinese texts of the reference pages: what contacts are expected to bring in."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "What contacts are expected to bring in; over those of the store.": "触达的预期收益；优先于店铺的设置。",
    "What contacts are expected to bring in.": "触达的预期收益。",
    "What a contact is expected to bring in: with figures for every play the plan maximises money.": (
        "触达的预期收益：每个玩法都有数值时，计划以金额最大为目标。"
    ),
    "Share of the sales that is left before benefits.": "扣除权益成本前的毛利率。",
    "What a buyer spends.": "购买者的消费金额。",
    "Member field in money to take instead, such as avg_order; in at most 8 classes of equally many members, each"
    " with its middle, and each member's own at the moment he is decided. `basket` stands for members without it.": (
        "改用会员的金额字段，例如 avg_order；按人数均分为至多 8 档，各取其中位数，"
        "决定当次触达时用会员自身的值。没有该值的会员用 basket。"
    ),
    "Share who buy without any contact.": "不触达也会购买的比例。",
    "What is expected, first fitting one first; those of the calendar go first.": (
        "预期响应，取第一条符合的；日历的在前。"
    ),
    "Whether what `promocal values learn` found stands before what is written here.": (
        "promocal values learn 的结果是否优先于此处所写。"
    ),
    "Share of the members of each occurrence who get a random one of their options instead of the planned, so that"
    " later campaigns can learn; decision files keep the propensity.": (
        "每次触达中随机获得某个可选项（而非计划所选）的会员比例，供之后的活动学习；决策文件保存其概率。"
    ),
    "How many members of a segment buy after a contact, and how many would have bought without it.": (
        "某人群在触达后购买的比例，以及不触达也会购买的比例。"
    ),
    "Name of a benefit; empty: a message without one.": "权益名称；留空表示不带权益的消息。",
    "A named audience, or a condition such as tier = 'gold'; empty: everybody else.": (
        "人群名称，或条件，例如 tier = 'gold'；留空表示其余所有会员。"
    ),
    "Id or kind of a phase; empty: every phase.": "阶段的 id 或类型；留空表示所有阶段。",
    "Share of the contacted members who buy, e.g. 2.1%.": "触达会员中购买的比例，例如 2.1%。",
    "Share who would have bought without the contact; default: `baseline`.": (
        "不触达也会购买的比例；默认取 baseline。"
    ),
    "Where the figures are from: assumed, observational (history without a random control group) or experimental"
    " (with one); the plan says how much of it rests on which.": (
        "数值来源：assumed（假设）、observational（无随机对照组的历史）或 experimental（有随机对照组）；"
        "计划会写明各占多少。"
    ),
    "Metrics and the figures to reach in the whole wave; the report prints actual against target (A7).": (
        "整个波次的目标数值；报告对比实际与目标。"
    ),
    "Metrics and the figures to reach in the whole calendar; the report prints actual against target (A7).": (
        "整个日历的目标数值；报告对比实际与目标。"
    ),
    "What metrics are elsewhere (同行数值); metrics, dashboard and report show them beside ours (A7).": (
        "指标在同行或他方的数值；metrics、看板与报告列在自己的数字旁。"
    ),
    "What a metric is elsewhere (同行数值); shown beside our own figure, with its source (A7).": (
        "指标在同行或他方的数值，连同来源显示在自己的数字旁。"
    ),
    "A part of the budget (资金池); a plain amount is an `amount` without a title.": (
        "预算的一部分；直接写金额即为没有名称的 amount。"
    ),
    "The money it holds.": "池中金额。",
    "Id of a metric, as `promocal metrics` lists them.": "指标 id，promocal metrics 可列出。",
    "What it is there: a share such as 30%, or a figure such as 168.00.": "对方的数值：比例如 30%，或数字如 168.00。",
    "Who says so: peers, the platform, a study.": "由谁给出：同行均值、平台、报告。",
    "Day of the figure; before it, it counts nowhere. Default: it always was so.": (
        "数值所属日期，该日之前不计入。默认一直如此。"
    ),
}
