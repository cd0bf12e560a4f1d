"""The contact plan of a whole calendar from a table of flags to who gets what: grouping, solving, joining back.

The table is what looking at the audiences leaves (`ahead`): one row a member, 40 occurrences as bits, the channels
that reach him, what he was sent lately. Ours runs the statements of `warehouse.decision` over it, solves the patterns
with bound, audits the plan, and leaves a table of members and the plan of each. The reference is first come, first
served, as somebody writes it who needs it once: a table of what each member was last sent, made anew by one statement
of DuckDB for each occurrence; it minds three caps and plays that reach a member once, neither stock nor money.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks import contact_plan as family
from benchmarks import harness
from warehouse.contact_plan import Past, Patterns, Problem, audit
from warehouse.engines.sql_files import sql_files

_SQL = sql_files("warehouse.decision")
SHARES = (0.25, 0.55, 0.8)
"""Members whom each channel reaches."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What the plan comes to, and a digest of who gets which plan."""

    value: int
    gap: float
    patterns: int
    persons: str


def make_flags(con: duckdb.DuckDBPyConnection, members: int, *, channels: bool) -> None:
    """The table `ahead`, in the columns of `outlook_members.sql`."""
    chosen = np.random.default_rng(7)
    most = (6, 3, 4, 3, 1, 1)
    tests = []
    for number in range(family.AUDIENCES):
        pair = chosen.choice(len(most), 2, replace=False)
        either = [f"h{habit} >= {chosen.integers(1, most[habit] + 1)}" for habit in pair]
        tests.append(f"({(' or ' if number % 3 else ' and ').join(either)})")
    bits = [0] * family.AUDIENCES
    for slot, play in enumerate(family.plays()):
        bits[play.audience] |= 1 << slot
    mask = " | ".join(
        f"case when {test} then {bit}::bigint else 0::bigint end" for test, bit in zip(tests, bits, strict=True)
    )
    habits = ", ".join(
        f"least(hash(i, {n}) % {top + 1}, hash(i, {n + 10}) % {top + 1}) as h{n}" for n, top in enumerate(most)
    )
    reach = " | ".join(
        f"case when hash(i, {n + 20}) % 100 < {share * 100:g} then {1 << n} else 0 end"
        for n, share in enumerate(SHARES)
    )
    reach = reach if channels else f"least({reach}, 1)"
    con.execute(
        f"""create or replace table ahead_source as
        select 'm' || lpad(i::varchar, 9, '0') as member_id, hash(i, 30) % 20 = 0 as held,
            md5('fair:' || i) as order_hash, 0::bigint as terms, 0::bigint as segments, 0 as basket,
            ({reach})::bigint as channels,
            (hash(i, 31) % {len(family.HISTORY)})::varchar as root, {mask} as mask_0
        from (select i, {habits} from range({members}) as t(i))"""
    )
    con.execute("create or replace view ahead as from ahead_source where channels > 0 and mask_0 > 0")
    con.execute("create or replace view member_features as select member_id from ahead_source")


def ours(con: duckdb.DuckDBPyConnection, told: Problem) -> Planned:
    """Group, solve, audit, join back."""
    con.execute(_SQL["outlook_patterns"].replace("/*masks*/", ", mask_0"))
    grouped = _patterns(con, told)
    plan = family.fresh_solve(told, grouped)
    audit(told, grouped, plan)
    last = plan.columns.last_places
    columns = {
        "pattern": plan.columns.pattern,
        "first": last - plan.columns.members + 1,
        "last": last,
        "number": np.arange(len(last)),
    }
    con.register("_columns", pa.table(columns))
    places = _SQL["outlook_places"].replace("/*masks*/", ", a.mask_0")
    con.execute(places.replace("/*same*/", " and p.mask_0 = a.mask_0"))
    con.execute(
        "create or replace temp table gets as select m.member_id, c.number from ahead_places as m"
        " inner join _columns as c on c.pattern = m.pattern and m.place between c.first and c.last"
    )
    con.unregister("_columns")
    (digest,) = con.execute("select sum(hash(member_id, number)::hugeint) from gets").fetchone() or (0,)
    return Planned(plan.value, plan.gap, len(grouped.treated), str(digest))


def _patterns(con: duckdb.DuckDBPyConnection, told: Problem) -> Patterns:
    found = con.execute("select * from ahead_patterns order by pattern").fetchnumpy()
    open_to = np.zeros((len(found["treated"]), len(told.choices)), np.bool_)
    for number, choice in enumerate(told.choices):
        open_to[:, number] = np.asarray(found["mask_0"]) >> choice.slot & 1
        if choice.channel != "any":
            open_to[:, number] &= (np.asarray(found["channels"]) >> family.CHANNELS.index(choice.channel) & 1).astype(
                bool
            )
    pasts = tuple(Past(() if at is None else tuple((limit, at) for limit in (0, 1))) for at in _last_sent())
    return Patterns(open_to, found["root"].astype(np.int64), np.asarray(found["treated"], np.int64), pasts)


def _last_sent() -> list[datetime | None]:
    """When a member was last sent something, by his `root`."""
    return [None if hours is None else family.START + timedelta(hours=hours) for hours in family.HISTORY]


def first_come(con: duckdb.DuckDBPyConnection) -> int:
    """A message to whoever is in the audience and under the caps: messages in all."""
    history = ", ".join("[]" if at is None else f"[timestamp '{at:%F %T}']" for at in _last_sent())
    con.execute(
        f"create or replace temp table state as select member_id, mask_0 as mask, [{history}][root::int + 1] as sent,"
        " 0::bigint as done from ahead where not held"
    )
    names = sorted({play.key.split("@")[0] for play in family.plays()})
    for slot, play in enumerate(family.plays()):
        at, once = f"timestamp '{play.at:%F %T}'", 1 << names.index(play.key.split("@")[0])
        fits = (
            f"mask >> {slot} & 1 = 1 and done & {once} = 0 and len(sent) < 9"
            f" and coalesce(sent[-1] <= {at} - interval 20 hours, true)"
            f" and coalesce(sent[-3] <= {at} - interval 7 days, true)"
        )
        con.execute(
            "create or replace temp table state as select member_id, mask,"
            f" case when {fits} then list_append(sent, {at}) else sent end as sent,"
            f" case when {fits} then done | {once} else done end as done from state"
        )
    (messages,) = con.execute("select sum(len(sent)) from state").fetchone() or (0,)
    return int(messages)


def prepare(path: Path, members: int, *, shared: bool) -> Callable[[], Planned]:
    """The work of our side over the flags in a file."""
    return partial(ours, _opened(path), family.problem(members, rows=shared))


def _opened(path: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(path))
    con.execute("set threads = 2")
    con.execute("set memory_limit = '1800MB'")
    con.execute("set preserve_insertion_order = false")
    return con


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    """Without shared rows, then with 55 of them."""
    for shared in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            yield _compared(Path(folder) / "flags.duckdb", chosen, shared=shared)


def _compared(path: Path, chosen: argparse.Namespace, *, shared: bool) -> harness.Row:
    with _opened(path) as con:
        make_flags(con, chosen.members, channels=shared)
    peak = harness.peak_mb(prepare, path, chosen.members, shared=shared)
    both = harness.alternate(
        partial(prepare, path, chosen.members, shared=shared),
        lambda: partial(first_come, _opened(path)),
        rounds=chosen.rounds,
    )
    found = both.result
    told = len(family.problem(chosen.members, rows=shared).rows)
    name = f"flags: 40 occurrences, {told} shared rows, from flags to who gets what, gap {found.gap:.1e}"
    cpu, other = (sum(side.cpu) / len(side.cpu) for side in (both.ours, both.reference))
    unit = f"members ({found.patterns:,} patterns; {cpu:.1f} s of processor, the reference {other:.1f} s)"
    return both.row(name, chosen.members, unit, "40 statements of DuckDB, first come, first served", peak_mb=peak)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=100_000, short=4_000, rounds=1), rows)
