"""What a calendar would do: every occurrence decided ahead of time, nothing written to members.

The plan runs the same engine as a real run over the published snapshot, occurrence after
occurrence, and carries contacts, stock and money forward. Members are taken as the snapshot knows
them; what they will do meanwhile is not guessed, so later occurrences are an upper estimate.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from campaign_calendars.deciding.briefing import budget_limits, make_brief
from campaign_calendars.deciding.runs import fields_of, totals
from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.time.timeline import Span
from campaign_calendars.values.json import to_plain
from tasks.planning.expectation import ExpectedEvents, expect, waiting_plays
from tasks.planning.planned import (
    BenefitPlan,
    BudgetPlan,
    ChannelLoad,
    PhasePlan,
    Plan,
    PlannedDuty,
    PlannedPlacement,
    PlannedPlay,
    PoolPlan,
)
from tasks.runtime import Runtime, feature_params


def plan(rt: Runtime, calendar_id: str) -> Plan:
    """The plan of a calendar over the current snapshot, with a checksum that binds to exactly it."""
    loaded = rt.load_calendar(calendar_id)
    snapshot = rt.current_snapshot()
    occurrences, expected = _decide_all(rt, loaded)
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
        phases=tuple(_phase(loaded, name, span, occurrences) for name, span in loaded.timeline.phases.items()),
        occurrences=occurrences,
        triggers=expected,
        budget=_budget(loaded, occurrences),
        benefits=_benefits(loaded, occurrences),
        channels=_channels(loaded, occurrences),
        totals=totals(occurrences),
    )
    return replace(made, checksum=plan_checksum(made))


def plan_checksum(made: Plan) -> str:
    """Twelve hex digits over the whole plan; any change of calendar, members or outcome changes it."""
    body = {name: value for name, value in to_plain(made).items() if name != "checksum"}
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _decide_all(rt: Runtime, loaded: LoadedCalendar) -> tuple[tuple[PlannedPlay, ...], tuple[ExpectedEvents, ...]]:
    """Rows of the planned occurrences, and what triggers may be expected to do.

    A birthday is known ahead and decided like a planned moment; any other event is yet to happen.
    """
    rows: list[PlannedPlay] = []
    params = feature_params(loaded)
    pools = {name: benefit.pool for name, benefit in loaded.calendar.benefits.items()}
    waiting = waiting_plays(loaded)
    planned = [o for o in loaded.timeline.occurrences if (o.phase, o.play) not in waiting]
    with rt.open_session(rt.current_snapshot()) as session:
        calendar_id = loaded.calendar.calendar
        session.load_history(rt.ledger, calendar_id, pools=pools, run=None)
        briefs = (make_brief(loaded.calendar, loaded.store, loaded.timeline, occurrence) for occurrence in planned)
        for moment, together in groupby(briefs, key=lambda brief: brief.at):
            due = list(together)
            session.move_to(moment, params, due)
            for brief in due:
                rows.append(PlannedPlay(phase=brief.phase, **fields_of(session.decide(brief))))
                where = f"{len(rows)}/{len(planned)}  {brief.phase} / {brief.play}"
                rt.progress((f"planning {where}", f"正在规划 {where}"))
        expected = expect(session, loaded, params, waiting)
    return tuple(rows), expected


def _phase(loaded: LoadedCalendar, phase_id: str, span: Span, occurrences: Sequence[PlannedPlay]) -> PhasePlan:
    phase = next(p for p in loaded.calendar.phases if p.id == phase_id)
    mine = [row for row in occurrences if row.phase == phase_id]
    return PhasePlan(
        phase=phase_id,
        kind=phase.kind,
        title=phase.title,
        goal=phase.goal,
        wave=phase.wave,
        starts_at=span.start,
        ends_at=span.end,
        occurrences=len(mine),
        duties=tuple(
            PlannedDuty(text=duty.text, level=duty.level, due_at=loaded.timeline.due[phase_id, index])
            for index, duty in enumerate(phase.duties)
        ),
        platform_support=tuple(phase.platform_support),
        placements=tuple(
            PlannedPlacement(play=play.id, title=play.title, positions=tuple(play.positions))
            for play in phase.plays
            if play.positions
        ),
        **fields_of(totals(mine)),
    )


def _budget(loaded: LoadedCalendar, rows: Sequence[PlannedPlay]) -> BudgetPlan:
    limits = budget_limits(loaded.calendar)
    by_pool: Counter[str] = Counter()
    for name, benefit in _benefits(loaded, rows).items():
        pool = loaded.calendar.benefits[name].pool
        if pool:
            by_pool[pool] += benefit.cost_cents
    return BudgetPlan(
        basis=loaded.calendar.budget.basis if loaded.calendar.budget else "worst_case",
        total_cents=limits.total_cents,
        reserved_cents=totals(rows).benefit_cost_cents,
        pools={pool: PoolPlan(limit_cents=limit, reserved_cents=by_pool[pool]) for pool, limit in limits.pools.items()},
    )


def _benefits(loaded: LoadedCalendar, rows: Sequence[PlannedPlay]) -> dict[str, BenefitPlan]:
    granted: Counter[str] = Counter()
    cents: Counter[str] = Counter()
    for row in rows:
        for name, given in row.benefits.items():
            granted[name] += given.granted
            cents[name] += given.cost_cents
    return {
        name: BenefitPlan(kind=benefit.kind, stock=benefit.stock, granted=granted[name], cost_cents=cents[name])
        for name, benefit in loaded.calendar.benefits.items()
    }


def _channels(loaded: LoadedCalendar, rows: Sequence[PlannedPlay]) -> dict[str, ChannelLoad]:
    by_day: dict[str, Counter[date]] = {name: Counter() for name in loaded.store.channels}
    for row in rows:
        day = row.at.astimezone(loaded.timeline.timezone).date()
        for name, messages in row.channels.items():
            by_day[name][day] += messages
    return {name: _load(loaded, name, days) for name, days in by_day.items() if days}


def _load(loaded: LoadedCalendar, channel: str, days: Counter[date]) -> ChannelLoad:
    busiest = max(days, key=lambda day: (days[day], day))
    return ChannelLoad(
        messages=days.total(),
        busiest_day=busiest,
        busiest_day_messages=days[busiest],
        capacity_per_day=loaded.store.channels[channel].capacity_per_day,
    )
