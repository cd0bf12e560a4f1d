"""Facts that came in after a decision: who of its members would not be in the audience any more (B9).

The audience is evaluated again over a newer snapshot, for the members asked about only, at two
moments. As of the decision it shows what was known too late. As of now it shows what members did
since; there only those count who did something, because a figure that moves with the clock alone
("bought at most 30 days ago") makes no message wrong. What we did ourselves is not looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption, TriggerBrief
from warehouse.decision import triggers
from warehouse.decision.conditions.terms import enforced, facts_missing, literal, met_sql, unmet_sql
from warehouse.engines.rows import append_rows, utc_naive
from warehouse.engines.sql_files import sql_files
from warehouse.features import history
from warehouse.features.consent import define_consent
from warehouse.features.graph import steps_for
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.shelf.manifest import Snapshot
from warehouse.snapshots.opening import attach_snapshot, connect

NOT_WANTED = "no longer in the audience"
EVENT_GONE = "the event it answers no longer holds"
_ACTED = sql_files(__package__)["acted"]
_TABLE = re.compile(r"\bsnap\.(stg_\w+)")


@dataclass(frozen=True, slots=True)
class Condition:
    """What a play asks of its members: SQL of `segments.to_predicate`, the columns it reads, the event it answers.

    `benefits` are those it gave, with what each asks of whoever gets it.
    """

    predicate: str
    columns: frozenset[str]
    trigger: TriggerBrief | None = None
    benefits: tuple[BenefitOption, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        """The columns it needs of a member."""
        asked = frozenset().union(*(one.kind.columns for option in self.benefits for one in option.conditions))
        tiers = {"tier"} if any(option.tiers for option in self.benefits) else set()
        return self.columns | asked | tiers


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger says: rows of `history.load_contacts` and `history.load_tier_overrides`."""

    contacts: Iterable[tuple[object, ...]] = ()
    tiers: Iterable[tuple[object, ...]] = ()


def look_again(
    snapshot: Snapshot,
    plays: Mapping[str, Condition],
    asked: Iterable[tuple[str, str, str | None]],
    *,
    decided_at: datetime,
    now: datetime,
    params: FeatureParams,
    known: Known | None = None,
    threads: int = 2,
    memory_limit: str = "2GB",
) -> dict[tuple[str, str], str]:
    """(play, member) → why the message must not leave, for those of `asked` whom it does not fit any more.

    `asked` are play, member and the benefit that goes with the message. What a benefit asks is told as in a decision.

    `decided_at` and `now` are aware. Members the snapshot does not know are left to whoever looks up
    recipients. Raises SnapshotMissingError when the snapshot has been pruned.
    """
    columns = _columns(plays)
    with _opened(snapshot, asked, plays, threads, memory_limit) as con:
        history.create_tables(con)
        known = known or Known()
        history.load_contacts(con, known.contacts)
        history.load_tier_overrides(con, known.tiers)
        history.as_persons(con)
        held = _enforced(con, plays)
        found: dict[tuple[str, str], str] = {}
        for at in (decided_at, now) if now > decided_at else (decided_at,):
            build_features(con, as_of=at, params=params, columns=columns)
            since = None if at == decided_at else decided_at
            for name, play in held.items():
                for key, reason in _unfit(con, name, play, decided_at=decided_at, at=at, acted_since=since):
                    found.setdefault(key, reason)
        return found


def _enforced(con: duckdb.DuckDBPyConnection, plays: Mapping[str, Condition]) -> dict[str, Condition]:
    """The plays with what their benefits ask as the decision did: of all members, not of those asked about."""
    known = {name for (name,) in con.execute("select database_name from duckdb_databases()").fetchall()}
    catalog = "whole" if "whole" in known else "snap"
    missing = facts_missing(con, (option for play in plays.values() for option in play.benefits), catalog)
    return {
        name: replace(play, benefits=tuple(enforced(option, missing) for option in play.benefits))
        for name, play in plays.items()
    }


def _unfit(
    con: duckdb.DuckDBPyConnection,
    name: str,
    play: Condition,
    *,
    decided_at: datetime,
    at: datetime,
    acted_since: datetime | None,
) -> Iterator[tuple[tuple[str, str], str]]:
    gone = "false"
    if play.trigger is not None:
        triggers.find_standing(con, play.trigger, decided_at, at)
        gone = "f.member_id not in (select s.member_id from standing as s)"
    values: dict[str, object] = {"play": name}
    acted = ""
    if acted_since is not None:
        acted = f"and f.member_id in ({_ACTED})"
        values |= {"since": utc_naive(acted_since), "at": utc_naive(at)}
    unmet = _unmet(play.benefits)
    rows = con.execute(
        f"""
        select a.asked_id, {gone} as gone, not ({play.predicate}) as unwanted, {unmet} as unmet
        from member_features as f
        inner join asked as a on a.member_id = f.member_id
        where a.play = $play
            and (unwanted or gone or unmet is not null)
            {acted}
        """,
        values,
    ).fetchall()
    for member, event_gone, unwanted, unmet_condition in rows:
        yield (name, member), EVENT_GONE if event_gone else NOT_WANTED if unwanted else unmet_condition


def _unmet(benefits: Iterable[BenefitOption]) -> str:
    """SQL: what the benefit that goes with the message asks and the member does not meet any more; null: nothing."""
    cases = []
    for option in benefits:
        if option.tiers or option.conditions:
            tier = replace(option, conditions=())
            cases.append(
                f"when a.benefit = {literal(option.benefit)} then case when not ({met_sql(tier)}) then 'benefit_tier'"
                f" else {unmet_sql(option.conditions)} end"
            )
    return f"case {' '.join(cases)} end" if cases else "null::varchar"


def _columns(plays: Mapping[str, Condition]) -> frozenset[str]:
    return frozenset().union(*(play.reads for play in plays.values()))


def _tables(plays: Mapping[str, Condition]) -> set[str]:
    """The staging tables that will be read more than once."""
    texts = [_ACTED, *(play.predicate for play in plays.values())]
    texts += [_unmet(play.benefits) for play in plays.values()]
    texts += [triggers.events_sql(play.trigger) for play in plays.values() if play.trigger is not None]
    read = {table for text in texts for table in _TABLE.findall(text)}
    return read | {
        name for step in steps_for(_columns(plays)) for name in step.model.depends_on if name.startswith("stg_")
    }


@contextmanager
def _opened(
    snapshot: Snapshot,
    asked: Iterable[tuple[str, str, str | None]],
    plays: Mapping[str, Condition],
    threads: int,
    memory_limit: str,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose `snap` holds the asked members alone, unless a column compares them with all others."""
    con = connect(snapshot.path.parent, threads, memory_limit)
    try:
        con.execute("create table asked (play varchar, member_id varchar, asked_id varchar, benefit varchar)")
        append_rows(con, "asked", ((play, member, member, benefit) for play, member, benefit in asked))
        if any(step.model.joins == "to_all" for step in steps_for(_columns(plays))):
            attach_snapshot(con, snapshot)
            history.as_persons(con, ["asked"])
        else:
            attach_snapshot(con, snapshot, "whole")
            con.execute("attach ':memory:' as snap")
            _take_persons(con)
            _narrow(con, _tables(plays))
        define_consent(con)
        yield con
    finally:
        con.close()


def _take_persons(con: duckdb.DuckDBPyConnection) -> None:
    """Accounts that were joined since are asked about as their person, whose part of the map `snap` gets."""
    history.as_persons(con, ["asked"], "whole")
    if history.has_map(con, "whole"):
        con.execute(
            "create table snap.member_map as from whole.member_map"
            " where member_id in (select member_id from memory.asked)"
        )


def _narrow(con: duckdb.DuckDBPyConnection, copied: set[str]) -> None:
    """`snap.stg_*` of the asked members: copies of what is read, views for the rest."""
    by_table: dict[str, set[str]] = {}
    query = "select table_name, column_name from duckdb_columns() where database_name = 'whole'"
    for table, column in con.execute(query).fetchall():
        by_table.setdefault(table, set()).add(column)
    for table, names in sorted(by_table.items(), key=lambda item: (item[0] != "stg_orders", item[0])):
        if not table.startswith("stg_"):
            continue
        kind = "table" if table in copied or table == "stg_orders" else "view"
        if "member_id" in names:
            where = "where member_id in (select member_id from memory.asked)"
        elif "order_id" in names:
            where = "where order_id in (select order_id from snap.stg_orders)"
        else:
            where = ""
        con.execute(f"create {kind} snap.{table} as select * from whole.{table} {where}")
