"""Whom it was for: the funnel with what its people bought, audiences and their overlaps, and why others got nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tasks.documents.parts import Money, Paragraph, Part, Section, Share, Table, Value
from tasks.reporting.labels import stop_reason
from tasks.reporting.sections.told import Told, parts_of

_MOST = 20
"""Overlaps that are shown; the JSON has all."""


def funnel(told: Told) -> Section:
    """Distinct members of each phase, and the sales of those who were contacted."""
    head = told.head(
        "phase|in an audience|contactable|held out|contacted|bought after|conversion|their orders|their sales"
        "|redeemed|granted|redemption",
        "阶段|入选人群|可触达|对照组|已触达|触达后购买|转化率|其订单|其成交额|核销会员|获券会员|核销率",
    )
    rows: list[Sequence[Value]] = [
        (
            told.phase(p.phase),
            p.funnel.candidates,
            p.funnel.eligible,
            p.funnel.held_out,
            p.funnel.contacted,
            p.funnel.buyers,
            parts_of(p.rates["conversion_rate"])[2],
            p.funnel.orders,
            Money(p.funnel.spend_cents),
            *parts_of(p.rates["redemption_rate"]),
        )
        for p in told.m.phases
    ]
    notes = told(
        "Orders and sales are those of the members contacted, from their first message to the end of the phase; the"
        " store's stand with the phases. This describes and proves nothing: many would have bought anyway.",
        "订单与成交额仅计被触达会员，自首次触达至阶段结束；全店数据见阶段表。此处仅为描述：其中许多人本来就会购买。",
    )
    parts: list[Part] = [
        Paragraph(told.word("funnel_note"), "small"),
        Table(told("funnel", "漏斗"), head, rows),
        Paragraph(notes, "small"),
    ]
    return Section(told.word("funnel"), parts)


def audiences(told: Told) -> Section:
    """Audiences of the plays, and how far they are the same members."""
    found = told.m.following
    head = told.head("audience|members|contacted|bought after|their sales", "人群|会员数|已触达|触达后购买|其成交额")
    rows = [
        (told.audience(a.audience), a.members, a.contacted, a.buyers, Money(a.spend_cents)) for a in found.audiences
    ]
    note = told(
        "Whoever was in the audience when a play looked, each once; sales from the first message of its plays to"
        " the end of the campaign. One member may be in several: never add them up.",
        "执行时在人群中的会员，每人计一次；成交额自该人群玩法首次触达至活动结束。同一会员可在多个人群中，不可相加。",
    )
    parts: list[Part] = [Table(told("audiences", "人群"), head, rows), Paragraph(note, "small")]
    if found.overlaps:
        both = told.head("audience|and|members in both|share of the smaller", "人群|与|同时在内|占较小人群")
        pairs = [
            (told.audience(o.first), told.audience(o.second), o.members, Share(o.of_smaller))
            for o in found.overlaps[:_MOST]
        ]
        more = len(found.overlaps) - len(pairs)
        parts.append(Table(told("overlaps", "人群重叠"), both, pairs, told("Overlaps", "人群重叠")))
        if more:
            parts.append(
                Paragraph(told(f"{more:,} more pairs share fewer members.", f"另有 {more:,} 对重叠更少。"), "small")
            )
    return Section(told("Audiences", "人群"), parts)


def exclusions(told: Told) -> Section:
    """How everybody was decided; the sums close."""
    by_phase = {p.phase: Counter[str]() for p in told.m.phases}
    reasons = Counter[str]()
    for row in told.m.following.decided:
        counts = by_phase.setdefault(row.phase, Counter())
        counts[row.status] += row.times
        counts["all"] += row.times
        if row.reason is not None:
            reasons[row.reason] += row.times
    statuses = ("chosen", "held_out", "excluded")
    rows: list[Sequence[Value]] = [
        (told.phase(phase), counts["all"], *(counts[name] for name in statuses)) for phase, counts in by_phase.items()
    ]
    rows.append(
        (told.word("total"), *(sum(counts[name] for counts in by_phase.values()) for name in ("all", *statuses)))
    )
    head = told.head("phase|in an audience|chosen|held out|excluded", "阶段|入选人次|选中|对照组|排除")
    why = told.head("deciding reason|times|share of the excluded", "判定原因|人次|占排除")
    total = sum(reasons.values())
    listed: list[Sequence[Value]] = [
        (told.reason(code), times, Share(times / total))
        for code, times in sorted(reasons.items(), key=lambda r: (-r[1], r[0]))
    ]
    if total:
        listed.append((told.word("total"), total, Share(1.0)))
    parts: list[Part] = [
        Paragraph(told.word("exclusions_note"), "small"),
        Table(told("decided", "判定"), head, rows),
        Table(told("reasons", "未触达原因"), why, listed),
        *_stopped(told),
    ]
    return Section(told.word("exclusions"), parts)


def _stopped(told: Told) -> Iterator[Part]:
    if told.m.stopped:
        rows = [(stop_reason(reason, told.lang), n) for reason, n in told.m.stopped.items()]
        yield Paragraph(told.word("stopped_note"), "small")
        head = told.head("reason|messages", "原因|消息数")
        yield Table(told("stopped", "发送前取消"), head, rows, told.word("stopped"))
