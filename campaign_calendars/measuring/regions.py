"""Comparing regions that were drawn by lot (区域对比, A7): the region is the unit, however many members live in it.

Members of one region buy alike: they share weather, shops, competitors and price levels. Ten thousand members of three
provinces are three draws of chance, not ten thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from campaign_calendars.findings.said import Said
from campaign_calendars.values.units import Ratio

MIN_REGIONS = 4
"""Regions each group needs before a verdict is given: of fewer, chance cannot be told from an effect."""
LARGE = 0.4
"""Share of a group's members in one region above which that region decides what the group shows."""
_UNITS: dict[str, Said] = {
    "province": ("province", "省份"),
    "city": ("city", "城市"),
    "store": ("shop", "门店"),
    "region": ("region", "区域"),
}
_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRow:
    """What the members of one region came to, by assignment."""

    region: str
    """Its name, without words like 省."""
    held_out: bool
    """Whether it was drawn into the hold-out."""
    members: int
    """Members of it."""
    buyers: int
    """Of them, those who bought after they were assigned."""
    spend_cents: int
    """What they paid, net of refunds."""
    buyers_before: int
    """Those who bought in an equally long time before."""
    before_cents: int
    """What they paid then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionUnits:
    """The regions of a contrast whose arms were drawn by region."""

    by: str
    """What was drawn: `province` or `city`; of a file `region` or `store`, too."""
    treated: int
    """Regions that were treated."""
    held_out: int
    """Regions that were held out."""
    names: tuple[str, ...]
    """Those that were held out."""
    mixed: tuple[str, ...]
    """Regions with members in both groups: they were not drawn as a whole, so nothing is said."""
    without_region: int
    """Members without a region: they are never held out, and count in neither group."""
    largest: Ratio | None
    """The largest share of its group's members that one region has; null without members."""
    plain: Ratio | None
    """Difference in conversion before what regions did earlier is taken off; null for too few regions."""
    explained: Ratio | None
    """Share of the spread between regions that conversion in the time before explains (R²); null where it cannot."""
    adjusted: bool
    """Whether the difference in conversion is less what the time before explains."""
    error: Ratio | None
    """Standard error of the difference in conversion, between regions; null for too few."""
    freedom: Ratio | None
    """Its degrees of freedom (Bell and McCaffrey 2002); null for too few regions."""
    money_adjusted: bool
    """The same of the difference in money."""
    money_freedom: Ratio | None
    """Degrees of freedom of the difference in money; null where there is none."""
    rows: tuple[RegionRow, ...]
    """Each region, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionDraw:
    """The regions that a plan holds out, and what the comparison rests on."""

    by: str
    """What is drawn: `province` or `city`."""
    names: tuple[str, ...]
    """The regions that are held out."""
    treated: int
    """How many others there are."""
    without_region: int
    """Members of these occurrences without a region: they get messages, and count in neither group."""
    largest: Ratio | None
    """The largest share of its group's members that one region has; null without members."""
    freedom: Ratio | None
    """Degrees of freedom of the comparison; null for too few regions."""
    explained: Ratio | None
    """Share of the spread between regions that the time before explained (R²); null where it cannot be told."""


def enough(held_out: int, treated: int) -> bool:
    """Whether so many regions can show anything."""
    return min(held_out, treated) >= MIN_REGIONS


def unit_in_words(by: str) -> Said:
    """What was drawn, as a person calls it."""
    return _UNITS.get(by, _UNITS["region"])


def names_in_words(names: Sequence[str]) -> Said:
    """Names of regions, the first dozen of them."""
    rest = len(names) - _SHOWN
    shown = names[:_SHOWN]
    more = (f" and {rest} more", f" 等 {len(names)} 个") if rest > 0 else ("", "")
    return (", ".join(shown) + more[0] or "none", "、".join(shown) + more[1] or "无")


def told_of_regions(units: RegionUnits) -> list[Said]:
    """What a reader of the contrast has to know of its regions, in sentences."""
    one, names = unit_in_words(units.by), names_in_words(units.names)
    told: list[Said] = [_drawn(units, one, names)]
    if units.mixed:
        return [*told, mixed_regions(units.mixed)]
    if units.adjusted or units.money_adjusted:
        told.append(_less_the_time_before(units))
    return [*told, *doubts(units.by, units.held_out, units.treated, units.without_region, units.largest)]


def _drawn(units: RegionUnits, one: Said, names: Said) -> Said:
    return (
        (
            f"Drawn by {one[0]}: {units.held_out} held out ({names[0]}), {units.treated} treated. The {one[0]} is the"
            " unit that counts, not the member."
        ),
        (
            f"按{one[1]}抽取：留出 {units.held_out} 个（{names[1]}），触达 {units.treated} 个。"
            f"以{one[1]}为单位计算，而不是会员。"
        ),
    )


def mixed_regions(mixed: Sequence[str]) -> Said:
    """Why regions whose members stand in both groups show nothing."""
    names = names_in_words(mixed)
    return (
        f"Members of these regions stand in both groups, so regions were not drawn and nothing is said: {names[0]}.",
        f"以下区域的会员同时出现在两组，并非按区域整体抽取，因此不给出差值：{names[1]}。",
    )


def _less_the_time_before(units: RegionUnits) -> Said:
    what = (
        ("conversion and money", "转化与金额")
        if units.adjusted and units.money_adjusted
        else ("conversion", "转化")
        if units.adjusted
        else ("money", "金额")
    )
    return (
        f"In {what[0]} the difference is less what the same regions did in an equally long time before.",
        f"{what[1]}的差值已扣除各区域此前同样长时间内原有的差别。",
    )


def doubts(by: str, held_out: int, treated: int, without: int, largest: float | None) -> list[Said]:
    """What makes a comparison of regions say little, or nothing."""
    one = unit_in_words(by)
    told: list[Said] = []
    if not enough(held_out, treated):
        told.append(too_few_regions(by, held_out, treated))
    elif largest is not None and largest > LARGE:
        told.append(_unequal(largest))
    if without:
        told.append((
            f"{without:,} member(s) have no {one[0]} in the data: they are never held out, and count in neither group.",
            f"有 {without:,} 位会员在数据中没有{one[1]}：不会被留出，也不计入任何一组。",
        ))  # fmt: skip
    return told


def too_few_regions(by: str, held_out: int, treated: int) -> Said:
    """Why so few regions show nothing, and what to do."""
    zh, more = unit_in_words(by)[1], _more_of_them(by, held_out, treated)
    return (
        (
            f"Cannot conclude: {_count(held_out, by)} held out and {treated} treated; {MIN_REGIONS} of each are"
            f" needed. {more[0]}"
        ),
        f"无法下结论：留出 {held_out} 个{zh}、触达 {treated} 个，各需至少 {MIN_REGIONS} 个。{more[1]}",
    )


def _more_of_them(by: str, held_out: int, treated: int) -> Said:
    """What gives the smaller group more regions."""
    units = ("smaller regions (by: city)", "更小的区域（by: city）")
    if by != "province":
        units = ("smaller regions, or members", "更小的区域或会员")
    if held_out + treated < 2 * MIN_REGIONS:
        return f"Draw {units[0]}.", f"请改按{units[1]}抽取。"
    share = ("larger", "提高") if held_out < treated else ("smaller", "降低")
    return f"Hold out a {share[0]} share, or draw {units[0]}.", f"请{share[1]}留出比例，或改按{units[1]}抽取。"


def _unequal(largest: float) -> Said:
    return (
        (
            f"Regions are of very unequal size: one has {largest:.0%} of the members of its group and decides what the"
            " group shows. Intervals are wider for it."
        ),
        f"区域大小悬殊：有一个区域占其所在组会员的 {largest:.0%}，该组结果主要由它决定，区间因此更宽。",
    )


def _count(number: int, by: str) -> str:
    one = unit_in_words(by)[0]
    plural = one.removesuffix("y") + "ies" if one.endswith("y") else f"{one}s"
    return f"{number} {one if number == 1 else plural}"
