"""The clock of one calendar: what its names, windows and moments mean there, asked for in any order."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from campaign_calendars.findings.finding import Finding, Path, suggestion
from campaign_calendars.model.calendar import Calendar, Window
from campaign_calendars.time.timeline import DAY, SECOND, Span, from_local, shift, utc
from campaign_calendars.time.working_days import count_working_days
from campaign_calendars.values.festivals import Festival
from campaign_calendars.values.moments import DayZero, Edge, MomentExpr

MAX_WINDOW = timedelta(days=1_100)


class CampaignClock:
    """Resolves anchors on demand, remembering spans and watching for cycles."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.zone = calendar.timezone
        self.findings: list[Finding] = []
        self.told: dict[Path, datetime] = {}
        self.named: dict[str, tuple[Path, Window]] = {}
        for index, wave in enumerate(calendar.waves):
            self.named.setdefault(wave.id, (("waves", index, "window"), wave.window))
        for index, phase in enumerate(calendar.phases):
            self.named.setdefault(phase.id, (("phases", index, "window"), phase.window))
        self.spans: dict[str, Span | None] = {}
        self.open: list[str] = []
        self.day_zero: date | None = None
        self.has_day_zero = calendar.day_zero is not None
        self._resolve_day_zero()

    # -- names ---------------------------------------------------------------------------

    def _resolve_day_zero(self) -> None:
        moment = self.calendar.day_zero
        if moment is None:
            return
        if isinstance(moment.base, DayZero):
            self._find(
                "C103",
                ("day_zero",),
                (f"day_zero counts from itself: {moment.text!r}", f"day_zero 以自身计算：{moment.text!r}"),
                (
                    "Give a date such as 2026-03-08, or {festival: qixi, year: 2026}.",
                    "请写日期，例如 2026-03-08，或 {festival: qixi, year: 2026}。",
                ),
            )
            return
        self.open.append("day_zero")
        at = self.instant(moment, ("day_zero",))
        self.open.pop()
        self.day_zero = at.date() if at is not None else None

    def span(self, name: str) -> Span | None:
        """The span of the first phase or wave called `name`; None when it cannot be resolved."""
        if name not in self.spans:
            path, window = self.named[name]
            self.open.append(name)
            self.spans[name] = self.window(window, path)
            self.open.pop()
        return self.spans[name]

    def window(self, window: Window, path: Path) -> Span | None:
        start = self.instant(window.from_, (*path, "from"))
        last = self.instant(window.to, (*path, "to"), last=True)
        if start is None or last is None:
            return None
        end = shift(last, SECOND)
        if window.to.is_whole_day:
            end = from_local(datetime.combine(last.date() + DAY, time()), self.zone)
            self.told[(*path, "to")] = shift(end, -SECOND)
        if utc(end) <= utc(start):
            self._find(
                "C100",
                (*path, "to"),
                (
                    f"the window ends ({last:%Y-%m-%d %H:%M:%S}) before it starts ({start:%Y-%m-%d %H:%M:%S})",
                    f"时间窗口的结束（{last:%Y-%m-%d %H:%M:%S}）早于开始（{start:%Y-%m-%d %H:%M:%S}）",
                ),
                ("Exchange `from` and `to`, or correct one of them.", "请对调 from 与 to，或改正其中之一。"),
            )
            return None
        if utc(end) - utc(start) > MAX_WINDOW:
            self._find(
                "C104",
                (*path, "to"),
                (
                    f"the window lasts {(end - start).days} days; the longest allowed is {MAX_WINDOW.days}",
                    f"时间窗口长达 {(end - start).days} 天，最长为 {MAX_WINDOW.days} 天",
                ),
                ("Check the years of `from` and `to`.", "请检查 from 与 to 的年份。"),
            )
            return None
        return Span(start, end)

    # -- moments -------------------------------------------------------------------------

    def instant(
        self, moment: MomentExpr, path: Path, *, own: Span | None = None, last: bool = False
    ) -> datetime | None:
        """The moment on the clock; None (with a finding, once) when it cannot be told."""
        try:
            at = self._instant(moment, path, own, last)
        except (OverflowError, ValueError):
            self._find(
                "C105",
                path,
                (f"{moment.text!r} lies outside the years the clock knows", f"{moment.text!r} 超出可用的年份范围"),
                ("Check the offset.", "请检查偏移量。"),
            )
            return None
        if at is not None:
            self.told[path] = at
        return at

    def _instant(self, moment: MomentExpr, path: Path, own: Span | None, last: bool) -> datetime | None:
        base = moment.base
        if isinstance(base, Edge):
            span = own if not base.of else self._anchor(base.of, path)
            if span is None:
                return None
            return self._from_edge(moment, span.start if base.edge == "start" else span.last, path, last=last)
        if isinstance(base, Festival):
            day: date | None = base.day() + timedelta(days=moment.days)
        elif isinstance(base, DayZero):
            day = self._day_zero(moment, path)
            if day is not None:
                day += timedelta(days=base.days)
        else:
            day = base
        if day is None:
            return None
        day = self._worked(day, moment, path)
        return from_local(datetime.combine(day, moment.at or time()), self.zone, last=last)

    def _from_edge(self, moment: MomentExpr, instant: datetime, path: Path, *, last: bool) -> datetime:
        if moment.days or moment.working_days:
            day = self._worked(instant.date() + timedelta(days=moment.days), moment, path)
            instant = from_local(datetime.combine(day, instant.time()), self.zone, last=last)
        instant = shift(instant, timedelta(seconds=moment.seconds))
        if moment.at is not None:
            instant = from_local(datetime.combine(instant.date(), moment.at), self.zone, last=last)
        return instant

    def _worked(self, day: date, moment: MomentExpr, path: Path) -> date:
        """The day moved by the moment's working days; a finding when that is an estimate."""
        if not moment.working_days:
            return day
        counted = count_working_days(day, moment.working_days)
        if counted.estimated:
            self._estimated(path, f"{moment.text!r} ({counted.day})")
        return counted.day

    def _estimated(self, path: Path, what: str) -> None:
        self._find(
            "C113",
            path,
            (
                f"{what} is estimated: the working days of a year it counts are not published",
                f"{what} 为估算：所计年份的工作日安排尚未公布",
            ),
            (
                "Keep some days in hand, and look again when they are published, or write the date.",
                "请预留几天，公布后再核对，或直接写日期。",
            ),
        )

    def _day_zero(self, moment: MomentExpr, path: Path) -> date | None:
        if self.day_zero is None and "day_zero" in self.open:
            self._cycle("day_zero", path)
        elif not self.has_day_zero:
            self._find(
                "C106",
                path,
                (
                    f"{moment.text!r} counts from D, but the calendar has no day_zero",
                    f"{moment.text!r} 以 D 日计算，但日历没有 day_zero",
                ),
                ("Give it a day: `day_zero: 2026-03-08`.", "请写明日期：`day_zero: 2026-03-08`。"),
            )
        return self.day_zero

    def _anchor(self, name: str, path: Path) -> Span | None:
        if name in self.open:
            self._cycle(name, path)
            return None
        if name not in self.named:
            # What is just being put on the clock cannot be what it counts from.
            others = [known for known in self.named if known not in self.open]
            meant = suggestion(name, others) if others else ("Write a date, or D-3.", "请写日期，或 D-3。")
            texts = (f"there is no phase or wave called {name!r}", f"没有名为 {name!r} 的阶段或波段")
            self._find("C102", path, texts, meant)
            return None
        return self.span(name)

    def _cycle(self, name: str, path: Path) -> None:
        ring = " → ".join([*self.open[self.open.index(name) :], name])
        self._find(
            "C103",
            path,
            (f"these windows wait for each other: {ring}", f"这些时间窗口互相依赖：{ring}"),
            ("Give one of them a date of its own.", "请为其中之一写明日期。"),
        )

    def _find(self, code: str, path: Path, texts: tuple[str, str], hints: tuple[str, str]) -> None:
        """Record a finding once; `texts` and `hints` are (English, Chinese)."""
        finding = Finding(code, path, *texts, *hints)
        if finding not in self.findings:
            self.findings.append(finding)
