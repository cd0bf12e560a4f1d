"""What a person has to judge: who would get it, what it costs, who does not and why, and three messages, masked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from campaign_calendars.findings.said import Said
from campaign_calendars.measuring.forecasting import Forecast
from campaign_calendars.measuring.scoring import newest
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.scalars import Text
from tasks.deciding.decisions import read_decision
from tasks.deciding.envelope import why_of
from tasks.deciding.wording import of_phase, wordings
from tasks.planning.previewing import PreviewedMessage, preview_jobs
from tasks.runtime import Runtime
from warehouse.ledger.approvals import ApprovalRequest
from warehouse.ledger.records import Job, Run

PREVIEWS = 3
_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPlay:
    """A play that waits, as it was decided."""

    play: str
    """Play id."""
    title: Text
    """Title, in both languages."""
    why: tuple[Mapping[str, str], ...]
    """Why it waits, in `en` and `zh`."""
    until: datetime
    """Until when it waits; then its messages are cancelled."""
    waiting: int
    """Messages that wait."""
    candidates: int
    """Members in the audience."""
    held_out: int
    """Members in control groups; they stay there, whatever the answer is."""
    excluded: Mapping[str, int]
    """Deciding reason → members."""
    channels: Mapping[str, int]
    """Channel → messages."""
    benefits: Mapping[str, int]
    """Benefit → members who would get it."""
    cost_cents: int
    """What benefits and messages cost, in cents."""
    forecast: Forecast | None = None
    """What the applied plan said the play would bring in all of its moments; null: no plan with a forecast of it was
    applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A run that waits for a person."""

    run_id: str
    """Run id."""
    decision: str
    """Checksum of what is asked about: the decision, and the words of its plays as they are now."""
    currency: str
    """Currency of the amounts."""
    plan: str | None
    """The applied plan it was held against."""
    plays: tuple[JudgedPlay, ...]
    """What waits."""
    previews: tuple[PreviewedMessage, ...] = ()
    """Three of the messages as they would leave now, masked."""


def waiting_runs(rt: Runtime) -> list[ApprovalRequest]:
    """Everything that waits for a person, the most urgent first."""
    return rt.ledger.approval_requests()


def judged(rt: Runtime, run_id: str, *, previews: int = PREVIEWS) -> Judged | None:
    """What a person has to look at before he answers; None: nothing of the run waits."""
    run = rt.find_run(run_id)
    asked = rt.ledger.approval_requests(run_id)
    if not asked:
        return None
    loaded = rt.load_calendar(run.calendar)
    # The words come first: where they are changed while the previews are made, an answer does not fit and is refused.
    checksum = asked_about(run, words_asked_about(rt, loaded, run, [row.play for row in asked]))
    titles = {play.id: play.title for phase in loaded.calendar.phases if phase.id == run.phase for play in phase.plays}
    return Judged(
        run_id=run_id,
        decision=checksum,
        currency=loaded.store.currency,
        plan=asked[0].plan,
        plays=_plays(rt, run, asked, titles, loaded.timeline.timezone),
        previews=tuple(preview_jobs(rt, run, _few(rt, run_id, asked, previews))) if previews else (),
    )


def words_asked_about(rt: Runtime, loaded: LoadedCalendar, run: Run, plays: Collection[str]) -> Mapping[str, str]:
    """Play → digest of what it says now, of these plays of a run."""
    said = of_phase(wordings(loaded, rt.settings.root), run.phase)
    return {play: said[play] for play in plays if play in said}


def asked_about(run: Run, words: Mapping[str, str]) -> str:
    """What an answer is about, in twelve digits: the decision and the words that were looked at."""
    told = json.dumps([run.decision_sha, dict(words)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]


def _plays(
    rt: Runtime, run: Run, asked: Sequence[ApprovalRequest], titles: Mapping[str, Text], zone: ZoneInfo
) -> tuple[JudgedPlay, ...]:
    decision, said = read_decision(rt, run.run_id), _forecasts(rt, run)
    decided = {play.play: play for play in (decision.plays if decision else run.summary.plays)}
    waiting: dict[str, int] = {}
    for (_, name, _, status), count in rt.ledger.job_counts(run.run_id).items():
        if status == "awaiting_approval":
            waiting[name] = waiting.get(name, 0) + count
    found = []
    for row in asked:
        play = decided.get(row.play)
        found.append(
            JudgedPlay(
                play=row.play,
                title=titles.get(row.play, Text()),
                why=tuple(_both(each.said) for each in why_of(row)),
                until=row.until.astimezone(zone),
                waiting=waiting.get(row.play, 0),
                candidates=play.candidates if play else 0,
                held_out=sum(play.held_out.values()) if play else 0,
                excluded=play.excluded if play else {},
                channels=play.channels if play else {},
                benefits={name: one.granted for name, one in play.benefits.items()} if play else {},
                cost_cents=play.benefit_cost_cents + play.message_cost_cents if play else 0,
                forecast=said.get(row.play),
            )
        )
    return tuple(found)


def _forecasts(rt: Runtime, run: Run) -> Mapping[str, Forecast]:
    """Play → what the applied plan said of it."""
    found = (one.forecast for one in newest(rt.ledger.forecasts(run.calendar)))
    return {one.play: one for one in found if one.phase == run.phase}


def _both(said: Said) -> Mapping[str, str]:
    return dict(zip(("en", "zh"), said, strict=True))


def _few(rt: Runtime, run_id: str, asked: Sequence[ApprovalRequest], most: int) -> list[Job]:
    """Messages of the plays that wait, in turns, so that each play is seen."""
    waiting = {row.play: list[Job]() for row in asked}
    for job in rt.ledger.jobs(run_id, status="awaiting_approval"):
        if job.play in waiting and len(waiting[job.play]) < most:
            waiting[job.play].append(job)
            if all(len(each) >= most for each in waiting.values()):
                break
    turns = (jobs[turn] for turn in range(most) for jobs in waiting.values() if turn < len(jobs))
    return list(islice(turns, most))
