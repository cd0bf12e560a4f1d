"""Members who wait for the best text of a test get it once the wait is over (A11#13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from campaign_calendars.deciding.arms import shares_of
from campaign_calendars.measuring.texts import best_text, measured_by
from campaign_calendars.messages.templates import template_of
from campaign_calendars.model.calendar import Play
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.data.refresh import refresh
from tasks.outreach.text_answers import answers_of
from warehouse.ledger.audit import text_chosen

if TYPE_CHECKING:
    from tasks.runtime import Runtime
    from warehouse.ledger.records import Job, Run
    from warehouse.snapshots.snapshot import Snapshot

_SOON = timedelta(minutes=1)


def give_best_texts(rt: Runtime, loaded: LoadedCalendar, run: Run, snapshot: Snapshot, at: datetime) -> None:
    """Give the jobs of a run that waited until `at` the text that did best on the data of a snapshot."""
    from warehouse.measurement import MeasurementSession, PhaseWindow

    plays = {play.id: play for phase in loaded.calendar.phases if phase.id == run.phase for play in phase.plays}
    waiting = {place for place in rt.ledger.lacking_text(run.run_id, at) if place[0] in plays}
    tested = {name: plays[name] for name, _ in waiting if plays[name].texts}
    for name in sorted({name for name, channel in waiting if template_of(plays[name], channel)} - tested.keys()):
        _give_written(rt, run, plays[name], at)
    if not tested or _is_old(loaded, snapshot, at):
        return
    span, warehouse = loaded.timeline.phases[run.phase], rt.settings.warehouse
    with MeasurementSession(
        snapshot,
        calendar=run.calendar,
        windows=[PhaseWindow(run.phase, span.start, span.end)],
        as_of=at,
        threads=warehouse.threads,
        memory_limit=warehouse.memory_limit,
    ) as session:
        for name in sorted(tested):
            answers = answers_of(rt.ledger, loaded, session, run.phase, tested[name])
            asked = tested[name].split
            by = asked.by if asked is not None else None
            best = best_text(by, list(shares_of(tested[name])), answers)
            told = ", ".join(
                f"{text} {one.clicked if measured_by(by, answers) == 'clicks' else one.buyers}/{one.members}"
                for text, one in sorted(answers.items())
            )
            entry = text_chosen(run.run_id, run.calendar, name, best, why=f"{measured_by(by, answers)}: {told}", at=at)
            rt.ledger.give_text(run.run_id, best, _templates(tested[name], best), entry)


def pull_answers(rt: Runtime, loaded: LoadedCalendar, run: Run, at: datetime) -> bool:
    """Pull the sources where messages came due that wait for the best text: what was pulled before knows no answers."""
    if not lacks_answers(rt, loaded, run, at):
        return False
    rt.progress(("pulling the sources", "正在拉取数据源"))
    refresh(rt, loaded.calendar.calendar, at)
    return True


def lacks_answers(rt: Runtime, loaded: LoadedCalendar, run: Run, at: datetime) -> bool:
    """Whether messages of a run came due that wait for the best text, and the snapshot is too old to tell it."""
    tested = {
        play.id for phase in loaded.calendar.phases if phase.id == run.phase for play in phase.plays if play.texts
    }
    waiting = bool(tested) and any(play in tested for play, _ in rt.ledger.lacking_text(run.run_id, at))
    return waiting and _is_old(loaded, rt.current_snapshot(), at)


def _is_old(loaded: LoadedCalendar, snapshot: Snapshot, at: datetime) -> bool:
    """Whether a snapshot is too old to know what came of the texts until now."""
    return at - snapshot.as_of >= loaded.store.contact_policy.data_every


def _give_written(rt: Runtime, run: Run, play: Play, at: datetime) -> None:
    """A play that tests nothing any more says what it says to everybody who still waits."""
    entry = text_chosen(run.run_id, run.calendar, play.id, "", why="the play tests no texts any more", at=at)
    rt.ledger.give_text(run.run_id, None, _templates(play, None), entry)


def _templates(play: Play, arm: str | None) -> dict[tuple[str, str], str]:
    found = {(play.id, channel): template_of(play, channel, arm) for channel in play.channels}
    return {place: template for place, template in found.items() if template is not None}


def without_text(loaded: LoadedCalendar, jobs: Sequence[Job]) -> Mapping[str, tuple[str, timedelta]]:
    """Intent key → why it waits: jobs whose best text was not chosen yet, for want of answers."""
    tested = {(phase.id, play.id) for phase in loaded.calendar.phases for play in phase.plays if play.texts}
    return {
        job.intent_key: ("waits for the best text", _SOON)
        for job in jobs
        if (job.phase, job.play) in tested and (job.arm, job.message) == (None, None)
    }
