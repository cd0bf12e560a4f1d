"""When and how benefits are offered: windows, what applies itself, what can never be given away (A3)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.deciding.offers import why_shut
from campaign_calendars.findings.finding import Finding
from campaign_calendars.time.timeline import DAY, utc


@rule("C320", "warning")
def what_applies_itself_is_announced(view: View) -> Iterator[Finding]:
    """A play gives a benefit that applies itself to every qualifying order.

    Gifts on top, cash-back, prices, double points, priority and services need no grant: whoever qualifies has them,
    told or not. Granted, each message would take one of the stock, and only one benefit of the play would be told.
    `announces` tells everybody reached of all of them; `delivery: push` says that the platform wants a grant after all.

    Fails:
        benefits: {c: {kind: member_extra_gift, item: tea, items: 2, stock: 50, unit_cost: 5}}
    Passes:
        benefits: {c: {kind: member_extra_gift, item: tea, items: 2, stock: 50, unit_cost: 5, delivery: push}}

    中文：玩法发放了自动享受的权益。
    加赠、满返、价格、双倍积分、优先购与服务无需发放：符合条件者即可享受，与是否告知无关。若按发放处理，每条消息都会占用一份库存，
    且每人只被告知一项。请改写到 announces，向所有触达者告知；若平台确需逐人发放，请写 delivery: push。
    """
    for place, _, play, name, benefit in view.given():
        if benefit.delivered == "auto" and benefit.kind != "store_coupon":
            yield found(
                place,
                (
                    f"{name} applies itself to every qualifying order, {play.id} need not give it",
                    f"{name} 对符合条件的订单自动生效，无需由 {play.id} 发放",
                ),
                ("Move it from `benefits` to `announces` of the play.", "请把它从玩法的 benefits 移到 announces。"),
            )


@rule("C321", "warning")
def moments_lie_in_the_offer(view: View) -> Iterator[Finding]:
    """A play has moments at which one of its benefits is not on offer.

    Outside `offered`, the days of an early bird, the end of a priority right or, for a presale gift, a presale nobody
    is given it then: the reason is `benefit_window`.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, offered: {from: D, to: D}}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 5, offered: {from: D-3, to: D}}}

    中文：玩法的某些时刻不在权益的开放时间内。
    在 offered、早鸟日、优先购截止或（预售加赠的）预售期之外，此时无人可得，原因为 benefit_window。
    """
    for place, phase, play, name, benefit in view.benefits():
        valid, moments = view.timeline.validity.get(name), view.moments.get((phase.id, play.id), [])
        shut = [
            at
            for at in moments
            if (valid is None or utc(at) < utc(valid.end))  # C169 tells of the others
            and why_shut(view.timeline, view.store, phase, name, benefit=benefit, at=at) == "benefit_window"
        ]
        if shut:
            first = f"{shut[0]:%Y-%m-%d %H:%M}"
            yield found(
                place,
                (
                    f"{name} is not on offer at {len(shut)} of {len(moments)} moments of {play.id}, first at {first}",
                    f"{play.id} 的 {len(moments)} 个时刻中有 {len(shut)} 个不在 {name} 的开放时间内，首个为 {first}",
                ),
                ("Widen `offered`, or move the play.", "请放宽 offered，或调整玩法时刻。"),
            )


@rule("C322", "error")
def offer_is_a_window(view: View) -> Iterator[Finding]:
    """`offered` of a benefit ends before it begins.

    An end that is not written is that of the phases whose plays name the benefit.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, offered: {from: D, to: D-3}}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 5, offered: {from: D-3, to: D}}}

    中文：权益的 offered 结束早于开始。
    未写的一端取点名该权益的玩法所在阶段的起止。
    """
    for name, benefit in view.calendar.benefits.items():
        times = view.timeline.benefits.get(name)
        if benefit.offered is None or times is None or times.offered is None:
            continue
        if utc(times.offered.start) >= utc(times.offered.end):
            yield found(
                ("benefits", name, "offered"),
                (
                    f"{name} is on offer at no moment: `offered` ends before it begins",
                    f"{name} 的 offered 结束早于开始",
                ),
                ("Exchange `from` and `to`, or correct one of them.", "请对调 from 与 to，或改正其中之一。"),
            )


@rule("C323", "warning")
def stock_can_be_given_away(view: View) -> Iterator[Finding]:
    """A benefit has more stock than its `daily_cap` lets go on the days it is on offer.

    The rest can never be given: the stock, the cap or the days are not what was meant.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, stock: 500, daily_cap: 10}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 5, stock: 40, daily_cap: 10}}

    中文：权益的库存多于 daily_cap 在开放日内能发出的数量。
    余下的永远发不完：库存、每日限量或日期之一写得不对。
    """
    for name, benefit in view.calendar.benefits.items():
        times = view.timeline.benefits.get(name)
        if benefit.stock is None or benefit.daily_cap is None or times is None or times.offered is None:
            continue
        span = times.offered
        days = (span.last.date() - span.start.date()) // DAY + 1
        if benefit.stock > benefit.daily_cap * days:
            most = benefit.daily_cap * days
            yield found(
                ("benefits", name, "stock"),
                (
                    f"{name}: {benefit.daily_cap:,} a day on {days:,} days are {most:,}, its stock {benefit.stock:,}",
                    f"{name}：每日 {benefit.daily_cap:,}、共 {days:,} 天，最多 {most:,}，库存为 {benefit.stock:,}",
                ),
                ("Lower `stock`, or raise `daily_cap`.", "请降低 stock，或提高 daily_cap。"),
            )
