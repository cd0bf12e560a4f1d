"""The forecast of a plan: of each phase that has not begun, and of each of its plays, by what earlier ones brought."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from campaign_calendars.deciding.uses import takes_order
from campaign_calendars.measuring.correcting import corrections
from campaign_calendars.measuring.forecasting import Forecast, PlannedUnit, phases_of, results_before
from campaign_calendars.measuring.scoring import reached_of_planned, widening
from campaign_calendars.model.calendar import Calendar
from campaign_calendars.reading.loading import LoadedCalendar
from tasks.measuring.results import earlier_results
from tasks.measuring.scoring import scores_of
from tasks.planning.expectation import ExpectedEvents
from tasks.planning.planned import Plan, PlannedPlay
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from warehouse.snapshots.snapshot import Snapshot


def posts_of(calendar: Calendar) -> set[tuple[str, str]]:
    """Plays (phase, play) whose messages go to groups."""
    return {(phase.id, play.id) for phase in calendar.phases for play in phase.plays if play.post}


def forecasts(
    rt: Runtime, loaded: LoadedCalendar, snapshot: Snapshot, made: Plan, reach: Mapping[tuple[str, str], int]
) -> tuple[Forecast, ...]:
    """What phases no run of which is done are to bring, each followed by its plays.

    `reach`: (phase, play) → persons who are to get a message; of a whole phase under (phase, "").
    """
    units = list(_units(loaded, made, reach))
    if not units:
        return ()
    from warehouse.measurement.forecasting import Experience, forecast_figures
    from warehouse.measurement.usual import usual_order_cents

    results = [one for one in earlier_results(rt) if one.ends_at <= snapshot.as_of and one.store == made.store]
    kept = [one for one in rt.ledger.forecasts() if one.store == made.store and one.calendar != made.calendar]
    scores = scores_of(kept, results, apart=made.calendar)
    factors, moved = widening(scores), corrections(scores)
    order, found = usual_order_cents(snapshot), []
    for unit in units:
        known = results_before(
            results,
            unit,
            calendar=made.calendar,
            store=made.store,
            before=snapshot.as_of,
            currency=loaded.store.currency,
        )
        experience = Experience(
            results=known,
            reached=reached_of_planned(known, kept),
            order_cents=order,
            widened=factors,
            corrected=moved,
        )
        figures = forecast_figures(unit, experience, _seed(made, unit))
        found.append(
            Forecast(phase=unit.phase, play=unit.play, kind=unit.kind, figures=figures, earlier=phases_of(known))
        )
    return tuple(found)


def _seed(made: Plan, unit: PlannedUnit) -> int:
    """The same calendar and snapshot draw the same, whenever and wherever."""
    text = f"{made.calendar_sha}|{made.snapshot_id}|{unit.phase}|{unit.play}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _units(loaded: LoadedCalendar, made: Plan, reach: Mapping[tuple[str, str], int]) -> Iterator[PlannedUnit]:
    posts = posts_of(loaded.calendar)
    for phase in loaded.calendar.phases:
        rows = [row for row in made.occurrences if row.phase == phase.id]
        if any(row.done for row in rows):
            continue
        events = [one for one in made.triggers if one.phase == phase.id]
        for play in ("", *(play.id for play in phase.plays if (phase.id, play.id) not in posts)):
            unit = _unit(
                loaded,
                (phase.id, phase.kind, play),
                reach.get((phase.id, play), 0),
                [row for row in rows if play in ("", row.play)],
                [one for one in events if play in ("", one.play)],
            )
            if unit.members:
                yield unit


def _unit(
    loaded: LoadedCalendar,
    place: tuple[str, str, str],
    members: int,
    rows: Sequence[PlannedPlay],
    events: Sequence[ExpectedEvents],
) -> PlannedUnit:
    """`place`: phase, its kind, play. What answers events gives a benefit to each, where it has one."""
    given = [(name, one.granted) for row in rows for name, one in row.benefits.items()]
    benefits = loaded.calendar.benefits
    phase, kind, play = place
    # What a use costs, whatever the budget reserves for it.
    plays = {one.id: one for each in loaded.calendar.phases if each.id == phase for one in each.plays}
    dearest = {
        play_id: max((benefits[name].cost_cents for name in one.benefits), default=0) for play_id, one in plays.items()
    }
    with_order = {
        play_id for play_id, one in plays.items() if all(takes_order(benefits[name]) for name in one.benefits)
    }
    answers = [one for one in events if one.benefit_cost_cents]
    return PlannedUnit(
        phase=phase,
        play=play,
        kind=kind,
        members=members + sum(one.members for one in events),
        grants=sum(count for _, count in given) + sum(one.members for one in answers),
        with_order=sum(count for name, count in given if takes_order(benefits[name]))
        + sum(one.members for one in answers if one.play in with_order),
        worst_cents=sum(benefits[name].cost_cents * count for name, count in given)
        + sum(one.members * dearest.get(one.play, 0) for one in events),
        message_cents=sum(row.message_cost_cents for row in rows) + sum(one.message_cost_cents for one in events),
    )
