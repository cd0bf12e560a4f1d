"""Options become assignments: first come, first served, in the fair order of a salted hash.

The member whose turn it is gets the first of his channels and the first of his benefits that are
left, both or none: a place on a channel is taken only together with a benefit. What is left changes
at few members only (where something runs out), so everybody between two of those is served in one
statement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from campaign_calendars.deciding.briefs import Brief
from warehouse.decision.supply import Supply


@dataclass
class _Shelf:
    """What can still be given; positions of the brief's channels and benefits."""

    supplies: list[Supply]
    channels: set[int]
    benefits: set[int]
    gone: dict[int, str] = field(default_factory=dict)

    def close(self) -> None:
        """Take away what no longer fits in what is left."""
        for supply in self.supplies:
            self.channels -= {position for position, need in supply.channels.items() if need > supply.room}
            for position, need in supply.benefits.items():
                if need > supply.room and position in self.benefits:
                    self.benefits.discard(position)
                    self.gone[position] = supply.exhausted

    def take(self, used: Sequence[int]) -> None:
        self.supplies = [
            replace(supply, room=supply.room - units) for supply, units in zip(self.supplies, used, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class LeftOver:
    """After everybody's turn: the channels on which there is room, as bits, and why which benefits are used up."""

    channels: int
    gone: Mapping[int, str]


def assign_in_turn(con: duckdb.DuckDBPyConnection, brief: Brief, supplies: Sequence[Supply]) -> LeftOver:
    """Fill `assigned` from `options`."""
    shelf = _Shelf(list(supplies), set(range(len(brief.channels))), set(range(len(brief.benefits))))
    if brief.reminder is not None:
        shelf.benefits.add(brief.reminder)
    place: int | None = 1
    while place is not None:
        shelf.close()
        if not shelf.channels or (brief.benefits and not shelf.benefits):
            break
        place = _serve(con, shelf, place, with_benefits=bool(brief.benefits))
    return LeftOver(sum(1 << position for position in shelf.channels), shelf.gone)


def _serve(con: duckdb.DuckDBPyConnection, shelf: _Shelf, place: int, *, with_benefits: bool) -> int | None:
    """Serve members from `place` on until something runs out; the place of the first who got nothing of it."""
    channel = _first_of("channels", shelf.channels)
    benefit = _first_of("benefits", shelf.benefits) if with_benefits else "null::int"
    loads = [_load(supply) for supply in shelf.supplies]
    wanted = "channel is not null" + (" and benefit is not null" if with_benefits else "")
    turns = (
        f"select * from (select member_id, place, {channel} as channel, {benefit} as benefit"
        f" from options where place >= {place:d}) where {wanted}"
    )
    stop = None
    used = _used(con, loads, turns)
    if any(units > supply.room for units, supply in zip(used, shelf.supplies, strict=True)):
        over = " or ".join(
            f"sum({load}) over (order by place) > {supply.room:d}"
            for load, supply, units in zip(loads, shelf.supplies, used, strict=True)
            if units > supply.room
        )
        (stop,) = _row(con, f"select min(place) from (select place, {over} as too_much from ({turns})) where too_much")
        turns += f" and place < {stop:d}"
        used = _used(con, loads, turns)
    con.execute(f"insert into assigned select member_id, channel, benefit from ({turns})")
    shelf.take(used)
    return stop


def _used(con: duckdb.DuckDBPyConnection, loads: Sequence[str], turns: str) -> list[int]:
    """What these members would take of each supply."""
    if not loads:
        return []
    return _row(con, f"select {', '.join(f'coalesce(sum({load}), 0)::bigint' for load in loads)} from ({turns})")


def _first_of(mask: str, left: Collection[int]) -> str:
    """SQL: the lowest position that is both in the member's mask and left."""
    cases = " ".join(f"when {mask} & {1 << position:d} <> 0 then {position:d}" for position in sorted(left))
    return f"case {cases} end"


def _load(supply: Supply) -> str:
    """SQL: how many units of a supply one member's assignment takes."""
    return f"{_units('channel', supply.channels)} + {_units('benefit', supply.benefits)}"


def _units(column: str, needs: Mapping[int, int]) -> str:
    if not needs:
        return "0::bigint"
    cases = " ".join(f"when {position:d} then {need:d}" for position, need in sorted(needs.items()))
    return f"case {column} {cases} else 0 end::bigint"


def _row(con: duckdb.DuckDBPyConnection, sql: str) -> list[int]:
    row = con.execute(sql).fetchone()
    assert row is not None  # noqa: S101  an aggregate without group by always has one row
    return list(row)
