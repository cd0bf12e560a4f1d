"""What a boss reads first: what the campaign was worth, with its interval, what it cost, and what to change."""

from __future__ import annotations

from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.advice import Course, advice, in_list, profit_of
from campaign_calendars.measuring.lift import Contrast, Difference

_NOTHING_YET: Said = (
    "No run has decided about anybody yet, so there is nothing to measure.",
    "尚无运行对任何会员作出决策，没有可衡量的内容。",
)
_NEVER: Said = (
    (
        "It is over, and no run ever decided about anybody: there is nothing to measure; next time: let its runs start"
        " (promocal status says why they did not)."
    ),
    "活动已结束，没有运行对任何会员作出决策，没有可衡量的内容；下次建议：确认运行按时启动（原因见 promocal status）。",
)


def headline(programme: Contrast | None, course: Course, currency: str, *, running: bool) -> Said:
    """Worth, interval, cost and what to change, as one sentence; before any run that there is nothing to measure."""
    if not course.decisions:
        return _NOTHING_YET if running else _NEVER
    worth, next_time = _worth(programme, course, currency, running=running), advice(programme, course)
    cost = _cost(programme, course, currency)
    begin = ("So far, and it is not over yet: ", "截至目前（活动未结束）：") if running else ("", "")
    english = begin[0] + worth[0] + cost[0]
    return (
        f"{english[0].upper()}{english[1:]}; next time: {next_time[0]}.",
        f"{begin[1]}{worth[1]}{cost[1]}；下次建议：{next_time[1]}。",
    )


_UNKNOWN: dict[str, Said] = {
    "not as drawn": (
        "what it was worth cannot be said, because the groups are not as drawn",
        "分组人数异常，无法判断活动值多少",
    ),
    "too few regions": (
        "what it was worth cannot be said, because the regions are too few",
        "区域过少，无法判断活动值多少",
    ),
    "nothing sent": ("no message left, so it has no effect that could be measured", "没有发出任何消息，谈不上活动效果"),
}
"""Verdict → what is said in place of a worth."""


def _worth(found: Contrast | None, course: Course, currency: str, *, running: bool) -> Said:
    if course.nothing_left:
        return _UNKNOWN["nothing sent"]
    if found is None:
        return ("what it was worth cannot be said, because nobody was held out", "未设活动对照组，无法判断活动值多少")
    if found.verdict in _UNKNOWN:
        return _UNKNOWN[found.verdict]
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
        grown = (f" about {abs(g.estimate):,.0%}", f"约 {abs(g.estimate):,.0%}")
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


def _cost(found: Contrast | None, course: Course, currency: str) -> Said:
    sums = found.treated.sums if found is not None else None
    cents = sums.cost_cents if sums is not None else course.cost_cents
    if cents is None:
        return ("", "")
    if course.unpriced:
        return _at_least(cents, course, currency)
    if not cents:
        return (", with no cost on the books", "，账上没有成本")
    kept = _kept(found, currency)
    return (f", cost {cents / 100:,.0f} {currency}{kept[0]}", f"，成本 {cents / 100:,.0f} {currency}{kept[1]}")


def _at_least(cents: int, course: Course, currency: str) -> Said:
    """What messages without a price cost nobody knows: neither is what is left."""
    en, zh = in_list(course.unpriced)
    if not cents:
        return (
            f", at a cost that is not known (no price is stated for messages over {en})",
            f"，成本不明（{zh}未填写消息单价）",
        )
    return (
        f", cost at least {cents / 100:,.0f} {currency} (no price is stated for messages over {en})",
        f"，成本至少 {cents / 100:,.0f} {currency}（{zh}未填写消息单价）",
    )


def _kept(found: Contrast | None, currency: str) -> Said:
    """What is left of the margin after cost, and whether that is sure."""
    profit = profit_of(found)
    if found is None or profit is None:
        return ("", "")
    members = found.treated.members / 100
    if profit.high < 0:
        lost, least, most = (f"{-one * members:,.0f}" for one in (profit.estimate, profit.high, profit.low))
        return (
            f", which lost {lost} {currency} (between {least} and {most})",
            f"，扣除后净亏 {lost} {currency}（区间 {least} 至 {most}）",
        )
    left, low, high = (f"{one * members:,.0f}" for one in _ends(profit))
    if profit.low > 0:
        return (
            f", and left {left} {currency} after it (between {low} and {high})",
            f"，扣除后净得 {left} {currency}（区间 {low} 至 {high}）",
        )
    return (
        f", and whether it paid cannot be concluded ({left} {currency} after it, between {low} and {high})",
        f"，是否划算无法下结论（扣除后 {left} {currency}，区间 {low} 至 {high}）",
    )


def _ends(found: Difference) -> tuple[float, float, float]:
    return found.estimate, found.low, found.high
