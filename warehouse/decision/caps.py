"""Whose caps are full: the table `cap_hits` (member_id, channel) of an occurrence's candidates.

Where nothing was sent after the moment, every window that counts ends at it, and one pass over the contacts of the
candidates counts for all caps. A run that is late looks at windows that end at what was sent after it as well
(cap_hits.sql).
"""

from __future__ import annotations

import duckdb

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.contact import CapRule
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import literal, sql_files, with_parts

_SQL = sql_files(__package__)
Span = tuple[object, ...]


def write_cap_rules(con: duckdb.DuckDBPyConnection, brief: Brief) -> None:
    """Leave the table `cap_rules`: what the caps of an occurrence count, of each of its channels."""
    con.execute(_SQL["cap_rules"])
    rules = (
        (number, name, counted, cap.per, cap.max, cap.package, *_span_of(brief, cap))
        for name, caps in _covering(brief).items()
        for number, cap in enumerate(caps)
        for counted in cap.channels or (None,)
    )
    append_rows(con, "cap_rules", rules)


def _covering(brief: Brief) -> dict[str, list[CapRule]]:
    channels = dict.fromkeys(option.channel for option in brief.channels)  # agents share what their channel may do
    return {name: [cap for cap in brief.caps if cap.covers(name)] for name in channels}


def find_cap_hits(con: duckdb.DuckDBPyConnection, brief: Brief) -> bool:
    """Leave `cap_hits` where anything can be full; returns whether there is any."""
    covering = _covering(brief)
    newest = con.execute('select max("at") from contacts').fetchall()[0][0] if any(covering.values()) else None
    if newest is None:
        return False
    at = utc_naive(brief.at)
    if newest > at:
        write_cap_rules(con, brief)
        parts = {"spans"} if any(cap.per is None for cap in brief.caps) else set[str]()
        con.execute(with_parts(_SQL["cap_hits"], frozenset(parts)), {"at": at})
    else:
        con.execute(_in_one_pass(brief, {name: caps for name, caps in covering.items() if caps}))
    return True


def _span_of(brief: Brief, cap: CapRule) -> Span:
    """Calendar, phase, first moment and end of what a cap without a rolling span counts."""
    if cap.span == "day":
        return None, None, utc_naive(brief.day.start), utc_naive(brief.day.end)
    calendar = brief.calendar if cap.span is not None else None
    return calendar, brief.phase if cap.span == "phase" else None, None, None


def _in_one_pass(brief: Brief, covering: dict[str, list[CapRule]]) -> str:
    number = {cap: n for n, cap in enumerate(dict.fromkeys(cap for caps in covering.values() for cap in caps))}
    full = ", ".join(f"{_full(brief, cap)} as full_{n}" for cap, n in number.items())
    hit = (
        f"select member_id, {literal(name)} as channel from counted where "
        + " or ".join(f"full_{number[cap]}" for cap in caps)
        for name, caps in covering.items()
    )
    return (
        "create or replace temp table cap_hits as with counted as ("
        f"select member_id, {full} from contacts where member_id in (select member_id from candidates)"
        f" group by member_id) {' union all '.join(hit)}"
    )


def _full(brief: Brief, cap: CapRule) -> str:
    """SQL of a group of one member's contacts: whether one more would be beyond the cap."""
    at = utc_naive(brief.at)
    calendar, phase, since, until = _span_of(brief, cap)
    conditions = [f"channel in ({', '.join(map(literal, cap.channels))})"] if cap.channels else []
    if cap.per is not None:
        conditions.append(f"\"at\" > timestamp '{at - cap.per}'")
    else:
        conditions += [f"calendar = {literal(calendar)}"] if calendar is not None else []
        conditions += [f"phase = {literal(phase)}"] if phase is not None else []
        conditions += [f"\"at\" >= timestamp '{since}' and \"at\" < timestamp '{until}'"] if since is not None else []
    where = f" filter (where {' and '.join(conditions)})" if conditions else ""
    if not cap.package:
        return f"count(*){where} >= {cap.max:d}"
    # One more message of a moment that has one already makes no new package.
    at_moment = f"coalesce(bool_or(\"at\" = timestamp '{at}'){where}, false)"
    return f'count(distinct "at"){where} >= {cap.max:d} and not {at_moment}'
