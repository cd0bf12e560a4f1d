"""What it cost: the books, day by day, benefits, and the certificate of the last plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from campaign_calendars.deciding.words import (
    allocated_in_words,
    amount_of,
    beside_it,
    called,
    headline_of,
    limit_rows,
    never_ending,
    scarce_rows,
    worth_of,
)
from tasks.documents.parts import Money, Paragraph, Part, Picture, Section, Table, Value
from tasks.reporting.charts.colours import FIRST, INK, SECOND
from tasks.reporting.charts.curves import Curve, curves
from tasks.reporting.charts.drawing import Told as Words
from tasks.reporting.charts.drawing import short_number
from tasks.reporting.sections.told import NARROW, Told, parts_of


def budget(told: Told) -> Section:
    """The books, and how the budget went from day to day."""
    written = told.loaded.calendar.budget
    head = told.head("pool|limit|spent|owed or reserved|came back|free", "资金池|上限|已花费|待使用与占用|已退回|可用")
    rows: list[Sequence[Value]] = [
        (
            told.word("total") if line.name == "budget" else _pool(told, line.title.get(told.lang) or line.name[5:]),
            _cents(line.limit),
            Money(line.spent),
            Money(line.open + line.reserved),
            Money(line.given - line.held),
            _cents(line.free),
        )
        for line in told.m.accounts
        if line.name == "budget" or line.name.startswith("pool ")
    ]
    basis = told.word(written.basis if written else "worst_case")
    return Section(
        told.word("budget"), [Paragraph(basis, "small"), Table(told.word("budget"), head, rows), *_burn(told)]
    )


def _pool(told: Told, name: str) -> str:
    return told("without a pool", "未归入资金池") if name == "-" else name


def _cents(cents: int | None) -> Money | None:
    return None if cents is None else Money(cents)


def _burn(told: Told) -> Iterator[Part]:
    found = told.m.following.burn
    if not any(row.reserved_cents or row.used_cents or row.message_cents for row in found):
        return
    so_far = [
        tuple(accumulate(getattr(row, name) for row in found))
        for name in ("reserved_cents", "used_cents", "message_cents")
    ]
    names = (told("reserved by grants", "发放占用"), told("benefits used", "权益核销"), told("messages", "消息费"))
    lines = [
        Curve(name, [cents / 100 for cents in sums], colour)
        for name, sums, colour in zip(names, so_far, (FIRST, SECOND, INK), strict=True)
    ]
    dates = [row.day for row in found]
    text = told(
        f"By {dates[-1]} grants had reserved {so_far[0][-1] / 100:,.2f}, benefits used cost"
        f" {so_far[1][-1] / 100:,.2f} and messages {so_far[2][-1] / 100:,.2f} {told.currency}.",
        f"截至 {dates[-1]}：发放占用 {so_far[0][-1] / 100:,.2f}，权益核销 {so_far[1][-1] / 100:,.2f}，"
        f"消息费 {so_far[2][-1] / 100:,.2f} {told.currency}。",
    )
    title = told("Budget from day to day", "预算消耗走势")
    words = Words(title, text)
    yield Picture(
        curves(dates, lines, figure=short_number, told=words),
        text,
        curves(dates, lines, figure=short_number, width=NARROW, told=words),
    )
    yield Paragraph(text)
    head = told.head(
        "day|reserved|used|messages|reserved so far|used so far|messages so far",
        "日期|当日占用|当日核销|当日消息费|累计占用|累计核销|累计消息费",
    )
    rows: list[Sequence[Value]] = [
        (
            f"{row.day}",
            Money(row.reserved_cents),
            Money(row.used_cents),
            Money(row.message_cents),
            *(Money(sums[n]) for sums in so_far),
        )
        for n, row in enumerate(found)
    ]
    yield Table(told("burn", "预算消耗"), head, rows, told("Day by day", "每日数据"), folded=True)
    note = told(
        "Reserved is what grants took when they were given, those that came back since included; used is charged to the"
        " day of the use. Messages are paid beside the budget for benefits.",
        "占用为发放时所占金额（含其后退回的）；核销计入使用当日。消息费不在权益预算内。",
    )
    yield Paragraph(note, "small")


def benefits(told: Told) -> Section:
    """What became of every benefit."""
    head = told.head(
        "benefit|what it is|granted|stock|members who redeemed|members granted|redemption|reserved",
        "权益|内容|发放|库存|核销会员|获券会员|核销率|占用",
    )
    rows: list[Sequence[Value]] = [
        (
            b.title.get(told.lang) or b.benefit,
            told.offer(b.benefit),
            b.granted,
            b.stock,
            *parts_of(b.redemption_rate),
            Money(b.reserved_cents),
        )
        for b in told.m.benefits
    ]
    codes = Counter(one.code for one in told.m.redemption_problems)
    problems = [Paragraph(_unfit(told, code, n), "warning") for code, n in sorted(codes.items())]
    clean = [Paragraph(told.word("redemption_clean"), "small")]
    return Section(told.word("benefits"), [Table(told.word("benefits"), head, rows), *(problems or clean)])


def _unfit(told: Told, code: str, benefits: int) -> str:
    """No member is named on the page; the JSON has examples."""
    return told(
        f"{code} · uses that do not fit what was granted ({benefits:,} benefits): promocal report --format json.",
        f"{code} · {benefits:,} 项权益有与发放不符的核销；明细见 promocal report --format json。",
    )


def certificate(told: Told) -> Section | None:
    """The last plan with its proof, and what runs decided member by member."""
    parts = [*_planned(told), *_allocated(told)]
    return Section(told.word("plan"), parts) if parts else None


def _planned(told: Told) -> Iterator[Part]:
    found = told.certificate
    if found is None:
        return
    yield Paragraph(told.word("plan_note"), "small")
    beside = told.said(beside_it(found))
    yield Paragraph(told.said(headline_of(found)) + (f" {told.word('beside')} {beside}" if beside else ""))
    shown = {row.name: row for part in (scarce_rows, limit_rows, never_ending) for row in part(found)}
    if shown:
        head = told.head(
            "what all share|planned|there is, or asked|what more would add, or what it costs",
            "共享资源与限制|计划用量|可用或要求|放宽后的增益，或代价",
        )
        rows = [
            (
                told.said(called(row)),
                amount_of(row, row.used),
                amount_of(row, row.capacity),
                told.said(worth_of(row, found.objective)),
            )
            for row in shown.values()
        ]
        yield Table(told("certificate", "计划证明"), head, rows)


def _allocated(told: Told) -> Iterator[Part]:
    rows = [
        (
            told.moment(run.at),
            told.phase(run.phase),
            told.play_named(run.phase, play),
            told.said(allocated_in_words(one)),
        )
        for run in told.runs
        for play, one in run.allocations
    ]
    if rows:
        head = told.head("when|phase|play|how", "时间|阶段|玩法|结果")
        yield Table(told("member by member", "逐个会员"), head, rows, told.word("allocated"))
