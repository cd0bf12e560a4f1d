"""Conditions of benefits as SQL over `member_features as f`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption
from campaign_calendars.deciding.conditions import Condition, Fact, Value
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files

_SQL = sql_files(__package__)
_ANY: dict[Fact, str] = {
    "joined_at": "select 1 from {snap}.stg_members where joined_at is not null limit 1",
    "birth_on": "select 1 from {snap}.stg_members where birth_on is not null limit 1",
    "paid_at": "select 1 from {snap}.stg_orders where paid_at is not null limit 1",
    "deposit_paid_at": "select 1 from {snap}.stg_orders where deposit_paid_at is not null limit 1",
    "bound_at": "select 1 from {snap}.stg_contact_points where group_id is not null or bound_at is not null limit 1",
}
_FIGURE = re.compile(r"\$(\w+)")


def condition_sql(condition: Condition) -> str:
    """True, false, or null where a fact is not known."""
    values = dict(condition.values)
    text = "".join(f"{line}\n" for line in _SQL[condition.name].splitlines() if not line.startswith("--"))
    return _FIGURE.sub(lambda found: literal(values[found[1]]), text).strip()


def facts_missing(con: duckdb.DuckDBPyConnection, options: Iterable[BenefitOption], catalog: str = "snap") -> set[Fact]:
    """Of the facts that the conditions of these benefits are about, those of which the sources bring nothing at all."""
    asked = {condition.kind.fact for option in options for condition in option.conditions}
    return {fact for fact in asked if con.execute(_ANY[fact].format(snap=catalog)).fetchone() is None}


def enforced(option: BenefitOption, missing: Collection[Fact]) -> BenefitOption:
    """The benefit with the conditions that are enforced here: what the platform keeps is left to it without facts."""
    if not option.by_platform or not missing:
        return option
    kept = tuple(condition for condition in option.conditions if condition.kind.fact not in missing)
    return replace(option, conditions=kept)


def unmet_sql(conditions: Sequence[Condition]) -> str:
    """The first condition that is not met, as `benefit_condition:name` or `benefit_unknown:fact`; null: all are."""
    cases = []
    for condition in conditions:
        sql, kind = condition_sql(condition), condition.kind
        if kind.unknown:
            cases.append(f"when ({sql}) is null then 'benefit_unknown:{kind.fact}'")
        cases.append(f"when not coalesce({sql}, false) then 'benefit_condition:{kind.told}'")
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def met_sql(option: BenefitOption) -> str:
    """Whether the facts about a member let him have a benefit: his tier and all conditions. Never null."""
    parts = [f"coalesce({condition_sql(condition)}, false)" for condition in option.conditions]
    if option.tiers:
        parts.append(f"coalesce(f.tier in ({', '.join(map(literal, option.tiers))}), false)")
    return " and ".join(parts) or "true"


def literal(value: Value) -> str:
    """A figure of ours in SQL."""
    if isinstance(value, datetime):
        return f"timestamp '{utc_naive(value).isoformat(sep=' ')}'"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
