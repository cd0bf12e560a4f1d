"""Posts in groups (`post: broadcast`): one job for each group, not for each member (A4).

The subject of such a row is the group, `group:CHANNEL:GROUP`. No member's caps know of it; a group has its own,
so many posts a day. Who is exposed are the members bound to it at that moment.
"""

from __future__ import annotations

import duckdb

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.contact import PASSING
from campaign_calendars.deciding.runs import PlayCounts
from warehouse.decision import triggers
from warehouse.decision.options import occurrence_of, parts_of
from warehouse.engines.rows import utc_naive
from warehouse.engines.sql_files import sql_files, with_parts

_SQL = sql_files(__package__)
_NO_CAP = 2**31


def decide_post(con: duckdb.DuckDBPyConnection, brief: Brief) -> PlayCounts:
    """Append a row for each group of the play's channels to `decisions`, and the posts to `contacts`."""
    names = occurrence_of(brief)
    if brief.trigger is not None:
        triggers.find_fresh(con, brief, brief.trigger)
    con.execute(with_parts(_SQL["posts"], parts_of(brief)), _given(brief))
    con.execute(_SQL["posts_decided"], names)
    con.execute(_SQL["remember"], names)
    if brief.trigger is not None:
        con.execute(_SQL["remember_decided"], {**names, "passing": sorted(PASSING)})
    return _counts(con, brief)


def _given(brief: Brief) -> dict[str, object]:
    options = {option.channel: option for option in brief.channels}
    return {
        **occurrence_of(brief),
        "again": brief.again,
        "channels": list(options),
        "most": [_NO_CAP if one.posts_per_day is None else one.posts_per_day for one in options.values()],
        "ended": [name for name, one in options.items() if one.ended],
        "restricted": [name for name, one in options.items() if one.restricted],
        "quiet": [name for name, one in options.items() if one.quiet],
        "day_start": utc_naive(brief.day.start),
        "day_end": utc_naive(brief.day.end),
    }


def _counts(con: duckdb.DuckDBPyConnection, brief: Brief) -> PlayCounts:
    rows = con.execute("select reason, channel, count(*), sum(members)::bigint from posts group by all order by all")
    excluded: dict[str, int] = {}
    channels: dict[str, int] = {}
    exposed = 0
    for reason, channel, groups, members in rows.fetchall():
        if reason is None:
            channels[channel] = channels.get(channel, 0) + groups
            exposed += members
        else:
            excluded[reason] = excluded.get(reason, 0) + groups
    costs = {option.channel: option.message_cost_cents for option in brief.channels}
    posts = sum(channels.values())
    return PlayCounts(
        play=brief.play,
        at=brief.at,
        candidates=posts + sum(excluded.values()),
        chosen=posts,
        held_out={},
        excluded=excluded,
        channels=channels,
        benefits={},
        benefit_cost_cents=0,
        message_cost_cents=sum(costs[name] * count for name, count in channels.items()),
        needs_approval=brief.approve_above is not None and exposed > brief.approve_above,
        exposed=exposed,
    )
