"""Channel by channel: sent, failed, unreachable, cost, bought; and what arrived, where receipts tell."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.documents.parts import Money, Paragraph, Part, Section, Share, Table, Value
from tasks.reporting.sections.told import Told

_WAITS = ("awaiting_approval", "pending", "sending", "to_do")


def channels(told: Told) -> Section:
    """Every channel of the calendar."""
    head = told.head(
        "channel|sent|failed|unknown|waiting|cancelled|members contacted|members it cannot reach|cost|bought after"
        "|orders|sales",
        "渠道|已发送|失败|结果未知|等待中|已取消|触达会员|无法触达会员|消息费|触达后购买|订单|成交额",
    )
    rows: list[Sequence[Value]] = []
    for row in told.m.following.channels:
        states, f = row.messages, row.figures
        waits = sum(states.get(name, 0) for name in _WAITS)
        counts = (
            states.get("sent", 0),
            states.get("failed", 0),
            states.get("unknown", 0),
            waits,
            states.get("cancelled", 0),
        )
        rows.append(
            (
                told.channel(f.channel),
                *counts,
                f.contacted,
                f.unreachable,
                Money(f.cost_cents),
                f.buyers,
                f.orders,
                Money(f.spend_cents),
            )
        )
    note = told(
        "An order belongs to the last message before it, so orders and sales may be added over channels; members may"
        " not. Whom a channel cannot reach has no address or no consent for it.",
        "订单归于其前最后一条消息，故订单与成交额可跨渠道相加，会员数不可。无法触达指无联系方式或未授权。",
    )
    parts: list[Part] = [
        Table(told("channels", "渠道"), head, rows),
        Paragraph(note, "small"),
        *_arrived(told),
        *_plays(told),
    ]
    return Section(told("Channels", "渠道"), parts)


def _arrived(told: Told) -> list[Part]:
    if not told.arrived:
        return []
    head = told.head(
        "channel|left|delivered|not delivered|nothing reported|delivery rate",
        "渠道|已发出|已送达|未送达|尚无回执|送达率",
    )
    rows = [
        (told.channel(a.channel), a.left, a.delivered, a.undelivered, a.silent, Share(a.rate)) for a in told.arrived
    ]
    return [
        Table(told("arrived", "送达"), head, rows, told.word("arrived")),
        Paragraph(told.word("arrived_note"), "small"),
    ]


def _plays(told: Told) -> list[Part]:
    head = told.head("play|phase|audience|sent|not sent|seen by at most", "玩法|阶段|人群|已发送|未发送|群内曝光至多")
    rows: list[Sequence[Value]] = []
    for p in told.m.plays:
        others = [f"{told.word(f'state_{state}')} {n:,}" for state, n in p.jobs.items() if state != "sent"]
        rows.append(
            (
                told.play(p),
                told.phase(p.phase),
                told.audience(p.audience),
                p.jobs.get("sent", 0),
                told(", ", "，").join(others),
                p.exposed,
            )
        )
    return [Table(told("plays", "玩法"), head, rows, told.word("plays"))]
