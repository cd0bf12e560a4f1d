"""What a programme was worth, in sentences: as a boss reads it, with what cannot be said yet and what it would take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.lift import (
    MIN_ARM,
    Contrast,
    Difference,
    Growth,
    MoneyContrast,
    Return,
    has_joined_unevenly,
)
from campaign_calendars.measuring.regions import mixed_regions, too_few_regions

_MOST_TIMES = 20
"""More members than that nobody waits for."""
_LEAST_P = 0.0001
"""Below it a likelihood is told as less than that."""


def worth_in_words(
    found: Contrast,
    currency: str,
    *,
    days: int | None = None,
    left: int | None = None,
    no_margin: Said | None = None,
) -> list[Said]:
    """The money of a contrast in one to three sentences.

    `days`: whole days since it began, while it goes on; then it is said how many more would show a difference
    of the size that is seen, and whether that is more than the days `left` to its end. `no_margin`: what is said where
    no margin is stated.
    """
    units = found.regions
    if found.verdict == "not as drawn":
        return [_not_as_drawn(found) if units is None else mixed_regions(units.mixed)]
    if found.verdict == "too few regions":
        return [too_few_regions(units.by, units.held_out, units.treated)] if units is not None else []
    money = found.money
    if money is None or found.verdict in ("nothing sent", "too few members", "in two arms", "members unknown"):
        return []
    if money.difference is None:
        return [_SAME if money.verdict == "all paid the same" else _too_few(found)]
    shown = money.difference
    if money.while_running is not None:
        shown = replace(shown, low=money.while_running[0], high=money.while_running[1])
    told = [_money(found, money, shown, currency)]
    if money.verdict == "cannot conclude":
        told.append(_what_it_takes(shown, days, left) if units is None else _more_regions(shown))
    if money.while_running is not None:
        told.append(_TO_THE_END)
    else:
        told.append(_returned(money.returned, currency) if money.returned else no_margin or _NO_MARGIN)
    return told


def counted_as_free(channels: Sequence[Said]) -> Said:
    """That messages of channels without a price cost nothing in the figures above; `channels`: their titles."""
    shown = ", ".join(en for en, _ in channels), "、".join(zh for _, zh in channels)
    return (
        f"Messages over {shown[0]} count as free: the store states no unit_cost for them (0.00 says that they are).",
        f"{shown[1]}的消息按免费计：店铺没有填写 unit_cost（确实免费请写 0.00）。",
    )


_SAME: Said = (
    "Everybody paid the same, so nothing can be said of chance.",
    "所有人支付的金额都相同，无法判断是否偶然。",
)
_TO_THE_END: Said = (
    "Not all of it is known yet: these intervals hold however often they are read. What is left is said when it is.",
    "数据尚未到活动结束：以上区间无论多少次查看都成立；扣除成本后的结果在数据齐全后给出。",
)
_NO_MARGIN: Said = (
    "What is left after cost is not known: state `margin` under `values`, in the calendar or the store.",
    "扣除成本后剩余多少无法得知：请在日历或店铺的 `values` 中填写 `margin`（毛利率）。",
)


def _not_as_drawn(found: Contrast) -> Said:
    if has_joined_unevenly(found):
        joined = f"{found.treated.joined:,}", f"{found.control.joined:,}"
        return (
            (
                f"Persons whose accounts were joined lie unevenly in the groups ({joined[0]} and {joined[1]} persons):"
                " joining moved members between them, so no difference is shown."
            ),
            f"合并了账号的会员在两组中分布不均（{joined[0]} 人与 {joined[1]} 人）：合并改变了分组，因此不给出差值。",
        )
    sizes = f"{found.treated.members:,}", f"{found.control.members:,}"
    p = f"= {found.sample_ratio_p:.2g}" if (found.sample_ratio_p or 0) >= _LEAST_P else f"< {_LEAST_P}"
    return (
        (
            f"The groups are not as they were drawn ({sizes[0]} and {sizes[1]} members, p {p}): something sorted"
            " members into them, so no difference is shown. Was the share of the hold-out changed meanwhile?"
        ),
        (
            f"两组人数与抽取比例不符（{sizes[0]} 人与 {sizes[1]} 人，p {p}）：会员并非随机进入两组，因此不给出差值。"
            "活动进行中是否改过对照组比例？"
        ),
    )


def _too_few(found: Contrast) -> Said:
    buyers = min(found.treated.buyers, found.control.buyers)
    return (
        f"In money nothing can be said yet: {buyers:,} buyers in the group with fewer of them, {MIN_ARM} are needed.",
        f"金额上尚无法下结论：买家较少的一组只有 {buyers:,} 位，至少需要 {MIN_ARM} 位。",
    )


def _money(found: Contrast, money: MoneyContrast, difference: Difference, currency: str) -> Said:
    each, whole = _range(difference, 100), _range(difference, 100 / max(found.treated.members, 1), decimals=0)
    if money.verdict == "cannot conclude":
        less, size, rests = difference.estimate < 0, each[0].removeprefix("-"), _rests_on(found)
        return (
            (
                f"Paid by a member: {size} {currency} {'less' if less else 'more'} than without, the difference between"
                f" {each[1]} and {each[2]}: cannot conclude ({rests[0]} in the hold-out)."
            ),
            (
                f"人均支付：比对照组{'少' if less else '多'} {size} {currency}，差值区间 {each[1]} 至 {each[2]}："
                f"无法下结论（对照组{rests[1]}）。"
            ),
        )
    grown = _grown(money.growth, less=difference.estimate < 0)
    return (
        (
            f"Sold{grown[0]} than without: {each[0]} {currency} a member, between {each[1]} and {each[2]};"
            f" {whole[0]} in all, between {whole[1]} and {whole[2]}."
        ),
        (
            f"比不做活动{grown[1]}：人均 {each[0]} {currency}，区间 {each[1]} 至 {each[2]}；"
            f"合计 {whole[0]}，区间 {whole[1]} 至 {whole[2]}。"
        ),
    )


def _rests_on(found: Contrast) -> Said:
    """How much there is in the hold-out of what counts."""
    if (units := found.regions) is not None:
        return f"{units.held_out:,} regions", f"区域 {units.held_out:,} 个"
    return f"{found.control.buyers:,} buyers", f"买家 {found.control.buyers:,} 人"


def _grown(growth: Growth | None, *, less: bool) -> Said:
    if growth is None:
        return (" less", "少卖") if less else (" more", "多卖")
    low, high = sorted((abs(growth.low), abs(growth.high)))
    about, span = f"{abs(growth.estimate):.0%}", (f"{low:.0%}", f"{high:.0%}")
    if growth.low < 0 < growth.high:  # the interval of the ratio is another than that of the difference
        span = f"{growth.low:+.0%}", f"{growth.high:+.0%}"
    more = growth.estimate >= 0
    return (
        f" about {about} {'more' if more else 'less'} (between {span[0]} and {span[1]})",
        f"约{'多' if more else '少'}卖 {about}（{span[0]} 至 {span[1]}）",
    )


def _what_it_takes(difference: Difference, days: int | None, left: int | None) -> Said:
    reach = (difference.high - difference.low) / 2
    times = (reach / difference.estimate) ** 2 if difference.estimate else float("inf")
    if times > _MOST_TIMES:
        return (
            "A difference as small as this cannot be shown by this hold-out.",
            "这么小的差异，以当前对照组规模无法证实。",
        )
    if days:
        more = max(1, round(days * (times - 1)))
        if left is not None and more > left:
            return (
                (
                    f"If it stays as it is, about {more:,} more days would show it, but only {left:,} are left:"
                    " this campaign will not show it."
                ),
                f"若差异保持不变，约再过 {more:,} 天才能下结论，但活动只剩 {left:,} 天：本次活动无法证实。",
            )
        return (
            f"If it stays as it is, about {more:,} more days would show it.",
            f"若差异保持不变，约再过 {more:,} 天可以下结论。",
        )
    enough = max(ceil(times * 10), 11) / 10  # rounded up: what is open is not shown by as many as there were
    return (
        f"It would take about {enough:.1f} times as many members to show a difference of this size.",
        f"要证实这么大的差异，大约需要 {enough:.1f} 倍的会员。",
    )


def _more_regions(difference: Difference) -> Said:
    """Of regions more days help little: they go on to lie apart."""
    reach = (difference.high - difference.low) / 2
    times = (reach / difference.estimate) ** 2 if difference.estimate else float("inf")
    if times > _MOST_TIMES:
        return (
            "A difference as small as this cannot be shown by these regions.",
            "这么小的差异，以现有区域无法证实。",
        )
    return (
        f"It would take about {times:.1f} times as many regions, or smaller ones, to show a difference of this size.",
        f"要证实这么大的差异，大约需要 {times:.1f} 倍的区域，或改按更小的区域抽取。",
    )


def _returned(found: Return, currency: str) -> Said:
    profit, cost = _range(found.profit, 100), f"{found.cost_cents / 100:,.2f}"
    sure = found.profit.low > 0 or found.profit.high < 0
    earned = found.profit.estimate > 0
    judged: Said = (
        ("it earned more than it cost" if earned else "it cost more than it earned")
        if sure
        else "whether it paid cannot be concluded",
        ("活动赚回了成本" if earned else "活动得不偿失") if sure else "是否划算无法下结论",
    )
    ratio: Said = ("", "")
    if (per := found.per_cost) is not None:
        span = f"{per.estimate:.2f}", f"{per.low:.2f}", f"{per.high:.2f}"
        ratio = (
            f"; {span[0]} for each 1.00 of cost, between {span[1]} and {span[2]}",
            f"；每 1.00 成本净得 {span[0]}（{span[1]} 至 {span[2]}）",
        )
    margin = f"{found.margin:.0%}"
    return (
        (
            f"At a margin of {margin} and {cost} {currency} of cost a member, {profit[0]} a member is left, between"
            f" {profit[1]} and {profit[2]}{ratio[0]}: {judged[0]}."
        ),
        (
            f"按毛利率 {margin}、人均成本 {cost} {currency} 计，人均净得 {profit[0]}（{profit[1]} 至 {profit[2]}）"
            f"{ratio[1]}：{judged[1]}。"
        ),
    )


def _range(found: Difference, unit: float, *, decimals: int = 2) -> tuple[str, str, str]:
    estimate, low, high = (f"{value / unit:,.{decimals}f}" for value in (found.estimate, found.low, found.high))
    return estimate, low, high
