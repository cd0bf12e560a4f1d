"""Limits of a whole plan: names and messages they are about, how many rows they are, whether anything keeps them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.deciding.expecting import objective_of
from campaign_calendars.deciding.limits import limits_of, rows_of
from campaign_calendars.findings.finding import Finding, suggestion

MOST_ROWS = 100


@rule("C280", "error")
def limits_name_what_there_is(view: View) -> Iterator[Finding]:
    """A limit names a phase, play, channel, benefit, pool or tier that there is not, or two limits have one id.

    Fails:
        limits: [{id: texts, at_most: 100, of: {channels: [fax]}}]
    Passes:
        limits: [{id: texts, at_most: 100, of: {channels: [sms]}}]

    中文：限制引用了不存在的阶段、玩法、渠道、权益、资金池或等级，或两条限制使用同一 id。
    """
    calendar, store = view.calendar, view.store
    known = {
        "phases": [phase.id for phase in calendar.phases],
        "plays": [play.id for _, _, play in view.plays()],
        "channels": list(store.channels),
        "benefits": list(calendar.benefits),
        "pools": list(calendar.budget.pools) if calendar.budget else [],
        "tiers": [tier.id for tier in store.tiers.levels],
    }
    times = Counter(limit.id for limit in calendar.limits)
    for number, limit in enumerate(calendar.limits):
        if times[limit.id] > 1:
            texts = (f"two limits are called {limit.id!r}", f"两条限制同名 {limit.id!r}")
            yield found(("limits", number, "id"), texts, ("Rename one of them.", "请改名其中一条。"))
        for key, names in known.items():
            for place, name in enumerate(getattr(limit.of, key)):
                if name not in names:
                    path = ("limits", number, "of", key, place)
                    yield found(
                        path, (f"there is no {name!r} in {key}", f"{key} 中没有 {name!r}"), suggestion(name, names)
                    )


@rule("C281", "error")
def limits_are_about_something(view: View) -> Iterator[Finding]:
    """A limit is about messages that no play sends by the clock.

    A least number of them could never be reached, and any other limit changes nothing. Plays that answer events
    are not planned.

    Fails:
        limits: [{id: coupons, at_least: 100, of: {benefits: [c]}}]
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D 10:00, message: m.txt}]
    Passes:
        limits: [{id: coupons, at_least: 100, of: {benefits: [c]}}]

    中文：限制所指的消息没有任何定时玩法会发送。
    下限无法达到，其他限制不起作用。由事件触发的玩法不在计划之内。
    """
    timed = [(phase, play) for _, phase, play in view.plays() if play.at is not None]
    for number, rule_ in enumerate(limits_of(view.calendar)):
        if not any(
            rule_.counts(phase.id, play.id, channel, benefit)
            for phase, play in timed
            for channel in play.channels
            for benefit in (play.benefits or (None,))
        ):
            yield found(
                ("limits", number),
                (f"no play sends what {rule_.name!r} is about", f"没有玩法发送 {rule_.name!r} 所指的消息"),
                ("Name other plays, channels or benefits in `of`.", "请在 of 中改写玩法、渠道或权益。"),
                on="key",
            )


@rule("C282", "error")
def limits_are_not_too_many(view: View) -> Iterator[Finding]:
    """The limits of a calendar are more than 100 rows; `per: day` is one for each day, `per: phase` for each phase.

    Days of channels and daily caps of benefits do not count: promocal makes those rows itself.

    Fails:
        limits:
          - {id: a, at_most: 9, per: day}
          - {id: b, at_most: 9, per: day}
        phases:
          - id: burst
            kind: burst
            window: {from: D-59, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: daily 10:00, message: m.txt}]
    Passes:
        limits: [{id: a, at_most: 9, per: phase}]

    中文：日历的限制超过 100 行；per: day 每天一行，per: phase 每个阶段一行。
    渠道每日容量与权益每日限量由系统生成，不计在内。
    """
    spans = view.timeline.phases.values()
    if not spans or not view.calendar.limits:
        return
    days = (max(span.end for span in spans) - min(span.start for span in spans)).days + 1
    rows = rows_of(view.calendar, days)
    if rows > MOST_ROWS:
        yield found(
            ("limits",),
            (
                f"these limits are {rows} rows; a plan takes {MOST_ROWS}",
                f"这些限制共 {rows} 行；一个计划最多 {MOST_ROWS} 行",
            ),
            ("Count by phase instead of by day, or join limits.", "请按阶段而非按天计，或合并限制。"),
            on="key",
        )


@rule("C283", "error")
def limits_are_planned(view: View) -> Iterator[Finding]:
    """A calendar has limits and `plan: first_come`, which looks ahead at nothing: nobody would keep them.

    Fails:
        plan: first_come
        limits: [{id: texts, at_most: 100, of: {channels: [sms]}}]
    Passes:
        limits: [{id: texts, at_most: 100, of: {channels: [sms]}}]

    中文：日历有限制，却写了 plan: first_come：先到先得不做预先规划，限制无人遵守。
    """
    if view.calendar.plan == "first_come" and view.calendar.limits:
        yield found(
            ("limits",),
            ("nothing keeps limits where whoever comes first is served", "先到先得时限制不起作用"),
            ("Leave out `plan: first_come`.", "请去掉 plan: first_come。"),
            on="key",
        )


@rule("C286", "error")
def a_return_needs_values(view: View) -> Iterator[Finding]:
    """A limit asks for a return (`return_at_least`), but not every play has an expected response (`values`).

    The plan then maximises priority and knows of no money that could come back.

    Fails:
        limits: [{id: roi, return_at_least: 1.50}]
    Passes:
        limits: [{id: roi, return_at_least: 1.50}]
        values: {margin: 40%, basket: 180, baseline: 1%, responses: [{benefit: c, response: 3%}, {response: 2%}]}

    中文：限制要求回报（return_at_least），但并非每个玩法都有预期响应（values）。
    此时计划以优先级为目标，不知道会收回多少钱。
    """
    if objective_of(view.calendar, view.store) == "money":
        return
    for number, limit in enumerate(view.calendar.limits):
        if limit.return_at_least is not None:
            yield found(
                ("limits", number, "return_at_least"),
                ("no money is known that could come back", "没有可计算回报的金额"),
                ("Give every play an expected response (`values`).", "请为每个玩法给出预期响应（values）。"),
            )
