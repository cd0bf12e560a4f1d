"""The page of reasons: why a member is not chosen, in the order of the gates, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from campaign_calendars.deciding.contact import PASSING, REASONS, Reason
from campaign_calendars.findings.said import Said

REMEDIES: Final[Mapping[str, Said]] = {
    "left": ("Nothing: who left is written to by nobody.", "无法改变：已退会者不再触达。"),
    "under_age": ("`min_age` of the store's contact policy.", "店铺 contact_policy 的 `min_age`。"),
    "suppressed": (
        "Only the member himself: a refusal is taken back by nobody else.",
        "只有会员本人可以恢复；他人不可撤销其拒收。",
    ),
    "no_contact_point": (
        "Contact points of more members (who is in the group, bound to the assistant), or another channel of the play.",
        "补充触达方式（群与专属客服：谁在其中、何时起），或在玩法的 `channels` 中加入其他渠道。",
    ),
    "no_consent": (
        "The member's consent to the channel, or a channel he has consented to.",
        "取得授权，或改用已授权的渠道。",
    ),
    "benefit_window": (
        "Another moment of the play, or the benefit's `offered`, `valid`, `days`, `closes_at`.",
        "调整玩法时刻，或权益的 `offered`、`valid`、`days`、`closes_at`。",
    ),
    "not_admitted": (
        "`admitted_to` of the store, once the platform has admitted it.",
        "平台准入后，在店铺的 `admitted_to` 中写明。",
    ),
    "benefit_sold_out": (
        "The stock of its `goods` or `sku` on the platform, and a newer export of `items`.",
        "在平台为其 `goods` 或 `sku` 补货，并重新导入 `items`。",
    ),
    "benefit_tier": (
        "The benefit's `tiers`, or another benefit of the play.",
        "权益的 `tiers`，或为玩法增加其他权益。",
    ),
    "benefit_condition": (
        "The chain names the condition. Narrow the audience to who meets it, or give the play another benefit.",
        "原因链写明是哪一项条件。可将人群收窄到符合者，或为玩法增加其他权益。",
    ),
    "benefit_unknown": (
        "The chain names the fact: fill it in the source (the birthday, the date of joining).",
        "原因链写明缺少哪一项信息：请在数据源中补全（生日、入会时间）。",
    ),
    "already_reached": (
        "`repeat_after` of the play; by default a play reaches a member once.",
        "玩法的 `repeat_after`；默认每个玩法对同一会员只触达一次。",
    ),
    "goal_reached": (
        "The `goal` of the sequence: who has reached it gets no further steps.",
        "序列的 `goal`：达成目标后不再发送后续步骤。",
    ),
    "step_late": (
        "A longer `grace` of the sequence, runs that start in time, or facts that come in sooner.",
        "加长序列的 `grace`，让运行按时启动，或让数据更早到达。",
    ),
    "group_full": (
        "Another group to invite into: `invites_to` of the play, or `capacity` and `count` of the group.",
        "改邀其他群：玩法的 `invites_to`，或群的 `capacity` 与 `count`。",
    ),
    "play_excluded": ("The rule `never` of the calendar.", "日历 `rules` 中的 `never`。"),
    "play_too_near": (
        "The rule `after … not … for`: a shorter time, or a later play.",
        "`rules` 中的 `after … not … for`：缩短间隔或推后玩法。",
    ),
    "not_followed": (
        "The play that the rule `follow_up` waits for has to reach the member first.",
        "须先由 `follow_up` 所指的前置玩法触达该会员。",
    ),
    "too_few": (
        "The rule `at_least`: fewer messages, or more plays whose audience the member is in.",
        "`rules` 中的 `at_least`：降低条数，或增加会员符合的玩法。",
    ),
    "restricted": (
        "Another channel or day: `restrictions`, the dataset `measures`, `ready_from` and `level` say what is closed.",
        "换一个渠道或换一天：`restrictions`、数据集 `measures`、`ready_from` 与 `level` 写明关闭了什么。",
    ),
    "quiet_hours": ("Another hour of the play, or the channel's quiet hours.", "调整玩法时刻，或渠道的免打扰时段。"),
    "cap": (
        "Fewer or later plays before this one, a higher priority of this one, or the store's `caps`.",
        "减少或错开之前的玩法、提高本玩法的优先级，或调整店铺的 `caps`。",
    ),
    "shared_address": (
        "Nothing: one address gets one message; the other member gets it.",
        "无法改变：同一号码只接收一条，由另一会员接收。",
    ),
    "benefit_limit": ("The benefit's `per_member` limit.", "权益的 `per_member` 限制。"),
    "benefit_exclusive": (
        "The other benefit is used or over; or `exclusive_with` of the two.",
        "另一权益已使用或已到期；或两者的 `exclusive_with`。",
    ),
    "benefit_spend": ("The rule `spend_per_member`.", "`rules` 中的 `spend_per_member`。"),
    "benefit_points": ("The member's points, or the benefit's price in points.", "会员的积分，或权益所需积分。"),
    "kept_for_later": (
        "A higher `priority` of this play; the plan names what the member is kept for.",
        "提高本玩法的 `priority`；计划会写明会员留给哪个玩法。",
    ),
    "ghost": (
        "Nothing: whom a play's hold-out keeps back, others treat as if it had reached him, so both arms stay alike.",
        "无法改变：被对照组保留的会员按已触达处理，两组才可比。",
    ),
    "no_value": (
        "The expected response or margin in `values`, or a cheaper benefit.",
        "`values` 中的预期响应或毛利，或成本更低的权益。",
    ),
    "capacity": ("`capacity_per_day` of the channel, or another day.", "渠道的 `capacity_per_day`，或换一天。"),
    "benefit_stock": ("More stock, or fewer plays that share it.", "增加库存，或减少共用它的玩法。"),
    "benefit_daily_cap": ("The benefit's `daily_cap`, or another day.", "权益的 `daily_cap`，或换一天。"),
    "benefit_budget": (
        "More budget in the pool, or a cheaper benefit; the plan's certificate says what more would be worth.",
        "增加资金池预算，或更便宜的权益；计划的凭证说明增加预算值多少。",
    ),
    "limit": ("The line of `limits` that the chain names.", "原因链所指的 `limits` 条目。"),
}
"""Reason → what would change it, English and Chinese."""

_HEAD: Final[Mapping[str, str]] = {
    "en": """\
# Why a member is not chosen

[中文](reasons.zh.md)

Every member of an audience ends as chosen, held out or excluded, in every occurrence, and the three add up: a run that
does not add up stops. Who is excluded has **one** reason, the first of this list that holds, and a chain with all
others that would have held. Decision files carry both (`reason`, `chain`), `promocal why MEMBER` tells them,
`promocal plan` counts them. This page is generated from the list the decision itself uses.

Reasons *before the hold-out* depend on nothing that was done to the member: the control group and those who are
written to pass the same gates, so they can be compared. Reasons that *may pass* are looked at again: a play that
answers an event tries as long as the event is fresh.
""",
    "zh": """\
# 会员为何未被选中

[English](reasons.md)

每次触达中，人群的每位会员必为选中、对照或排除之一，三者之和等于人群人数；合不上时运行即停止。被排除者只有**一个**原因，即本表
中最先成立的一项；原因链列出其他同样成立的项。决策文件两者都有（`reason`、`chain`），`promocal why 会员` 讲述它们，
`promocal plan` 统计人数。本页由决策所用的清单生成。

“对照之前”的原因与对会员做过什么无关：对照组与触达组通过同样的关卡，两组可比。“可能解除”的原因会再次判断：响应事件的玩法在事件
有效期内会重试。
""",
}
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "en": ("", "reason", "the member", "before the hold-out", "may pass", "what would change it"),
    "zh": ("", "原因", "含义", "对照之前", "可能解除", "如何改变"),
}


def reasons_page(lang: str) -> str:
    """All reasons in the order in which they decide (B9)."""
    columns = _COLUMNS[lang]
    lines = ["| " + " | ".join(columns) + " |", "|---" * len(columns) + "|"]
    ordered = sorted(REASONS.values(), key=lambda reason: reason.stage)
    return "\n".join([_HEAD[lang], *lines, *(_line(reason, lang) for reason in ordered)]) + "\n"


def _line(reason: Reason, lang: str) -> str:
    yes = "是" if lang == "zh" else "yes"
    cells = (
        str(reason.stage),
        f"`{reason.code}`",
        reason.title.get(lang),
        yes if reason.before_arms else "",
        yes if reason.code in PASSING else "",
        REMEDIES[reason.code][lang == "zh"],
    )
    return f"| {' | '.join(cells)} |"
