"""Decide one occurrence: options → assign → explain, one row per candidate.

The connection needs `member_features` (see `warehouse.features.members`), the macro `consent_at` (see
`warehouse.features.consent`) and the tables of `warehouse.features.history`. Every scarce thing (channel capacity,
stock, money) is given in the order of a salted hash, so the outcome does not depend on threads, on
row order or on luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import duckdb

from campaign_calendars.deciding.briefs import Brief, ChannelOption
from campaign_calendars.deciding.contact import PASSING, REASONS
from campaign_calendars.deciding.runs import Granted, PlayCounts
from warehouse.decision.assign import LeftOver, assign_in_turn
from warehouse.decision.explain import explaining
from warehouse.decision.exploring import explore, remember_options
from warehouse.decision.options import find_options, occurrence_of, parts_of
from warehouse.decision.posts import decide_post
from warehouse.decision.reach import assumed_channels
from warehouse.decision.regions import define_regions
from warehouse.decision.supply import supplies
from warehouse.engines.sql_files import sql_files

if TYPE_CHECKING:
    from warehouse.decision.planned import PlanAhead

_SQL = sql_files(__package__)

COLUMNS = frozenset({"age", "has_left", "joined", "tier"})
"""Of `member_features`, whatever the audience: see candidates.sql."""


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the table `decisions` and the type `reason`; once for each connection."""
    con.execute(_SQL["tables"])
    define_regions(con)
    # In the order of the gates, so that the greatest is the one behind which a member came furthest.
    codes = ", ".join(f"'{code}'" for code in sorted(REASONS, key=lambda code: REASONS[code].stage))
    con.execute(f"create temp type if not exists reason as enum ({codes})")


def decide_play(con: duckdb.DuckDBPyConnection, brief: Brief, plan: PlanAhead | None = None) -> PlayCounts:
    """Append the occurrence's rows to `decisions` and what it does to `contacts` and `grants`.

    Three steps: *options* says what is open to whom by conditions that depend on nobody else, *assign*
    gives what is scarce (as the plan has it, else in turn), *explain* writes one row for each candidate
    with the reason.
    """
    if brief.post:
        return decide_post(con, brief)
    find_options(con, brief)
    remember_options(con, brief)
    allocation = plan.apply(con, brief) if plan is not None else None
    explore(con, brief)
    left = assign_in_turn(con, brief, supplies(con, brief))
    _explain(con, brief, left, planned=plan is not None)
    return replace(_counts(con, brief), allocation=allocation)


def _explain(con: duckdb.DuckDBPyConnection, brief: Brief, left: LeftOver, *, planned: bool) -> None:
    names = occurrence_of(brief)
    sql = explaining(brief, parts_of(brief).union(["plan"] if planned else []), left.gone)
    given = {
        **names,
        "open_channels": left.channels,
        "channels": [option.channel for option in brief.channels],
        "benefits": [option.benefit for option in brief.benefits],
        "costs": [option.cost_cents for option in brief.benefits],
        "explore_bp": brief.explore_bp,
        "reminder": brief.reminder,
    }
    con.execute(sql, {name: value for name, value in given.items() if f"${name}" in sql})
    con.execute(_SQL["remember"], names)
    if brief.benefits:
        con.execute(_SQL["remember_grants"], names)
    if any(option.points for option in brief.benefits):
        con.execute(_SQL["remember_points"], names)
    if planned and any(rule.name == "play" for rule in brief.holdouts):
        con.execute(_SQL["remember_ghosts"], names)
    if brief.trigger is not None:
        con.execute(_SQL["remember_decided"], {**names, "passing": sorted(PASSING)})


def _counts(con: duckdb.DuckDBPyConnection, brief: Brief) -> PlayCounts:
    where = "where calendar = $calendar and phase = $phase and play = $play and occurrence_at = $at"
    rows = con.execute(
        f"""
        select status, arm, reason, channel, benefit, count(*), sum(cost_cents)::bigint
        from decisions {where} group by all order by all
        """,
        occurrence_of(brief),
    ).fetchall()
    held_out: dict[str, int] = {}
    excluded: dict[str, int] = {}
    channels: dict[str, int] = {}
    benefits: dict[str, tuple[int, int]] = {}
    for status, arm, reason, channel, benefit, members, cents in rows:
        if status == "held_out":
            group = arm.removesuffix("_control")
            held_out[group] = held_out.get(group, 0) + members
        elif status == "excluded":
            excluded[reason] = excluded.get(reason, 0) + members
        else:
            channels[channel] = channels.get(channel, 0) + members
            if benefit is not None:
                granted, reserved = benefits.get(benefit, (0, 0))
                benefits[benefit] = (granted + members, reserved + cents)
    chosen = sum(channels.values())
    only_assumed = assumed_channels(con, brief.channels)
    _close(con, brief, rows, chosen + sum(held_out.values()) + sum(excluded.values()))
    return PlayCounts(
        play=brief.play,
        at=brief.at,
        candidates=sum(row[5] for row in rows),
        chosen=chosen,
        held_out=held_out,
        excluded=excluded,
        channels=channels,
        benefits={name: Granted(granted=count, cost_cents=cents) for name, (count, cents) in benefits.items()},
        benefit_cost_cents=sum(cents for _, cents in benefits.values()),
        message_cost_cents=sum(_message_cost(brief.channels, name) * count for name, count in channels.items()),
        needs_approval=brief.approve_above is not None and chosen > brief.approve_above,
        assumed={name: count for name, count in channels.items() if name in only_assumed},
    )


def _close(con: duckdb.DuckDBPyConnection, brief: Brief, rows: Sequence[tuple[Any, ...]], accounted: int) -> None:
    """Candidates = chosen + held out + excluded, each once and each exclusion with one reason there is.

    RuntimeError where that is not so: a decision that loses a member is never written.
    """
    ((candidates, missing),) = con.execute(_SQL["accounts"], occurrence_of(brief)).fetchall()
    wrong = [row for row in rows if not _closes(*row[:4])]
    if candidates != accounted or missing or wrong:
        raise RuntimeError(
            f"{brief.phase}/{brief.play}: {candidates} candidates, {accounted} accounted for, {missing} of them not,"
            f" rows that cannot be: {wrong}"
        )


def _closes(status: str, arm: str | None, reason: str | None, channel: str | None) -> bool:
    """Whether there may be such a row: an exclusion with a known reason, and a channel for the chosen alone."""
    if status == "chosen":
        return channel is not None and reason is None and arm == "treated"
    if channel is not None:
        return False
    return reason is None and arm is not None if status == "held_out" else reason in REASONS


def _message_cost(options: tuple[ChannelOption, ...], channel: str) -> int:
    return next(option.message_cost_cents for option in options if option.channel == channel)
