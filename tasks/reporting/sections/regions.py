"""The regions of a programme whose hold-out was drawn by region: which they are, and what came of each."""

from __future__ import annotations

from collections.abc import Iterator

from campaign_calendars.measuring.regions import RegionUnits, told_of_regions, unit_in_words
from tasks.documents.parts import Money, Paragraph, Part, Table, Value
from tasks.reporting.sections.told import Told, share


def regions(told: Told) -> Iterator[Part]:
    """What the comparison rests on, in sentences, and a row for each region; nothing where members were drawn."""
    found = told.m.programme.contrast
    if found is None or found.regions is None:
        return
    units = found.regions
    for said in told_of_regions(units):
        yield Paragraph(told.said(said), "small")
    if units.explained is not None and units.freedom is not None:
        yield Paragraph(told.said(_how_sure(units)), "small")
    one = told.said(unit_in_words(units.by))
    head = told.head(
        f"{one}|group|members|bought|rate|paid by a member|bought before|rate before|paid before by a member",
        f"{one}|分组|会员数|购买|转化率|人均支付|此前购买|此前转化率|此前人均支付",
    )
    title = told("regions", "各区域")
    yield Table(title, head, list(_rows(told, units)), told("Region by region", "各区域结果"), folded=True)


def _how_sure(units: RegionUnits) -> tuple[str, str]:
    part, freedom = f"{units.explained:.0%}", f"{units.freedom:.1f}"
    return (
        (
            f"Conversion in an equally long time before explains {part} of what regions lie apart (R²). The interval of"
            f" conversion counts {freedom} degrees of freedom."
        ),
        f"此前同样长时间内的转化率可解释各区域差别的 {part}（R²）；转化率区间按 {freedom} 个自由度计算。",
    )


def _rows(told: Told, units: RegionUnits) -> Iterator[tuple[Value, ...]]:
    for row in sorted(units.rows, key=lambda row: (not row.held_out, -row.members, row.region)):
        members = row.members
        yield (
            row.region,
            told("held out", "对照组") if row.held_out else told("treated", "实验组"),
            members,
            row.buyers,
            share(row.buyers / members if members else None),
            Money(round(row.spend_cents / members)) if members else None,
            row.buyers_before,
            share(row.buyers_before / members if members else None),
            Money(round(row.before_cents / members)) if members else None,
        )
