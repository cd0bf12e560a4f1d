"""Triggers: what would never fire, be missed, or be answered without consent (A1#16, A5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta
from functools import lru_cache

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding, Path, suggestion
from campaign_calendars.model.sequences import OF_GROUPS
from campaign_calendars.model.store import Channel, QuietHours
from campaign_calendars.model.triggers import RECORD_EVENTS, USUAL_KINDS, Trigger
from campaign_calendars.providers.of_channel import in_quiet_hours, quiet_spans
from campaign_calendars.values.scalars import format_duration

_DAY = timedelta(days=1)
_MINUTES = 24 * 60


def _triggers(view: View) -> Iterator[tuple[Path, str, Trigger, list[Channel]]]:
    """Every triggered play: path of the trigger, play, trigger, its known channels."""
    for path, _, play in view.plays():
        if play.trigger is not None:
            yield (*path, "trigger"), play.id, play.trigger, view.channels_of(play)


def _is_of_groups(path: Path, trigger: Trigger) -> bool:
    """Whether it is the day zero of groups, which only sequences know."""
    return path[0] == "sequences" and trigger.event in OF_GROUPS


def _every(view: View, trigger: Trigger) -> timedelta:
    return _DAY if trigger.daily_at is not None else trigger.every or view.store.contact_policy.sweep_every


@rule("C240", "error")
def one_way_to_start(view: View) -> Iterator[Finding]:
    """A play has both a moment and a trigger.

    `at` sends to a whole audience at one time, `trigger` answers one member's event; a play does one
    of the two. A trigger that is looked at once a day has its own `at` inside.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                channels: [push]
                at: daily 10:00
                trigger: {event: join}
                message: m.txt
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], trigger: {event: join, at: "10:00"}, message: m.txt}

    中文：玩法同时写了时刻与触发。
    at 是定时发给整个人群，trigger 是响应单个会员的事件，二者只取其一；每日一次的触发请在 trigger 内写 at。
    """
    for path, _, play in view.plays():
        if play.at is not None and play.trigger is not None:
            yield found(
                (*path, "trigger"),
                (f"{play.id} has both `at` and `trigger`", f"{play.id} 同时有 at 与 trigger"),
                ("Keep one of them, or make two plays.", "请保留其一，或拆成两个玩法。"),
                on="key",
            )


@rule("C241", "error")
def event_lives_long_enough(view: View) -> Iterator[Finding]:
    """A trigger's events are too old before they may fire.

    An event fires from `after` on and as long as it is younger than `within`.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                channels: [push]
                trigger: {event: order_paid, after: 7d, within: 2d}
                message: m.txt
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                channels: [push]
                trigger: {event: order_paid, after: 7d, within: 9d}
                message: m.txt

    中文：触发事件在可以发送之前就已过期。
    事件自 after 起、在 within 之内有效；within 须大于 after。
    """
    for path, play, trigger, _ in _triggers(view):
        if trigger.within <= trigger.after:
            after, within = format_duration(trigger.after), format_duration(trigger.within)
            yield found(
                (*path, "within"),
                (
                    f"{play} waits {after}, but its events count for {within} only: it never fires",
                    f"{play} 等待 {after}，事件却只在 {within} 内有效，永远不会触发",
                ),
                ("Make `within` longer than `after`.", "请让 within 大于 after。"),
            )


@rule("C242", "warning")
def no_event_between_sweeps(view: View) -> Iterator[Finding]:
    """Some events of a trigger would be missed between two looks.

    Between `after` and `within` there has to be a sweep for every event, so `within` less `after` has
    to be at least as long as the time from one sweep to the next.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                channels: [push]
                trigger: {event: live_enter, after: 10s, within: 5m, every: 15m}
                message: m.txt
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                channels: [push]
                trigger: {event: live_enter, after: 10s, within: 1h, every: 15m}
                message: m.txt

    中文：部分事件会落在两次扫描之间而被漏掉。
    within 减去 after 至少应等于扫描间隔。
    """
    for path, play, trigger, _ in _triggers(view):
        every, open_for = _every(view, trigger), trigger.within - trigger.after
        # A step of days is due at the very moment of a look.
        if timedelta() < open_for < every and not (path[0] == "sequences" and trigger.at is not None):
            shown = format_duration(open_for), format_duration(every)
            yield found(
                path,
                (
                    f"an event of {play} may fire for {shown[0]} only, and there is a look every {shown[1]}",
                    f"{play} 的事件只有 {shown[0]} 可触发，而每 {shown[1]} 才扫描一次",
                ),
                ("Make `within` longer, or `every` shorter.", "请加长 within，或缩短 every。"),
            )


@rule("C243", "warning")
def event_is_known(view: View) -> Iterator[Finding]:
    """A trigger names an event nobody knows.

    Known are join, bound, unbound, first_order, order_placed, order_unpaid, order_paid, deposit_paid, balance_opens,
    balance_closing, balance_paid, deposit_forfeited, order_completed, refund, tier_upgrade and birthday, the usual
    kinds of the events source, and those the store lists in `event_kinds`.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], trigger: {event: cart_added}, message: m.txt}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], trigger: {event: cart_add}, message: m.txt}

    中文：触发事件不在已知事件之中。
    已知：join、bound、unbound、first_order、order_placed、order_unpaid、order_paid、deposit_paid、balance_opens、
    balance_closing、balance_paid、deposit_forfeited、order_completed、refund、tier_upgrade、birthday，行为数据的常用类型，
    以及店铺 event_kinds 列出的类型。
    """
    known = (*RECORD_EVENTS, *USUAL_KINDS, *view.store.event_kinds)
    for path, play, trigger, _ in _triggers(view):
        if trigger.event not in known and not _is_of_groups(path, trigger):
            hint, hint_zh = suggestion(trigger.event, known)
            yield found(
                (*path, "event"),
                (
                    f"{play} waits for {trigger.event!r}, an event nobody knows",
                    f"{play} 等待未知事件 {trigger.event!r}",
                ),
                (
                    f"{hint} If the events source has it, list it in the store's `event_kinds`.",
                    f"{hint_zh}如行为数据中确有此类型，请列入店铺的 event_kinds。",
                ),
            )


@rule("C244", "warning")
def data_keeps_up(view: View) -> Iterator[Finding]:
    """A trigger looks more often than the sources bring anything new.

    Looks in between find nothing; the store's `data_every` says how often facts arrive.

    Fails:
        contact_policy: {data_every: 1h}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], trigger: {event: join, every: 5m}, message: m.txt}
    Passes:
        contact_policy: {data_every: 5m}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], trigger: {event: join, every: 5m}, message: m.txt}

    中文：扫描比数据更新还频繁。
    其间的扫描不会有新发现；店铺的 data_every 写明数据多久更新一次。
    """
    fresh = view.store.contact_policy.data_every
    for path, play, trigger, _ in _triggers(view):
        every = _every(view, trigger)
        if every < fresh:
            shown = format_duration(every), format_duration(fresh)
            yield found(
                path,
                (
                    f"{play} looks every {shown[0]}, the sources bring new facts every {shown[1]}",
                    f"{play} 每 {shown[0]} 扫描一次，数据每 {shown[1]} 才更新",
                ),
                (
                    "Lengthen `every`, or correct `data_every` in the store's contact_policy.",
                    "请加长 every，或更正店铺 contact_policy 的 data_every。",
                ),
            )


@rule("C245", "warning")
def night_does_not_swallow_events(view: View) -> Iterator[Finding]:
    """Events of the night are too old when the channels open again.

    All channels of the play keep quiet hours together for longer than its events live (B3): a live
    stream entered at 21:00 gets no SMS at 8:00 if `within` is an hour.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                channels: [sms]
                trigger: {event: live_enter, after: 10s, within: 1h}
                message: m.txt
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                channels: [push]
                trigger: {event: live_enter, after: 10s, within: 1h}
                message: m.txt

    中文：夜间的事件在渠道恢复发送前就已过期。
    所有渠道的共同免打扰时段长于事件有效期（B3）：21:00 进入直播间、within 为一小时，次日 8:00 的短信已无意义。
    """
    for path, play, trigger, channels in _triggers(view):
        if trigger.daily_at is not None or not channels:
            continue
        quiet = _longest_quiet(channels)
        open_for = trigger.within - trigger.after
        if timedelta() < open_for < quiet:
            shown = format_duration(quiet), format_duration(trigger.within)
            yield found(
                path,
                (
                    f"all channels of {play} are quiet for {shown[0]}, its events live for {shown[1]}",
                    f"{play} 的渠道共同免打扰 {shown[0]}，事件有效期只有 {shown[1]}",
                ),
                (
                    "Add a channel without quiet hours, or make `within` longer.",
                    "请增加没有免打扰的渠道，或加长 within。",
                ),
            )


def _longest_quiet(channels: list[Channel]) -> timedelta:
    """The longest time, to the minute, in which all the channels are quiet; over midnight too."""
    spans = (tuple(quiet_spans(channel)) for channel in channels)
    return _longest(tuple(dict.fromkeys(spans)))


# Few combinations of hours, and every minute of two days is looked at.
@lru_cache(maxsize=64)
def _longest(hours: tuple[tuple[QuietHours, ...], ...]) -> timedelta:
    minutes = [time(minute // 60, minute % 60) for minute in range(_MINUTES)]
    longest = run = 0
    for at in (*minutes, *minutes):
        run = run + 1 if all(any(in_quiet_hours(quiet, at) for quiet in channel) for channel in hours) else 0
        longest = max(longest, min(run, _MINUTES))
    return timedelta(minutes=longest)


@rule("C248", "warning")
def behaviour_is_answered_with_consent(view: View) -> Iterator[Finding]:
    """A trigger answers what a member did over channels that nobody consented to.

    Marketing that follows behaviour is automated decision (PIPL art. 24, B7): one channel at least
    should have a recorded, withdrawable consent. What follows from an order or from joining is service.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], trigger: {event: cart_add}, message: m.txt}
        channels: {push: {kind: push, consent: implied}}
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [push], trigger: {event: cart_add}, message: m.txt}
        channels: {push: {kind: push, consent: required}}

    中文：触发响应会员行为，而渠道均无授权记录。
    依行为营销属自动化决策（个保法第二十四条，B7）：至少一个渠道应有可撤回的授权记录。订单与入会之后的消息属于服务。
    """
    for path, play, trigger, channels in _triggers(view):
        if trigger.event in RECORD_EVENTS or _is_of_groups(path, trigger):
            continue
        if channels and all(channel.consent == "implied" for channel in channels):
            yield found(
                path,
                (
                    f"{play} follows behaviour ({trigger.event}) over channels without recorded consent",
                    f"{play} 依行为（{trigger.event}）触达，渠道却无授权记录",
                ),
                ("Use a channel with `consent: required`.", "请使用 consent: required 的渠道。"),
            )
