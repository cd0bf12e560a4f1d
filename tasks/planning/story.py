"""The story of one member over whole calendars: what every occurrence did, or is planned to do, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from campaign_calendars.findings.errors import ProblemsFoundError, UsageError
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.masking import masked_id
from tasks.data.members import TierByHand, ids_of_person, is_known, no_such_member, tier_by_hand
from tasks.deciding.events import waiting_plays
from tasks.deciding.explain import decisions_of, explain
from tasks.planning.plan import people_file
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.decision.files import MemberDecision
    from warehouse.ledger.records import Job

Time = Literal["past", "planned"]
_Slot = tuple[str, str, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryStep:
    """What one occurrence did, or is planned to do, for one member."""

    time: Time
    """`past`: a run decided it; `planned`: a plan does, over the members as the snapshot knows them."""
    calendar: str
    """Calendar id."""
    phase: str
    """Phase id."""
    play: str
    """Play id."""
    occurrence_at: datetime
    """The planned moment, in the calendar's time zone."""
    member_id: str
    """Id of the account that was decided on, with only its ends left."""
    status: str
    """`chosen`, `held_out`, `excluded` or `not_in_audience`."""
    message: str | None = None
    """Of a chosen member in the past: the state of the message, e.g. `sent`."""
    stopped: str | None = None
    """Why the message was cancelled or failed."""
    arm: str | None = None
    """`treated`, or the control group; null: could not have been contacted anyway."""
    reason: str | None = None
    """The deciding reason of an exclusion."""
    kept_for: str | None = None
    """The occurrence the member is kept for, `phase/play/moment`; before it what is kept, with an `@`."""
    chain: str = ""
    """Everything that spoke for or against, in the order of the gates; an event stands in front."""
    channel: str | None = None
    """Channel of the message."""
    benefit: str | None = None
    """Benefit the member gets."""
    cost_cents: int = 0
    """What the benefit reserves, in cents."""
    ghost_channel: str | None = None
    """Of a held-out member: the channel on which the plan would have reached him."""
    ghost_benefit: str | None = None
    """Of a held-out member: the benefit he would have had."""


@dataclass(frozen=True, slots=True)
class Story:
    """All steps by calendar and moment; the plan of each calendar that has one; a tier set by hand."""

    steps: tuple[StoryStep, ...]
    plans: Mapping[str, str]
    tier_by_hand: TierByHand | None


def story_of_run(rt: Runtime, member: str, run_id: str) -> Story:
    """What one run decided. UsageError: no such run or member, or nothing was decided yet."""
    found = explain(rt, member, run_id)
    return Story(tuple(_past(rt, member, found.decisions)), {}, found.tier_by_hand)


def story(rt: Runtime, member: str, *, ahead: bool = True) -> Story:
    """Every occurrence of every calendar that has run, or is to run: past ones, and with `ahead` planned ones.

    What is ahead is told by the newest plan of each calendar that has been kept; `plans` is empty for one without.
    UsageError: no such member.
    """
    if not ahead and not rt.ledger.runs():
        raise UsageError(
            ("no run has decided anything yet", "尚无任何运行做出决策"), ("see promocal status", "见 promocal status")
        )
    names = ids_of_person(rt, member)
    decided = decisions_of(rt, names)
    if not decided and not is_known(rt, member):
        raise no_such_member(rt, member)
    past = list(_past(rt, member, decided))
    steps, plans = list(past), dict[str, str]()
    for loaded in _calendars(rt, {step.calendar for step in past}):
        calendar = loaded.calendar.calendar
        mine = {(step.phase, step.play, step.occurrence_at) for step in past if step.calendar == calendar}
        done, open_ = _occurrences(rt, loaded)
        steps += _absent(loaded, "past", member, done - mine)
        if not ahead or not open_:
            continue
        file, plans[calendar] = _planned(rt, loaded) or (None, "")
        if file is not None:
            planned = list(_steps("planned", decisions_of(rt, names, [file])))
            planned = [step for step in planned if (step.phase, step.play, step.occurrence_at) in open_]
            steps += planned
            steps += _absent(loaded, "planned", member, open_ - {(s.phase, s.play, s.occurrence_at) for s in planned})
    steps.sort(key=lambda step: (step.calendar, step.occurrence_at, step.phase, step.play))
    return Story(tuple(steps), plans, tier_by_hand(rt, member, rt.clock()))


def _calendars(rt: Runtime, told: set[str]) -> Iterator[LoadedCalendar]:
    """The project's calendars that can be read; one that cannot has nothing ahead, and its past is told anyway."""
    for name in dict.fromkeys([*rt.calendar_ids(), *sorted(told)]):
        try:
            yield rt.load_calendar(name)
        except (UsageError, ProblemsFoundError):
            continue


def _occurrences(rt: Runtime, loaded: LoadedCalendar) -> tuple[set[_Slot], set[_Slot]]:
    """(phase, play, moment) of what the clock brings: what has run, and what has not."""
    waiting = waiting_plays(loaded)
    slots = {(o.phase, o.play, o.at) for o in loaded.timeline.occurrences if (o.phase, o.play) not in waiting}
    ran = {
        (record.phase, play.play, play.at)
        for record in rt.ledger.runs(loaded.calendar.calendar)
        if record.status not in ("started", "failed")
        for play in record.summary.plays
    }
    return slots & ran, slots - ran


def _planned(rt: Runtime, loaded: LoadedCalendar) -> tuple[Path, str] | None:
    """The persons of the calendar's newest plan, and its checksum; None where none has been kept."""
    calendar = loaded.calendar.calendar
    record = rt.ledger.last_plan(calendar)
    if record is not None and (file := people_file(rt, calendar, record.checksum)).is_file():
        return file, record.checksum
    return None


def _past(rt: Runtime, member: str, decisions: Sequence[MemberDecision]) -> Iterator[StoryStep]:
    jobs = {
        (job.calendar, job.phase, job.play, job.occurrence_at): job
        for job in rt.ledger.jobs(members=ids_of_person(rt, member))
    }
    return _steps("past", decisions, jobs)


def _steps(
    time: Time,
    decisions: Sequence[MemberDecision],
    jobs: Mapping[tuple[str, str, str, datetime], Job] | None = None,
) -> Iterator[StoryStep]:
    for row in decisions:
        job = (jobs or {}).get((row.calendar, row.phase, row.play, row.occurrence_at))
        kept = next((part for part in row.chain.split(" > ") if part.startswith("kept_for_later:")), None)
        yield StoryStep(
            time=time,
            calendar=row.calendar,
            phase=row.phase,
            play=row.play,
            occurrence_at=row.occurrence_at,
            member_id=masked_id(row.member_id),
            status=row.status,
            message=job.status if job is not None and row.status == "chosen" else None,
            stopped=job.error if job is not None and job.status in ("cancelled", "failed") else None,
            arm=row.arm,
            reason=row.reason,
            kept_for=kept.partition(":")[2] if kept is not None else None,
            chain=row.chain,
            channel=row.channel,
            benefit=row.benefit,
            cost_cents=row.cost_cents,
            ghost_channel=row.ghost_channel,
            ghost_benefit=row.ghost_benefit,
        )


def _absent(loaded: LoadedCalendar, time: Time, member: str, slots: set[_Slot]) -> Iterator[StoryStep]:
    """Occurrences in whose audience the member was not, or is not now."""
    zone = loaded.timeline.timezone
    for phase, play, at in slots:
        yield StoryStep(
            time=time,
            calendar=loaded.calendar.calendar,
            phase=phase,
            play=play,
            occurrence_at=at.astimezone(zone),
            member_id=masked_id(member),
            status="not_in_audience",
        )
