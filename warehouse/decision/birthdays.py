"""Birthday gifts: one for each person and local year, whichever calendar gave it (A3)."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption
from warehouse.engines.rows import utc_naive

_HAD = """
create or replace temp table had_birthday_gift as
select member_id from birthday_gifts where granted_at >= $since and granted_at < $until
union
select member_id from grants
where calendar = $calendar and list_contains($gifts::varchar[], benefit)
    and granted_at >= $since and granted_at < $until
"""


def find_birthday_gifts(con: duckdb.DuckDBPyConnection, calendar: str, options: Iterable[BenefitOption]) -> None:
    """Leave `had_birthday_gift`: who had one in the year of an occurrence; nobody where none of `options` is one."""
    year = next((option.year for option in options if option.year is not None), None)
    if year is None:
        con.execute("create or replace temp table had_birthday_gift (member_id varchar)")
        return
    between = {"since": utc_naive(year.span.start), "until": utc_naive(year.span.end)}
    con.execute(_HAD, {"calendar": calendar, "gifts": list(year.benefits), **between})
