"""Sequences become plays: each step one play that answers the event of day zero.

So caps, priorities, quiet hours, restrictions, hold-outs, plans and runs are those of plays, and there is
no second engine. What is particular to a step stands beside the play (`StepPlay`).
"""

from __future__ import annotations

from collections.abc import Mapping

from campaign_calendars.findings.finding import Path
from campaign_calendars.model.calendar import Calendar, OnLate, Phase, Play
from campaign_calendars.model.messages import Piece
from campaign_calendars.model.sequences import Goal, Sequence, Step
from campaign_calendars.model.triggers import Trigger
from campaign_calendars.values.scalars import Text


class StepPlay(Play):
    """One step of a sequence, as a play. `origin` is where the step stands in the calendar."""

    sequence: str
    number: int
    by_day: bool
    goal: Goal | None
    owner: Text
    origin: Path


def unfold(calendar: Calendar) -> Calendar:
    """The calendar with the steps of its sequences as plays of their phases; nothing changes where that is done.

    A sequence whose phase is not there is left out: a check names it.
    """
    if not calendar.sequences or any(isinstance(play, StepPlay) for phase in calendar.phases for play in phase.plays):
        return calendar
    added: dict[str, list[Play]] = {}
    for index, sequence in enumerate(calendar.sequences):
        phase = phase_of(calendar, sequence)
        if phase is not None:
            added.setdefault(phase, []).extend(_plays(index, sequence, calendar.content))
    phases = [_with_plays(phase, added.pop(phase.id, [])) for phase in calendar.phases]
    return calendar.model_copy(update={"phases": phases})


def phase_of(calendar: Calendar, sequence: Sequence) -> str | None:
    """The id of the phase in which a sequence's steps fall; None: there is none, or it has to be said which."""
    known = [phase.id for phase in calendar.phases]
    if sequence.phase is None:
        return known[0] if len(known) == 1 else None
    return sequence.phase if sequence.phase in known else None


def play_id(sequence: Sequence, step: Step) -> str:
    """The id of the play that a step becomes: it stays when other steps are put in or taken out."""
    return f"{sequence.id}-{step.name}"


def steps_of(calendar: Calendar, sequence: str) -> list[StepPlay]:
    """The steps of a sequence of an unfolded calendar, in written order."""
    plays = (play for phase in calendar.phases for play in phase.plays if isinstance(play, StepPlay))
    return [play for play in plays if play.sequence == sequence]


def pieces_of(step: Step, content: Mapping[str, Piece]) -> list[Piece]:
    """The pieces of the content library that a step names, by name or topic, each once."""
    named = [name for wanted in step.content for name, piece in content.items() if wanted in (name, piece.topic)]
    return [content[name] for name in dict.fromkeys(named)]


def _with_plays(phase: Phase, plays: list[Play]) -> Phase:
    return phase.model_copy(update={"plays": [*phase.plays, *plays]}) if plays else phase


def _plays(index: int, sequence: Sequence, content: Mapping[str, Piece]) -> list[Play]:
    return [_play(sequence, number, step, content, ("sequences", index, "steps", number - 1))
            for number, step in enumerate(sequence.steps, 1)]  # fmt: skip


def _play(sequence: Sequence, number: int, step: Step, content: Mapping[str, Piece], origin: Path) -> StepPlay:
    # What it is made of has been read already.
    return StepPlay.model_construct(
        id=play_id(sequence, step),
        title=step.title if step.title.get() else sequence.title,
        audience=sequence.audience,
        benefits=step.benefits,
        channels=step.channels or sequence.channels,
        trigger=Trigger(
            event=sequence.event, after=step.at.total, within=step.at.total + sequence.grace, at=step.at.at
        ),
        lane=step.lane or sequence.lane,
        post="broadcast" if sequence.of == "group" else None,
        message=step.message,
        attachments=[*step.attachments, *pieces_of(step, content)],
        holdout=sequence.holdout,
        priority=sequence.priority,
        on_late=OnLate(grace=sequence.grace),
        needs=[],
        sequence=sequence.id,
        number=number,
        by_day=step.at.at is not None,
        goal=sequence.goal,
        owner=step.owner if step.owner.get() else sequence.owner,
        origin=origin,
    )
