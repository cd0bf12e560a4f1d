"""How it went: phases with what happened in each, day by day, the presale, the waves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from campaign_calendars.model.calendar import Phase
from tasks.documents.parts import Money, Paragraph, Part, Picture, Section, Share, Table, Value
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
    """Messages and sales of each local day, as far as they have come."""
    m = told.m
    today = m.as_of.astimezone(told.loaded.timeline.timezone).date()
    so_far = [day for day in m.days if day.day <= today]
    if not any(day.messages or day.orders for day in so_far):
        return Section(
            told.word("day_by_day"),
            [
                Paragraph(
                    told("No message and no order on any day so far.", "截至目前没有任何一天有消息或订单。"), "small"
                )
            ],
        )
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
    rows = [(f"{day.day}", day.messages, day.orders, Money(day.gmv_cents)) for day in so_far]
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
    return Section(told.word("waves"), [Table(told.word("waves"), head, rows), *_money_of_waves(told)])


def _money_of_waves(told: Told) -> Iterator[Part]:
    """A column for each wave, and how far the last lies from the first."""
    waves = told.m.waves
    lines = (
        (told("sales of the store", "全店成交额"), [wave.money.sales_cents for wave in waves]),
        (told("sales of members", "会员成交额"), [wave.money.member_sales_cents for wave in waves]),
        (told("sales with its benefits", "权益带动成交额"), [wave.money.coupon_sales_cents for wave in waves]),
        (told("benefits used", "权益核销成本"), [wave.money.benefit_cents for wave in waves]),
        (told("messages", "消息费"), [wave.money.message_cents for wave in waves]),
    )
    rows: list[Sequence[Value]] = [
        (name, *(None if cents is None else Money(cents) for cents in values), _against_first(values))
        for name, values in lines
    ]
    each = [
        wave.money.sales_cents / wave.money.buyers if wave.money.sales_cents is not None and wave.money.buyers else None
        for wave in waves
    ]
    rows.append((
        told("sales of each buyer", "客单价"), *(None if one is None else Money(round(one)) for one in each),
        _against_first(each),
    ))  # fmt: skip
    rows.append((told("buyers", "成交人数"), *(wave.money.buyers for wave in waves),
                 _against_first([wave.money.buyers for wave in waves])))  # fmt: skip
    titles = [wave.title.get(told.lang) or wave.wave for wave in waves]
    head = [told.currency, *titles, told("last against first", "末波对首波")]
    yield Table(told("waves in money", "波次金额"), head, rows, told("Waves in money", "波次金额对比"))
    note = told(
        "Sales are those in the window of the wave, with or without a message; costs those of what its phases gave and"
        " sent. Two waves beside each other say nothing of what either brought about.",
        "成交额按波次窗口统计，不论是否收到消息；成本为该波次各阶段发放与发送的部分。波次对比不能说明各自带来的效果。",
    )
    yield Paragraph(note, "small")


def _against_first(values: Sequence[float | None]) -> Value:
    first, last = values[0], values[-1]
    return Share(last / first - 1) if len(values) > 1 and first and last is not None else None
