"""How an audience falls clause by clause, exactly, in one pass over the members; and a few of its members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from campaign_calendars.deciding.briefs import HoldoutRule
from warehouse.decision.audiences import AudienceRule, in_any_group


@dataclass(frozen=True, slots=True)
class ClauseRule:
    """SQL of one clause over `member_features as f`; `is_step`: the audience falls by it."""

    sql: str
    is_step: bool


@dataclass(frozen=True, slots=True)
class ClauseCount:
    """Members of whom a clause holds and of whom it is unknown, and how many are left after it and all steps before."""

    holds: int
    unknown: int
    left: int | None


@dataclass(frozen=True, slots=True)
class Fall:
    """Members known, those in the audience, those of them in a control group, and every clause."""

    total: int
    members: int
    held_out: int
    clauses: tuple[ClauseCount, ...]


def count_clauses(
    con: duckdb.DuckDBPyConnection, audience: AudienceRule, rules: Sequence[ClauseRule], controls: Sequence[HoldoutRule]
) -> Fall:
    """Evaluate every clause once for each member of `member_features`.

    Raises RuntimeError where the clauses together are not the audience, which no expression can bring about.
    """
    columns = ", ".join(f"({rule.sql}) as c{number}" for number, rule in enumerate(rules))
    steps = [number for number, rule in enumerate(rules) if rule.is_step]
    counts = [f"count(*) filter (where c{n}), count(*) filter (where c{n} is null)" for n in range(len(rules))]
    fall = [f"count(*) filter (where {' and '.join(f'c{n}' for n in steps[: at + 1])})" for at, _ in enumerate(steps)]
    group = in_any_group(controls)
    rest = "count(*), count(*) filter (where chosen), count(*) filter (where chosen and held)"
    row = con.execute(
        f"""
        select {", ".join([rest, *counts, *fall])}
        from (select {_holds(audience)} as chosen, {group} as held, {columns} from member_features as f)
        """
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always has a row
    total, members, held_out, *figures = (int(figure) for figure in row)
    left = dict(zip(steps, figures[2 * len(rules) :], strict=True))
    if left[steps[-1]] != members:
        raise RuntimeError("the clauses of the audience do not add up to it")
    clauses = (ClauseCount(figures[2 * n], figures[2 * n + 1], left.get(n)) for n in range(len(rules)))
    return Fall(total, members, held_out, tuple(clauses))


def _holds(audience: AudienceRule) -> str:
    return f"coalesce({audience.sql}, false)"


def sample(con: duckdb.DuckDBPyConnection, audience: AudienceRule, count: int) -> list[tuple[str, tuple[str, ...]]]:
    """(member id, what the audience reads of it as text) of a few members: always the same ones, spread over all.

    Ids are whole and values open: who shows them to people masks them.
    """
    shown = "".join(f", coalesce(f.\"{column}\"::varchar, '')" for column in sorted(audience.columns))
    rows = con.execute(
        f"""
        select f.member_id{shown}
        from member_features as f
        where {_holds(audience)}
        order by md5('sample:' || f.member_id), f.member_id
        limit $count
        """,
        {"count": count},
    ).fetchall()
    return [(member, tuple(values)) for member, *values in rows]
