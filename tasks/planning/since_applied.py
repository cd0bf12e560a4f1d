"""What a plan changes against the one that was applied last, and which limits of `[apply]` that would pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from campaign_calendars.differences.comparing import compare
from campaign_calendars.findings.said import Said
from campaign_calendars.reading.loading import LoadedCalendar, load_calendar
from campaign_calendars.values.json import from_json
from campaign_calendars.values.scalars import FULL_SHARE, Text, format_share
from tasks.deciding.envelope import changed_words
from tasks.planning.changing import LimitName, LoadChange, MomentChange, PartChange, PassedLimit, SinceApplied, What
from tasks.planning.plan import people_file
from tasks.planning.planned import ChannelLoad, PhasePlan, Plan
from tasks.running.guard import open_jobs
from tasks.runtime import Runtime
from warehouse.ledger.plan_records import PlanRecord

Moment = tuple[str, str, datetime]


def since_applied(rt: Runtime, loaded: LoadedCalendar, made: Plan) -> SinceApplied | None:
    """What `made` changes; None: nothing was applied yet, or by a release whose plans cannot be read any more."""
    record = rt.ledger.applied_plan(made.calendar)
    before = read_plan(record) if record is not None else None
    if record is None or before is None:
        return None
    now = rt.clock()
    old, new = _moments(before), _moments(made)
    persons = _persons_changed(rt, before, made, now)
    members = rt.find_snapshot(made.snapshot_id).counts["members"].accepted
    return SinceApplied(
        plan=before.checksum,
        applied_at=record.applied_at,
        applied_by=record.applied_by or "",
        parts=tuple(_parts(before, made)),
        differences=(*_written(record, loaded), *_other_words(before, made)),
        added=tuple(_moment(each) for each in new if each not in old),
        dropped=tuple(_moment(each) for each in old if each not in new and each[2] >= now),
        persons=persons,
        members=members,
        money=tuple(_figures(_money(before), _money(made))),
        channels=tuple(_figures(_messages(before.channels), _messages(made.channels))),
        passed=tuple(_passed(rt, before, made, persons, members)),
    )


def read_plan(record: PlanRecord) -> Plan | None:
    """The plan of a record; None: an earlier release made it, and it cannot be read any more."""
    try:
        return from_json(Plan, record.body)
    except ValueError:
        return None


def _moments(plan: Plan) -> dict[Moment, None]:
    return {(row.phase, row.play, row.at): None for row in plan.occurrences}


def _moment(found: Moment) -> MomentChange:
    phase, play, at = found
    return MomentChange(phase=phase, play=play, at=at)


def _parts(before: Plan, made: Plan) -> Iterator[PartChange]:
    """Phases by window, aims and words, plays by moments: what they reach is told by figures."""
    old, new = ({phase.phase: _shape(phase) for phase in plan.phases} for plan in (before, made))
    plays, now, reworded = _plays(before), _plays(made), changed_words(before.texts, made.texts)
    for phase in dict.fromkeys([*new, *old]):
        if phase not in old or phase not in new or old[phase] != new[phase]:
            yield PartChange(what=_what(phase in old, phase in new), phase=phase)
        for play in dict.fromkeys([*now.get(phase, {}), *plays.get(phase, {})]):
            was, becomes = plays.get(phase, {}).get(play), now.get(phase, {}).get(play)
            if was != becomes or f"{phase}/{play}" in reworded:
                yield PartChange(what=_what(was is not None, becomes is not None), phase=phase, play=play)


def _what(was: bool, stays: bool) -> What:
    return "changed" if was and stays else "removed" if was else "added"


def _shape(phase: PhasePlan) -> tuple[object, ...]:
    return phase.kind, phase.title, phase.goal, dict(phase.targets), phase.wave, phase.starts_at, phase.ends_at


def _plays(plan: Plan) -> dict[str, dict[str, list[datetime]]]:
    found: dict[str, dict[str, list[datetime]]] = {}
    for row in plan.occurrences:
        found.setdefault(row.phase, {}).setdefault(row.play, []).append(row.at)
    for trigger in plan.triggers:
        found.setdefault(trigger.phase, {}).setdefault(trigger.play, [])
    return found


def _other_words(before: Plan, made: Plan) -> Iterator[Text]:
    """Plays whose messages say something else, wherever it was written: a template, a picture, a signature."""
    for name in sorted(changed_words(before.texts, made.texts)):
        shown = name.replace("/", " / ")
        yield Text(en=f"what members read of {shown} changes", zh=f"{shown} 的文案改变")


def _written(record: PlanRecord, loaded: LoadedCalendar) -> Iterator[Text]:
    """Differences of the two texts; both as they are written, before anything is unfolded."""
    if record.written is None or record.written == loaded.text:
        return
    old, new = load_calendar(record.written).model, load_calendar(loaded.text).model
    for each in compare(old, new) if old is not None and new is not None else ():
        yield Text(en=each.text("en"), zh=each.text("zh"))


def _persons_changed(rt: Runtime, before: Plan, made: Plan, now: datetime) -> int | None:
    from warehouse.decision.people import persons_changed

    was, becomes = (people_file(rt, plan.calendar, plan.checksum) for plan in (before, made))
    return persons_changed(was, becomes, now) if was.is_file() and becomes.is_file() else None


def _money(plan: Plan) -> dict[str, int]:
    total = plan.totals
    return {
        "messages": total.chosen,
        "benefits": total.benefit_cost_cents,
        "message_costs": total.message_cost_cents,
    }


def _messages(channels: Mapping[str, ChannelLoad]) -> dict[str, int]:
    return {name: load.messages for name, load in channels.items()}


def _figures(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[LoadChange]:
    for name in dict.fromkeys([*after, *before]):
        was, becomes = before.get(name, 0), after.get(name, 0)
        if was != becomes:
            yield LoadChange(name=name, before=was, after=becomes)


# --- limits ----------------------------------------------------------------------------------


def _passed(rt: Runtime, before: Plan, made: Plan, persons: int | None, members: int) -> Iterator[PassedLimit]:
    limits = rt.settings.apply
    most = format_share(limits.members)
    if persons is None and made.checksum != before.checksum and limits.members < FULL_SHARE:
        # What nobody can tell is not passed over: plans may be made on another machine, names be cleared away.
        yield _limit(
            "members",
            (
                f"the names of the applied plan are not on this machine: more than {most} may get something else",
                f"本机没有已应用计划的名单，无法判断触达改变的会员是否超过 {most}",
            ),
        )
    if persons is not None and persons * FULL_SHARE > limits.members * members:
        yield _limit(
            "members",
            (
                f"{persons:,} of {members:,} members get something else, more than {most}",
                f"{members:,} 名会员中有 {persons:,} 名的触达改变，超过 {most}",
            ),
        )
    was, becomes = (plan.totals.benefit_cost_cents + plan.totals.message_cost_cents for plan in (before, made))
    if (becomes - was) * FULL_SHARE > limits.budget * was:
        most = format_share(limits.budget)
        yield _limit(
            "budget",
            (
                f"it costs {becomes / 100:,.2f} instead of {was / 100:,.2f}, more than {most} above",
                f"费用由 {was / 100:,.2f} 增至 {becomes / 100:,.2f}，增幅超过 {most}",
            ),
        )
    yield from _past(before, made, rt.clock())
    yield from _running(rt, before, made)


def _past(before: Plan, made: Plan, now: datetime) -> Iterator[PassedLimit]:
    """Moments that are new and over: whoever moved a phase there meant something else."""
    known = _moments(before)
    over = [each for each in _moments(made) if each not in known and each[2] < now]
    for phase in dict.fromkeys(each[0] for each in over):
        count = sum(1 for each in over if each[0] == phase)
        yield _limit(
            "past",
            (
                f"phase {phase} has {count:,} new moment(s) in the past; they never run",
                f"阶段 {phase} 有 {count:,} 个新的时间点已经过去，不会运行",
            ),
        )


def _running(rt: Runtime, before: Plan, made: Plan) -> Iterator[PassedLimit]:
    """A phase that lasts now, or has messages that may still leave, and is gone or has another name."""
    now, stays = rt.clock(), {phase.phase for phase in made.phases}
    waiting = {run.phase for run in rt.ledger.runs(made.calendar) if open_jobs(rt, run.run_id)}
    for phase in before.phases:
        if phase.phase in stays:
            continue
        ahead = sum(1 for row in before.occurrences if row.phase == phase.phase and row.at >= now)
        if phase.starts_at <= now < phase.ends_at:
            yield _limit(
                "running",
                (
                    f"phase {phase.phase} is under way and leaves the calendar with {ahead:,} moment(s) to come",
                    f"阶段 {phase.phase} 正在进行却已从日历中移除；{ahead:,} 个后续时间点将取消",
                ),
            )
        elif phase.phase in waiting:
            yield _limit(
                "running",
                (
                    f"phase {phase.phase} leaves the calendar while messages of it wait; they are cancelled",
                    f"阶段 {phase.phase} 已从日历中移除，但仍有消息在等待；这些消息将取消",
                ),
            )


def _limit(name: LimitName, said: Said) -> PassedLimit:
    return PassedLimit(name=name, text=Text(en=said[0], zh=said[1]))
