"""What a boss reads first: what the campaign was worth in one sentence, and what to change next time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.lift import Contrast

_TOLD_FROM = 0.05
"""Share of all decisions from which on a reason is worth a change."""

_NOTHING_YET: Said = (
    "No run has decided about anybody yet, so there is nothing to measure.",
    "尚无运行对任何会员作出决策，没有可衡量的内容。",
)


@dataclass(frozen=True, slots=True)
class Named:
    """A play or a benefit with its title in both languages."""

    title: Said
    contrast: Contrast | None = None
    cost_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How a campaign went, as far as advice asks: plays with their contrasts, benefits with what they cost, and how
    often which reason kept somebody from a message, of how many decisions."""

    plays: Sequence[Named]
    benefits: Sequence[Named]
    reasons: Mapping[str, int]
    decisions: int


def headline(programme: Contrast | None, course: Course, currency: str, *, running: bool) -> Said:
    """Worth, interval, cost and what to change, as one sentence; before any run that there is nothing to measure."""
    if not course.decisions:
        return _NOTHING_YET
    worth, next_time = _worth(programme, currency, running=running), advice(programme, course)
    cost = _cost(programme, currency)
    begin = ("So far, and it is not over yet: ", "截至目前（活动未结束）：") if running else ("", "")
    english = begin[0] + worth[0] + cost[0]
    return (
        f"{english[0].upper()}{english[1:]}; next time: {next_time[0]}.",
        f"{begin[1]}{worth[1]}{cost[1]}；下次建议：{next_time[1]}。",
    )


def _worth(found: Contrast | None, currency: str, *, running: bool) -> Said:
    if found is None:
        return ("what it was worth cannot be said, because nobody was held out", "未设活动对照组，无法判断活动值多少")
    if found.verdict == "not as drawn":
        return (
            "what it was worth cannot be said, because the groups are not as drawn",
            "分组人数异常，无法判断活动值多少",
        )
    if found.verdict == "too few regions":
        return ("what it was worth cannot be said, because the regions are too few", "区域过少，无法判断活动值多少")
    money = found.money
    if money is None or money.difference is None:
        return _buyers(found)
    ends = money.while_running or (money.difference.low, money.difference.high)
    members = found.treated.members / 100
    total, low, high = (f"{one * members:,.0f}" for one in (money.difference.estimate, *ends))
    if money.verdict not in ("higher", "lower"):
        return (
            f"whether it sold more cannot be concluded ({total} {currency}, between {low} and {high})",
            f"是否多卖无法下结论（{total} {currency}，区间 {low} 至 {high}）",
        )
    more = money.verdict == "higher"
    grown: Said = ("", "")
    if money.growth is not None and not running:
        g = money.growth
        grown = (f" about {abs(g.estimate):.0%}", f"约 {abs(g.estimate):.0%}")
    return (
        f"it sold{grown[0]} {'more' if more else 'less'} than without, {total} {currency} (between {low} and {high})",
        f"比不做活动{'多' if more else '少'}卖{grown[1]}，共 {total} {currency}（区间 {low} 至 {high}）",
    )


def _buyers(found: Contrast) -> Said:
    """In conversion, where money says nothing."""
    ends = found.while_running or found.interval
    if found.difference is None or ends is None:
        return (
            "what it was worth cannot be said, because the groups are too small",
            "组内人数过少，无法判断活动值多少",
        )
    span = f"{ends[0] * 100:+.1f}", f"{ends[1] * 100:+.1f}"
    known: dict[str, Said] = {
        "higher": ("more members bought than without", "购买会员比不做活动多"),
        "lower": ("fewer members bought than without", "购买会员比不做活动少"),
    }
    told = known.get(found.verdict, ("whether more members bought cannot be concluded", "购买会员是否增加无法下结论"))
    return (
        f"{told[0]} ({found.difference * 100:+.1f} points, {span[0]} to {span[1]}); of money nothing can be said",
        f"{told[1]}（{found.difference * 100:+.1f} 个百分点，区间 {span[0]} 至 {span[1]}），金额上无法下结论",
    )


def _cost(found: Contrast | None, currency: str) -> Said:
    if found is None or found.treated.sums is None:
        return ("", "")
    cents = found.treated.sums.cost_cents
    if not cents:
        return (", with no cost on the books", "，账上没有成本")
    spent = f"{cents / 100:,.0f} {currency}"
    profit = found.money.returned.profit if found.money and found.money.returned else None
    kept: Said = ("", "")
    if profit is not None:
        members = found.treated.members / 100
        left, low, high = (f"{one * members:,.0f}" for one in (profit.estimate, profit.low, profit.high))
        kept = (
            f", and left {left} after it (between {low} and {high})",
            f"，扣除后净得 {left}（区间 {low} 至 {high}）",
        )
    return (f", cost {spent}{kept[0]}", f"，成本 {spent}{kept[1]}")


def advice(programme: Contrast | None, course: Course) -> Said:
    """The one change that matters most: first what keeps the worth from being known, then what loses, then whom no
    message reached, then what worked."""
    return _to_know(programme) or _to_earn(programme, course) or _to_reach(course) or _to_repeat(course)


def _to_know(found: Contrast | None) -> Said | None:
    if found is None:
        return ("hold out 10 % of the members by lot", "随机留出 10% 会员作活动对照组")
    if found.verdict == "not as drawn":
        return ("leave the share of the hold-out as it is while the campaign runs", "活动进行中不要改动对照组比例")
    verdict = found.money.verdict if found.money else found.verdict
    if found.regions is not None and verdict in ("too few regions", "too few members", "cannot conclude"):
        held, there = found.regions.held_out, found.regions.held_out + found.regions.treated
        return (
            f"draw more regions, or smaller ones: {held} held out of {there} show too little",
            f"增加区域数或按更小的区域抽取（现 {there} 个区域留出 {held} 个，不足以下结论）",
        )
    if verdict in ("too few buyers", "too few members", "cannot conclude"):
        now = f"{found.control.members:,}", f"{found.control.buyers:,}"
        return (
            f"hold out more members, {now[0]} with {now[1]} buyers show too little",
            f"扩大对照组（现 {now[0]} 人、买家 {now[1]} 人，不足以下结论）",
        )
    return None


def _to_earn(found: Contrast | None, course: Course) -> Said | None:
    profit = found.money.returned.profit if found and found.money and found.money.returned else None
    dearest = max(course.benefits, key=lambda one: one.cost_cents, default=None)
    if profit is not None and profit.high < 0 and dearest is not None and dearest.cost_cents:
        en, zh = dearest.title
        return (f"give less of “{en}”, which cost most", f"少发“{zh}”，它的成本最高")
    for verdict, english, chinese in (
        ("lower", "leave out “{}”, after which fewer members bought", "停用“{}”，它使购买会员减少"),
        ("nothing sent", "mend “{}”, which sent nothing", "检查“{}”，它没有发出消息"),
    ):
        for play in course.plays:
            if play.contrast is not None and play.contrast.verdict == verdict:
                return (english.format(play.title[0]), chinese.format(play.title[1]))
    return None


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


def _to_repeat(course: Course) -> Said:
    worked = [one for one in course.plays if one.contrast is not None and one.contrast.verdict == "higher"]
    if not worked:
        return ("keep it as it is", "保持现有做法")
    best = max(worked, key=lambda one: one.contrast.difference or 0.0 if one.contrast else 0.0)
    return (f"do more of “{best.title[0]}”", f"多做“{best.title[1]}”")
