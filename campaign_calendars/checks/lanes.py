"""Lanes: what machines send, and what is for people (A1#16)."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.checks.registry import View, found, rule
from campaign_calendars.findings.finding import Finding

_AUTOMATIC = ("sms", "push", "mail", "group")


@rule("C246", "error")
def people_do_not_send_in_bulk(view: View) -> Iterator[Finding]:
    """A play of the human lane names a channel that sends by itself.

    `lane: human` makes a work-list: a person calls, writes or meets the member (A1#16). SMS, push,
    mail and group messages are sent by machines.

    Fails:
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [sms], at: D 10:00, lane: human, message: m.txt}
        channels: {sms: {kind: sms, consent: required}}
    Passes:
        channels: {phone: {kind: phone, consent: required}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [phone], at: D 10:00, lane: human, message: m.txt}

    中文：人工泳道的玩法使用了自动发送的渠道。
    lane: human 生成工单，由人来打电话、写信或接待（A1#16）；短信、推送、邮件与群消息由系统发送。
    """
    for place, _, play, name, channel in view.channels():
        if play.lane == "human" and channel.kind in _AUTOMATIC and play.post is None:
            yield found(
                place,
                (f"{name} sends by itself, {play.id} is for people", f"{name} 为自动发送，而 {play.id} 属于人工"),
                (
                    "Name a channel of `kind: phone`, dedicated_service, chat or wecom, or drop `lane: human`.",
                    "请改用 kind 为 phone、dedicated_service、chat 或 wecom 的渠道，或去掉 lane: human。",
                ),
            )


@rule("C247", "warning")
def calls_are_for_people(view: View) -> Iterator[Finding]:
    """A play of the system lane names the phone.

    Calls are made by people; `lane: human` keeps each one open until somebody says what came of it.

    Fails:
        channels: {phone: {kind: phone, consent: required}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [phone], at: D 10:00, message: m.txt}
    Passes:
        channels: {phone: {kind: phone, consent: required}}
        phases:
          - id: burst
            kind: burst
            window: {from: D-3, to: D}
            plays:
              - {id: p, audience: everybody, channels: [phone], at: D 10:00, lane: human, message: m.txt}

    中文：系统泳道的玩法使用了电话。
    电话由人来打；lane: human 会让每一项保持待办，直到有人写明结果。
    """
    for place, _, play, _, channel in view.channels():
        if play.lane == "system" and channel.kind == "phone":
            yield found(
                place,
                (
                    f"{play.id} calls members, but nobody has to say what came of it",
                    f"{play.id} 要打电话，却无需登记结果",
                ),
                ("Write `lane: human`.", "请写 lane: human。"),
            )
