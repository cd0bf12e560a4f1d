"""What a calendar would do: every occurrence decided ahead of time, nothing written to members.

The plan runs the same engine as a real run over the published snapshot, occurrence after
occurrence, and carries contacts, stock and money forward. What has run is told by its run. Members are
taken as the snapshot knows them; what they will do meanwhile is not guessed, so later occurrences are an
upper estimate.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign_calendars.deciding.briefing import budget_limits, make_brief
from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.certificate import Certificate
from campaign_calendars.deciding.conditions import Fact
from campaign_calendars.deciding.enforcers import enforcers_of
from campaign_calendars.deciding.lateness import too_late
from campaign_calendars.deciding.runs import PlayCounts, counts_of, fields_of, nothing, totals
from campaign_calendars.deciding.words import with_titles
from campaign_calendars.duties.needing import duty_id
from campaign_calendars.duties.states import DutyState, held
from campaign_calendars.measuring.detectable import HoldoutPower
from campaign_calendars.model.store import capacity_on
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Span
from campaign_calendars.values.json import to_plain
from tasks.accounting.accounts import Planned, accounts
from tasks.accounting.books import keep_books
from tasks.accounting.using_up import used_up
from tasks.calendars.changed import changed
from tasks.data.online import dark_positions
from tasks.deciding.ahead import Around, Standing, plan_everything
from tasks.deciding.beside import neighbours
from tasks.deciding.birthdays import given_by_others
from tasks.deciding.draws import require_same_draws
from tasks.deciding.envelope import audience_digest
from tasks.deciding.events import event_briefs, event_rates, waiting_plays
from tasks.deciding.known import to_decide
from tasks.deciding.wording import wordings
from tasks.duties.holding import benefits_held
from tasks.duties.ticking import duties_of, places_of
from tasks.planning.enforcing import unfounded
from tasks.planning.expectation import ExpectedEvents, expect
from tasks.planning.forecasting import forecasts, posts_of
from tasks.planning.placements import audiences_shown, placements_of
from tasks.planning.planned import (
    BenefitPlan,
    BudgetPlan,
    ChannelLoad,
    HeldPlay,
    PhasePlan,
    Plan,
    PlannedDuty,
    PlannedPlay,
    PoolPlan,
)
from tasks.planning.power import power_of_holdouts
from tasks.runtime import Runtime, feature_params

if TYPE_CHECKING:
    from warehouse.decision.session import DecisionSession
    from warehouse.snapshots.snapshot import Snapshot


def plan(rt: Runtime, calendar_id: str, *, changes: Sequence[str] = (), keep: bool = False) -> Plan:
    """The plan of a calendar over the current snapshot, with a checksum that binds to exactly it.

    `changes` are figures to try instead of the calendar's (see `campaign_calendars.deciding.what_if`).
    `keep` leaves its persons in a file named by its checksum (`people_file`). UsageError where draws changed.
    """
    written = rt.load_calendar(calendar_id)
    require_same_draws(rt, written)
    snapshot = rt.current_snapshot()
    books = keep_books(rt, written, snapshot)
    loaded = to_decide(rt, changed(written, changes), snapshot)
    partial = people_file(rt, calendar_id, "partial") if keep else None
    ahead = _decide_all(rt, loaded, partial)
    occurrences = ahead.occurrences
    made = Plan(
        checksum="",
        calendar=loaded.calendar.calendar,
        store=loaded.store.store,
        source=loaded.calendar.source,
        verified=loaded.calendar.verified,
        calendar_sha=hashlib.sha256(loaded.text.encode()).hexdigest(),
        snapshot_id=snapshot.snapshot_id,
        snapshot_as_of=snapshot.as_of,
        currency=loaded.store.currency,
        changes=tuple(changes),
        phases=tuple(_phase(loaded, *named, occurrences, ahead.shown) for named in loaded.timeline.phases.items()),
        occurrences=occurrences,
        triggers=ahead.expected,
        budget=_budget(rt, loaded, occurrences),
        benefits=_benefits(loaded, occurrences, ahead.missing),
        channels=_channels(loaded, occurrences),
        totals=totals(occurrences),
        persons=ahead.persons,
        holdouts=ahead.holdouts,
        certificate=with_titles(ahead.certificate, loaded.calendar, loaded.store) if ahead.certificate else None,
        texts=wordings(written, rt.settings.root),
        blocks=books.blocks if books else (),
    )
    made = _standing(rt, loaded, snapshot, made, ahead.reach)
    if partial is not None:
        partial.replace(people_file(rt, calendar_id, made.checksum))
    return made


def _standing(
    rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, made: Plan, reach: Mapping[tuple[str, str], int]
) -> Plan:
    """The plan with its checksum, and with what is no part of it: what people have done, and what is to come of it."""
    states = duties_of(rt, loaded)
    return replace(
        made,
        checksum=plan_checksum(made),
        duties=states,
        places=places_of(rt, loaded),
        dark=dark_positions(loaded, snapshot, rt.clock()),
        held=_held(loaded, states, made.occurrences, benefits_held(rt, loaded)),
        forecasts=forecasts(rt, loaded, snapshot, made, reach),
        targets=dict(loaded.calendar.targets),
        wave_targets={one.id: dict(one.targets) for one in loaded.calendar.waves if one.targets},
    )


def people_file(rt: Runtime, calendar_id: str, checksum: str) -> Path:
    """Where the persons of a plan stand: one row for each member and occurrence, as in a run's decision file."""
    return rt.plans_dir / f"{calendar_id}.{checksum}.parquet"


def plan_checksum(made: Plan) -> str:
    """Twelve hex digits over the whole plan; any change of calendar, members or outcome changes it.

    How far people are with their duties does not: a plan that was agreed to stays the plan.
    """
    apart = ("checksum", "duties", "places", "dark", "held", "forecasts", "targets", "wave_targets")
    body = {name: value for name, value in to_plain(made).items() if name not in apart}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Every occurrence, done or decided ahead of time."""

    occurrences: tuple[PlannedPlay, ...]
    expected: tuple[ExpectedEvents, ...]
    persons: str
    holdouts: tuple[HoldoutPower, ...]
    certificate: Certificate | None
    shown: Mapping[str, int]
    """Audience of a play with positions → members."""
    missing: Mapping[str, tuple[Fact, ...]]
    """Benefit → facts its conditions are about and no source brings."""
    reach: Mapping[tuple[str, str], int]
    """(phase, play) → persons who are to get a message; of a whole phase under (phase, "")."""


def _decide_all(rt: Runtime, loaded: LoadedCalendar, file: Path | None) -> _Ahead:
    """Rows of the planned occurrences, and what triggers may be expected to do.

    What has run is told by its run. A birthday is known ahead and decided like a planned moment; any
    other event is yet to happen.
    """
    params = feature_params(loaded)
    pools = {name: benefit.pool for name, benefit in loaded.calendar.benefits.items()}
    waiting, gone = waiting_plays(loaded), used_up(rt, loaded)
    missed = _missed(loaded, rt.clock())
    rows = [row for row in _done(rt, loaded) if (row.phase, row.play) not in waiting]
    ran = {(row.phase, row.play, row.at) for row in rows}
    rows += [row for row in missed if (row.phase, row.play, row.at) not in ran and (row.phase, row.play) not in waiting]
    ran |= {(row.phase, row.play, row.at) for row in missed}
    briefs = [
        make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence, gone, parts=loaded.parts)
        for occurrence in loaded.timeline.occurrences
        if (occurrence.phase, occurrence.play) not in waiting
        and (occurrence.phase, occurrence.play, occurrence.at) not in ran
    ]
    with rt.open_session(rt.current_snapshot()) as session:
        session.load_history(rt.ledger, loaded.calendar.calendar, pools=pools, run=None)
        session.load_birthday_gifts(given_by_others(rt, loaded))
        answers, known_at = list(event_briefs(loaded)), session.snapshot.as_of
        if answers:
            session.move_to(known_at, params, [brief for _, brief in answers])
        rates = event_rates(session, answers, known_at)
        missing = unfounded(briefs, session.facts_missing(briefs))
        stands = Standing(session, params, briefs)
        # Before anything ran, limits that cannot be kept are the operator's to change; later the nearest plan goes on.
        timed = [brief for brief in briefs if brief.timed]
        others = neighbours(rt, loaded, session.snapshot, timed[0].at, timed, strict=True) if timed else []
        around = Around(rates, others, strict=not ran)
        best = plan_everything(session, loaded, stands, briefs, around)
        for brief in briefs:
            stands.move(brief)
            counts = session.decide(brief, best)
            rows.append(PlannedPlay(phase=brief.phase, **_decided(session, brief, counts)))
            _say_where(rt, brief, len(rows), len(ran) + len(briefs))
        persons = session.persons()
        holdouts = tuple(power_of_holdouts(session, loaded, briefs))
        if file is not None:
            session.write(file)
        expected = expect(loaded, rates, known_at)
        shown = audiences_shown(session, loaded, known_at)
        reach = session.planned_members(posts_of(loaded.calendar))
    certificate = best.certificate(baselines=True) if best else None
    rows.sort(key=lambda row: row.at)
    return _Ahead(tuple(rows), expected, persons, holdouts, certificate, shown, missing, reach)


def _say_where(rt: Runtime, brief: Brief, done: int, of: int) -> None:
    where = f"{done}/{of}  {brief.phase} / {brief.play}"
    rt.progress((f"planning {where}", f"正在规划 {where}"))


def _decided(session: DecisionSession, brief: Brief, counts: PlayCounts) -> Mapping[str, Any]:
    """What an occurrence came to, for whom its members are kept, and why it reaches few."""
    kept = session.kept_for(brief) if "kept_for_later" in counts.excluded else {}
    beside = {"kept_for": kept, "starved": session.starved(brief, counts)}
    return {**fields_of(counts), **beside, "audience": audience_digest(brief.predicate)}


def _done(rt: Runtime, loaded: LoadedCalendar) -> list[PlannedPlay]:
    """What has run already, as its runs tell; a run that broke off is decided again."""
    return [
        PlannedPlay(phase=record.phase, done=True, **counts_of(play))
        for record in rt.ledger.runs(loaded.calendar.calendar)
        if record.status not in ("started", "failed")
        for play in record.summary.plays
    ]


def _missed(loaded: LoadedCalendar, now: datetime) -> list[PlannedPlay]:
    """What can no longer run while the campaign lasts; before and after it every occurrence is decided."""
    timeline = loaded.timeline
    spans = timeline.phases.values()
    if not min(span.start for span in spans) <= now < max(span.end for span in spans):
        return []
    plays = {(phase.id, play.id): play for phase in loaded.calendar.phases for play in phase.plays}
    return [
        PlannedPlay(phase=each.phase, missed=True, **counts_of(nothing(each.play, each.at)))
        for each in timeline.occurrences
        if too_late(plays[each.phase, each.play], loaded.store, now - each.at)
    ]


def _phase(
    loaded: LoadedCalendar,
    phase_id: str,
    span: Span,
    occurrences: Sequence[PlannedPlay],
    shown: Mapping[str, int],
) -> PhasePlan:
    phase = next(p for p in loaded.calendar.phases if p.id == phase_id)
    mine = [row for row in occurrences if row.phase == phase_id]
    return PhasePlan(
        phase=phase_id,
        kind=phase.kind,
        title=phase.title,
        goal=phase.goal,
        targets={str(metric): figure for metric, figure in phase.targets.items()},
        wave=phase.wave,
        starts_at=span.start,
        ends_at=span.end,
        occurrences=len(mine),
        duties=tuple(
            PlannedDuty(
                text=duty.text,
                level=duty.level,
                due_at=loaded.timeline.due[phase_id, index],
                duty=duty_id(phase_id, duty),
                owner=duty.owner,
            )
            for index, duty in enumerate(phase.duties)
        ),
        platform_support=tuple(phase.platform_support),
        placements=placements_of(loaded, phase, span, shown),
        **fields_of(totals(mine)),
    )


def _held(
    loaded: LoadedCalendar, states: Sequence[DutyState], rows: Sequence[PlannedPlay], nameless: Collection[str]
) -> tuple[HeldPlay, ...]:
    """The next moment of every play that overdue duties would hold back; without messages nothing is held."""
    overdue = {state.duty for state in states if state.state == "overdue"}
    ticked = {state.duty for state in states if state.state == "done"}
    found: dict[tuple[str, str], HeldPlay] = {}
    for row in rows:
        if row.done or row.missed or not row.chosen or (row.phase, row.play) in found:
            continue
        asked = [held(loaded.calendar, ticked, row.phase, row.play, given) for given in (None, *row.benefits)]
        waits = dict.fromkeys(name for one in asked for name in one.hold if name in overdue)
        without = tuple(name for name, given in row.benefits.items() if given.granted and name in nameless)
        if waits or without:
            found[row.phase, row.play] = HeldPlay(
                phase=row.phase,
                play=row.play,
                at=row.at,
                messages=row.chosen,
                duties=tuple(waits),
                without_id=without,
            )
    return tuple(found.values())


def planned_amounts(occurrences: Iterable[PlannedPlay]) -> Planned:
    """What occurrences to come are to give."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in occurrences:
        for benefit, given in row.benefits.items() if not (row.done or row.missed) else ():
            pieces, cents = sums.get((row.phase, benefit), (0, 0))
            sums[row.phase, benefit] = (pieces + given.granted, cents + given.cost_cents)
    return sums


def _budget(rt: Runtime, loaded: LoadedCalendar, rows: Sequence[PlannedPlay]) -> BudgetPlan:
    calendar = loaded.calendar
    found = accounts(calendar, rt.ledger.grant_sums(calendar.calendar), planned_amounts(rows))
    lines = {line.name: line for line in found if line.unit == "cents"}
    pools = {pool: (limit, lines[f"pool {pool}"]) for pool, limit in budget_limits(calendar).pools.items()}
    return BudgetPlan(
        basis=calendar.budget.basis if calendar.budget else "worst_case",
        total_cents=lines["budget"].limit,
        used_cents=lines["budget"].held,
        planned_cents=lines["budget"].planned or 0,
        pools={
            pool: PoolPlan(limit_cents=limit, used_cents=line.held, planned_cents=line.planned or 0, title=line.title)
            for pool, (limit, line) in pools.items()
        },
    )


def _benefits(
    loaded: LoadedCalendar, rows: Sequence[PlannedPlay], missing: Mapping[str, tuple[Fact, ...]]
) -> dict[str, BenefitPlan]:
    granted: Counter[str] = Counter()
    cents: Counter[str] = Counter()
    for row in rows:
        for name, given in row.benefits.items():
            granted[name] += given.granted
            cents[name] += given.cost_cents
    announces = {(phase.id, play.id): play.announces for phase in loaded.calendar.phases for play in phase.plays}
    return {
        name: BenefitPlan(
            kind=benefit.kind,
            stock=benefit.stock,
            granted=granted[name],
            cost_cents=cents[name],
            announced=sum(row.chosen for row in rows if name in announces.get((row.phase, row.play), ())),
            order=benefit.rationed,
            enforced_by=enforcers_of(benefit.kind),
            left_to_platform=missing.get(name, ()),
        )
        for name, benefit in loaded.calendar.benefits.items()
    }


def _channels(loaded: LoadedCalendar, rows: Sequence[PlannedPlay]) -> dict[str, ChannelLoad]:
    by_day: dict[str, Counter[date]] = {name: Counter() for name in loaded.store.channels}
    assumed: Counter[str] = Counter()
    for row in rows:
        assumed.update(row.assumed)
        day = row.at.astimezone(loaded.timeline.timezone).date()
        for name, messages in row.channels.items():
            by_day[name][day] += messages
    return {name: _load(loaded, name, days, assumed[name]) for name, days in by_day.items() if days}


def _load(loaded: LoadedCalendar, channel: str, days: Counter[date], assumed: int) -> ChannelLoad:
    busiest = max(days, key=lambda day: (days[day], day))
    return ChannelLoad(
        messages=days.total(),
        busiest_day=busiest,
        busiest_day_messages=days[busiest],
        capacity_per_day=capacity_on(loaded.store.channels[channel], busiest),
        title=loaded.store.channels[channel].title,
        assumed=assumed,
    )
