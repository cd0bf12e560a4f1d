"""Where the duties of a calendar stand at a moment: open, due, overdue, blocked or done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaign_calendars.duties.needing import duty_id, needed_by, needs_of
from campaign_calendars.findings.said import Said
from campaign_calendars.model.calendar import Calendar, Duty, Phase, Play
from campaign_calendars.time.resolving import begin_of
from campaign_calendars.time.timeline import Timeline, utc
from campaign_calendars.values.scalars import Text

State = Literal["open", "due", "overdue", "blocked", "done"]
STATES: tuple[State, ...] = ("overdue", "due", "blocked", "open", "done")
"""In the order in which a person looks at them."""

WAITS: Said = ("waits for duty {duty}", "等待事项 {duty} 完成")
"""Why a message is kept back, as the ledger keeps it."""
NO_ID: Said = ("waits for the platform's id of {benefit}", "等待 {benefit} 的平台编号")
"""The same, of a benefit whose id the store requires."""
ID_TOO_LATE: Said = ("the platform's id of {benefit} did not come in time", "{benefit} 的平台编号未按时提供")
TOO_LONG: Said = ("duty {duty} was not done in time", "事项 {duty} 未按时完成")
"""Why a message that was kept back is cancelled at last."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Who did a duty, and when."""

    duty: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyState:
    """One duty and where it stands."""

    duty: str
    """Its id."""
    phase: str
    """Phase id."""
    text: Text
    """What, in both languages."""
    level: str
    """`must`: to be done; `focus`: worth most care."""
    owner: Text
    """Who has to do it, in both languages; empty: nobody was named."""
    due_at: datetime
    """Until when."""
    begin_at: datetime
    """When it has to be begun to be done in time."""
    state: State
    """`overdue`: not done and past its time; `due`: has to be worked on now; `blocked`: waits for another; `open`;
    `done`."""
    after: tuple[str, ...] = ()
    """Duties that come before it."""
    waits_for: tuple[str, ...] = ()
    """Those of them that are not done."""
    needed_by: tuple[str, ...] = ()
    """What waits for it: `phase NAME`, `play PHASE/NAME`, `benefit NAME`."""
    if_open: str = "hold"
    """`hold`: what needs it waits; `warn`: it goes on, and it is said."""
    done_by: str = ""
    """Who did it."""
    done_at: datetime | None = None
    """When it was ticked."""


def duty_states(
    calendar: Calendar, timeline: Timeline, ticks: Mapping[str, Tick], now: datetime
) -> tuple[DutyState, ...]:
    """Every duty of the calendar at `now`, the soonest due first; `ticks` by id of the duty."""
    waiting: dict[str, list[str]] = {}
    for need in needs_of(calendar):
        waiting.setdefault(need.duty, []).append(f"{need.kind} {need.name}")
    look = _Look(timeline, ticks, now, waiting)
    states = [
        look.at(phase, number, duty)
        for phase in calendar.phases
        for number, duty in enumerate(phase.duties)
        if (phase.id, number) in timeline.due
    ]
    return tuple(sorted(states, key=lambda state: utc(state.due_at)))


@dataclass(frozen=True, slots=True)
class _Look:
    timeline: Timeline
    ticks: Mapping[str, Tick]
    now: datetime
    waiting: Mapping[str, list[str]]

    def at(self, phase: Phase, number: int, duty: Duty) -> DutyState:
        name, due_at = duty_id(phase.id, duty), self.timeline.due[phase.id, number]
        begin_at, tick = begin_of(duty, due_at), self.ticks.get(name)
        waits_for = tuple(other for other in duty.after if other not in self.ticks)
        return DutyState(
            duty=name,
            phase=phase.id,
            text=duty.text,
            level=duty.level,
            owner=duty.owner,
            due_at=due_at,
            begin_at=begin_at,
            state="done" if tick else undone(self.now, due_at, begin_at, blocked=bool(waits_for)),
            after=tuple(duty.after),
            waits_for=waits_for,
            needed_by=tuple(self.waiting.get(name, ())),
            if_open=duty.if_open,
            done_by=tick.by if tick else "",
            done_at=tick.at if tick else None,
        )


def undone(now: datetime, due_at: datetime, begin_at: datetime, *, blocked: bool = False) -> State:
    """How a task that is not done stands at `now`; `blocked`: another that comes before it is not done.

    It is due from the first second of the day on which it has to be begun, in the zone of `begin_at`.
    """
    if utc(now) > utc(due_at):
        return "overdue"
    if blocked:
        return "blocked"
    return "due" if utc(now) >= utc(begin_at.replace(hour=0, minute=0, second=0, microsecond=0)) else "open"


@dataclass(frozen=True, slots=True)
class Held:
    """What keeps a play's messages back at one moment: ids of duties; those that only warn apart."""

    hold: tuple[str, ...] = ()
    warn: tuple[str, ...] = ()


def held(calendar: Calendar, ticked: Iterable[str], phase: str, play: str, benefit: str | None = None) -> Held:
    """The duties not done that messages of the play wait for, with the benefit one of them brings.

    A play or phase that has left the calendar waits for nothing.
    """
    stage, mine = _find(calendar, phase, play)
    if stage is None or mine is None:
        return Held()
    done = set(ticked)
    named = [name for name in needed_by(calendar, stage, mine, benefit) if name not in done]
    duties = {duty_id(one.id, duty): duty for one in calendar.phases for duty in one.duties}
    known = [(name, duties[name].if_open) for name in named if name in duties]
    return Held(
        tuple(name for name, then in known if then == "hold"), tuple(name for name, then in known if then == "warn")
    )


def _find(calendar: Calendar, phase_id: str, play_id: str) -> tuple[Phase | None, Play | None]:
    phase = next((phase for phase in calendar.phases if phase.id == phase_id), None)
    plays = phase.plays if phase else ()
    return phase, next((play for play in plays if play.id == play_id), None)
