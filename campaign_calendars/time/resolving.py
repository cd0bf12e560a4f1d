"""From moments as written to moments on the clock: `resolve(calendar) -> Timeline`.

Rules, each with a test:
* windows are half open inside; `to` names the last second that still belongs to the window, a
  bare date its whole day;
* a local time that the clocks skip (DST gap) means the same time after the gap: 02:30 → 03:30;
* a local time that happens twice means the first one, except in `to`, where it means the second;
* working days are those of mainland China; beyond the published years they are estimated, and said to be;
* occurrences lie inside the window of the phase, or of the sub-phase named by `during`.

Nothing here raises on a wrong calendar: what cannot be resolved is missing from the timeline, and
`Timeline.findings` says why and where.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from campaign_calendars.findings.finding import Finding, Path, suggestion
from campaign_calendars.model.benefits.rights import MemberPresaleRight
from campaign_calendars.model.calendar import Calendar, Phase, Window
from campaign_calendars.model.triggers import DEFAULT_EVERY, Trigger
from campaign_calendars.time.timeline import (
    DAY,
    SECOND,
    Occurrence,
    Span,
    Sweep,
    Timeline,
    from_local,
    local_day,
    shift,
    utc,
)
from campaign_calendars.time.working_days import count_working_days, is_working_day
from campaign_calendars.values.festivals import Festival
from campaign_calendars.values.moments import (
    DayZero,
    Edge,
    Moment,
    MomentExpr,
    Repeat,
    Schedule,
    ScheduleExpr,
    TimeZone,
)

__all__ = ["Moment", "Occurrence", "Schedule", "Span", "TimeZone", "Timeline", "local_day", "resolve"]

MAX_WINDOW = timedelta(days=1_100)


def resolve(calendar: Calendar, *, sweep_every: timedelta = DEFAULT_EVERY) -> Timeline:
    """Put the calendar on the clock of its time zone; total, see the module's docstring.

    `sweep_every` is the store's, for triggers without `every`.
    """
    return _Resolver(calendar, sweep_every).timeline()


class _Resolver:
    """Resolves anchors on demand, remembering spans and watching for cycles."""

    def __init__(self, calendar: Calendar, sweep_every: timedelta) -> None:
        self.calendar = calendar
        self.sweep_every = sweep_every
        self.sweeps: list[Sweep] = []
        self.zone = calendar.timezone
        self.findings: list[Finding] = []
        self.named: dict[str, tuple[Path, Window]] = {}
        for index, wave in enumerate(calendar.waves):
            self.named.setdefault(wave.id, (("waves", index, "window"), wave.window))
        for index, phase in enumerate(calendar.phases):
            self.named.setdefault(phase.id, (("phases", index, "window"), phase.window))
        self.spans: dict[str, Span | None] = {}
        self.open: list[str] = []
        self.day_zero: date | None = None
        self.has_day_zero = calendar.day_zero is not None

    def timeline(self) -> Timeline:
        self._resolve_day_zero()
        calendar = self.calendar
        waves = {w.id: s for w in calendar.waves if (s := self.span(w.id)) is not None}
        phases = {p.id: s for p in calendar.phases if (s := self.span(p.id)) is not None}
        sub_phases: dict[tuple[str, str], Span] = {}
        occurrences: list[Occurrence] = []
        for index, phase in enumerate(calendar.phases):
            for sub_index, sub in enumerate(phase.sub_phases):
                span = self.window(sub.window, ("phases", index, "sub_phases", sub_index, "window"))
                if span is not None:
                    sub_phases.setdefault((phase.id, sub.id), span)
            occurrences += self._phase_occurrences(index, phase, phases, sub_phases)
        occurrences.sort(key=lambda o: utc(o.at))
        return Timeline(
            timezone=self.zone,
            campaign=self._campaign(list(phases.values())),
            phases=phases,
            sub_phases=sub_phases,
            waves=waves,
            occurrences=tuple(occurrences),
            day_zero=self.day_zero,
            validity=self._validity(),
            opens=self._opens(),
            due=self._due(phases),
            findings=tuple(self.findings),
            sweeps=tuple(self.sweeps),
        )

    def _campaign(self, spans: list[Span]) -> Span:
        if not spans:
            epoch = datetime(1970, 1, 1, tzinfo=UTC).astimezone(self.zone)
            return Span(epoch, epoch)
        return Span(min((s.start for s in spans), key=utc), max((s.end for s in spans), key=utc))

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
            return self._instant(moment, path, own, last)
        except (OverflowError, ValueError):
            self._find(
                "C105",
                path,
                (f"{moment.text!r} lies outside the years the clock knows", f"{moment.text!r} 超出可用的年份范围"),
                ("Check the offset.", "请检查偏移量。"),
            )
            return None

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

    # -- occurrences ---------------------------------------------------------------------

    def _phase_occurrences(
        self, index: int, phase: Phase, phases: dict[str, Span], sub_phases: dict[tuple[str, str], Span]
    ) -> Iterator[Occurrence]:
        for play_index, play in enumerate(phase.plays):
            # The duplicate of a phase id is reported elsewhere; its plays follow the first span.
            window = phases.get(phase.id) if play.during is None else sub_phases.get((phase.id, play.during))
            schedule = play.at
            path: Path = ("phases", index, "plays", play_index, "at")
            if schedule is None and play.trigger is not None and window is not None:
                path = (*path[:-1], "trigger", "at")
                schedule = self._triggered(phase, play.id, play.trigger, window)
            if schedule is None or window is None:
                continue
            seen: set[datetime] = set()
            for at in self._moments(schedule, window, path):
                if utc(at) not in seen:
                    seen.add(utc(at))
                    yield Occurrence(self.calendar.calendar, phase.id, play.id, at)

    def _triggered(self, phase: Phase, play: str, trigger: Trigger, window: Span) -> ScheduleExpr | None:
        """A schedule if the trigger has a time of day, else a sweep; all sweeps of a phase count from its start."""
        if trigger.daily_at is not None:
            return ScheduleExpr(f"daily {trigger.daily_at:%H:%M}", repeat=Repeat("daily", (trigger.daily_at,)))
        span = self.span(phase.id)
        if span is not None:
            every = trigger.every or self.sweep_every
            self.sweeps.append(Sweep(self.calendar.calendar, phase.id, play, window, span.start, every))
        return None

    def _moments(self, schedule: ScheduleExpr, window: Span, path: Path) -> Iterator[datetime]:
        if schedule.repeat is not None:
            moments = list(self._repeated(schedule.repeat, window, path))
            if not moments:
                self._outside(path, f"{schedule} has no moment", f"{schedule} 没有任何时刻", window)
            yield from moments
            return
        for number, expression in enumerate(schedule.moments):
            place = (*path, number) if schedule.is_list else path
            at = self.instant(expression, place, own=window)
            if at is None:
                continue
            if window.contains(at):
                yield at
            else:
                text = f"{expression.text!r} ({at:%Y-%m-%d %H:%M:%S})"
                self._outside(place, f"{text} is not", f"{text} 不", window)

    def _outside(self, path: Path, what: str, what_zh: str, window: Span) -> None:
        span = f"{window.start:%Y-%m-%d %H:%M:%S} … {window.last:%Y-%m-%d %H:%M:%S}"
        self._find(
            "C107",
            path,
            (f"{what} inside the window of the play ({span})", f"{what_zh}在玩法的时间窗口之内（{span}）"),
            ("Move the moment, the window, or the play to another phase.", "请调整时刻或窗口，或把玩法移到其他阶段。"),
        )

    def _repeated(self, repeat: Repeat, window: Span, path: Path) -> Iterator[datetime]:
        first, last = window.start.date(), window.last.date()
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        if repeat.unit == "workdays":
            days = self._working(days, path)
        for day in days:
            is_last_of_month = day.day == months.monthrange(day.year, day.month)[1]
            if not repeat.falls_on(day, first, is_last_of_month):
                continue
            for at in repeat.times:
                moment = from_local(datetime.combine(day, at), self.zone)
                if window.contains(moment):
                    yield moment

    def _working(self, days: list[date], path: Path) -> list[date]:
        """The working days among `days`; one finding where estimates begin."""
        known = {day: is_working_day(day) for day in days}
        guessed = next((day for day in days if known[day][1]), None)
        if guessed is not None:
            self._estimated(path, f"workdays ({guessed} …)")
        return [day for day in days if known[day][0]]

    # -- benefits and duties ---------------------------------------------------------------

    def _validity(self) -> dict[str, Span]:
        spans: dict[str, Span] = {}
        for name, benefit in self.calendar.benefits.items():
            valid = benefit.valid
            if valid is not None and valid.from_ is not None and valid.to is not None:
                window = Window(from_=valid.from_, to=valid.to)
                span = self.window(window, ("benefits", name, "valid"))
                if span is not None:
                    spans[name] = span
        return spans

    def _opens(self) -> dict[tuple[str, str], datetime]:
        opens: dict[tuple[str, str], datetime] = {}
        for name, benefit in self.calendar.benefits.items():
            if not isinstance(benefit, MemberPresaleRight):
                continue
            for index, window in enumerate(benefit.windows):
                at = self.instant(window.opens_at, ("benefits", name, "windows", index, "opens_at"))
                if at is not None:
                    opens[name, window.tier] = at
        return opens

    def _due(self, phases: dict[str, Span]) -> dict[tuple[str, int], datetime]:
        due: dict[tuple[str, int], datetime] = {}
        for index, phase in enumerate(self.calendar.phases):
            if phase.id not in phases:
                continue
            for number, duty in enumerate(phase.duties):
                path: Path = ("phases", index, "duties", number, "due")
                own = phases[phase.id]
                at = own.start if duty.due is None else self.instant(duty.due, path, own=own)
                if at is not None:
                    due[phase.id, number] = at
        return due

    def _find(self, code: str, path: Path, texts: tuple[str, str], hints: tuple[str, str]) -> None:
        """Record a finding once; `texts` and `hints` are (English, Chinese)."""
        finding = Finding(code, path, *texts, *hints)
        if finding not in self.findings:
            self.findings.append(finding)
