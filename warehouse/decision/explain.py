"""The statement that explains an occurrence: one row for each candidate, with what each channel and benefit says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from campaign_calendars.deciding.briefs import Brief
from campaign_calendars.deciding.contact import REASONS
from warehouse.engines.sql_files import literal, sql_files, with_parts

_SQL = sql_files(__package__)


def explaining(brief: Brief, parts: frozenset[str], gone: Mapping[int, str]) -> str:
    """SQL that writes `decisions`; `gone` are the positions of benefits that are used up, and why."""
    channels = [option.label for option in brief.channels]
    benefits = [option.benefit for option in brief.benefits]
    # Where higher tiers had their turn first, the chain says so.
    first = {n: "by_tier:" if option.turn else "" for n, option in enumerate(brief.benefits)}
    used_up = {n: f"case when {_open(n)} then '{first[n]}{code}' end" for n, code in sorted(gone.items())}
    markers = {
        "null::varchar /*channel_chain*/": _chain(channels, {n: f"n.held_{n:d}" for n in range(len(channels))}),
        "null::varchar /*unmet_chain*/": _chain(benefits, {n: f"b.held_{n:d}" for n in range(len(benefits))}),
        "null::varchar /*gone_chain*/": _chain(benefits, used_up),
        "null::reason /*gone*/": f"({_last_of(gone)})",
    }
    sql = _SQL["assemble"]
    for marker, text in markers.items():
        sql = sql.replace(marker, text)
    return with_parts(sql, parts)


def held_by_position(positions: int, told: str = "held") -> str:
    """Columns of a group by member: what holds each position back, as the column `told` says it."""
    return "".join(f", max({told}) filter (where position = {n:d}) as held_{n:d}" for n in range(positions))


def _open(position: int) -> str:
    return f"b.benefits & {1 << position:d} <> 0"


def _chain(names: Sequence[str], told: Mapping[int, str]) -> str:
    """SQL: `name:reason` of all positions whose expression in `told` says one, in order; null where none does."""
    if not told:
        return "null::varchar"
    parts = (f"{literal(names[position] + ':')} || {reason}" for position, reason in told.items())
    return f"nullif(concat_ws(' > ', {', '.join(parts)}), '')"


def _last_of(gone: Mapping[int, str]) -> str:
    """SQL: of what is used up, of all that the member may have, the reason of the last gate."""
    ranked = sorted(gone.items(), key=lambda item: (-REASONS[item[1]].stage, item[0]))
    cases = " ".join(f"when {_open(n)} then '{code}'::reason" for n, code in ranked)
    return f"case {cases} end" if cases else "null::reason"
