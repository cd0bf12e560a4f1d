"""Chinese of the reference pages: hold-outs, limits of a plan, capacities by date, named assistants."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "Share of all members nobody contacts; with `by`, of all regions.": "不触达的会员比例；写了 by 时为区域比例。",
    "What is drawn by lot: single members, or whole regions (区域对比). Then nobody of a drawn province or city is"
    " contacted, the region is the unit that counts, and members without one are left out of the comparison.": (
        "随机抽取的单位：单个会员，或整个区域（区域对比）。按区域时，被抽中的省份或城市全部不触达，"
        "以区域为单位计算；没有区域的会员不计入对比。"
    ),
    "What all messages together have to keep: least numbers, most, shares, averages; one without a figure is only "
    "reported.": "所有消息合计须遵守的限制：下限、上限、占比、平均；不写数值则仅报告。",
    "A limit of the whole plan, not of one member; one figure of it, or none: then it is only reported.": (
        "针对整个计划而非单个会员的限制；写一个数值，或不写，仅报告。"
    ),
    "Which messages count: those that fit all that is named; nothing named: all of the calendar.": (
        "计入哪些消息：须符合所写的全部条件；都不写则为整个日历的消息。"
    ),
    "Which messages count; default: all.": "计入哪些消息；默认全部。",
    "Phases.": "阶段。",
    "Plays.": "玩法。",
    "Channels of the store.": "店铺的渠道。",
    "Messages with one of these benefits.": "带有这些权益之一的消息。",
    "Messages with a benefit of these pools.": "权益出自这些资金池的消息。",
    "Messages to members of these tiers.": "发给这些等级会员的消息。",
    "Name in plan and report.": "在计划与报告中的名称。",
    "Counted over the whole campaign, or anew in each phase or local day.": (
        "按整个活动计，或每个阶段、每个当地日重新计。"
    ),
    "Messages there have to be.": "至少须有的消息数。",
    "Messages there may be.": "至多可有的消息数。",
    "Least share of all messages.": "占全部消息的最低比例。",
    "Largest share of all messages.": "占全部消息的最高比例。",
    "What messages still to come have to be worth together (`values`, after all costs), for each 1.00 that their"
    " benefits reserve.": ("尚未发送的消息合计的预期价值（values，扣除全部成本后），按其权益每占用 1.00 计。"),
    "What a benefit that is given may reserve on average; messages without one are left out.": (
        "每份发放的权益平均可占用的金额；不带权益的消息不计。"
    ),
    "A named assistant or guide (专属导购) who writes to members of her own.": "具名的专属导购，只联系归属自己的会员。",
    "Tag of the members who are hers; default: the agent's id.": "归属会员所带的标签；默认为导购 id。",
    "Messages she can take on a local day.": "每个当地日可承接的消息数。",
    "Other capacities on single days, e.g. {2026-03-08: 0}.": "个别日期的容量，例如 {2026-03-08: 0}。",
    "Assistants or guides with members of their own: a member is reached through his own only.": (
        "专属导购及其归属会员：会员只由自己的导购触达。"
    ),
    "Calendars that are planned together because they share members' caps and the channels' days, and what a contact "
    "of each is worth beside the others, e.g. {queens-day: 2, daily: 1}.": (
        "因共用会员频次与渠道每日容量而一起规划的日历，以及各自一次触达的相对价值，例如 {queens-day: 2, daily: 1}。"
    ),
}
