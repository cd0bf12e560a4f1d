"""Rows of two ledgers and the decisions behind them, counted beside each other in one connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from campaign_calendars.measuring.sides import (
    BenefitSides,
    ChannelSides,
    Compared,
    DaySides,
    OneSided,
    OneSidedPerson,
    Pair,
    Persons,
    PlaySides,
    SideName,
    SideTotals,
)
from campaign_calendars.values.masking import masked_id
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.features import history
from warehouse.ledger.port import Ledger
from warehouse.snapshots.snapshot import Snapshot, open_snapshot

_SQL = sql_files(__package__)
_TABLES = ("side_contacts", "side_grants", "side_decisions")
SHOWN = 10
"""Persons of each side that are shown as examples."""

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class SideRows:
    """Where one side's rows come from: a ledger, a calendar in it, and the files of its decisions.

    `message_costs`: channel → cents of a message of which the ledger does not know what it cost. `plays`: those (phase,
    play) that the calendar has; `posts`: those of them whose messages go to groups. `complete`: whether `decisions` has
    the file of every run.
    """

    ledger: Ledger
    calendar: str
    since: datetime
    until: datetime
    message_costs: Mapping[str, int] = field(default_factory=dict)
    plays: frozenset[tuple[str, str]] = frozenset()
    posts: frozenset[tuple[str, str]] = frozenset()
    decisions: Sequence[Path] = ()
    complete: bool = True


def compared(
    snapshot: Snapshot, a: SideRows, b: SideRows, *, zone: str, threads: int = 2, memory_limit: str = "2GB"
) -> Compared:
    """Both sides, counted; accounts that `snapshot` joins are one person on either. Days are those of `zone`."""
    with open_snapshot(snapshot, threads=threads, memory_limit=memory_limit) as con:
        con.execute(_SQL["tables"])
        sides: dict[SideName, SideRows] = {"a": a, "b": b}
        for name, side in sides.items():
            append_rows(con, "side_contacts", _contacts(name, side))
            append_rows(con, "side_grants", _grants(name, side))
            append_rows(con, "side_plays", ((name, phase, play) for phase, play in sorted(side.plays)))
            if side.decisions:
                files = [str(path) for path in side.decisions]
                until = utc_naive(side.until)
                con.execute(_SQL["decisions"], {"side": name, "files": files, "until": until})
        history.as_persons(con, _TABLES)

        def rows(record: type[R], query: str, **given: object) -> tuple[R, ...]:
            cursor = con.execute(_SQL[query], given)
            names = [column[0] for column in cursor.description or ()]
            return tuple(_record(record, dict(zip(names, row, strict=True))) for row in cursor.fetchall())

        [totals] = rows(SideTotals, "totals")
        samples = rows(OneSidedPerson, "samples", shown=SHOWN)
        return Compared(
            totals=totals,
            plays=rows(PlaySides, "plays"),
            channels=rows(ChannelSides, "channels", zone=zone),
            days=rows(DaySides, "days", zone=zone),
            benefits=rows(BenefitSides, "benefits"),
            one_sided=rows(OneSided, "one_sided", unknown=[n for n, side in sides.items() if not side.complete]),
            samples=tuple(replace(one, member=masked_id(one.member)) for one in samples),
        )


def _contacts(name: SideName, side: SideRows) -> Iterable[tuple[object, ...]]:
    for row in side.ledger.contact_rows(side.until, since=side.since, sent=True):
        if row.calendar == side.calendar and row.at < side.until:
            post = (row.phase, row.play) in side.posts
            place = (name, row.member_id, row.channel, row.phase, row.play)
            yield (*place, row.at, post, row.paid_cents(side.message_costs))


def _grants(name: SideName, side: SideRows) -> Iterable[tuple[object, ...]]:
    """What left, or may have: a benefit whose message waits for an approval was given to nobody."""
    for row in side.ledger.given_rows(side.calendar):
        if row.sent and side.since <= (row.sent_at or row.granted_at) < side.until:
            yield (name, row.member_id, row.phase, row.play, row.benefit, row.cost_cents)


def _record(kind: type[R], row: Mapping[str, Any]) -> R:
    """A record of the columns of its fields; pairs are two columns `_a` and `_b`, persons three."""
    hints = get_type_hints(kind)
    values: dict[str, object] = {}
    for each in fields(kind):  # type: ignore[arg-type]
        if hints[each.name] is Pair:
            values[each.name] = Pair(a=int(row[f"{each.name}_a"]), b=int(row[f"{each.name}_b"]))
        elif hints[each.name] is Persons:
            values[each.name] = Persons(both=int(row["by_both"]), only_a=int(row["only_a"]), only_b=int(row["only_b"]))
        else:
            values[each.name] = row[each.name]
    return kind(**values)
