"""What to change next time: the one change that matters most, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.lift import Contrast, Difference, has_joined_unevenly

_TOLD_FROM = 0.05
"""Share of all decisions from which on a reason is worth a change."""


@dataclass(frozen=True, slots=True)
class Named:
    """A play or a benefit with its title in both languages."""

    title: Said
    contrast: Contrast | None = None
    cost_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a campaign went, as far as the headline and advice ask."""

    plays: Sequence[Named]
    """With their contrasts."""
    benefits: Sequence[Named]
    """With what they cost."""
    reasons: Mapping[str, int]
    """How often which reason kept somebody from a message."""
    decisions: int
    """Of how many decisions."""
    messages: Mapping[str, int] | None = None
    """State of a message → how many are in it; null: not asked."""
    cost_cents: int | None = None
    """What benefits used and messages cost so far, whoever got them; null: not asked."""
    unpriced: Sequence[Said] = ()
    """Channels in use of whose messages nobody states a price."""

    @property
    def nothing_left(self) -> bool:
        """Whether it is known that no message went out, or may have."""
        return self.messages is not None and not self.messages.get("sent", 0) + self.messages.get("unknown", 0)


def advice(programme: Contrast | None, course: Course) -> Said:
    """The one change that matters most: first that anything leaves at all, then what keeps the worth from being known,
    then what loses, then whom no message reached, then what worked."""
    return (
        _to_send(programme, course)
        or _to_know(programme)
        or _to_earn(programme, course)
        or _to_reach(course)
        or _to_repeat(programme, course)
    )


_STUCK: Mapping[str, Said] = {
    "awaiting_approval": ("approve in time what waits for it, {n} messages did", "及时审批：{n} 条消息仍待审批"),
    "failed": ("mend the channels, {n} messages failed", "检查渠道：{n} 条消息发送失败"),
    "to_do": ("have the work lists worked off, {n} messages wait there", "处理工作清单：{n} 条消息待人工发送"),
    "cancelled": ("look at why {n} messages were cancelled", "查明 {n} 条消息被取消的原因"),
    "pending": ("keep the workers running, {n} messages wait to be sent", "保持发送进程运行：{n} 条消息待发送"),
    "sending": ("keep the workers running, {n} messages were left half sent", "保持发送进程运行：{n} 条消息发送中断"),
}
"""State of messages that did not leave → what to do about it."""


def _to_send(found: Contrast | None, course: Course) -> Said | None:
    """Where nothing left: why, as far as it is known."""
    if not course.nothing_left:
        return None
    if stuck := [(count, state) for state, count in (course.messages or {}).items() if state in _STUCK and count]:
        count, state = max(stuck)
        en, zh = _STUCK[state]
        return en.format(n=f"{count:,}"), zh.format(n=f"{count:,}")
    if found is not None and found.control.members and not found.treated.members:
        return ("hold out fewer members, everybody was held out", "缩小对照组：所有会员都在对照组")
    return _to_reach(course) or (
        "look at the audiences, nobody was chosen for a message",
        "检查人群条件：没有会员被选中触达",
    )


def _to_know(found: Contrast | None) -> Said | None:
    if found is None:
        return ("hold out 10 % of the members by lot", "随机留出 10% 会员作活动对照组")
    if found.verdict == "not as drawn":
        if has_joined_unevenly(found):
            return (
                "join accounts of one person before the campaign begins, not while it runs",
                "在活动开始前完成同一人的账号合并，活动进行中不要合并",
            )
        return ("leave the share of the hold-out as it is while the campaign runs", "活动进行中不要改动对照组比例")
    verdict = found.money.verdict if found.money and found.money.verdict != "all paid the same" else found.verdict
    if found.regions is not None and verdict in ("too few regions", "too few members", "cannot conclude"):
        held, there = found.regions.held_out, found.regions.held_out + found.regions.treated
        return (
            f"draw more regions, or smaller ones: {held} held out of {there} show too little",
            f"增加区域数或按更小的区域抽取（现 {there} 个区域留出 {held} 个，不足以下结论）",
        )
    if verdict in ("too few buyers", "too few members", "cannot conclude"):
        return _more_members(found)
    return None


def _more_members(found: Contrast) -> Said:
    """Of the smaller group: a hold-out of everybody shows as little as one of nobody."""
    if found.treated.members < found.control.members:
        now = f"{found.treated.members:,}", f"{found.treated.buyers:,}"
        return (
            f"hold out fewer members, {now[0]} treated ones with {now[1]} buyers show too little",
            f"缩小对照组（现实验组仅 {now[0]} 人、买家 {now[1]} 人，不足以下结论）",
        )
    now = f"{found.control.members:,}", f"{found.control.buyers:,}"
    return (
        f"hold out more members, {now[0]} with {now[1]} buyers show too little",
        f"扩大对照组（现 {now[0]} 人、买家 {now[1]} 人，不足以下结论）",
    )


def _to_earn(found: Contrast | None, course: Course) -> Said | None:
    profit = profit_of(found)
    if profit is not None and profit.high < 0:
        return _to_save(course)
    for verdict, english, chinese in (
        ("lower", "leave out “{}”, after which fewer members bought", "停用“{}”，它使购买会员减少"),
        ("nothing sent", "mend “{}”, which sent nothing", "检查“{}”，它没有发出消息"),
    ):
        for play in course.plays:
            if play.contrast is not None and play.contrast.verdict == verdict:
                return (english.format(play.title[0]), chinese.format(play.title[1]))
    if found is not None and "lower" in (found.verdict, found.money.verdict if found.money else ""):
        return ("do not run it again as it was, it sold less than without", "不要照原样再做：它比不做卖得更少")
    if profit is not None and profit.low <= 0:
        return _to_save(course) if profit.estimate < 0 else _to_know_profit(found)
    return None


def _to_save(course: Course) -> Said:
    """It cost more than it brought, or looks so."""
    dearest = max(course.benefits, key=lambda one: one.cost_cents, default=None)
    if dearest is not None and dearest.cost_cents:
        en, zh = dearest.title
        return (f"give less of “{en}”, which cost most", f"少发“{zh}”，它的成本最高")
    return ("send fewer messages, they cost more than they brought", "减少消息数量：消息成本高于带来的毛利")


def _to_know_profit(found: Contrast | None) -> Said:
    held = f"{found.control.members:,}" if found else "0"
    return (
        f"hold out more members, by {held} it cannot be told whether it pays",
        f"扩大对照组：现 {held} 人，无法判断是否划算",
    )


def profit_of(found: Contrast | None) -> Difference | None:
    """What was left of what it added, less its cost; None where that is not known."""
    return found.money.returned.profit if found and found.money and found.money.returned else None


_ACTIONS: Mapping[str, Said] = {
    "no_contact_point": ("collect ways to reach members", "补充会员的触达方式"),
    "no_consent": ("ask more members for their consent", "争取更多会员授权"),
    "benefit_stock": ("lay in more of the benefits that ran out", "给用完的权益加库存"),
    "benefit_daily_cap": ("raise the daily number of the benefits that ran out", "提高用完权益的每日数量"),
    "budget": ("raise the budget that ran out", "提高用完的预算"),
    "pool": ("raise the pool of money that ran out", "提高用完的资金池"),
    "cap": (
        "plan fewer messages to the same members, many hit the contact caps",
        "减少对同一会员的重复触达（频次上限拦下较多）",
    ),
}


def _to_reach(course: Course) -> Said | None:
    known = [(times, code) for code, times in course.reasons.items() if code in _ACTIONS]
    times, code = max(known, default=(0, ""))
    if not course.decisions or times < _TOLD_FROM * course.decisions:
        return None
    en, zh = _ACTIONS[code]
    of = f"{times:,}", f"{course.decisions:,}"
    return (f"{en} ({of[0]} of {of[1]} decisions ended there)", f"{zh}（{of[1]} 次判定中有 {of[0]} 次因此未触达）")


def _to_repeat(found: Contrast | None, course: Course) -> Said:
    worked = [one for one in course.plays if one.contrast is not None and one.contrast.verdict == "higher"]
    if worked:
        best = max(worked, key=lambda one: one.contrast.difference or 0.0 if one.contrast else 0.0)
        return (f"do more of “{best.title[0]}”", f"多做“{best.title[1]}”")
    if course.unpriced:
        en, zh = in_list(course.unpriced)
        return (
            f"state what a message over {en} costs (unit_cost), or nobody can say whether it paid",
            f"填写 {zh} 的消息单价（unit_cost），否则无法判断是否划算",
        )
    goes_on = found is not None and found.money is not None and found.money.while_running is not None
    if profit_of(found) is None and not goes_on:
        return (
            "state the margin (values), or nobody can say whether it paid",
            "填写毛利率（values 的 margin），否则无法判断是否划算",
        )
    return ("keep it as it is", "保持现有做法")


def in_list(titles: Sequence[Said]) -> Said:
    """Titles in a row."""
    return ", ".join(en for en, _ in titles), "、".join(zh for _, zh in titles)
