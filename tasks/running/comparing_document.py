"""Two sides of a replay as a document: what each is, all figures beside each other, who was reached by one only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from campaign_calendars.deciding.contact import REASONS
from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.sides import Pair, Persons, Side, SideBySide
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.documents.parts import Document, Money, Paragraph, Part, Section, Table, Value
from tasks.documents.speaker import Speaker

_WORDS: dict[str, Said] = {
    "held_out": ("held out as control group", "进入对照组"),
    "not_sent": ("chosen, but the message did not leave", "已选中但消息未发出"),
    "not in the audience": ("not in the audience", "不在人群中"),
    "no such play": ("that side has no such play", "该侧没有这个玩法"),
    "not known": ("decisions are not kept any more", "决策记录已不存在"),
    "awaiting_approval": ("waiting for approval", "等待审批"),
    "pending": ("waiting", "待发送"),
    "to_do": ("on a work list", "在待办清单中"),
    "failed": ("failed", "失败"),
    "cancelled": ("cancelled", "已取消"),
}
_PERHAPS = ("unknown", "sending")
"""States of messages that may have left."""
_MOST = 5
"""Reasons of a play and side that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told(Speaker):
    sides: SideBySide

    def word(self, key: str) -> str:
        if key in _WORDS:
            return self.said(_WORDS[key])
        return REASONS[key].title.get(self.lang) if key in REASONS else key

    def local(self, at: datetime) -> str:
        return f"{at.astimezone(self.loaded.timeline.timezone):%Y-%m-%d %H:%M}"

    def simulated(self, en: str, zh: str) -> str:
        return self(f"{en} (simulated)", f"{zh}（模拟）")


def comparison_document(loaded: LoadedCalendar, sides: SideBySide, lang: str) -> Document:
    """`loaded`: the calendar of the first side. The same comparison gives the same bytes."""
    told = _Told(lang=lang, loaded=loaded, sides=sides)
    title = loaded.calendar.title.get(lang) or sides.a.calendar
    named = told(f"{title}: two sides of the same time", f"{title}：同一时段的两种做法")
    if sides.simulated:
        named = told(f"Simulated · {named}", f"模拟 · {named}")
    sections = (
        Section(told("What is compared", "对比对象"), tuple(_what(told))),
        Section(told("In all", "总体"), tuple(_totals(told))),
        Section(told("Plays", "玩法"), (_plays(told), _money(told))),
        Section(told("Channels", "渠道"), (_channels(told), _days(told))),
        Section(told("Benefits", "权益"), (_benefits(told),)),
        Section(told("Reached on one side only", "仅一侧触达"), tuple(_one_sided(told))),
    )
    foot = f"{named} · {told.local(sides.a.starts_at)} – {told.local(sides.a.ends_at)}"
    return Document(title=named, lang=lang, foot=foot, sections=sections, about=sides.timezone)


def _what(told: _Told) -> Iterator[Part]:
    sides = told.sides
    for name, side in (("A", sides.a), ("B", sides.b)):
        yield Paragraph(f"{name}: {_called(told, side)}, {told.local(side.starts_at)} – {told.local(side.ends_at)}")
        unsent = {state: count for state, count in side.unsent.items() if state not in _PERHAPS}
        if perhaps := sum(side.unsent.values()) - sum(unsent.values()):
            yield Paragraph(
                told(
                    f"{name}: of {perhaps:,} messages nobody knows whether they left; they count as no contact.",
                    f"{name}：有 {perhaps:,} 条消息是否发出未知，不计为触达。",
                ),
                "warning",
            )
        if unsent:
            states = told(", ", "，").join(f"{told.word(state)} {count:,}" for state, count in unsent.items())
            yield Paragraph(told(f"{name} did not send: {states}", f"{name} 未发出：{states}"), "warning")
    if sides.simulated:
        yield Paragraph(
            told(
                "Simulated: members responded by the model of a generated store. No figure here is real.",
                "模拟：会员反应由生成店铺的模型给出，此处没有真实数据。",
            ),
            "warning",
        )
    else:
        yield Paragraph(
            told(
                "A replay decides on what the sources say now of each moment. What members bought is not compared: they"
                " bought after the messages that were really sent.",
                "回放按数据源现在对当时的记载做决策。此处不比较会员购买：购买发生在实际发送的消息之后。",
            ),
            "small",
        )
    if sides.a.starts_at != sides.b.starts_at or sides.a.ends_at != sides.b.ends_at:
        yield Paragraph(told("The two cover different times.", "两侧的时段不同。"), "warning")


def _called(told: _Told, side: Side) -> str:
    if side.ran:
        return told(f"{side.calendar} as it really ran", f"{side.calendar}（实际运行）")
    changes = told(" with ", "，改为 ") + told(", ", "、").join(side.changes) if side.changes else ""
    return told(f"{side.calendar} replayed", f"{side.calendar}（回放）") + changes


def _totals(told: _Told) -> Iterator[Part]:
    totals, sides = told.sides.totals, told.sides
    persons = Pair(a=totals.persons.a, b=totals.persons.b)
    rows: list[list[Value]] = [
        _counted(told("persons reached", "触达会员（人）"), persons),
        _counted(told("messages", "消息"), totals.messages),
        *([_counted(told("posts to groups", "群发帖"), totals.posts)] if totals.posts.a or totals.posts.b else []),
        _counted(told("benefits given", "发放权益"), totals.granted),
        _paid(told("reserved by benefits", "权益占用"), totals.benefit_cents),
        _paid(told("cost of messages", "消息费用"), totals.message_cents),
    ]
    a, b = sides.a.response, sides.b.response
    if a is not None and b is not None:
        rows += [
            _counted(told.simulated("buyers", "买家"), Pair(a=a.buyers, b=b.buyers)),
            _paid(told.simulated("sales", "成交额"), Pair(a=a.sales_cents, b=b.sales_cents)),
        ]
        if a.added_cents is not None and b.added_cents is not None:
            added = Pair(a=a.added_cents, b=b.added_cents)
            rows.append(_paid(told.simulated("sales added by messages", "消息带来的成交额"), added))
    name = told("in all", "总体")
    yield Table(name, told.head(f"{sides.currency}|A|B|A − B", f"{sides.currency}|A|B|A − B"), rows)
    yield Paragraph(
        told(
            f"Persons reached by both {totals.persons.both:,}, by A only {totals.persons.only_a:,},"
            f" by B only {totals.persons.only_b:,}.",
            f"两侧均触达 {totals.persons.both:,} 人，仅 A {totals.persons.only_a:,} 人，"
            f"仅 B {totals.persons.only_b:,} 人。",
        )
    )


def _counted(name: str, pair: Pair) -> list[Value]:
    return [name, pair.a, pair.b, f"{pair.a - pair.b:+,}"]


def _paid(name: str, pair: Pair) -> list[Value]:
    return [name, Money(pair.a), Money(pair.b), f"{(pair.a - pair.b) / 100:+,.2f}"]


def _plays(told: _Told) -> Table:
    rows = [[f"{one.phase} / {one.play}", one.messages.a, one.messages.b, *_split(one.persons)]
            for one in told.sides.plays]  # fmt: skip
    head = told.head("play|messages A|messages B|persons both|only A|only B", "玩法|消息 A|消息 B|两侧均触达|仅 A|仅 B")
    return Table(told("plays", "玩法"), head, rows, told("Messages and persons", "消息与人数"))


def _split(persons: Persons) -> list[Value]:
    return [persons.both, persons.only_a, persons.only_b]


def _money(told: _Told) -> Table:
    rows: list[list[Value]] = [
        [
            f"{one.phase} / {one.play}",
            one.granted.a,
            one.granted.b,
            Money(one.benefit_cents.a),
            Money(one.benefit_cents.b),
            Money(one.message_cents.a),
            Money(one.message_cents.b),
        ]
        for one in told.sides.plays
        if one.granted.a or one.granted.b or one.message_cents.a or one.message_cents.b
    ]
    head = told.head(
        "play|given A|given B|reserved A|reserved B|messages A|messages B",
        "玩法|发放 A|发放 B|占用 A|占用 B|消息费 A|消息费 B",
    )
    return Table(told("money", "金额"), head, rows, told("Benefits and money", "权益与金额"))


def _channels(told: _Told) -> Table:
    rows: list[list[Value]] = [
        [
            told.channel(one.channel),
            one.messages.a,
            one.messages.b,
            *_split(one.persons),
            _busiest(one.busiest.a, one.busiest_on_a),
            _busiest(one.busiest.b, one.busiest_on_b),
        ]
        for one in told.sides.channels
    ]
    head = told.head(
        "channel|messages A|messages B|persons both|only A|only B|fullest day A|fullest day B",
        "渠道|消息 A|消息 B|两侧均触达|仅 A|仅 B|最满一天 A|最满一天 B",
    )
    return Table(told("channels", "渠道"), head, rows)


def _busiest(messages: int, day: date | None) -> str:
    return f"{messages:,} ({day:%m-%d})" if day else "–"


def _days(told: _Told) -> Table:
    rows: list[list[Value]] = [
        [one.day.isoformat(), told.channel(one.channel), one.messages.a, one.messages.b] for one in told.sides.days
    ]
    head = told.head("day|channel|messages A|messages B", "日期|渠道|消息 A|消息 B")
    return Table(told("days", "按天"), head, rows, told("Messages by day and channel", "按天与渠道的消息"), folded=True)


def _benefits(told: _Told) -> Table:
    rows: list[list[Value]] = [
        [
            told.benefit(one.benefit),
            one.granted.a,
            one.granted.b,
            Money(one.benefit_cents.a),
            Money(one.benefit_cents.b),
        ]
        for one in told.sides.benefits
    ]
    head = told.head("benefit|given A|given B|reserved A|reserved B", "权益|发放 A|发放 B|占用 A|占用 B")
    return Table(told("benefits", "权益"), head, rows)


def _one_sided(told: _Told) -> Iterator[Part]:
    sides = told.sides
    if not sides.one_sided:
        yield Paragraph(told("Every play reached the same persons.", "每个玩法触达的会员完全相同。"))
        return
    counted: dict[tuple[str, str, str], int] = {}
    rows: list[list[Value]] = []
    for one in sides.one_sided:
        key = (one.phase, one.play, one.on)
        counted[key] = counted.get(key, 0) + 1
        if counted[key] <= _MOST:
            rows.append([f"{one.phase} / {one.play}", one.on.upper(), one.persons, told.word(one.reason)])
    head = told.head("play|reached by|persons|the other side", "玩法|触达侧|人数|另一侧")
    yield Table(told("why one side only", "仅一侧的原因"), head, rows, told("By play, and why", "按玩法及原因"))
    if sides.samples:
        people: list[list[Value]] = [
            [one.on.upper(), one.member, one.messages, f"{one.phase} / {one.play}", told.channel(one.channel),
             told.local(one.at)]
            for one in sides.samples
        ]  # fmt: skip
        head = told.head(
            "reached by|member|messages|first of them|channel|when", "触达侧|会员|消息|首条所属玩法|渠道|时间"
        )
        yield Table(
            told("persons of one side", "仅一侧的会员"), head, people,
            told("Some persons whom one side alone reached (masked)", "仅一侧触达的部分会员（已脱敏）"),
        )  # fmt: skip
