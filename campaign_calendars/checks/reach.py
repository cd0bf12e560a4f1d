"""Whether a play can reach anybody: channels, moments, messages, quiet hours (A4, B3)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding
from campaign_calendars.messages.templates import messages_of
from campaign_calendars.model.benefits.coupons import MemberCoupon
from campaign_calendars.providers.of_channel import is_quiet

FEWEST_CHANNELS = 3


@rule("C170", "error")
def play_does_something(view: View) -> Iterator[Finding]:
    """A play has neither a channel nor a position.

    It would choose members and do nothing with them.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, benefits: [c]}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, benefits: [c], positions: [home_page]}]

    中文：玩法既没有渠道也没有阵地。
    这样会选出会员，却什么也不做。
    """
    for path, _, play in view.plays():
        if not play.channels and not play.positions:
            yield found(
                path,
                (f"{play.id} does nothing: no channels, no positions", f"{play.id} 没有渠道也没有阵地，什么也不做"),
                ("Add `channels` with `at`, or `positions`.", "请加上 channels 与 at，或 positions。"),
            )


@rule("C171", "error")
def channels_and_moments(view: View) -> Iterator[Finding]:
    """A play has channels but no moment, or a moment but no channels.

    Only both together send anything.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], message: m.txt}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D 10:00, message: m.txt}]

    中文：玩法有渠道而没有时刻，或有时刻而没有渠道。
    两者齐备才会发送。
    """
    for path, _, play in view.plays():
        if play.channels and play.at is None and play.trigger is None:
            yield found(
                (*path, "channels"),
                (f"{play.id} has channels but no `at`: it is never sent", f"{play.id} 有渠道但没有 at，永远不会发送"),
                (
                    "Say when, for instance `at: daily 10:00`, or what it answers: `trigger: {event: join}`.",
                    "请写明时间，例如 at: daily 10:00，或触发事件：trigger: {event: join}。",
                ),
            )
        if (play.at is not None or play.trigger is not None) and not play.channels:
            yield found(
                (*path, "at" if play.at is not None else "trigger"),
                (
                    f"{play.id} has moments but no channels: nothing is sent",
                    f"{play.id} 有时刻但没有渠道，什么也不发送",
                ),
                ("Add `channels`, or leave `at` out.", "请加上 channels，或去掉 at。"),
            )


@rule("C172", "warning")
def message_is_given(view: View) -> Iterator[Finding]:
    """A play that sends names no message.

    Right for a channel that only takes a list of members (a crowd drop); elsewhere members would
    get an empty text.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D 10:00}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D 10:00, message: messages/recall.txt}]

    中文：要发送的玩法没有消息模板。
    只导出人群的渠道可以没有；其他渠道会发出空文本。请写明 message，例如 message: messages/recall.txt。
    """
    for path, _, play in view.plays():
        written = messages_of(play).values()
        silent = [one for one in play.channels if not written or any(message.of(one) is None for message in written)]
        if silent and not written:
            yield found(
                path,
                (f"{play.id} sends without a message", f"{play.id} 要发送，但没有 message"),
                ("Add a line `message: messages/recall.txt`.", "请加上一行，例如 message: messages/recall.txt。"),
            )
        elif silent:
            yield found(
                (*path, "texts" if play.texts else "message"),
                (
                    f"{play.id} sends without a message on {', '.join(silent)}",
                    f"{play.id} 在 {'、'.join(silent)} 上没有 message",
                ),
                ("Add `default: messages/recall.txt`.", "请加上 default: messages/recall.txt。"),
            )


@rule("C173", "error")
def not_in_quiet_hours(view: View) -> Iterator[Finding]:
    """A play is planned for the quiet hours of all its channels.

    Promotional SMS may not be sent from 20:00 to 08:00 (B3), so a 20:00 opening cannot be
    announced by SMS at 20:00. A second channel without quiet hours takes over.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D-1 20:00, message: m.txt}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms, push], at: D-1 20:00, message: m.txt}]

    中文：玩法的时刻落在其所有渠道的免打扰时段。
    推广短信 20:00 至 08:00 不可发送（B3），20:00 开售无法在 20:00 用短信通知；请加一个无免打扰的渠道。
    """
    for path, phase, play in view.plays():
        for at, channels in view.turns(phase, play):
            if channels and all(is_quiet(channel, at.time()) for channel in channels):
                names = ", ".join(name for name in play.channels if view.store.channels.get(name) in channels)
                yield found(
                    (*path, "at"),
                    (
                        f"{at:%m-%d %H:%M} lies in the quiet hours of {names}",
                        f"{at:%m-%d %H:%M} 处于 {names} 的免打扰时段",
                    ),
                    (
                        "Choose another time, or add a channel without quiet hours.",
                        "请改时间，或增加没有免打扰时段的渠道。",
                    ),
                )
                break


@rule("C174", "warning")
def enough_channels(view: View) -> Iterator[Finding]:
    """A phase uses fewer than three channels and positions.

    The platform's advice after the 618 review: do not rely on SMS and the assistant alone (S4, A4).

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays: [{id: p, audience: everybody, channels: [sms], at: D 10:00, message: m.txt}]
    Passes:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - id: p
                audience: everybody
                channels: [sms, push]
                positions: [home_page]
                at: D 10:00
                message: m.txt

    中文：某阶段使用的渠道与阵地不足三个。
    平台在 618 复盘后的建议：不要只依赖短信与专属客服（S4、A4）。
    """
    for index, phase in enumerate(view.calendar.phases):
        used = {name for play in phase.plays for name in (*play.channels, *play.positions)}
        if phase.plays and len(used) < FEWEST_CHANNELS:
            yield found(
                ("phases", index, "plays"),
                (
                    f"channels and positions of {phase.id}: {len(used)}; {FEWEST_CHANNELS} or more are advised",
                    f"{phase.id} 只用了 {len(used)} 个渠道与阵地，建议不少于 {FEWEST_CHANNELS} 个",
                ),
                ("Add channels or positions to its plays.", "请为其玩法增加渠道或阵地。"),
                on="key",
            )


@rule("C175", "warning")
def exposed_where_it_says(view: View) -> Iterator[Finding]:
    """A benefit is to be shown in public venues, and no play shows it there.

    `exposed_in: [public]` stands for the platform's member club and venues (A3); a play that gives
    the benefit has to name a position or channel whose domain is public.

    Fails:
        benefits: {c: {kind: member_coupon, value: 5, exposed_in: [public]}}
    Passes:
        positions: {home_page: {domain: public}}
        benefits: {c: {kind: member_coupon, value: 5, exposed_in: [public]}}

    中文：权益声明在公域透出，却没有玩法在公域展示它。
    exposed_in: [public] 指平台俱乐部与会场（A3）；发放该权益的玩法须包含公域的阵地或渠道。
    """
    public = {name for name, position in view.store.positions.items() if position.domain == "public"}
    public |= {name for name, channel in view.store.channels.items() if channel.domain == "public"}
    shown = {name for _, _, play in view.plays() if public & {*play.positions, *play.channels} for name in play.told}
    for name, benefit in view.calendar.benefits.items():
        if isinstance(benefit, MemberCoupon) and "public" in benefit.exposed_in and name not in shown:
            yield found(
                ("benefits", name, "exposed_in"),
                (f"no play shows {name} in a public venue", f"没有玩法在公域展示 {name}"),
                (
                    "Give it in a play with a public position, or drop `public`.",
                    "请在含公域阵地的玩法中发放，或去掉 public。",
                ),
            )
