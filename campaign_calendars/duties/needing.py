"""Who waits for which duty: the keys `needs` of phases, plays and benefits, looked at from both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from campaign_calendars.findings.finding import Path
from campaign_calendars.model.calendar import Calendar, Duty, Phase, Play


def duty_id(phase: str, duty: Duty) -> str:
    """The id of a duty: as written, else made of its phase and its text.

    A text that changes makes another duty of it: better asked for twice than ticked for something else.
    """
    if duty.id is not None:
        return duty.id
    text = f"{duty.text.zh}\n{duty.text.en}"
    return f"{phase}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


@dataclass(frozen=True, slots=True)
class Need:
    """One place of a calendar that waits for a duty."""

    duty: str
    kind: Literal["phase", "play", "benefit"]
    name: str
    """Phase id, `phase/play`, or the name of a benefit."""
    path: Path


def needs_of(calendar: Calendar) -> Iterator[Need]:
    """Every `needs` of the calendar, in written order."""
    for name, benefit in calendar.benefits.items():
        for index, duty in enumerate(benefit.needs):
            yield Need(duty, "benefit", name, ("benefits", name, "needs", index))
    for number, phase in enumerate(calendar.phases):
        for index, duty in enumerate(phase.needs):
            yield Need(duty, "phase", phase.id, ("phases", number, "needs", index))
        for place, play in enumerate(phase.plays):
            for index, duty in enumerate(play.needs):
                path: Path = ("phases", number, "plays", place, "needs", index)
                yield Need(duty, "play", f"{phase.id}/{play.id}", path)


def needed_by(calendar: Calendar, phase: Phase, play: Play, benefit: str | None = None) -> tuple[str, ...]:
    """The duties that a message of the play waits for, with the benefit it brings and those it announces."""
    told = [name for name in (benefit, *play.announces) if name in calendar.benefits]
    given = [duty for name in told for duty in calendar.benefits[name].needs]
    return tuple(dict.fromkeys([*phase.needs, *play.needs, *given]))
