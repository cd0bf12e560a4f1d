"""Metrics as a document: each figure with what it is made of, what it counts below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from campaign_calendars.findings.errors import UsageError
from campaign_calendars.findings.said import Said, in_language
from campaign_calendars.measuring.metrics.catalogue import aim_in_words, metric
from campaign_calendars.measuring.metrics.figures import Aim, Benchmark, Figure, MetricTable
from campaign_calendars.measuring.metrics.finality import in_words
from campaign_calendars.measuring.metrics.metric import Metric
from campaign_calendars.measuring.metrics.needs import missing
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.documents.markdown import as_markdown
from tasks.documents.parts import Document, Money, Paragraph, Part, Ratio, Section, Share, Table, Value, in_figures
from tasks.documents.workbook import write_as_workbook

SIMULATED: Said = ("SIMULATED: members responded by a model", "模拟数据：会员反应由模型给出")
KINDS = (".xlsx", ".md", ".parquet")
GRAINS: Mapping[str, Said] = {
    "calendar": ("calendar", "日历"), "phase": ("phase", "阶段"), "wave": ("wave", "波次"), "day": ("day", "日"),
    "month": ("month", "月"), "tier": ("tier", "等级"), "channel": ("channel", "渠道"), "play": ("play", "玩法"),
    "store": ("store", "店铺或地区"), "arm": ("arm", "实验分组"),
}  # fmt: skip
_WORDS: Mapping[str, Said] = {
    "non_member": ("not a member", "非会员"), "order": ("order", "下单"), "redemption": ("benefit used", "核销"),
    "points_used": ("points used", "用积分"), "sign_in": ("sign-in", "签到"), "interact": ("interaction", "互动"),
    "coupon_claim": ("coupon claimed", "领券"), "cart_add": ("cart", "加购"), "favourite": ("favourite", "收藏"),
    "review": ("review", "评价"), "pack_claimed": ("pack claimed", "礼包领取"),
    "registered": ("registered", "注册"), "consult": ("consulted", "咨询"), "live_enter": ("live room", "进直播间"),
    "profile_completed": ("profile completed", "完善资料"), "task_finished": ("task finished", "完成任务"),
    "store_visit": ("store visit", "到店"), "share": ("share", "分享"), "": ("not told", "未注明"),
    "waiting": ("waiting", "待发"), "open": ("open", "未用"), "spent": ("spent", "已用"),
    "planned": ("planned", "计划中"),
    "chosen": ("chosen", "已选中"), "contacted": ("contacted", "已触达"), "visited": ("looked at one", "浏览新品"),
    "carted": ("put one into the cart", "加购新品"), "bought": ("bought one", "购买新品"),
    "released": ("released", "已释放"),
    "more": ("above the store", "高于全店"), "less": ("the rest", "其余"), "joined": ("joined", "入会"),
    "left": ("left", "退会"), "never": ("never bought", "未购"), "core": ("core", "核心"), "lost": ("lost", "流失"),
    "treated": ("treated", "实验组"), "campaign_control": ("held out of the campaign", "活动对照组"),
    "global_control": ("held out of everything", "全局对照组"), "not_assigned": ("not drawn yet", "尚未分组"),
    "potential": ("potential", "潜力"), "ordinary": ("ordinary", "一般"), "dormant": ("dormant", "沉睡"),
}  # fmt: skip
_OF_ARMS: Said = (
    (
        " · by assignment, from each person's first one on; arms differ in size: what the campaign did, with its"
        " interval, says promocal report"
    ),
    " · 按分组口径，自每人首次分组起；各组人数不同，活动效果及区间见 promocal report",
)
_LAYERS: Mapping[str, Said] = {"result": ("Results", "核心指标"), "process": ("What was done", "过程指标")}


def simulated_note(table: MetricTable) -> Said:
    """What stands behind the moment of measuring where no figure is real."""
    if not table.simulated:
        return ("", "")
    return (f" · {SIMULATED[0]}", f" · {SIMULATED[1]}")


def metric_document(loaded: LoadedCalendar, table: MetricTable, lang: str) -> Document:
    """Results and what was done, printed apart; metrics with rows of their own have a table each."""
    told = _Told(loaded, table, lang)
    sections = [section for layer in _LAYERS if (section := told.section(layer))]
    title = loaded.calendar.title.get(lang) or table.calendar
    return Document(title=title, lang=lang, foot=f"{title} · {told.measured()}", sections=sections, about=told.about())


def write_metrics(document: Document, table: MetricTable, target: Path) -> None:
    """Write a workbook, Markdown or Parquet, by the ending of `target`. UsageError: it is another one."""
    kind = target.suffix.lower()
    if kind not in KINDS:
        raise UsageError(
            (f"{target} is none of a workbook, Markdown or Parquet", f"{target} 不是工作簿、Markdown 或 Parquet"),
            ("end the name with .xlsx, .md or .parquet", "文件名请以 .xlsx、.md 或 .parquet 结尾"),
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    if kind == ".xlsx":
        write_as_workbook(document, target)
    elif kind == ".md":
        target.write_text(as_markdown(document), "utf-8")
    else:
        from warehouse.measurement.metrics.writing import write_table

        write_table(table, target)


class _Told:
    """Names and figures of one table in one language."""

    def __init__(self, loaded: LoadedCalendar, table: MetricTable, lang: str) -> None:
        self._table, self._lang = table, lang
        self._titles = titles_of(loaded, lang)

    def section(self, layer: str) -> Section | None:
        names = [name for name in self._table.names if metric(name).layer == layer]
        if not names:
            return None
        parts: list[Part] = []
        together = [name for name in names if self._table.by == "calendar" and not metric(name).split]
        if together:
            parts += [self._figures(together), *self._definitions(together)]
        for name in names:
            if name not in together:
                told = any(one.metric == name for one in self._table.figures)
                parts += [self._rows(name) if told else self._nothing(name), *self._definitions([name])]
        return Section(self._said(_LAYERS[layer]), parts)

    def about(self) -> str:
        table = self._table
        members = self._either(f"members by definition {table.members}", f"会员口径 {table.members}")
        known = ""
        if table.known_at < table.as_of:
            moment = self._moment(table.known_at)
            known = self._either(f" · data known up to {moment}", f" · 数据截至 {moment}")
        arms = self._said(_OF_ARMS) if table.by == "arm" else ""
        return f"{self.measured()} · {members} · {table.currency}{known}{arms}"

    def measured(self) -> str:
        moment = self._moment(self._table.as_of)
        simulated = in_language(simulated_note(self._table), self._lang)
        zone = self._table.timezone
        return self._either(f"as of {moment} ({zone})", f"截至 {moment}（{zone}）") + simulated

    def _figures(self, names: Sequence[str]) -> Table:
        rows = [
            (metric(one.metric).title.get(self._lang), one.metric, *self._cells(metric(one.metric), one))
            for one in self._table.figures
            if one.metric in names
        ]
        start, end = self._window(names[0])
        head = (self._either("metric", "指标"), "id", *self._heads())
        return Table(self._either("metrics", "指标"), *self._without_notes(head, rows), title=f"{start} – {end}")

    def _rows(self, name: str) -> Table:
        found = metric(name)
        mine = [one for one in self._table.figures if one.metric == name]
        by = [] if self._table.by == "calendar" else [self._said(GRAINS[self._table.by])]
        split = [self._split(one) for one in found.split]
        rows = [
            (
                *([self._named(one.key)] if by else []),
                *(self._named(part) for part in (one.part or ("",) * len(split))),
                *self._cells(found, one),
            )
            for one in mine
        ]
        title = f"{found.title.get(self._lang)} ({name})"
        return Table(name, *self._without_notes((*by, *split, *self._heads()), rows), title=title)

    def _nothing(self, name: str) -> Paragraph:
        """A metric without any row."""
        title, colon = metric(name).title.get(self._lang), self._either(": ", "：")
        if self._table.by in {"play", "arm"}:
            moment = self._moment(self._table.as_of)
            said = self._either(f"no play has run before {moment}", f"{moment} 之前没有玩法运行过")
        else:
            said = self._either("nothing happened in the window", "窗口内没有发生")
        return Paragraph(f"{title} ({name}){colon}{said}")

    def _definitions(self, names: Sequence[str]) -> Iterator[Paragraph]:
        for name in names:
            found = metric(name)
            whose = {
                "definition": self._either(f"members {self._table.members}", f"会员 {self._table.members}"),
                "joined": self._either("members 2.0", "会员 2.0"),
                "none": "",
            }[found.members]
            colon = self._either(": ", "：")
            marks = [
                whose,
                self._either("distinct persons, never added up", "按人去重，不可相加") if found.distinct else "",
                found.source,
            ]
            separator = self._either("; ", "；")
            said = separator.join(filter(None, marks))
            text = f"{name}{colon}{found.formula(self._lang)}" + self._either(f" ({said})", f"（{said}）")
            yield Paragraph(text, "small")
            yield from (Paragraph(self._beside(one), "small") for one in self._table.benchmarks if one.metric == name)
            yield from (Paragraph(self._aimed(one), "plain") for one in self._table.aims if one.metric == name)

    def _beside(self, one: Benchmark) -> str:
        """What others say of the metric."""
        told = elsewhere(one, ZoneInfo(self._table.timezone), self._lang)
        title, colon = metric(one.metric).title.get(self._lang), self._either(": ", "：")
        return f"{self._said(ELSEWHERE)}{colon}{title} {told}"

    def _aimed(self, one: Aim) -> str:
        """A target beside what it came to."""
        of = "" if self._table.by == "calendar" else f" {self._named(one.key)}"
        target = aim_in_words(one.metric, one.target)
        if one.reached is None:
            return self._either(f"target{of}: {target}, not told yet", f"目标{of}：{target}，尚无法计算")
        reached = in_figures(Share(one.reached))
        return self._either(f"target{of}: {target}, reached {reached}", f"目标{of}：{target}，达成率 {reached}")

    def _heads(self) -> tuple[str, ...]:
        return tuple(self._either("figure|counted|of|note", "数值|分子|分母|说明").split("|"))

    def _cells(self, found: Metric, one: Figure) -> tuple[Value, ...]:
        note = ""
        if one.state == "empty":
            note = self._either("empty: the denominator is 0", "空：分母为 0")
        elif one.lacks:
            note = self._said(missing(one.lacks))
        elif one.open_until is not None:
            note = self._said(in_words(one.metric, self._moment(one.open_until)))
        counted = _part(found.numerator, one.numerator) if found.denominator else None
        whole = _part(found.denominator, one.denominator) if found.denominator else None
        return shown(found, one), counted, whole, note

    def _without_notes(
        self, head: Sequence[str], rows: Sequence[tuple[Value, ...]]
    ) -> tuple[Sequence[str], Sequence[tuple[Value, ...]]]:
        """Columns that say nothing are left out: notes, and the parts of counts."""
        kept = [n for n in range(len(head)) if n < len(head) - 3 or any(row[n] not in {None, ""} for row in rows)]
        return [head[n] for n in kept], [tuple(row[n] for n in kept) for row in rows]

    def _window(self, name: str) -> tuple[str, str]:
        one = next(one for one in self._table.figures if one.metric == name)
        return self._moment(one.starts_at), self._moment(one.ends_at)

    def _moment(self, moment: datetime) -> str:
        return f"{moment.astimezone(ZoneInfo(self._table.timezone)):%Y-%m-%d %H:%M}"

    def _split(self, name: str) -> str:
        return self._said(SPLITS[name])

    def _named(self, key: str) -> str:
        return name_of(key, self._titles, self._lang)

    def _said(self, pair: Said) -> str:
        return in_language(pair, self._lang)

    def _either(self, english: str, chinese: str) -> str:
        return in_language((english, chinese), self._lang)


SPLITS: Mapping[str, Said] = {
    "tier": ("tier", "等级"), "orders": ("orders", "订单数"), "behaviour": ("behaviour", "行为"),
    "state": ("state", "状态"), "benefit": ("benefit", "权益"), "source": ("place", "位置"),
    "article": ("article", "商品"), "other_article": ("with", "关联商品"), "class": ("pieces per order", "连带率"),
    "hour": ("hour", "时段"), "store": ("shop", "门店"),
    "lifecycle": ("lifecycle", "生命周期"), "step": ("step", "步骤"),
    "from": ("from", "从"), "to": ("to", "到"), "rfm": ("RFM", "RFM"),
}  # fmt: skip


ELSEWHERE: Said = ("elsewhere", "同行与他方")


def elsewhere(one: Benchmark, zone: ZoneInfo, lang: str) -> str:
    """A figure of others with who says so, and of which day: `30% (peers, 2026-02-28)`."""
    value = aim_in_words(one.metric, one.value)
    if metric(one.metric).unit in {"money", "money_each", "ratio", "days"}:
        value = f"{one.value:,.2f}"
    day = f"{one.at.astimezone(zone):%Y-%m-%d}" if one.at else ""
    said = in_language((", ", "，"), lang).join(filter(None, (one.source, day)))
    return value + in_language((f" ({said})", f"（{said}）"), lang)


def shown(found: Metric, one: Figure) -> Value:
    """A figure as a document shows it; None where it is none."""
    if one.value is None:
        return None
    if found.unit == "money":
        return Money(int(one.value))
    if found.unit == "share":
        return Share(float(one.value))
    if found.unit == "money_each":
        return Money(round(one.value))
    return Ratio(float(one.value)) if found.unit in {"ratio", "days"} else int(one.value)


def _part(names: str, number: int | None) -> Value:
    """Cents are money; of a product of counts nobody could make anything."""
    if number is None or "*" in names:
        return None
    return Money(number) if names.endswith("cents") else number


def name_of(key: str, titles: Mapping[str, str], lang: str) -> str:
    """A key of a row as people say it: the calendar's or store's title, a word of the catalogue, else itself."""
    return titles.get(key) or (in_language(_WORDS[key], lang) if key in _WORDS else key)


def titles_of(loaded: LoadedCalendar, lang: str) -> dict[str, str]:
    """Titles of all that a calendar and its store name, by id."""
    calendar, store = loaded.calendar, loaded.store
    named = [
        *((phase.id, phase.title) for phase in calendar.phases),
        *((wave.id, wave.title) for wave in calendar.waves),
        *((level.id, level.title) for level in store.tiers.levels),
        *((play.id, play.title) for phase in calendar.phases for play in phase.plays),
        *((name, channel.title) for name, channel in store.channels.items()),
        *((name, benefit.title) for name, benefit in calendar.benefits.items()),
    ]
    return {name: text for name, title in named if (text := title.get(lang))}
