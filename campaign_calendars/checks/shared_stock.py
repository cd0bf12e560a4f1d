"""Stock that is never given, or that several phases ask for. Said before there is any data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.deciding.worth import priority_of
from campaign_calendars.findings.finding import Finding
from campaign_calendars.model.calendar import Phase, Play
from campaign_calendars.time.timeline import utc

_SHOWN = 6
"""Plays that one sentence names; the others are counted."""
_MANY = 3
"""Phases from which a planned stock is worth a remark."""


@rule("C145", "warning")
def daily_caps_give_the_stock(view: View) -> Iterator[Finding]:
    """The daily cap of a benefit ends its days before its stock.

    A benefit is given on the days on which a play that names it is due. The daily cap times these days
    is the most that can be given; the rest of the stock is paid for and never offered.

    Fails:
        benefits: {c: {kind: member_coupon, value: 3, stock: 100, daily_cap: 30}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 3, stock: 100, daily_cap: 100}}

    中文：权益的每日上限乘以发放天数小于库存。
    权益只在使用它的玩法到期的日子发放；每日上限乘以这些天数就是最多能发的数量，其余库存永远发不出去。
    """
    days = _days_of_benefits(view)
    for name, benefit in view.calendar.benefits.items():
        count = len(days.get(name, ()))
        if not (benefit.stock and benefit.daily_cap and count) or benefit.daily_cap * count >= benefit.stock:
            continue
        most, needed = benefit.daily_cap * count, -(-benefit.stock // count)
        yield found(
            ("benefits", name, "daily_cap"),
            (
                f"at most {most} of {benefit.stock} {name} can be given: {benefit.daily_cap} a day, days: {count}",
                f"{name} 库存 {benefit.stock}，最多只能发出 {most}：每日 {benefit.daily_cap}，共 {count} 天",
            ),
            (
                f"Lower `stock` to {most}, give it on more days, or raise the cap. Write `daily_cap: {needed}`.",
                f"请将 stock 降为 {most}、增加发放日，或提高上限：写 daily_cap: {needed}。",
            ),
        )


def _days_of_benefits(view: View) -> dict[str, set[date]]:
    """The local days on which each benefit may be given; those of triggers are all days of their window."""
    days: dict[tuple[str, str], set[date]] = {
        key: {at.date() for at in moments} for key, moments in view.moments.items()
    }
    for sweep in view.timeline.sweeps:
        first, last = sweep.span.start.date(), sweep.span.last.date()
        length = (last - first).days + 1
        days.setdefault((sweep.phase, sweep.play), set()).update(first + timedelta(days=n) for n in range(length))
    given: dict[str, set[date]] = {}
    for _, phase, play in view.plays():
        for name in play.benefits:
            given.setdefault(name, set()).update(days.get((phase.id, play.id), ()))
    return given


@rule("C146", "info")
def stock_shared_by_phases(view: View) -> Iterator[Finding]:
    """Plays of three phases or more give the same benefit out of one stock; the plan divides it.

    What is scarce goes where a contact is worth most: the order named is that of the priorities, and of
    equal ones that of time. `promocal plan` says how many each gets and what one piece more would be worth.

    Fails:
        benefits: {c: {kind: member_coupon, value: 3, stock: 100}}
        phases:
          - id: reservoir
            kind: reservoir
            window: {from: D-9, to: D-4}
            plays: [{id: p, audience: everybody, benefits: [c], channels: [push], at: D-5 10:00, message: m.txt}]
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: q, audience: everybody, benefits: [c], channels: [push], at: D-1 10:00, message: m.txt}]
          - id: after
            kind: maintenance
            window: {from: D+1, to: D+5}
            plays: [{id: r, audience: everybody, benefits: [c], channels: [push], at: D+2 10:00, message: m.txt}]
    Passes:
        benefits: {c: {kind: member_coupon, value: 3}}

    中文：三个或更多阶段的玩法共用同一权益的库存，由计划分配。
    稀缺的权益给价值最高的触达：所列顺序为优先级顺序，相同者按时间。promocal plan 会给出各玩法的数量，以及多一份的价值。
    """
    if view.calendar.plan == "planned":
        for name, stock, plays in _shared_stocks(view, _MANY):
            ranked = sorted(plays, key=lambda use: (-priority_of(*use), _first(view, use)))
            yield _shared(
                name,
                stock,
                [f"{play.id} ({priority_of(phase, play)})" for phase, play in ranked],
                ("in the order of their priorities", "优先级顺序"),
                (
                    "Set `priority` of a play to change the order, or give a phase a benefit of its own.",
                    "如需改变顺序，请设置玩法的 priority，或为某阶段另设权益。",
                ),
            )


@rule("C147", "warning")
def first_phase_takes_the_stock(view: View) -> Iterator[Finding]:
    """With `plan: first_come`, the first of several phases may take the whole stock of a benefit.

    Nothing is kept for a later phase: whichever play comes first gives what there is. With `plan: planned` the
    stock goes where a contact is worth most.

    Fails:
        plan: first_come
        benefits: {c: {kind: member_coupon, value: 3, stock: 100}}
        phases:
          - id: reservoir
            kind: reservoir
            window: {from: D-9, to: D-4}
            plays: [{id: p, audience: everybody, benefits: [c], channels: [push], at: D-5 10:00, message: m.txt}]
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: q, audience: everybody, benefits: [c], channels: [push], at: D-1 10:00, message: m.txt}]
    Passes:
        plan: planned
        benefits: {c: {kind: member_coupon, value: 3, stock: 100}}
        phases:
          - id: reservoir
            kind: reservoir
            window: {from: D-9, to: D-4}
            plays: [{id: p, audience: everybody, benefits: [c], channels: [push], at: D-5 10:00, message: m.txt}]
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: q, audience: everybody, benefits: [c], channels: [push], at: D-1 10:00, message: m.txt}]

    中文：plan: first_come 时，最先的阶段可能用完某权益的全部库存。
    不会为后面的阶段保留：先到的玩法先发。plan: planned 时库存给价值最高的触达。
    """
    if view.calendar.plan == "first_come":
        for name, stock, plays in _shared_stocks(view, 2):
            ranked = sorted(plays, key=lambda use: _first(view, use))
            yield _shared(
                name,
                stock,
                [f"{play.id} ({phase.id})" for phase, play in ranked],
                ("first come, first served", "先到先得"),
                (
                    "Give each phase a benefit with a stock of its own, or write `plan: planned`.",
                    "请为各阶段另设有独立库存的权益，或写 plan: planned。",
                ),
            )


def _shared(name: str, stock: int, plays: Sequence[str], order: tuple[str, str], hints: tuple[str, str]) -> Finding:
    more = len(plays) - _SHOWN
    others = (f", and {more} more", f"，另有 {more} 个") if more > 0 else ("", "")
    return found(
        ("benefits", name, "stock"),
        (
            f"plays that share {stock} {name}, {order[0]}: {', '.join(plays[:_SHOWN])}{others[0]}",
            f"共用 {name} 库存 {stock} 的玩法（{order[1]}）：{'、'.join(plays[:_SHOWN])}{others[1]}",
        ),
        hints,
    )


def _shared_stocks(view: View, phases: int) -> Iterator[tuple[str, int, list[tuple[Phase, Play]]]]:
    """Benefits with a stock that plays of so many phases give, and these plays."""
    for name, benefit in view.calendar.benefits.items():
        plays = [(phase, play) for _, phase, play in view.plays() if name in play.benefits]
        if benefit.stock and len({phase.id for phase, _ in plays}) >= phases:
            yield name, benefit.stock, plays


def _first(view: View, use: tuple[Phase, Play]) -> datetime:
    """When a play begins to be due; its phase's beginning where an event says when."""
    phase, play = use
    moments = view.moments.get((phase.id, play.id))
    span = view.timeline.phases.get(phase.id, view.timeline.campaign)
    return utc(moments[0] if moments else span.start)
