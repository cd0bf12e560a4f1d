"""Events of members, as triggered plays see them, from the snapshot attached as `snap`.

The rule stands in `campaign_calendars.model.triggers.answers`. Facts at or after the moment of a sweep are
not seen, whatever the snapshot holds, so a sweep that is decided again sees the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import duckdb

from campaign_calendars.deciding.briefs import Brief, StepBrief, TriggerBrief
from campaign_calendars.deciding.contact import PASSING
from campaign_calendars.model.programme import Ladder
from campaign_calendars.model.sequences import GROUP_IN_PHASE, GROUP_OPENED
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files, with_parts

_SQL = sql_files(__package__)

ONLY_FRESH = " and f.member_id in (select w.member_id from fresh as w)"
_NEVER = 2**62
_DAY = timedelta(days=1)
_NAMED = re.compile(r"\$([a-z_]+)")
_BUYERS = "from snap.stg_orders where member_id is not null and"
_RECORDS = {
    "join": 'select member_id, joined_at as "at" from snap.stg_members where joined_at < $at',
    "first_order": f'select member_id, min(paid_at) as "at" {_BUYERS} paid_at < $at group by member_id',
    "order_placed": f'select member_id, ordered_at as "at" {_BUYERS} ordered_at < $at',
    "order_paid": f'select member_id, paid_at as "at" {_BUYERS} paid_at < $at',
    "order_completed": f'select member_id, succeeded_at as "at" {_BUYERS} succeeded_at < $at',
    "refund": f'select member_id, refunded_at as "at" {_BUYERS} refunded_at < $at and refunded_cents > 0'
    f" union all select member_id, part_refunded_at {_BUYERS} part_refunded_at < $at and part_refunded_cents > 0",
}
_BOUND = {
    "bound": 'select member_id, min(bound_at) as "at" from snap.stg_contact_points'
    " where list_contains($channels, channel) and bound_at < $at group by member_id",
    "unbound": 'select member_id, unbound_at as "at" from snap.stg_contact_points'
    " where list_contains($channels, channel) and unbound_at < $at",
}
# The first member of a group opens it, as far as the data knows; with the phase begin those that are open before.
_OPENED = """
select 'group:' || channel || ':' || coalesce(group_id, '') as member_id, {moment} as "at"
from snap.stg_contact_points where list_contains($channels, channel) and bound_at < $at group by all
"""
_OF_GROUPS = {
    GROUP_OPENED: _OPENED.format(moment="min(bound_at)"),
    GROUP_IN_PHASE: _OPENED.format(moment="greatest(min(bound_at), $since::timestamp)"),
}
_STAGES = frozenset({"deposit_paid", "balance_opens", "balance_closing", "balance_paid", "deposit_forfeited"})
_FRESH = """
create or replace temp table fresh (
    member_id varchar, event_at timestamp, due_at timestamp, cause varchar, barred varchar
)
"""
_KIND = 'select member_id, "at" from snap.stg_events where kind = $event and "at" < $at'


def find_fresh(con: duckdb.DuckDBPyConnection, brief: Brief, trigger: TriggerBrief | None) -> int:
    """Make the table `fresh` (member_id, event_at, due_at, cause, barred) for this sweep; returns how many members.

    It is empty for a play without a trigger. Of a step of a sequence `barred` says why a member does not get it:
    it comes too late, or his sequence has ended.
    """
    con.execute(_FRESH)
    if trigger is None:
        return 0
    parts = _parts(trigger)
    sql = with_parts(_SQL["fresh"], parts).replace("/*due*/", with_parts(_SQL["due_at"], parts))
    sql = sql.replace("/*events*/", events_sql(trigger))
    facts = {**_facts(trigger, brief.at), "calendar": brief.calendar, "play": brief.play}
    con.execute(sql, _used(sql, facts))
    if trigger.step is not None:
        _bar(con, trigger, trigger.step, facts)
    row = con.execute("select count(*) from fresh").fetchone()
    return int(row[0]) if row else 0


def _bar(con: duckdb.DuckDBPyConnection, trigger: TriggerBrief, step: StepBrief, facts: dict[str, object]) -> None:
    """Who of `fresh` does not get a step: it is too late, or a goal of the sequence was reached since day zero."""
    goals = [events_sql(replace(trigger, event=name)).replace("$event", f"'{name}'") for name in step.goal_events]
    parts = {"goal": bool(goals), "tag": step.goal_tag is not None}
    sql = with_parts(_SQL["bar_step"], frozenset(name for name, needed in parts.items() if needed))
    sql = sql.replace("/*goals*/", " union all ".join(f'select member_id, "at" from ({goal})' for goal in goals))
    con.execute(sql, _used(sql, {**facts, "tag": step.goal_tag}))


def _parts(trigger: TriggerBrief) -> frozenset[str]:
    step = trigger.step
    return frozenset() if step is None else frozenset({"step", "by_day"} if step.by_day else {"step"})


def load_decided(con: duckdb.DuckDBPyConnection, paths: list[str]) -> None:
    """Decisions of triggered plays from files; those of other plays name no trigger in their chain."""
    con.execute(_SQL["load_decided"], {"files": paths, "passing": sorted(PASSING)})


def event_moments(
    con: duckdb.DuckDBPyConnection, trigger: TriggerBrief, start: datetime, end: datetime
) -> list[datetime]:
    """The distinct moments (naive UTC) of events in [start, end), as they are known at `end`, in order."""
    sql = f'select distinct "at" from ({events_sql(trigger)}) where "at" >= $start and "at" < $at order by 1'
    return [
        row[0] for row in con.execute(sql, _used(sql, _facts(trigger, end) | {"start": utc_naive(start)})).fetchall()
    ]


def count_events(
    con: duckdb.DuckDBPyConnection, trigger: TriggerBrief, predicate: str, end: datetime, days: int
) -> tuple[int, int]:
    """Events of the `days` before `end`, and those of members who are in the audience now."""
    sql = (
        f"select count(*), count(*) filter ({predicate}) from ({events_sql(trigger)}) as e"
        ' inner join member_features as f on f.member_id = e.member_id where e."at" >= $start and e."at" < $at'
    )
    facts = _facts(trigger, end) | {"start": utc_naive(end - timedelta(days=days))}
    row = con.execute(sql, _used(sql, facts)).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def count_due(
    con: duckdb.DuckDBPyConnection, trigger: TriggerBrief, brief: Brief, start: datetime, end: datetime
) -> int:
    """Members of the audience (of a post: groups) with an event that is due in [start, end), by what is known then."""
    due = with_parts(_SQL["due_at"], _parts(trigger))
    of_members = f"inner join member_features as f on f.member_id = e.member_id where ({brief.predicate}) and"
    sql = (
        f"select count(distinct e.member_id) from (select member_id, {due} as due_at from ({events_sql(trigger)})) as e"
        f" {'where' if brief.post else of_members} e.due_at >= $start and e.due_at < $end"
    )
    facts = _facts(trigger, brief.at) | {"start": utc_naive(start), "end": utc_naive(end)}
    row = con.execute(sql, _used(sql, facts)).fetchone()
    return int(row[0]) if row else 0


def find_standing(con: duckdb.DuckDBPyConnection, trigger: TriggerBrief, decided_at: datetime, at: datetime) -> None:
    """Make the table `standing` (member_id): who has an event, as it is known at `at`, that `decided_at` answers."""
    # The local day of a step begins up to a day before its event; more was asked when it was decided.
    by_day = trigger.step is not None and trigger.step.by_day
    facts = _facts(trigger, at) | {
        "first": utc_naive(decided_at - trigger.within),
        "last": utc_naive(decided_at - (trigger.after - _DAY if by_day else trigger.after)),
    }
    sql = (
        "create or replace temp table standing as"
        f' select distinct member_id from ({events_sql(trigger)}) where "at" > $first and "at" <= $last'
    )
    con.execute(sql, _used(sql, facts))


def events_sql(trigger: TriggerBrief) -> str:
    """The query of a trigger's events: member_id, "at"; it reads `snap` and names its parameters."""
    if trigger.streak is not None:
        return _SQL["event_streak"]
    if trigger.event in ("birthday", "tier_upgrade", "order_unpaid"):
        return _SQL[f"event_{trigger.event}"]
    if trigger.event in _STAGES:
        return _SQL["event_stages"]
    return {**_RECORDS, **_BOUND, **_OF_GROUPS}.get(trigger.event, _KIND)


def _facts(trigger: TriggerBrief, at: datetime) -> dict[str, object]:
    since, earlier = trigger.tiers.since, trigger.tiers.earlier or Ladder((), ())
    return {
        "at": utc_naive(at),
        "event": trigger.event,
        "after": trigger.after,
        "within": trigger.within,
        "since": utc_naive(trigger.step.since) if trigger.step else None,
        "channels": list(trigger.channels),
        "fresh_for": trigger.memory - trigger.after,
        "grace": trigger.within - trigger.after,
        "retry": trigger.retry,
        "timezone": trigger.timezone,
        "before_days": trigger.before_days,
        "leap_birthday": trigger.leap_birthday,
        "streak": trigger.streak,
        "placed_from": [utc_naive(window.placed.start) for window in trigger.balances],
        "placed_until": [utc_naive(window.placed.end) for window in trigger.balances],
        "balance_from": [utc_naive(window.due.start) for window in trigger.balances],
        "balance_until": [utc_naive(window.due.end) for window in trigger.balances],
        "tier_window": trigger.tier_window,
        "tier_ids": list(trigger.tier_ids),
        "tier_since": utc_naive(since) if since else None,
        "tier_spends": _steps(trigger.tiers.now.spends),
        "tier_orders": _steps(trigger.tiers.now.orders),
        "earlier_spends": _steps(earlier.spends),
        "earlier_orders": _steps(earlier.orders),
        "any_of": trigger.tiers.now.mode == "any_of",
    }


def _steps(ladder: Sequence[int | None]) -> list[int]:
    return [_NEVER if step is None else step for step in ladder]


def _used(sql: str, values: dict[str, object]) -> dict[str, object]:
    """The values a statement names; the database refuses others."""
    return {name: values[name] for name in dict.fromkeys(_NAMED.findall(sql))}
