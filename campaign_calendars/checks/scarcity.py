"""Who gets the last pieces: `order` of a benefit, held against how plays name it (A3)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding


@rule("C330", "error")
def first_come_is_announced(view: View) -> Iterator[Finding]:
    """A play gives a benefit that goes to whoever comes first.

    With `order: first_come` (先兑先得), which an exchange of points has by itself, the platform hands it out until it
    is gone. Who will be first nobody knows when messages are decided: a play can tell of it, not give it.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, stock: 50, order: first_come}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 5, stock: 50, order: tier}}

    中文：玩法发放了先到先得的权益。
    order: first_come（先兑先得，积分兑换的默认值）由平台发放，发完即止。决策时无人知道谁先到：玩法只能告知，不能发放。
    """
    for place, _, play, name, benefit in view.given():
        if benefit.rationed == "first_come":
            yield found(
                place,
                (
                    f"{name} goes to whoever comes first; {play.id} cannot say who gets it",
                    f"{name} 先到先得，{play.id} 无法指定给谁",
                ),
                (
                    "Move it from `benefits` to `announces` of the play, or say who gets it: `order: hash`.",
                    "请把它从玩法的 benefits 移到 announces，或写明给谁：order: hash。",
                ),
            )


@rule("C331", "warning")
def order_orders_something(view: View) -> Iterator[Finding]:
    """Of a benefit higher tiers are to get the last pieces, and no play gives it.

    What is only announced goes to whoever takes it, or applies itself: promocal gives no piece of it to anybody.

    Fails:
        benefits: {g: {kind: member_extra_gift, item: tea, items: 2, stock: 50, unit_cost: 5, order: tier}}
        phases:
          - {id: burst, kind: burst, window: {from: D-1, to: D+1}, plays: [
              {id: p, audience: everybody, channels: [sms], at: D 10:00, announces: [g], message: m.txt}]}
    Passes:
        benefits: {g: {kind: member_extra_gift, item: tea, items: 2, stock: 50, unit_cost: 5}}
        phases:
          - {id: burst, kind: burst, window: {from: D-1, to: D+1}, plays: [
              {id: p, audience: everybody, channels: [sms], at: D 10:00, announces: [g], message: m.txt}]}

    中文：权益写明高等级优先，却没有玩法发放它。
    只告知的权益由先领取者获得或自动生效：promocal 不把任何一份发给谁。
    """
    given = {name for _, _, _, name, _ in view.given()}
    told = {name for phase in view.calendar.phases for play in phase.plays for name in play.announces}
    for name, benefit in view.calendar.benefits.items():
        if benefit.rationed == "tier" and name in told - given:
            yield found(
                ("benefits", name, "order"),
                (
                    f"{name} is only announced: nobody is given it, higher tiers neither",
                    f"{name} 只被告知而不发放，高等级也不会优先得到",
                ),
                (
                    "Give it by a play (`benefits`), or write `order: first_come`.",
                    "请由玩法发放（benefits），或写 order: first_come。",
                ),
            )
