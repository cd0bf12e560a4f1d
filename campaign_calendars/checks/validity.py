"""Until when a benefit can be used, against the moments at which it is given (A3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.deciding.uses import valid_until
from campaign_calendars.findings.finding import Finding
from campaign_calendars.time.timeline import SECOND, shift, utc

_SHORT = timedelta(days=1)
_USED_LATER = ("redemptions", "orders")
"""Where uses of benefits are seen that a member makes when he likes."""


@rule("C169", "error")
def benefit_is_valid_when_given(view: View) -> Iterator[Finding]:
    """A play gives a benefit that is no longer valid, or not yet.

    A benefit with a window is valid inside it; one given before it opens is fine, members keep it.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, valid: {from: D-9, to: D-5}}}
    Passes:
        benefits: {c: {kind: member_coupon, value: 5, valid: {from: D-9, to: D}}}

    中文：玩法发放时权益已经失效。
    带窗口的权益只在窗口内有效；提前发放没有问题。
    """
    for place, phase, play, name, _ in view.benefits():
        moments = view.moments.get((phase.id, play.id), [])
        span = view.timeline.validity.get(name)
        late = [at for at in moments if span is not None and utc(at) >= utc(span.end)]
        if span is not None and late:
            ended, given = f"{span.last:%Y-%m-%d %H:%M:%S}", f"{late[0]:%Y-%m-%d %H:%M}"
            yield found(
                place,
                (
                    f"{name} ended on {ended}, the play gives it at {given}",
                    f"{name} 于 {ended} 失效，而玩法在 {given} 发放",
                ),
                ("Lengthen `valid`, or give it earlier.", "请延长 valid，或提前发放。"),
            )


@rule("C287", "warning")
def an_end_that_nobody_wrote_leaves_time(view: View) -> Iterator[Finding]:
    """A benefit without `valid` ends with the calendar, and a play first gives it less than a day before.

    Without `valid` a grant can be used until the calendar ends (a buy-back gift until its phase ends, a birthday gift
    until the month does, an early-bird price until its last day); then its stock and money come back.

    Fails:
        benefits: {c: {kind: birthday_gift, item: cake, unit_cost: 5}}
        phases:
          - {id: a, kind: burst, window: {from: "2026-03-30", to: "2026-04-08"},
             plays: [{id: p, audience: everybody, benefits: [c], channels: [sms], at: "2026-03-31 18:00"}]}
    Passes:
        benefits: {c: {kind: birthday_gift, item: cake, unit_cost: 5, valid: 7d}}
        phases:
          - {id: a, kind: burst, window: {from: "2026-03-30", to: "2026-04-08"},
             plays: [{id: p, audience: everybody, benefits: [c], channels: [sms], at: "2026-03-31 18:00"}]}

    中文：权益未写 valid，发放后不足一天即随日历结束。
    不写 valid 时，权益可用到日历结束（回购礼到阶段结束，生日礼到月末，早鸟价到最后一个可用日），之后库存与资金收回。
    """
    for place, phase, play, name, benefit in view.benefits():
        moments = view.moments.get((phase.id, play.id), [])
        if benefit.valid is not None or benefit.used_while_offered or not moments or view.timeline.use_days(name):
            continue
        if benefit.seen_as()[0] not in _USED_LATER or benefit.kind == "store_coupon":
            continue
        first = min(moments, key=utc)
        end = valid_until(view.calendar, view.timeline, name, first, phase.id)
        if end is not None and utc(first) < utc(end) and utc(end) - utc(first) < _SHORT:
            given, over = f"{first:%Y-%m-%d %H:%M}", f"{shift(end, -SECOND):%Y-%m-%d %H:%M:%S}"
            yield found(
                place,
                (
                    f"{name} has no `valid`: given at {given}, it ends on {over}",
                    f"{name} 未写 valid：{given} 发放，{over} 即失效",
                ),
                ("Write how long it can be used, such as `valid: 7d`.", "请写明可用多久，例如 valid: 7d。"),
            )
