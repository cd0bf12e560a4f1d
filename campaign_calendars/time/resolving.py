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
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaign_calendars.findings.finding import Path
from campaign_calendars.model.benefits.rights import MemberPresaleRight
from campaign_calendars.model.calendar import Calendar, Duty, Phase, Window
from campaign_calendars.model.triggers import DEFAULT_EVERY, Trigger
from campaign_calendars.model.unfolding import StepPlay
from campaign_calendars.time.clock import CampaignClock
from campaign_calendars.time.offers import benefit_times
from campaign_calendars.time.sale import balance_windows
from campaign_calendars.time.timeline import (
    BenefitTimes,
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
from campaign_calendars.values.moments import (
    Moment,
    Repeat,
    Schedule,
    ScheduleExpr,
    TimeZone,
)

__all__ = ["Moment", "Occurrence", "Schedule", "Span", "TimeZone", "Timeline", "local_day", "resolve"]


def resolve(calendar: Calendar, *, sweep_every: timedelta = DEFAULT_EVERY) -> Timeline:
    """Put the calendar on the clock of its time zone; total, see the module's docstring.

    `sweep_every` is the store's, for triggers without `every`.
    """
    return _Resolver(calendar, sweep_every).timeline()


class _Resolver(CampaignClock):
    """What happens when: occurrences, validity, duties."""

    def __init__(self, calendar: Calendar, sweep_every: timedelta) -> None:
        super().__init__(calendar)
        self.sweep_every = sweep_every
        self.sweeps: list[Sweep] = []

    def timeline(self) -> Timeline:
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
        times = benefit_times(self, phases)
        return Timeline(
            timezone=self.zone,
            campaign=self._campaign(list(phases.values())),
            phases=phases,
            sub_phases=sub_phases,
            waves=waves,
            occurrences=tuple(occurrences),
            balances=balance_windows(calendar, phases),
            day_zero=self.day_zero,
            benefits=times,
            validity=self._validity(times),
            opens=self._opens(),
            due=self._due(phases),
            findings=tuple(self.findings),
            sweeps=tuple(self.sweeps),
            told=self.told,
        )

    def _campaign(self, spans: list[Span]) -> Span:
        if not spans:
            epoch = datetime(1970, 1, 1, tzinfo=UTC).astimezone(self.zone)
            return Span(epoch, epoch)
        return Span(min((s.start for s in spans), key=utc), max((s.end for s in spans), key=utc))

    # -- occurrences ---------------------------------------------------------------------

    def _phase_occurrences(
        self, index: int, phase: Phase, phases: dict[str, Span], sub_phases: dict[tuple[str, str], Span]
    ) -> Iterator[Occurrence]:
        for play_index, play in enumerate(phase.plays):
            # The duplicate of a phase id is reported elsewhere; its plays follow the first span.
            window = phases.get(phase.id) if play.during is None else sub_phases.get((phase.id, play.during))
            schedule = play.at
            place: Path = ("phases", index, "plays", play_index)
            path: Path = (*(play.origin if isinstance(play, StepPlay) else place), "at")
            if schedule is None and play.trigger is not None and window is not None:
                path = (*path[:-1], "trigger", "at")
                schedule = self._triggered(phase, play.id, play.trigger, window)
            if schedule is None or window is None:
                continue
            seen: set[datetime] = set()
            moments = list(self._moments(schedule, window, path))
            for channel, later in play.touches:
                for at in (shift(moment, later) for moment in moments):
                    if utc(at) not in seen and window.contains(at):
                        seen.add(utc(at))
                        yield Occurrence(self.calendar.calendar, phase.id, play.id, at, channel)

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

    def _validity(self, times: Mapping[str, BenefitTimes]) -> dict[str, Span]:
        spans: dict[str, Span] = {}
        for name, benefit in self.calendar.benefits.items():
            valid, offered = benefit.valid, times[name].offered
            if benefit.used_while_offered and offered is not None:
                spans[name] = offered
            elif valid is not None and valid.from_ is not None and valid.to is not None:
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
        """When each duty must be done: as written, else before what comes after it begins, else the phase's start."""
        due: dict[tuple[str, int], datetime] = {}
        waiting: list[tuple[str, int, Duty]] = []
        for index, phase in enumerate(self.calendar.phases):
            if phase.id not in phases:
                continue
            own = phases[phase.id]
            for number, duty in enumerate(phase.duties):
                if duty.due is None:
                    waiting.append((phase.id, number, duty))
                    continue
                path: Path = ("phases", index, "duties", number, "due")
                at = self.instant(duty.due, path, own=own, last=True)
                if at is not None:
                    due[phase.id, number] = local_day(at, self.zone).last if duty.due.is_whole_day else at
        begins = _Backward(self.calendar, due)
        for phase_id, number, duty in waiting:
            due[phase_id, number] = begins.latest(duty) or phases[phase_id].start
        return due


class _Backward:
    """Due moments counted back from the duties that come after; a ring of them (C271) tells nothing."""

    def __init__(self, calendar: Calendar, written: Mapping[tuple[str, int], datetime]) -> None:
        self.duties = [
            (duty, written.get((phase.id, number)))
            for phase in calendar.phases
            for number, duty in enumerate(phase.duties)
        ]

    def latest(self, duty: Duty, seen: tuple[str, ...] = ()) -> datetime | None:
        """The earliest begin of the duties after it; None without any."""
        if duty.id is None or duty.id in seen:
            return None
        begins = []
        for other, written in self.duties:
            if duty.id in other.after:
                at = written or self.latest(other, (*seen, duty.id))
                begins += [begin_of(other, at)] if at is not None else []
        return min(begins, key=utc, default=None)


def begin_of(duty: Duty, due: datetime) -> datetime:
    """When work on a duty has to begin: the end of the day so many working days before it is due.

    Without `takes` that is the moment it is due.
    """
    if not duty.takes:
        return due
    day = count_working_days(due.date(), -duty.takes).day
    return from_local(datetime.combine(day, due.time()), _zone(due))


def _zone(at: datetime) -> ZoneInfo:
    assert isinstance(at.tzinfo, ZoneInfo)  # noqa: S101  moments of a timeline are in its zone
    return at.tzinfo
