"""Duties of a calendar as they stand, and ticking them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from campaign_calendars.duties.derived import Standing, derived_ids, group_states, position_states
from campaign_calendars.duties.needing import duty_id
from campaign_calendars.duties.states import DutyState, Tick, duty_states
from campaign_calendars.findings.errors import SnapshotMissingError, UsageError
from campaign_calendars.findings.unknown import no_such
from campaign_calendars.time.timeline import utc
from tasks.runtime import Runtime

if TYPE_CHECKING:
    from campaign_calendars.reading.loading import LoadedCalendar


def ticks_of(rt: Runtime, loaded: LoadedCalendar) -> Mapping[str, Tick]:
    """The duties that are done, by id.

    In a replay everybody does his duty in time: it is a trial of the calendar, not of people.
    """
    if rt.kept is not None:
        at = rt.clock()
        ids = [duty_id(phase.id, duty) for phase in loaded.calendar.phases for duty in phase.duties]
        ids += derived_ids(loaded.calendar, loaded.store)
        return {name: Tick(name, "replay", at) for name in ids}
    known = rt.ledger.ticks(loaded.calendar.calendar)
    return {tick.duty: Tick(tick.duty, tick.by, tick.done_at) for tick in known}


def duties(rt: Runtime, calendar_id: str) -> tuple[DutyState, ...]:
    """The duties of a calendar as they stand now, with its positions and the groups it lacks, the soonest due first."""
    return tasks_of(rt, rt.load_calendar(calendar_id))


def duties_of(rt: Runtime, loaded: LoadedCalendar) -> tuple[DutyState, ...]:
    """Those that are written in the calendar."""
    return duty_states(loaded.calendar, loaded.timeline, ticks_of(rt, loaded), rt.clock())


def places_of(rt: Runtime, loaded: LoadedCalendar) -> tuple[DutyState, ...]:
    """What has to go up at each position of each phase."""
    return position_states(loaded.calendar, loaded.store, loaded.timeline, _standing(rt, loaded))


def tasks_of(rt: Runtime, loaded: LoadedCalendar) -> tuple[DutyState, ...]:
    """Duties, positions and missing groups together, the soonest due first."""
    found = [*duties_of(rt, loaded), *places_of(rt, loaded), *_groups_of(rt, loaded)]
    return tuple(sorted(found, key=lambda state: utc(state.due_at)))


def _groups_of(rt: Runtime, loaded: LoadedCalendar) -> tuple[DutyState, ...]:
    """Groups that are still to be opened, where the data says how many there are."""
    from warehouse.snapshots.bindings import members_there

    counted = [name for name, one in loaded.store.channels.items() if one.group is not None and one.group.count]
    try:
        snapshot = rt.current_snapshot() if counted else None
    except SnapshotMissingError:
        return ()
    if snapshot is None:
        return ()
    groups = members_there(snapshot, counted, rt.clock())
    there = {name: sum(group is not None for group in found) for name, found in groups.items()}
    return group_states(loaded.calendar, loaded.store, loaded.timeline, there, _standing(rt, loaded))


def _standing(rt: Runtime, loaded: LoadedCalendar) -> Standing:
    return Standing(ticks_of(rt, loaded), rt.clock())


def tick(rt: Runtime, calendar_id: str, name: str, by: str) -> DutyState:
    """Say that a duty is done. UsageError: unknown, done before, or one that comes before it is not done."""
    from warehouse.ledger.records import DutyTick

    loaded = rt.load_calendar(calendar_id)
    duty = _find(tasks_of(rt, loaded), name)
    calendar = loaded.calendar.calendar
    if duty.waits_for and duty.state != "done":
        first = duty.waits_for[0]
        raise UsageError(
            (f"duty {duty.duty} comes after {first}, which is not done", f"事项 {duty.duty} 须在 {first} 之后完成"),
            (
                f"tick {first} first: promocal duties done {calendar} {first} --by NAME",
                f"请先勾选 {first}：promocal duties done {calendar} {first} --by 姓名",
            ),
        )
    if not rt.ledger.tick(DutyTick(calendar, duty.duty, _by(by), rt.clock())):
        raise UsageError(
            (
                f"duty {duty.duty} was done by {duty.done_by} on {duty.done_at:%Y-%m-%d %H:%M} UTC",
                f"事项 {duty.duty} 已由 {duty.done_by} 于 {duty.done_at:%Y-%m-%d %H:%M} UTC 完成",
            ),
            (
                f"if it was not: promocal duties undo {calendar} {duty.duty} --by NAME",
                f"若并未完成：promocal duties undo {calendar} {duty.duty} --by 姓名",
            ),
        )
    return _find(tasks_of(rt, loaded), duty.duty)


def undo(rt: Runtime, calendar_id: str, name: str, by: str, reason: str = "") -> DutyState:
    """Say that a duty is not done after all. UsageError: it is unknown, or was not ticked."""
    loaded = rt.load_calendar(calendar_id)
    duty = _find(tasks_of(rt, loaded), name)
    if not rt.ledger.untick(loaded.calendar.calendar, duty.duty, reason, _by(by), rt.clock()):
        raise UsageError(
            (f"duty {duty.duty} is not done, so there is nothing to undo", f"事项 {duty.duty} 尚未完成，无需撤销"),
            ("see promocal duties list", "见 promocal duties list"),
        )
    return _find(tasks_of(rt, loaded), duty.duty)


def calendar_of(rt: Runtime, name: str) -> str:
    """The calendar of the project that has a duty of that id. UsageError: none has, or several have."""
    found = [one for one in rt.calendar_ids() if any(duty.duty == name for duty in duties(rt, one))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise no_such("duty", name, [duty.duty for one in rt.calendar_ids() for duty in duties(rt, one)])
    raise UsageError(
        (f"{', '.join(found)} each have a duty {name}", f"{'、'.join(found)} 都有事项 {name}"),
        (
            f"name the calendar: promocal duties done {found[0]} {name}",
            f"请写明日历：promocal duties done {found[0]} {name}",
        ),
    )


def _by(by: str) -> str:
    if by.strip():
        return by.strip()
    raise UsageError(("a duty is done by somebody", "事项须写明由谁完成"), ("add --by NAME", "请添加 --by 姓名"))


def _find(known: tuple[DutyState, ...], name: str) -> DutyState:
    """The duty of that id, or the only one whose id begins so."""
    named = [duty for duty in known if duty.duty == name] or [duty for duty in known if duty.duty.startswith(name)]
    if name and len(named) == 1:
        return named[0]
    raise no_such("duty", name, [duty.duty for duty in named or known])
