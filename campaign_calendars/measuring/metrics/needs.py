"""What a metric may need, in words: a dataset, a column of one, a kind of event, orders far enough back."""

from __future__ import annotations

import re

from campaign_calendars.findings.said import Said

_SPECIAL: dict[str, Said] = {
    "later": ("the window has not begun", "时间窗口尚未开始"),
    "known_earlier": ("the data begins after the window ends", "数据起始于窗口结束之后"),
    "known_later": ("the data ends before the window begins", "数据截止于窗口开始之前"),
    "history": (
        "orders from a year before the window on (`history_from` of the store, else the first order)",
        "窗口开始前一年起的完整订单（店铺的 history_from，缺省为首单时间）",
    ),
    "history.window": (
        "orders from an equally long window before on (`history_from` of the store, else the first order)",
        "上一个等长窗口起的完整订单（店铺的 history_from，缺省为首单时间）",
    ),
    "history.cohort": (
        "orders from a year before the customers of a year ago on (`history_from` of the store, else the first order)",
        "一年前新客之前再一年起的完整订单（店铺的 history_from，缺省为首单时间）",
    ),
    "history.lost": (
        "orders from two years before the window on (`history_from` of the store, else the first order): the lost",
        "窗口开始前两年起的完整订单（店铺的 history_from，缺省为首单时间）：流失会员的末单在一年以前",
    ),
    "events.looks": ("events of the kind visit or page_view", "类型为 visit 或 page_view 的行为数据"),
    "tags.fan": ("tags of the family `fan` (dataset tags)", "fan 类标签（数据集 tags）"),
    "joining.places": (
        "where members joined (`join_source` of members, else `position` of events)",
        "入会位置（会员的 join_source，或行为的 position）",
    ),
    "traffic.non_member": ("visitors of places who are no members (dataset traffic)", "各位置的非会员访客（流量看板）"),
    "traffic.store": ("visitors of the whole store (dataset traffic)", "全店访客（流量看板）"),
    "costs.of_gifts": ("costs of gifts (dataset costs)", "礼品费用（数据集 costs）"),
    "costs.of_acquisition": ("costs of acquisition (dataset costs)", "获客费用（数据集 costs）"),
    "benchmarks.repeat_rate": (
        "a figure of peers for repeat_rate (`peers` of the calendar, or dataset benchmarks)",
        "同行复购率（日历的 peers，或对比值数据集）",
    ),
    "margin": ("`margin` under `values`, of the calendar or its store", "日历或店铺 values 下的 margin"),
    "member_day": ("the days of `points.member_day`, of the store", "店铺 points.member_day 的日期"),
    "grants.over": ("benefits of this calendar whose time is over", "本日历中有效期已过的权益"),
    "waves": ("a wave before this one", "之前还有一个波次"),
    "receipts": ("receipts of the other side (`promocal receipts`)", "服务商回执（promocal receipts）"),
    "point_value": (
        "what a point costs (`points.point_value` of the store)",
        "单个积分成本（店铺的 points.point_value）",
    ),
}
_DATASETS_ZH = {
    "members": "会员", "orders": "订单", "events": "行为", "points": "积分流水", "redemptions": "核销",
    "tags": "标签", "traffic": "流量看板", "benchmarks": "对比值", "costs": "费用", "stock": "备货",
    "order_items": "订单明细", "invitations": "邀请", "referrals": "推荐", "contact_points": "触达方式",
    "offers": "在线权益",
}  # fmt: skip
_KIND = re.compile(r"events\.kind=(\w+)")


def missing(need: str) -> Said:
    """Why a metric has no figure: what it lacks."""
    english, chinese = needed(need)
    if need in {"later", "known_later", "known_earlier"}:
        return f"not measurable: {english}", f"不可计算：{chinese}"
    return f"not measurable: needs {english}", f"不可计算：需要{chinese}"


def needed(need: str) -> Said:
    """A need as people read it."""
    if need in _SPECIAL:
        return _SPECIAL[need]
    if kind := _KIND.fullmatch(need):
        return f"events of the kind {kind[1]}", f"类型为 {kind[1]} 的行为数据"
    dataset, _, column = need.partition(".")
    chinese = _DATASETS_ZH[dataset]
    if column:
        return f"the column `{column}` of the dataset {dataset}", f"数据集 {dataset}（{chinese}）的 {column} 列"
    return f"the dataset {dataset}", f"数据集 {dataset}（{chinese}）"
