"""What is open to whom: audience, arms, and the conditions that depend on nobody else.

Leaves the tables `candidates`, `rule_hits`, `channel_gates`, `benefit_gates` and `options` in the connection.
"""

from __future__ import annotations

import duckdb

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.contact import REASONS
from warehouse.decision import triggers
from warehouse.decision.agents import find_agents
from warehouse.decision.birthdays import find_birthday_gifts
from warehouse.decision.caps import find_cap_hits
from warehouse.decision.conditions.terms import enforced, facts_missing, unmet_sql
from warehouse.decision.consents import consents_known
from warehouse.decision.explain import held_by_position
from warehouse.decision.invitations import has_room
from warehouse.decision.reach import asks_for_bonds, find_bonds, let_facts_win
from warehouse.decision.regions import in_regions
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files, with_parts

_SQL = sql_files(__package__)
_LAST_BEFORE_ARMS = max((r for r in REASONS.values() if r.before_arms), key=lambda reason: reason.stage).code


def find_options(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    """Candidates, the gates they meet on each channel and benefit, and who may be contacted how."""
    con.execute(with_parts(_SQL["work_tables"], parts_of(brief)))
    if brief.trigger is not None:
        triggers.find_fresh(con, brief, brief.trigger)
    _candidates(con, brief)
    _rule_gates(con, brief)
    _channel_gates(con, brief)
    if brief.benefits:
        _benefit_gates(con, brief)
    turn = {"turn": list(brief.turn)} if brief.turn else {}
    con.execute(with_parts(_SQL["options"], parts_of(brief)), turn)


def parts_of(brief: Brief) -> frozenset[str]:
    """The parts of statements that an occurrence needs (see `with_parts`)."""
    has = {
        "agents": any(option.agent is not None for option in brief.channels),
        "benefits": bool(brief.benefits),
        "event": brief.trigger is not None,
        "step": brief.trigger is not None and brief.trigger.step is not None,
        "explore": bool(brief.explore_bp),
        "rules": bool(brief.gates),
        "turn": bool(brief.turn),
        "touch": brief.gap is not None,
        "reminds": brief.reminder is not None,
        "regions": brief.region is not None,
    }
    return frozenset(name for name, needed in has.items() if needed)


def occurrence_of(brief: Brief) -> dict[str, object]:
    """The four names of an occurrence, as statements want them."""
    return {"calendar": brief.calendar, "phase": brief.phase, "play": brief.play, "at": utc_naive(brief.at)}


def _candidates(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    groups = {rule.name: rule for rule in brief.holdouts}
    parameters: dict[str, object] = {
        **occurrence_of(brief),
        "min_age": brief.min_age,
        "order_salt": brief.order_salt,
        "again": brief.again,
    }
    for name, rule in groups.items():
        parameters |= {f"{name}_salt": rule.salt, f"{name}_bp": rule.share_bp}
    # The predicate is SQL of ours: segments.to_predicate builds it from an allow-listed tree.
    wanted = f"({brief.predicate})" + (triggers.ONLY_FRESH if brief.trigger is not None else "")
    parts = parts_of(brief).union(groups)
    if brief.gap is not None:
        parameters |= {"gap": brief.gap, "touch": brief.touch}
    if brief.invitation is not None:
        parts |= {"invites"} if has_room(con, brief.invitation, brief.at) else {"invites", "full"}
        parameters["invites_to"] = brief.invitation.channel
    sql = with_parts(_SQL["candidates"], parts).replace("true /*audience*/", wanted)
    sql = in_regions(sql, brief)
    paid_in_points = any(option.points for option in brief.benefits)
    if paid_in_points and con.execute("select 1 from snap.stg_points limit 1").fetchone():
        sql = sql.replace("null::bigint as points_balance /*points*/", _SQL["balance"])
    con.execute(sql, parameters)


def _benefit_gates(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    options = (
        (
            position, option.benefit, option.pool, list(option.tiers), not option.tiers, option.per_member,
            option.points, option.cost_cents, option.shut, list(option.exclusive),
            None if option.usable_until is None else utc_naive(option.usable_until),
            option.year is not None,
        )
        for position, option in enumerate(brief.benefits)
    )  # fmt: skip
    append_rows(con, "benefit_options", options)
    missing = facts_missing(con, brief.benefits)
    asked_of = (enforced(option, missing).conditions for option in brief.benefits)
    asking = {n: unmet_sql(conditions) for n, conditions in enumerate(asked_of) if conditions}
    asked = "".join(f", {sql} as told_{n:d}" for n, sql in asking.items())
    told = " ".join(f"when {n:d} then a.told_{n:d}" for n in asking)
    spend = {"spend": brief.rules.spend_cents, "spend_per_phase": brief.rules.spend_cents_per_phase}
    has = {
        "conditions": bool(asking),
        "exclusive": any(option.exclusive for option in brief.benefits),
        "spend": any(limit is not None for limit in spend.values()),
        "yearly": any(option.year is not None for option in brief.benefits),
    }
    if has["yearly"]:
        find_birthday_gifts(con, brief.calendar, brief.benefits)
    sql = with_parts(_SQL["benefit_gates"], frozenset(name for name, needed in has.items() if needed))
    sql = sql.replace("/*held*/", held_by_position(len(brief.benefits), "said"))
    sql = sql.replace("/*asked*/", asked).replace("/*told*/", told)
    given = {**occurrence_of(brief), **spend, "last_before_arms": _LAST_BEFORE_ARMS}
    con.execute(sql, {name: value for name, value in given.items() if f"${name}" in sql})
    if brief.reminder is not None:
        _find_reminded(con, brief)


def _find_reminded(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    """Who holds what an earlier message of the play gave is open to being reminded of it, and to nothing else."""
    given = {**occurrence_of(brief), "again": brief.again, "reminder": brief.reminder}
    given["benefits"] = [option.benefit for option in brief.benefits]
    told = "".join(f", held_{n:d} = null" for n in range(len(brief.benefits)))
    for statement in _SQL["reminded"].replace(" /*told*/", told).split(";"):
        con.execute(statement, {name: value for name, value in given.items() if f"${name}" in statement})


def _rule_gates(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    rules = ((number, gate.code, gate.told, gate.wanted) for number, gate in enumerate(brief.gates))
    plays = (
        (number, *play, gate.after and utc_naive(gate.after), gate.upto and utc_naive(gate.upto))
        for number, gate in enumerate(brief.gates)
        for play in gate.plays
    )
    if brief.gates:
        append_rows(con, "gate_rules", rules)
        append_rows(con, "gate_plays", plays)
        con.execute(_SQL["rule_gates"])


def _channel_gates(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    options, ruled = [], set[str]()
    for position, option in enumerate(brief.channels):
        shut = any(cap.max == 0 and cap.covers(option.channel) for cap in brief.caps)
        agent = option.agent.name if option.agent is not None else None
        first = option.channel not in ruled
        reach = (option.restricted, option.bound, option.joined_bp, option.ended, option.talks, option.on_join)
        options.append((position, option.channel, agent, first, option.consent_required, option.quiet, shut, *reach))
        ruled.add(option.channel)
    append_rows(con, "channel_options", options)
    let_facts_win(con, "channel_options", brief.channels)
    parts = set(parts_of(brief))
    if any(map(asks_for_bonds, brief.channels)):
        find_bonds(con, brief.channels, brief.at)
        parts.add("bonds")
    if "agents" in parts:
        find_agents(con, brief.channels, brief.at)
    if find_cap_hits(con, brief):
        parts.add("caps")
    if consents_known(con, brief.at):
        parts.add("told")
    if con.execute("select 1 from shared_addresses limit 1").fetchone():
        parts.add("shared")
    sql = with_parts(_SQL["channel_gates"], frozenset(parts)).replace("/*held*/", held_by_position(len(options)))
    at = {} if "told" in parts else {"at": utc_naive(brief.at)}
    con.execute(sql, {"last_before_arms": _LAST_BEFORE_ARMS, **at})
