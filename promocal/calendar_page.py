"""The page of a shipped calendar, in one language, from the calendar and the figures of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_calendars.deciding.enforcers import enforcers_of
from campaign_calendars.model.benefits import Benefit
from campaign_calendars.model.calendar import Calendar, Phase, Play
from campaign_calendars.model.unfolding import unfold
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Occurrence
from tasks.documents.speaker import Speaker

FEW = 4
"""Moments that are written one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayFigures:
    """What a plan made of one play."""

    messages: int
    expected: int
    """Members its events may be expected to bring, by those of the last four weeks."""
    channels: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitFigures:
    """What a plan gave of one benefit."""

    granted: int
    announced: int
    cost_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the plan of a calendar came to on its sample store."""

    members: int
    seed: int
    """0: the data are real."""
    as_of: datetime
    plays: Mapping[str, PlayFigures]
    """Phase and play, as in `burst/recall` → its part."""
    benefits: Mapping[str, BenefitFigures]
    planned_cents: int
    total_cents: int | None
    sheets: Mapping[str, int]
    """Sheet of the set-up pack → rows."""
    until: datetime | None = None
    """The last moment that was planned, where it is not the calendar's."""


def calendar_page(loaded: LoadedCalendar, figures: Figures, lang: str) -> str:
    """Markdown: timeline, day by day, benefits and money, what the platform is told, duties."""
    return "\n".join(_Page(loaded, figures, lang).lines()) + "\n"


def index_page(calendars: Iterable[Calendar], lang: str) -> str:
    """The list of the pages."""
    zh = lang == "zh"
    lines = [
        "# 随附日历" if zh else "# Shipped calendars",
        "",
        "[English](README.md)" if zh else "[中文](README.zh.md)",
        "",
        (
            "每份日历一页：哪天对谁做什么、花费多少、平台上要设置什么、谁有什么任务。"
            "`promocal new 目录 --from ID` 以其为起点。"
            if zh
            else "A page each: what happens on which day to whom, what it costs, what has to be set up on the platform "
            "and who has which duties. `promocal new DIRECTORY --from ID` begins with one."
        ),
        "",
        "| 日历 | 来源 |" if zh else "| calendar | made from |",
        "|---|---|",
    ]
    for calendar in calendars:
        name = calendar.calendar
        lines.append(
            f"| [{_cell(calendar.title.get(lang) or name)}]({name}{'.zh' if zh else ''}.md) "
            f"| {_cell(calendar.source)} |"
        )
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class _Page:
    loaded: LoadedCalendar
    figures: Figures
    lang: str

    def either(self, english: str, chinese: str) -> str:
        return chinese if self.lang == "zh" else english

    def lines(self) -> Iterator[str]:
        calendar, name = self.loaded.calendar, self.loaded.calendar.calendar
        title = calendar.title.get(self.lang) or name
        yield from (f"# {title}", "")
        yield self.either(
            f"[中文]({name}.zh.md) · [All calendars](README.md)", f"[English]({name}.md) · [全部日历](README.zh.md)"
        )
        yield ""
        yield self.either(
            f"`{name}`, for the store `{calendar.store}`. Made from: {calendar.source}. What a source only suggests is "
            "marked *inferred*, what no source says *ours*, at the line of "
            f"[the calendar](../../campaign_calendars/library/{name}.yaml).",
            f"`{name}`，店铺 `{calendar.store}`。来源：{calendar.source}。"
            "来源只是暗示的标为 inferred，来源没有的标为 ours，"
            f"均写在[日历](../../campaign_calendars/library/{name}.yaml)的对应行。",
        )
        yield from ("", f"![{title}]({name}.{self.lang}.svg)", "", self._of_figures(), "")
        yield from self._phases()
        yield from self._benefits()
        yield from self._sheets()
        yield from self._duties()

    def _of_figures(self) -> str:
        found = self.figures
        store = self.either(f"generated members, seed {found.seed}", f"名生成的会员，种子 {found.seed}")
        if not found.seed:
            store = self.either("households of the real data", "户真实数据中的家庭")
        zone = self.loaded.timeline.timezone
        until = f"{found.until.astimezone(zone):%Y-%m-%d}" if found.until else ""
        as_of = found.as_of.astimezone(zone)
        return self.either(
            f"*Figures are those of a plan for {found.members:,} {store}, made on {as_of:%Y-%m-%d}"
            + (f" and only until {until}" if until else "")
            + ", before anybody has answered. What depends on who joins or buys meanwhile is “in the campaign”.*",
            f"*数字来自 {found.members:,} {store}，{as_of:%Y-%m-%d} 的计划"
            + (f"（只到 {until}）" if until else "")
            + "，其时尚无人响应；取决于期间入会或购买的写作“活动中产生”。*",
        )

    def _phases(self) -> Iterator[str]:
        calendar = unfold(self.loaded.calendar)
        occurrences: dict[tuple[str, str], list[Occurrence]] = {}
        for one in self.loaded.timeline.occurrences:
            occurrences.setdefault((one.phase, one.play), []).append(one)
        for phase in calendar.phases:
            span = self.loaded.timeline.phases[phase.id]
            yield f"## {phase.title.get(self.lang) or phase.id}"
            yield ""
            goal = phase.goal.get(self.lang)
            yield f"{span.start:%Y-%m-%d %H:%M} – {span.last:%Y-%m-%d %H:%M:%S}" + (f" · {goal}" if goal else "")
            yield ""
            yield self.either(
                "| when | what | to whom | benefits | where | members |",
                "| 时间 | 玩法 | 对象 | 权益 | 渠道与阵地 | 人数 |",
            )
            yield "|---|---|---|---|---|---|"
            rows = [(found, play) for play in phase.plays for found in [occurrences.get((phase.id, play.id), [])]]
            rows.sort(key=lambda row: row[0][0].at if row[0] and row[1].trigger is None else span.start)
            for found, play in rows:
                yield self._row(phase, play, found)
            yield ""
            if phase.platform_support:
                given = self.either("; ", "；").join(text.get(self.lang) for text in phase.platform_support)
                yield from (self.either(f"The platform gives: {given}.", f"平台给予：{given}。"), "")

    def _row(self, phase: Phase, play: Play, found: Sequence[Occurrence]) -> str:
        calendar = self.loaded.calendar
        audience = calendar.audiences[play.audience]
        told = [calendar.benefits[name].title.get(self.lang) or name for name in play.told]
        cells = (
            self._when(play, found),
            play.title.get(self.lang) or play.id,
            audience.title.get(self.lang) or play.audience,
            self.either(", ", "、").join(told),
            self._where(play),
            self._members(f"{phase.id}/{play.id}", play),
        )
        return "| " + " | ".join(_cell(cell) for cell in cells) + " |"

    def _when(self, play: Play, found: Sequence[Occurrence]) -> str:
        if play.trigger is not None:
            return self.either(f"on `{play.trigger.event}`", f"`{play.trigger.event}` 时")
        if not found:
            return self.either("all the time", "全程")
        if len(found) <= FEW:
            return "<br>".join(f"{one.at:%m-%d %H:%M}" + self._turn(one) for one in found)
        first, last = found[0].at, found[-1].at
        return self.either(
            f"{len(found)} times, {first:%m-%d %H:%M} – {last:%m-%d}",
            f"{len(found)} 次，{first:%m-%d %H:%M} – {last:%m-%d}",
        )

    def _turn(self, one: Occurrence) -> str:
        """Whose turn it is, of a play that sends on each of its channels."""
        return f" {self.loaded.store.channels[one.channel].title.get(self.lang) or one.channel}" if one.channel else ""

    def _where(self, play: Play) -> str:
        store = self.loaded.store
        names = [store.channels[name].title.get(self.lang) or name for name in play.channels]
        shown = [store.positions[name].title.get(self.lang) or name for name in play.positions]
        if play.post:
            names = [self.either(f"post: {name}", f"群帖：{name}") for name in names]
        elif play.lane == "human":
            names = [self.either(f"by hand: {name}", f"人工：{name}") for name in names]
        return "; ".join(", ".join(part) for part in (names, shown) if part)

    def _members(self, key: str, play: Play) -> str:
        if not play.channels:
            return self.either("shown", "展示")
        found = self.figures.plays.get(key)
        if play.trigger is not None and (found is None or not found.messages):
            expected = found.expected if found else 0
            return (
                self.either(f"about {expected:,} expected", f"预计约 {expected:,}") if expected else self._meanwhile()
            )
        if found is None or not found.messages:
            return self._meanwhile()
        return (
            self.either(f"{found.messages:,} posts", f"{found.messages:,} 帖") if play.post else f"{found.messages:,}"
        )

    def _meanwhile(self) -> str:
        return self.either("in the campaign", "活动中产生")

    def _benefits(self) -> Iterator[str]:
        yield self.either("## Benefits and money", "## 权益与花费")
        yield ""
        head = ("benefit", "what", "stock", "kept by", "given", "told", "reserved")
        head_zh = ("权益", "内容", "库存", "执行", "发放", "告知", "预留")
        yield "| " + " | ".join(head_zh if self.lang == "zh" else head) + " |"
        yield "|---|---|---:|---|---:|---:|---:|"
        for name, benefit in self.loaded.calendar.benefits.items():
            yield "| " + " | ".join(_cell(cell) for cell in self._benefit(name, benefit)) + " |"
        yield ""
        money, total = self._money(self.figures.planned_cents), self.figures.total_cents
        limit = self._money(total) if total is not None else self.either("no limit", "不限")
        yield self.either(
            f"The plan reserves {money} of {limit}; of what applies itself, orders spend.",
            f"计划预留 {money}，预算 {limit}；自动享受的权益由订单花费。",
        )
        yield ""

    def _benefit(self, name: str, benefit: Benefit) -> tuple[str, ...]:
        found = self.figures.benefits.get(name)
        words = {
            "promocal": "promocal",
            "platform": self.either("platform", "平台"),
            "people": self.either("people", "人工"),
        }
        return (
            benefit.title.get(self.lang) or name,
            Speaker(lang=self.lang, loaded=self.loaded).offer(name),
            f"{benefit.stock:,}" if benefit.stock is not None else "",
            self.either(", ", "、").join(words[one] for one in enforcers_of(benefit.kind)),
            f"{found.granted:,}" if found and found.granted else "",
            f"{found.announced:,}" if found and found.announced else "",
            self._money(found.cost_cents) if found and found.cost_cents else "",
        )

    def _money(self, cents: int) -> str:
        return f"{cents / 100:,.2f} {self.loaded.store.currency}"

    def _sheets(self) -> Iterator[str]:
        name = self.loaded.calendar.calendar
        yield self.either("## What the platform has to be told", "## 平台上要设置的内容")
        yield ""
        yield self.either(
            f"`promocal export pack {name} --to pack` writes these sheets, and crowds once there is a snapshot.",
            f"`promocal export pack {name} --to pack` 写出下列表格；有快照后同时写出人群包。",
        )
        yield from ("", self.either("| sheet | rows |", "| 表格 | 行数 |"), "|---|---:|")
        for sheet, rows in self.figures.sheets.items():
            if rows:
                yield f"| {sheet} | {rows:,} |"
        yield ""

    def _duties(self) -> Iterator[str]:
        rows = [
            (self.loaded.timeline.due[phase.id, index], duty)
            for phase in self.loaded.calendar.phases
            for index, duty in enumerate(phase.duties)
        ]
        if not rows:
            return
        yield self.either("## Duties", "## 任务")
        yield from (
            "",
            self.either("| due | what | who | after |", "| 截止 | 任务 | 负责人 | 前置 |"),
            "|---|---|---|---|",
        )
        for due, duty in sorted(rows, key=lambda row: row[0]):
            what, owner = duty.text.get(self.lang), duty.owner.get(self.lang)
            cells = (f"{due:%Y-%m-%d %H:%M}", what, owner, ", ".join(duty.after))
            yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
