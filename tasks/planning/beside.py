"""Plans beside plans: a figure tried, two of them compared, and whom a new one reaches that another did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from campaign_calendars.deciding.people import PeopleChange, PlannedPerson
from campaign_calendars.findings.errors import UsageError
from campaign_calendars.values.json import from_json, to_json
from campaign_calendars.values.masking import masked_id
from tasks.planning.comparing import PlanComparison, compare
from tasks.planning.plan import people_file, plan
from tasks.planning.planned import Plan
from tasks.runtime import Runtime

LAST = "last"
SHOWN = 50
"""Persons of a play that are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleComparison:
    """Two plans by person."""

    calendar: str
    """Calendar id."""
    before: str
    """Checksum of the earlier plan."""
    after: str
    """Checksum of the plan of now."""
    plays: tuple[PeopleChange, ...]
    """Plays with a difference."""
    file: Path
    """Every person with a difference, as Parquet; ids are not masked in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPeople:
    """Some persons of a play of the plan of now."""

    calendar: str
    """Calendar id."""
    checksum: str
    """The plan."""
    play: str
    """Play id."""
    members: int
    """Messages of the play, over all of its moments."""
    people: tuple[PlannedPerson, ...]
    """The first of them, masked."""


def make(rt: Runtime, calendar: str) -> Plan:
    """The plan of now, kept with its persons and recorded, so that it can be applied and compared."""
    made = plan(rt, calendar, keep=True)
    rt.ledger.record_plan(made.checksum, made.calendar, to_json(made), rt.clock())
    return made


def try_changes(rt: Runtime, calendar: str, changes: Sequence[str]) -> PlanComparison:
    """The plan of now, and the same with all of these changes; with several, each alone as well."""
    plans = {"plan": plan(rt, calendar)}
    if len(changes) > 1:
        plans |= {change: plan(rt, calendar, changes=[change]) for change in changes}
    together = "; ".join(changes)
    plans[together] = plan(rt, calendar, changes=changes)
    return compare(plans["plan"].calendar, plans)


def side_by_side(rt: Runtime, calendar: str, checksums: Sequence[str]) -> PlanComparison:
    """Plans of the calendar that were made before."""
    plans = {checksum: _recorded(rt, calendar, checksum) for checksum in checksums}
    return compare(calendar, plans)


def changed_people(rt: Runtime, calendar: str, earlier: str) -> PeopleComparison:
    """Who gets something else than in an earlier plan (`last`: the newest one there is)."""
    from warehouse.decision.people import compare_people

    before = _recorded(rt, calendar, earlier)
    file = people_file(rt, before.calendar, before.checksum)
    if not file.is_file():
        raise UsageError(
            (
                f"the persons of plan {before.checksum} are gone: {file.name}",
                f"计划 {before.checksum} 的名单已不存在：{file.name}",
            ),
            ("make the plan of now first, and compare with it later", "请先生成当前计划，之后再与之比较"),
        )
    after = make(rt, calendar)
    target = rt.plans_dir / f"{after.calendar}.{before.checksum}-{after.checksum}.parquet"
    plays = compare_people(file, people_file(rt, after.calendar, after.checksum), target)
    return PeopleComparison(
        calendar=after.calendar, before=before.checksum, after=after.checksum, plays=tuple(plays), file=target
    )


def people(rt: Runtime, calendar: str, play: str) -> PlannedPeople:
    """The first persons of a play in the plan of now, masked."""
    from warehouse.decision.people import people_of

    made = make(rt, calendar)
    plays = {row.play: 0 for row in made.occurrences}
    if play not in plays:
        raise UsageError(
            (f"{made.calendar} plans no play {play!r}", f"{made.calendar} 没有计划玩法 {play!r}"),
            (f"it plans: {', '.join(plays)}", f"已计划的玩法：{'、'.join(plays)}"),
        )
    found = people_of(people_file(rt, made.calendar, made.checksum), play, SHOWN)
    return PlannedPeople(
        calendar=made.calendar,
        checksum=made.checksum,
        play=play,
        members=sum(row.chosen for row in made.occurrences if row.play == play and not row.done),
        people=tuple(replace(person, member=masked_id(person.member)) for person in found),
    )


def _recorded(rt: Runtime, calendar: str, checksum: str) -> Plan:
    calendar_id = rt.load_calendar(calendar).calendar.calendar
    record = rt.ledger.last_plan(calendar_id) if checksum == LAST else rt.ledger.plan(checksum)
    if record is None or record.calendar != calendar_id:
        raise UsageError(
            (f"there is no plan {checksum} of {calendar_id}", f"{calendar_id} 没有计划 {checksum}"),
            (
                f"promocal plan {calendar_id} makes one and says its checksum",
                f"promocal plan {calendar_id} 会生成计划并给出校验码",
            ),
        )
    try:
        return from_json(Plan, record.body)
    except ValueError as error:
        raise UsageError(
            (f"plan {checksum} was made by an earlier promocal", f"计划 {checksum} 由较早版本生成"),
            ("make it again with promocal plan", "请用 promocal plan 重新生成"),
        ) from error
