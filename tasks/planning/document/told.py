"""What a plan's document is made from, and the words of both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign_calendars.deciding.people import PeopleChange
from campaign_calendars.findings.problem import Problem
from campaign_calendars.model.calendar import Play
from tasks.documents.speaker import Speaker
from tasks.planning.changing import SinceApplied
from tasks.planning.planned import Plan
from tasks.planning.previewing import PreviewedMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPerson:
    """One person with a difference to the applied plan, masked."""

    phase: str
    play: str
    at: datetime
    member: str
    change: str
    reason: str | None
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Speaker):
    """A plan with all that its document says beside it."""

    plan: Plan
    made_by: str
    reached: int
    """Persons who get at least one message at moments to come."""
    held_out: int
    """Persons held out who get none."""
    since: SinceApplied | None
    people: Sequence[PeopleChange]
    """By play, against the applied plan."""
    samples: Sequence[ChangedPerson]
    previews: Sequence[PreviewedMessage]
    findings: Sequence[Problem]
    """Open ones of the calendar, and datasets that are too old."""

    def phase(self, phase: str) -> str:
        found = next((one for one in self.plan.phases if one.phase == phase), None)
        return (found.title.get(self.lang) if found else "") or phase

    def play(self, phase: str, play: str) -> str:
        """Title of a play, or its id."""
        found = self.written(phase, play)
        return (found.title.get(self.lang) if found else "") or play

    def written(self, phase: str, play: str) -> Play | None:
        """The play as the calendar has it; None where an earlier plan had it."""
        phases = (one for one in self.loaded.calendar.phases if one.id == phase)
        return next((one for found in phases for one in found.plays if one.id == play), None)

    def moment(self, at: datetime) -> str:
        """Local time of the calendar with its weekday."""
        local = at.astimezone(self.loaded.timeline.timezone)
        day = "一二三四五六日"[local.weekday()] if self.lang == "zh" else f"{local:%a}"
        return f"{local:%Y-%m-%d %H:%M} {'周' if self.lang == 'zh' else ''}{day}"

    def listed(self, names: Sequence[str]) -> str:
        return self(", ", "、").join(names)
