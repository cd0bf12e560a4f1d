"""How it went: phases with what happened in each, day by day, the presale, the waves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from campaign_calendars.model.calendar import Phase
from tasks.documents.parts import Money, Paragraph, Part, Picture, Section, Table, Value
from tasks.reporting.charts.colours import FIRST, SECOND
from tasks.reporting.charts.columns import Panel, columns
from tasks.reporting.charts.drawing import Told as Words
from tasks.reporting.charts.timeline import Bar, Tick, timeline
from tasks.reporting.sections.told import NARROW, Told, parts_of


def phases(told: Told) -> Section:
    """The timeline, and what happened in each phase."""
    spans, zone = told.loaded.timeline.phases, told.zone
    bars = [
        Bar(
            told.phase(row.phase),
            row.kind,
            *(at.astimezone(zone).replace(tzinfo=None) for at in (spans[row.phase].start, spans[row.phase].end)),
        )
        for row in told.m.phases
    ]
    marks = [
        Tick(told.phase(o.phase), o.at.astimezone(zone).replace(tzinfo=None)) for o in told.loaded.timeline.occurrences
    ]
    text = told("; ", "；").join(f"{bar.label} {bar.start:%m-%d %H:%M} – {bar.end:%m-%d %H:%M}" for bar in bars)
    words = Words(told.word("timeline"), text)
    picture = Picture(timeline(bars, marks, told=words), text, timeline(bars, marks, width=NARROW, told=words))
    runs = Counter(run.phase for run in told.runs)
    sent = Counter[str]()
    for play in told.m.plays:
        sent[play.phase] += play.jobs.get("sent", 0)
    head = told.head(
        "phase|what for|runs|messages sent|store orders|store sales|store buyers|member sales|new members",
        "阶段|目标|执行次数|发送消息|全店订单|全店成交额|全店买家|会员成交额|新增会员",
    )
    written = {phase.id: phase for phase in told.loaded.calendar.phases}
    rows: list[Sequence[Value]] = [
        (
            told.phase(p.phase),
            _aims(told, written[p.phase]),
            runs[p.phase],
            sent[p.phase],
            p.sales.orders,
            Money(p.sales.gmv_cents),
            p.sales.buyers,
            Money(p.sales.member_gmv_cents),
            p.sales.joins,
        )
        for p in told.m.phases
    ]
    note = told("Sales and buyers of this table are those of the whole store.", "本表成交与买家为全店数据。")
    parts: list[Part] = [
        picture,
        Paragraph(told.word("timeline_note"), "small"),
        Table(told("phases", "阶段"), head, rows),
        Paragraph(note, "small"),
    ]
    return Section(told.word("timeline"), parts)


def _aims(told: Told, phase: Phase) -> str:
    given = told(", ", "、").join(text.get(told.lang) for text in phase.platform_support)
    support = (
        told(f"{told.word('platform_support')}: {given}", f"{told.word('platform_support')}：{given}") if given else ""
    )
    return " · ".join(part for part in (phase.goal.get(told.lang), support) if part)


def days(told: Told) -> Section:
    """Messages and sales of each local day."""
    m = told.m
    panels = [
        Panel(told.word("messages"), [day.messages for day in m.days], FIRST),
        Panel(f"{told.word('gmv')} ({m.currency})", [day.gmv_cents / 100 for day in m.days], SECOND),
    ]
    best = max(m.days, key=lambda day: day.gmv_cents)
    text = told(
        f"Sales were highest on {best.day:%m-%d}: {best.gmv_cents / 100:,.2f} {m.currency}.",
        f"{best.day:%m-%d} 成交额最高：{best.gmv_cents / 100:,.2f} {m.currency}。",
    )
    words = Words(told.word("day_by_day"), text)
    dates = [day.day for day in m.days]
    picture = Picture(columns(dates, panels, told=words), text, columns(dates, panels, width=NARROW, told=words))
    head = told.head("day|messages|store orders|store sales", "日期|消息数|全店订单|全店成交额")
    rows = [(f"{day.day}", day.messages, day.orders, Money(day.gmv_cents)) for day in m.days]
    return Section(
        told.word("day_by_day"),
        [
            picture,
            Paragraph(text),
            Table(told("days", "每日"), head, rows, told("Day by day", "每日数据"), folded=True),
        ],
    )


def presale(told: Told) -> Section | None:
    """Deposits and balances."""
    found = told.m.presale
    if found is None:
        return None
    sales, w = found.sales, told.word
    head = told.head("figure|orders|amount", "指标|订单|金额")
    rows: list[Sequence[Value]] = [
        (w("deposits"), sales.deposits, Money(sales.deposit_cents)),
        (w("balances_paid"), sales.balances_paid, Money(sales.settled_cents)),
        (w("forfeited"), sales.forfeited, Money(sales.forfeited_cents)),
    ]
    paying = found.rates["balance_payment_rate"]
    rates: list[Sequence[Value]] = [(w("balance_payment_rate"), *parts_of(paying))]
    shares: list[Sequence[Value]] = []
    for name in ("presale_member_share", "presale_member_share_deposit"):
        rate = found.rates[name]
        shares.append((w(name), Money(rate.numerator), Money(rate.denominator), parts_of(rate)[2]))
    of = told.head("figure|counted|of|share", "指标|分子|分母|比例")
    parts: list[Part] = [Paragraph(w("presale_note"), "small"), Table(w("presale"), head, rows)]
    parts += [
        Table(told("presale rates", "预售比率"), of, rates),
        Table(told("presale shares", "预售占比"), of, shares),
    ]
    return Section(w("presale"), parts)


def waves(told: Told) -> Section | None:
    """Waves beside each other; a member counts once in each."""
    if not told.m.waves:
        return None
    head = told.head("wave|phases|rate|counted|of|share", "波次|阶段数|指标|分子|分母|比例")
    named = ("conversion_rate", "redemption_rate", "wave_repeat_rate")
    rows = [
        (wave.title.get(told.lang) or wave.wave, wave.phases, told.word(name), *parts_of(wave.rates[name]))
        for wave in told.m.waves
        for name in named
    ]
    return Section(told.word("waves"), [Table(told.word("waves"), head, rows)])
