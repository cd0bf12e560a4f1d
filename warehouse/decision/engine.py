"""Decide one occurrence: audience → gates → hold-outs → channel → benefit → one row per candidate.

The connection needs `member_features` (see `warehouse.features.members`), the macro `consent_at` (see
`warehouse.features.consent`) and the tables of `warehouse.features.history`. Every scarce thing (channel capacity,
stock, money) is given in the order of a salted hash, so the outcome does not depend on threads, on
row order or on luck.
"""

from __future__ import annotations

from datetime import timedelta

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption, Brief, ChannelOption
from campaign_calendars.deciding.contact import LAST_STAGE_BEFORE_ARMS, PASSING, REASONS
from campaign_calendars.deciding.runs import Granted, PlayCounts
from warehouse.decision import triggers
from warehouse.decision.allowance import Allowance, benefit_allowance, channel_room
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)

_ANY_TIME_BEFORE = None
COLUMNS = frozenset({"age", "has_left", "joined", "tier"})
"""Of `member_features`, whatever the audience: see candidates.sql."""


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Create the table `decisions` and the gate order; once for each connection."""
    con.execute(_SQL["tables"])
    con.execute("create or replace temp table stages (code varchar, stage int)")
    append_rows(con, "stages", ((reason.code, reason.stage) for reason in REASONS.values()))


def decide_play(con: duckdb.DuckDBPyConnection, brief: Brief) -> PlayCounts:
    """Append the occurrence's rows to `decisions` and what it does to `contacts` and `grants`."""
    con.execute(_SQL["work_tables"])
    triggers.find_fresh(con, brief, brief.trigger)
    _candidates(con, brief)
    _gates(con, brief)
    for position, option in enumerate(brief.channels):
        room = channel_room(con, brief, option)
        con.execute(_SQL["reach"], {"position": position, "room": room})
    allowances = [_give(con, brief, option) for option in brief.benefits]
    _withheld(con, brief, allowances)
    names = _occurrence(brief)
    con.execute(
        _SQL["assemble"],
        {**names, "last_stage_before_arms": LAST_STAGE_BEFORE_ARMS, "with_benefits": bool(brief.benefits)},
    )
    con.execute(_SQL["remember"], names)
    con.execute(_SQL["remember_grants"], names)
    con.execute(_SQL["remember_points"], names)
    if brief.trigger is not None:
        con.execute(_SQL["remember_decided"], {**names, "passing": sorted(PASSING)})
    return _counts(con, brief)


def _occurrence(brief: Brief) -> dict[str, object]:
    return {"calendar": brief.calendar, "phase": brief.phase, "play": brief.play, "at": utc_naive(brief.at)}


def _candidates(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    groups = {rule.name: rule for rule in brief.holdouts}
    parameters: dict[str, object] = {**_occurrence(brief), "min_age": brief.min_age, "order_salt": brief.order_salt}
    for name in ("global", "campaign", "play"):
        rule = groups.get(name)
        parameters[f"{name}_salt"] = rule.salt if rule else ""
        parameters[f"{name}_bp"] = rule.share_bp if rule else 0
    again: timedelta | None = brief.repeat_after
    if again is None and brief.trigger is not None:
        again = timedelta()
    parameters["repeat_from"] = utc_naive(brief.at - again) if again is not None else _ANY_TIME_BEFORE
    # The predicate is SQL of ours: segments.to_predicate builds it from an allow-listed tree.
    wanted = f"({brief.predicate})" + (triggers.ONLY_FRESH if brief.trigger is not None else "")
    sql = _SQL["candidates"].replace("true /*audience*/", wanted)
    paid_in_points = any(option.points for option in brief.benefits)
    if paid_in_points and con.execute("select 1 from snap.stg_points limit 1").fetchone():
        sql = sql.replace("null::bigint as points_balance /*points*/", _SQL["balance"])
    con.execute(sql, parameters)


def _gates(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    options, rules = [], []
    for position, option in enumerate(brief.channels):
        caps = [cap for cap in brief.caps if cap.covers(option.channel)]
        shut = any(cap.max == 0 for cap in caps)
        options.append((position, option.channel, option.consent_required, option.quiet, shut))
        for number, cap in enumerate(caps):
            since = brief.at - cap.per
            rules += [(number, option.channel, counted, since, cap.max) for counted in cap.channels or (None,)]
    append_rows(con, "channel_options", options)
    append_rows(con, "cap_rules", rules)
    con.execute(_SQL["gates"], {"at": utc_naive(brief.at)})


def _give(con: duckdb.DuckDBPyConnection, brief: Brief, option: BenefitOption) -> tuple[BenefitOption, Allowance]:
    allowance = benefit_allowance(con, brief, option)
    con.execute(
        _SQL["give"],
        {
            "calendar": brief.calendar,
            "benefit": option.benefit,
            "cost_cents": option.cost_cents,
            "any_tier": not option.tiers,
            "tiers": list(option.tiers),
            "per_member": option.per_member,
            "points": option.points,
            "room": allowance.room,
        },
    )
    return option, allowance


def _withheld(con: duckdb.DuckDBPyConnection, brief: Brief, allowances: list[tuple[BenefitOption, Allowance]]) -> None:
    rows = []
    for position, (option, allowance) in enumerate(allowances):
        tiers = list(option.tiers)
        limits = (option.per_member, allowance.exhausted, option.points)
        rows.append((position, option.benefit, option.pool, tiers, not tiers, *limits))
    append_rows(con, "benefit_options", rows)
    con.execute(_SQL["withheld"], {"calendar": brief.calendar})


def _counts(con: duckdb.DuckDBPyConnection, brief: Brief) -> PlayCounts:
    where = "where calendar = $calendar and phase = $phase and play = $play and occurrence_at = $at"
    rows = con.execute(
        f"""
        select status, arm, reason, channel, benefit, count(*), sum(cost_cents)::bigint
        from decisions {where} group by all order by all
        """,
        _occurrence(brief),
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
        message_cost_cents=sum(_unit_cost(brief.channels, name) * count for name, count in channels.items()),
        needs_approval=brief.approve_above is not None and chosen > brief.approve_above,
    )


def _unit_cost(options: tuple[ChannelOption, ...], channel: str) -> int:
    return next(option.unit_cost_cents for option in options if option.channel == channel)
