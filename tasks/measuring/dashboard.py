"""The dashboard of members for any two dates, the same dates a year before beside it: scale, value, activity, moves.

Figures are those of the catalogue of metrics and nothing else (A7, S0, S2, S3); both windows are measured as of the
same moment, on the same snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.measuring.metrics.catalogue import metric
from campaign_calendars.measuring.metrics.figures import Figure, MetricTable
from campaign_calendars.measuring.metrics.metric import MemberRule, Metric
from campaign_calendars.measuring.metrics.needs import missing
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.documents.parts import Document, Money, Paragraph, Part, Section, Share, Table, Value
from tasks.measuring.metric_document import ELSEWHERE, SPLITS, elsewhere, name_of, shown, simulated_note, titles_of
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.runtime import Runtime

_SECTIONS: tuple[tuple[Said, tuple[str, ...]], ...] = (
    (
        ("Scale", "规模"),
        ("members_total", "joins", "leaves", "net_joins", "exit_rate", "members_pending", "tier_counts"),
    ),
    (
        ("Value", "价值"),
        (
            "gmv", "member_gmv", "member_share", "buyers", "member_buyers", "member_buyer_share", "repeat_rate",
            "member_spend_per_buyer", "old_member_share", "old_member_premium", "orders_histogram",
        ),
    ),
    (
        ("Activity", "活跃"),
        ("active_members", "active_rate", "interactions", "interacting_members", "stickiness", "active_by_behaviour"),
    ),
    (
        ("Points and open benefits", "积分与未核销权益"),
        (
            "points_opening", "points_issued", "points_used", "points_expired", "points_balance", "points_use_rate",
            "points_liability", "open_benefits", "open_liability",
            "open_liability_expected", "use_rate_of_over",
        ),
    ),
    (("Moves", "迁移"), ("tier_moves", "lifecycle_moves", "rfm_cells", "rfm_moves")),
    (("Hours and tiers", "时段与等级"), ("heat_hour_tier",)),
    (("Goods", "商品"), ("items_per_order", "return_rate", "items_split_buyers", "items_split_spend")),
)  # fmt: skip
_LONG = 30
"""Rows from which on a table, such as one of 125 cells, is for whoever wants it."""
_ALWAYS = 4
"""Columns of figures that stand there whatever they hold; the one of notes does not."""
_PAIRS = ("pair_lift", "pair_support", "pair_confidence")
NAMES = tuple(name for _, names in _SECTIONS for name in names)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Both windows, and pairs of articles by tier."""

    now: MetricTable
    """The window that was asked for."""
    before: MetricTable
    """The same dates a year before."""
    pairs: MetricTable
    """The first window's pairs of articles, for each tier of the buyers."""


def dashboard(rt: Runtime, loaded: LoadedCalendar, asked: Asked) -> Dashboard:
    """Compute it; `asked` gives window, moment and definition of members, its names are not looked at."""
    campaign = loaded.timeline.campaign
    since, until = asked.since or campaign.start, min(asked.until or campaign.end, asked.as_of)
    if until <= since:
        raise UsageError(
            ("the window has not begun", "时间窗口尚未开始"),
            ("take another one with --from and --to", "用 --from 与 --to 指定其他窗口"),
        )
    zone = loaded.timeline.timezone
    now = replace(asked, names=NAMES, by="calendar", since=since, until=until)
    # Who joined before the window is an old member: so of both of them.
    now = replace(now, old_since=asked.old_since or since)
    before = replace(
        now,
        since=_year_before(since.astimezone(zone)),
        until=_year_before(until.astimezone(zone)),
        old_since=_year_before((asked.old_since or since).astimezone(zone)),
    )
    pairs = replace(now, names=_PAIRS, by="tier")
    return Dashboard(*(compute_loaded(rt, loaded, one) for one in (now, before, pairs)))


def _year_before(moment: datetime) -> datetime:
    """The same local date and hour; of the 29th of February the day after the 28th, so that a window stays one."""
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:
        return moment.replace(year=moment.year - 1, month=3, day=1)


def dashboard_document(loaded: LoadedCalendar, made: Dashboard, lang: str) -> Document:
    """A section for each part of the board, then what each figure counts."""
    told = _Told(loaded, made, lang)
    title = told.either("Members", "会员看板")
    store = loaded.store.title.get(lang) or loaded.store.store
    return Document(
        title=f"{title} · {store}",
        lang=lang,
        foot=f"{title} · {told.measured()}",
        sections=[*told.sections(), told.goods_together(), told.definitions()],
        about=f"{told.windows()} · {told.measured()}",
    )


class _Told:
    """The parts in one language."""

    def __init__(self, loaded: LoadedCalendar, made: Dashboard, lang: str) -> None:
        self._made, self._lang = made, lang
        self._rank = {level.id: n for n, level in enumerate(loaded.store.tiers.levels)}
        self._zone, self._titles = loaded.timeline.timezone, titles_of(loaded, lang)
        self._now, self._before = (_by_metric(one) for one in (made.now, made.before))
        self._reached = made.before.reaches_back_to
        start, end = (getattr(self._before[NAMES[0]][0], name) for name in ("starts_at", "ends_at"))
        # The first fact of a day comes hours into it: a source that begins on the first day reaches back far enough.
        self._short = {name: since for name, since in self._reached.items() if self._day(since) > self._day(start)}
        # Nothing was known then: no order is not the same as none.
        gone = {name for name, since in self._short.items() if since >= end}
        self._before = {
            name: [_untold(one) for one in rows] if _rests_on(metric(name), made.before.members) & gone else rows
            for name, rows in self._before.items()
        }

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def either(self, english: str, chinese: str) -> str:
        return in_language((english, chinese), self._lang)

    def measured(self) -> str:
        table = self._made.now
        at = f"{table.as_of.astimezone(self._zone):%Y-%m-%d %H:%M}"
        known = f"{table.known_at.astimezone(self._zone):%Y-%m-%d %H:%M}"
        data, data_zh = (f", data up to {known}", f"，数据截至 {known}") if table.known_at < table.as_of else ("", "")
        return self.either(
            f"as of {at} ({table.timezone}){data}, members by definition {table.members}, {table.currency}",
            f"截至 {at}（{table.timezone}）{data_zh}，会员口径 {table.members}，{table.currency}",
        ) + in_language(simulated_note(table), self._lang)

    def windows(self) -> str:
        return self.either("{} beside {}", "{}，对比 {}").format(self._span(self._now), self._span(self._before))

    def sections(self) -> Iterator[Section]:
        end = self._now[NAMES[0]][0].ends_at
        if self._made.now.known_at < end:
            known = f"{self._made.now.known_at.astimezone(self._zone):%Y-%m-%d %H:%M}"
            text = self.either(
                f"The data end at {known}: what came later is in no figure, and changes do not compare whole windows.",
                f"数据截至 {known}：此后的情况不在任何数字中，变化不是完整窗口的对比。",
            )
            yield Section(self.either("The data", "数据"), [Paragraph(text, "warning")])
        if self._short:
            text = self.either("The year before", "去年同期")
            yield Section(text, [Paragraph(self._reach(*one), "warning") for one in self._short.items()])
        for title, names in _SECTIONS:
            plain = [name for name in names if not metric(name).split]
            parts: list[Part] = [self._figures(plain)] if plain else []
            for name in names:
                split = metric(name).split
                if len(split) == 1:
                    parts += self._rows(name)
                elif split:
                    parts += self._matrices(name)
            yield Section(in_language(title, self._lang), parts)

    def _reach(self, dataset: str, since: datetime) -> str:
        """Where the sources do not reach back to the same dates a year before."""
        span, day = self._span(self._before), f"{since.astimezone(self._zone):%Y-%m-%d}"
        english, chinese = _CALLED[dataset]
        if since >= self._before[NAMES[0]][0].ends_at:
            return self.either(
                f"The {english} reach back to {day}: of {span} nothing that rests on them is told.",
                f"{chinese}数据最早到 {day}：{span} 依赖它的数字不列出。",
            )
        return self.either(
            f"The {english} reach back to {day}: of {span} only what came after that is counted, so that changes look"
            " larger than they are.",
            f"{chinese}数据最早到 {day}：{span} 只统计其后部分，变化会显得偏大。",
        )

    def goods_together(self) -> Section:
        """Pairs of articles by tier: the ten with the highest lift, of each."""
        found: dict[tuple[str, tuple[str, ...]], dict[str, Figure]] = {}
        for one in self._made.pairs.figures:
            if one.part:
                found.setdefault((one.key, one.part), {})[one.metric] = one
        head = self.either(
            "tier|article|with|support|confidence|lift", "等级|商品|关联商品|支持度|置信度|提升度"
        ).split("|")
        rows = [
            (
                self._name(tier),
                *(self._name(part) for part in parts),
                *(
                    shown(metric(name), each[name]) if name in each else None
                    for name in ("pair_support", "pair_confidence", "pair_lift")
                ),
            )
            for (tier, parts), each in found.items()
        ]
        title = self.either("Bought together, by tier", "关联购买（按等级）")
        return Section(title, [Table(title, head, rows) if rows else self._lacking(self._made.pairs.figures)])

    def definitions(self) -> Section:
        head = self.either("metric|what it counts|source", "指标|口径|来源").split("|")
        rows = [
            (f"{metric(name).title.get(self._lang)} ({name})", metric(name).formula(self._lang), metric(name).source)
            for name in (*NAMES, *_PAIRS)
        ]
        title = self.either("What each counts", "口径说明")
        return Section(title, [Table(title, head, rows)])

    def _figures(self, names: Sequence[str]) -> Table:
        head = (
            self.either("metric", "指标"),
            *self._heads(),
            self.either("change", "变化"),
            self.either("note", "说明"),
        )
        rows: list[Sequence[Value]] = []
        for name in names:
            now, before = self._one(self._now, name), self._one(self._before, name)
            lacks = now.lacks or before.lacks
            note = in_language(missing(lacks), self._lang) if lacks else ""
            found = metric(name)
            rows.append(
                (
                    found.title.get(self._lang),
                    shown(found, now),
                    shown(found, before),
                    in_language(_change(found, now, before), self._lang),
                    note,
                )
            )
        beside = [self._elsewhere(name) for name in names]
        kept = [n for n in range(len(head)) if n < _ALWAYS or any(row[n] for row in rows)]
        columns, rows = [head[n] for n in kept], [[row[n] for n in kept] for row in rows]
        if any(beside):  # next to our own figure of the same time
            columns.insert(2, in_language(ELSEWHERE, self._lang))
            rows = [[*row[:2], told, *row[2:]] for row, told in zip(rows, beside, strict=True)]
        return Table(self.either("figures", "指标"), columns, rows)

    def _elsewhere(self, name: str) -> str:
        """What others say of it, with who says so."""
        told = (elsewhere(one, self._zone, self._lang) for one in self._made.now.benchmarks if one.metric == name)
        return self.either("; ", "；").join(told)

    def _rows(self, name: str) -> Iterator[Part]:
        found, now, before = metric(name), self._parts(self._now, name), self._parts(self._before, name)
        title = found.title.get(self._lang)
        yield from self._lacking_of(name)
        if not now and not before:
            return
        head = (in_language(SPLITS[found.split[0]], self._lang), *self._heads())
        keys = self._in_order(key[0] for key in (*now, *before))
        nows, befores = (self._nothing(one, name) for one in (self._now, self._before))
        rows = [(self._name(key), now.get((key,), nows), before.get((key,), befores)) for key in keys]
        yield Table(name, head, rows, title, folded=len(rows) > _LONG)

    def _matrices(self, name: str) -> Iterator[Part]:
        title = metric(name).title.get(self._lang)
        yield from self._lacking_of(name)
        for found, folded in ((self._now, False), (self._before, True)):
            parts = self._parts(found, name)
            if not parts:
                continue
            columns, nothing = self._in_order(key[1] for key in parts), self._nothing(found, name)
            first = "→".join(in_language(SPLITS[one], self._lang) for one in metric(name).split)
            rows = [
                (self._name(row), *(parts.get((row, column), nothing) for column in columns))
                for row in self._in_order(key[0] for key in parts)
            ]
            head = (first, *map(self._name, columns))
            yield Table(name, head, rows, f"{title} · {self._span(found)}", folded=folded or len(rows) > _LONG)

    def _lacking_of(self, name: str) -> Iterator[Part]:
        """Which of the windows cannot be measured, and what for: once where it is both."""
        title, without = metric(name).title.get(self._lang), []
        for found in (self._now, self._before):
            lacks = next((one.lacks for one in found[name] if one.lacks), "")
            if lacks:
                without.append((self._span(found), in_language(missing(lacks), self._lang)))
        both = without[1:] and without[0][1] == without[1][1]
        without = [(title, without[0][1])] if both else [(f"{title} · {span}", said) for span, said in without]
        colon = self.either(": ", "：")
        yield from (Paragraph(f"{what}{colon}{said}", "small") for what, said in without)

    def _nothing(self, found: Mapping[str, Sequence[Figure]], name: str) -> Value:
        """What stands where nothing happened: 0, but nothing at all where it cannot be measured."""
        if any(one.lacks for one in found[name]):
            return None
        unit = metric(name).unit
        return Money(0) if unit in {"money", "money_each"} else Share(0.0) if unit == "share" else 0

    def _in_order(self, keys: Iterable[str]) -> list[str]:
        """Tiers from the lowest up, then the others as they come; numbers by size."""
        found = list(dict.fromkeys(keys))
        return sorted(found, key=lambda key: (self._rank.get(key, len(self._rank)), _number(key)))

    def _parts(self, found: Mapping[str, Sequence[Figure]], name: str) -> dict[tuple[str, ...], Value]:
        return {one.part: shown(metric(name), one) for one in found[name] if one.part}

    def _one(self, found: Mapping[str, Sequence[Figure]], name: str) -> Figure:
        return found[name][0]

    def _lacking(self, found: Sequence[Figure]) -> Paragraph:
        lacks = next((one.lacks for one in found if one.lacks), "")
        said = in_language(missing(lacks), self._lang) if lacks else self.either("nothing happened", "没有发生")
        return Paragraph(said, "small")

    def _heads(self) -> tuple[str, str]:
        return self._span(self._now), self._span(self._before)

    def _span(self, found: Mapping[str, Sequence[Figure]]) -> str:
        one = found[NAMES[0]][0]
        start, end = (at.astimezone(self._zone) for at in (one.starts_at, one.ends_at))
        return f"{start:%Y-%m-%d} – {end:%Y-%m-%d}"

    def _name(self, key: str) -> str:
        return name_of(key, self._titles, self._lang)


_CALLED: Mapping[str, Said] = {
    "orders": ("orders", "订单"), "events": ("events", "行为"), "points": ("points", "积分"),
    "redemptions": ("uses of benefits", "核销"),
}  # fmt: skip


def _rests_on(found: Metric, members: MemberRule) -> set[str]:
    """The datasets without which a figure of that time tells nothing."""
    needed = {need.partition(".")[0] for need in found.needs}
    if "tier" in found.split or (found.members == "definition" and members != "2.0"):
        needed.add("orders")  # by which tiers are reached, and who bought is a member
    if found.block == "activity":
        needed.add("events")
    return needed if found.block in {"scale", "points"} else {*needed, "orders"}


def _untold(one: Figure) -> Figure:
    """A figure of a time before its data begin."""
    return replace(one, state="not_measurable", numerator=None, denominator=None, value=None, lacks="known_earlier")


def _by_metric(table: MetricTable) -> dict[str, list[Figure]]:
    found: dict[str, list[Figure]] = {name: [] for name in table.names}
    for one in table.figures:
        found[one.metric].append(one)
    return found


def _number(key: str) -> int:
    """Of `3` and of `5+`; names have none."""
    digits = key.rstrip("+")
    return int(digits) if digits.isdecimal() else 0


def _change(found: Metric, now: Figure, before: Figure) -> Said:
    """How much more or less than the year before: of a share in points, else in percent; empty where one is none."""
    if now.value is None or before.value is None:
        return "", ""
    if found.unit == "share":
        points = f"{100 * (now.value - before.value):+.2f}"
        return f"{points} points", f"{points} 百分点"
    text = f"{now.value / before.value - 1:+,.1%}" if before.value else ""
    return text, text
