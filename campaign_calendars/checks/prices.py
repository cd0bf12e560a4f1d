"""Planned prices against the lowest price of the trailing days (B6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from campaign_calendars.checks.registry import View, found, rule, unknown
from campaign_calendars.findings.finding import Finding, Path
from campaign_calendars.model.benefits import KINDS
from campaign_calendars.model.benefits.base import yuan
from campaign_calendars.model.prices import Goods, PlannedPrice, floors, online_prices
from campaign_calendars.values.scalars import format_duration


def _planned(view: View) -> Iterator[tuple[Path, Goods, PlannedPrice, tuple[int | None, int | None]]]:
    """Every planned price of a known phase with the floors that hold when the phase begins.

    Prices that benefits make before it count as those of the past.
    """
    if not view.calendar.prices:
        return
    online = online_prices(view.calendar.prices, view.calendar.benefits, _days_online(view))
    for name, goods in view.calendar.prices.items():
        for index, planned in enumerate(goods.planned):
            span = view.timeline.phases.get(planned.phase)
            if span is not None:
                allowed = floors(goods.history, span.start.date(), view.calendar.price_rule, online.get(name, ()))
                yield ("prices", name, "planned", index), goods, planned, allowed


def _days_online(view: View) -> dict[str, list[date]]:
    """The local days on which each benefit is online: those it may be used on, else the phases whose plays name it."""
    days: dict[str, set[date]] = {name: set() for name in view.calendar.benefits}
    for _, phase, _, name, _ in view.benefits():
        spans = view.timeline.use_days(name) or (view.timeline.validity.get(name, view.timeline.phases.get(phase.id)),)
        for span in spans:
            if span is not None:
                first, last = span.start.date(), span.last.date()
                days[name] |= {first + timedelta(days=number) for number in range((last - first).days + 1)}
    return {name: sorted(found) for name, found in days.items()}


@rule("C196", "error")
def not_above_the_lowest_price(view: View) -> Iterator[Finding]:
    """A planned price lies above the lowest price of the days before.

    The platform has two gates (B6): the list price is not above the lowest list price of the trailing
    days, the price after everybody's coupons not above the lowest after coupons. `price_rule` sets the
    days and, where asked for, how far below the list price has to lie. Member coupons, gifts and
    points do not count, member prices do (A11#2). What a price benefit with `goods` asks for them counts from each
    day on which it is online, also where it is for a few.

    Fails:
        prices:
          tea:
            history: [{on: 2026-03-01, list: 99, after_coupon: 89}]
            planned: [{phase: burst, list: 99, after_coupon: 95}]
    Passes:
        prices:
          tea:
            history: [{on: 2026-03-01, list: 99, after_coupon: 89, through: member_coupon}]
            planned: [{phase: burst, list: 99, after_coupon: 95}]

    中文：计划价高于此前一段时间的最低价。
    平台有两道门槛（B6）：标价不高于近期最低标价，普惠券后价不高于近期最低券后价。price_rule 设定回看天数与须低的比例。
    会员券、礼品、积分不计入，会员价计入（A11#2）。写明 goods 的价格权益在上线的每一天计入，只面向部分会员也一样。
    """
    for path, _, planned, (most, most_after) in _planned(view):
        for key, word, word_zh, price, limit in (
            ("list", "list price", "标价", planned.list_, most),
            ("after_coupon", "price after coupons", "券后价", planned.after_coupon, most_after),
        ):
            if price is not None and limit is not None and price > limit:
                yield found(
                    (*path, key),
                    (
                        f"the {word} of {yuan(price)} is above {yuan(limit)}, the most that is allowed",
                        f"{word_zh} {yuan(price)} 高于允许的最高价 {yuan(limit)}",
                    ),
                    ("Lower the price.", "请降低价格。"),
                )


@rule("C197", "warning")
def a_price_is_known(view: View) -> Iterator[Finding]:
    """A planned price has no price of the trailing days to be held against.

    Without prices that count in the days before the phase begins nothing can be checked (B6).

    Fails:
        prices: {tea: {planned: [{phase: burst, list: 99}]}}
    Passes:
        prices: {tea: {history: [{on: 2026-03-01, list: 99}], planned: [{phase: burst, list: 99}]}}

    中文：计划价没有近期价格可供比较。
    阶段开始前的回看期内没有计入的价格，就无法核对（B6）。
    """
    look_back = format_duration(view.calendar.price_rule.look_back)
    for path, _, planned, (most, most_after) in _planned(view):
        if (planned.list_ is not None and most is None) or (planned.after_coupon is not None and most_after is None):
            yield found(
                path,
                (
                    f"no price that counts within {look_back} before {planned.phase}",
                    f"{planned.phase} 之前 {look_back} 内没有计入的价格",
                ),
                ("Add it to `history`.", "请在 history 中补上。"),
            )


@rule("C198", "error")
def price_names_exist(view: View) -> Iterator[Finding]:
    """A planned price names a phase, or a past one a kind of benefit, that does not exist.

    Fails:
        prices: {tea: {history: [{on: 2026-03-01, list: 99}], planned: [{phase: brust, list: 99}]}}
    Passes:
        prices: {tea: {history: [{on: 2026-03-01, list: 99}], planned: [{phase: burst, list: 99}]}}

    中文：计划价引用了不存在的阶段，或历史价引用了不存在的权益种类。
    请按提示改正。
    """
    phases = [phase.id for phase in view.calendar.phases]
    for name, goods in view.calendar.prices.items():
        for index, planned in enumerate(goods.planned):
            place = ("prices", name, "planned", index, "phase")
            yield from unknown(place, planned.phase, phases, ("phase", "阶段"))
        for index, past in enumerate(goods.history):
            if past.through is not None:
                place = ("prices", name, "history", index, "through")
                yield from unknown(place, past.through, KINDS, ("kind of benefit", "权益种类"))
