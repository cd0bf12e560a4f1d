"""What came of it, against those held out: forests of conversion and money, curves, plays, texts, generated truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from campaign_calendars.measuring.lift import Contrast
from campaign_calendars.measuring.splits import told_of_split
from tasks.documents.parts import Money, Paragraph, Part, Picture, Points, Section, Share, Table, Value
from tasks.measuring.measurement import PlayResult
from tasks.reporting.charts.colours import FIRST
from tasks.reporting.charts.curves import Curve, curves
from tasks.reporting.charts.drawing import Told as Words
from tasks.reporting.charts.forest import Interval, forest
from tasks.reporting.sections.regions import regions
from tasks.reporting.sections.told import NARROW, Told, share

_Ends = tuple[float, float]


def effects(told: Told) -> Section:
    """Each play and the whole programme, in conversion and in money."""
    conversion, money = list(_conversion(told)), list(_money(told))
    parts: list[Part] = []
    if conversion:
        title = told("Difference in conversion, in percentage points", "转化率差值（百分点）")
        parts += _forest(told, title, conversion, lambda value: f"{value * 100:+.1f}")
    if money:
        title = told(f"Paid more by a member than by one held out, in {told.currency}", f"人均多付（{told.currency}）")
        parts += _forest(told, title, money, lambda value: f"{value:+,.4g}")
    if not parts:
        parts.append(Paragraph(told("No play and no programme has an interval to show.", "没有可显示的效果区间。")))
    parts += [
        Paragraph(told.word("effects_note"), "small"),
        _programme(told),
        *regions(told),
        _plays(told),
        Paragraph(told.word("plays_note"), "small"),
    ]
    return Section(told("Effect against those held out", "与对照组相比的效果"), parts)


def _named(told: Told) -> Iterator[tuple[str, Contrast, bool]]:
    if told.m.programme.contrast is not None:
        yield told.word("whole_programme"), told.m.programme.contrast, True
    for row in told.m.plays:
        if row.contrast is not None:
            yield told.play(row), row.contrast, False


def _conversion(told: Told) -> Iterator[Interval]:
    for name, found, whole in _named(told):
        ends = found.while_running or found.interval
        if found.difference is not None and ends is not None:
            yield Interval(name, found.difference, *ends, note=told.word(found.verdict), strong=whole)


def _money(told: Told) -> Iterator[Interval]:
    for name, found, whole in _named(told):
        ends = _paid_ends(found)
        if ends is not None and found.money is not None and found.money.difference is not None:
            estimate = found.money.difference.estimate / 100
            yield Interval(
                name, estimate, ends[0] / 100, ends[1] / 100, note=told.word(found.money.verdict), strong=whole
            )


def _paid_ends(found: Contrast) -> _Ends | None:
    money = found.money
    if money is None or money.difference is None:
        return None
    return money.while_running or (money.difference.low, money.difference.high)


def _forest(told: Told, title: str, rows: Sequence[Interval], shown: Callable[[float], str]) -> list[Part]:
    text = told("; ", "；").join(
        told(
            f"{row.label} {shown(row.difference)}, between {shown(row.low)} and {shown(row.high)}",
            f"{row.label} {shown(row.difference)}，区间 {shown(row.low)} 至 {shown(row.high)}",
        )
        for row in rows
    )
    broad, narrow = (
        forest(rows, axis=title, figure=shown, width=width, told=Words(title, text)) for width in (860, NARROW)
    )
    return [Picture(broad, f"{title}: {text}", narrow)]


_HEAD = (
    (
        "{}|treated|bought|rate|held out|bought|rate|difference (points)|from|to|verdict"
        "|paid more by a member|from|to|verdict in money"
    ),
    "{}|实验组|购买|转化率|对照组|购买|转化率|差值（百分点）|下限|上限|结论|人均多付|下限|上限|金额结论",
)


def _cells(told: Told, found: Contrast) -> tuple[Value, ...]:
    ends, paid = found.while_running or found.interval, _paid_ends(found)
    money = found.money
    arms = [cell for arm in (found.treated, found.control) for cell in (arm.members, arm.buyers, share(arm.rate))]
    return (
        *arms,
        None if found.difference is None else Points(found.difference),
        *((Points(ends[0]), Points(ends[1])) if ends else (None, None)),
        told.word(found.verdict),
        Money(round(money.difference.estimate)) if money and money.difference else None,
        *((Money(round(paid[0])), Money(round(paid[1]))) if paid else (None, None)),
        told.word(money.verdict) if money else "",
    )


def _programme(told: Told) -> Part:
    found = told.m.programme.contrast
    if found is None:
        return Paragraph(told.word("no_holdout"))
    head = told.head(_HEAD[0].format("whole"), _HEAD[1].format("整体"))
    return Table(told("programme", "整体效果"), head, [(told.word("whole_programme"), *_cells(told, found))])


def _plays(told: Told) -> Table:
    head = told.head(_HEAD[0].format("play|phase"), _HEAD[1].format("玩法|阶段"))
    rows = [
        (told.play(row), told.phase(row.phase), *_cells(told, row.contrast))
        for row in told.m.plays
        if row.contrast is not None
    ]
    return Table(told("effects", "玩法效果"), head, rows, told.word("effects"))


def by_day(told: Told) -> Section | None:
    """How the difference grew, with bands that hold at all days together."""
    found = told.m.following.effect
    dates = [row.day for row in found]
    if not any(row.difference is not None for row in found):
        return None
    shares = Curve(
        told("difference in conversion (points)", "转化率差值（百分点）"),
        [row.difference for row in found],
        FIRST,
        [row.interval for row in found],
    )
    parts: list[Part] = _curve(told, dates, shares, lambda value: f"{value * 100:+.1f}")
    if any(row.money is not None for row in found):
        money = Curve(
            told(f"paid more by a member ({told.currency})", f"人均多付（{told.currency}）"),
            [None if row.money is None else row.money / 100 for row in found],
            FIRST,
            [
                None if row.money_interval is None else (row.money_interval[0] / 100, row.money_interval[1] / 100)
                for row in found
            ],
        )
        parts += _curve(told, dates, money, lambda value: f"{value:+,.4g}")
    note = told(
        "What a report at the end of each day would have said (orders given back since are out). The bands hold at all"
        " days together, so they may be read daily; they are wider than the interval at the end.",
        "每日结束时报告会给出的结果（其后退款的订单已剔除）。区间带对所有日期同时成立，可每日查看，比最终区间更宽。",
    )
    head = told.head(
        "day|difference (points)|from|to|paid more by a member|from|to",
        "日期|差值（百分点）|下限|上限|人均多付|下限|上限",
    )
    rows: list[Sequence[Value]] = []
    for row in found:
        if row.difference is None:
            continue
        ends, paid = row.interval or (None, None), row.money_interval or (None, None)
        rows.append(
            (
                f"{row.day}",
                *(None if one is None else Points(one) for one in (row.difference, *ends)),
                *(None if one is None else Money(round(one)) for one in (row.money, *paid)),
            )
        )
    parts += [
        Paragraph(note, "small"),
        Table(told("effect by day", "每日效果"), head, rows, told("Day by day", "每日数据"), folded=True),
    ]
    return Section(told("Effect from day to day", "效果走势"), parts)


def _curve(told: Told, dates: Sequence[date], curve: Curve, shown: Callable[[float], str]) -> list[Part]:
    last = next((value for value in reversed(curve.values) if value is not None), None)
    text = (
        told(f"{curve.name}: at the end {shown(last)}", f"{curve.name}：最终 {shown(last)}")
        if last is not None
        else curve.name
    )
    broad, narrow = (
        curves(dates, [curve], figure=shown, width=width, told=Words(curve.name, text)) for width in (860, NARROW)
    )
    return [Picture(broad, text, narrow)]


def texts(told: Told) -> Section | None:
    """Texts of a play against each other."""
    rows: list[Sequence[Value]] = []
    for play in told.m.plays:
        rows += _texts_of(told, play)
    if not rows:
        return None
    head = told.head(
        "play|text|measured|share|members|rate|from|to|against the first (points)|from|to|verdict"
        "|paid more by a member|from|to|verdict in money",
        "玩法|文案|口径|比例|会员数|比率|下限|上限|与第一个的差值（百分点）|下限|上限|结论|人均多付|下限|上限|金额结论",
    )
    return Section(
        told.word("texts"), [Paragraph(told.word("texts_note"), "small"), Table(told.word("texts"), head, rows)]
    )


def _texts_of(told: Told, play: PlayResult) -> Iterator[Sequence[Value]]:
    found = play.texts
    for arm in found.arms if found else ():
        if found is None:
            return
        against = found.contrasts.get(arm.text)
        yield (
            told.play(play),
            arm.text,
            told.word(f"by_{found.measured_by}"),
            share(arm.share),
            arm.members,
            share(arm.rate),
            *((Share(arm.interval[0]), Share(arm.interval[1])) if arm.interval else (None, None)),
            *(_against(told, against) if against else (None, None, None, "", None, None, None, "")),
        )


def _against(told: Told, found: Contrast) -> tuple[Value, ...]:
    """A contrast without its arms: conversion, then money."""
    return _cells(told, found)[6:]


def splits(told: Told) -> Section | None:
    """Parts of random splits against each other."""
    rows: list[Sequence[Value]] = []
    for found in told.m.splits:
        for part in found.parts:
            one, arm = found.contrasts.get(part.part), part.members
            smallest = found.detectable.get(part.part)
            rows.append(
                (
                    found.split,
                    told.phase(found.phase),
                    part.part,
                    told(", ", "、").join(told.play_named(found.phase, play) for play in part.plays),
                    arm.members,
                    arm.buyers,
                    share(arm.rate),
                    *(_against(told, one) if one else (None, None, None, "", None, None, None, "")),
                    None if smallest is None else Points(smallest),
                )
            )
    if not rows:
        return None
    head = told.head(
        "split|phase|part|plays|members|bought|rate|against the first (points)|from|to|verdict"
        "|paid more by a member|from|to|verdict in money|smallest difference to be seen (points)",
        "拆分|阶段|组|玩法|会员数|购买|转化率|与第一组的差值（百分点）|下限|上限|结论|人均多付|下限|上限|金额结论|可检出的最小差值（百分点）",
    )
    title = told("Parts drawn by lot, against each other", "随机拆分各组之间的对比")
    thinned = [told.said(said) for found in told.m.splits if (said := told_of_split(found)) is not None]
    parts: list[Part] = [Paragraph(text, "warning") for text in thinned]
    return Section(title, [Paragraph(told.word("splits_note"), "small"), *parts, Table(title, head, rows)])


def truth(told: Told) -> Section | None:
    """Of a generated store, the truth beside the estimate."""
    found = told.m.truth
    if found is None:
        return None
    w = told.word
    head = told.head(
        "play|measured (points)|from|to|truth (points)|inside|orders added|sales added|coupons used|of them anyway"
        "|also brought about",
        "玩法|测得（百分点）|下限|上限|真实值（百分点）|在区间内|新增订单|新增成交额|用券|其中本来就会购买|其他带来的行为",
    )
    rows: list[Sequence[Value]] = []
    for one in ([found.programme] if found.programme else []) + list(found.plays):
        more = [
            f"{w(f'true_{name}')} {getattr(one, name):,}"
            for name in ("joins", "balances", "referrals", "sign_ins")
            if getattr(one, name)
        ]
        name = told.play_named(one.phase, one.play) if one.play else w("whole_programme")
        points = (one.estimate, *(one.interval or (None, None)), one.difference)
        rows.append(
            (
                name,
                *(None if value is None else Points(value) for value in points),
                "–" if one.inside is None else w("yes") if one.inside else w("no"),
                one.added_orders,
                Money(one.added_cents),
                one.uses,
                one.uses_anyway,
                told(", ", "，").join(more),
            )
        )
    note = f"{w('truth_note')} {found.covered} / {found.intervals} {w('truth_covered')}"
    return Section(w("truth"), [Paragraph(note, "small"), Table(told("truth", "真实值"), head, rows)])
