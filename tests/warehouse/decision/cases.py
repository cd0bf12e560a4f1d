"""Members, briefs and a connection to decide with."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import duckdb

from campaign_calendars.deciding.briefs import BenefitOption, Brief, ChannelOption
from campaign_calendars.time.resolving import Span
from warehouse.decision import engine
from warehouse.engines.rows import append_rows
from warehouse.features import history
from warehouse.features.consent import define_consent

AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
DAY = Span(datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 6, tzinfo=UTC))
BRIEF = Brief(
    calendar="cal",
    phase="burst",
    play="recall",
    at=AT,
    day=DAY,
    predicate="f.wanted",
    columns=frozenset({"wanted"}),
    order_salt="cal/burst/recall",
    channels=(ChannelOption("sms", consent_required=True, quiet=False),),
)


@dataclasses.dataclass
class Member:
    member_id: str
    wanted: bool = True
    joined: bool = True
    has_left: bool = False
    age: int | None = 30
    tier: str = "regular"
    points: tuple[tuple[str, bool, bool], ...] = (("sms", True, False),)  # channel, consented, withdrawn
    contacts: tuple[tuple[str, str, int], ...] = ()  # channel, play, hours before AT
    suppressed: tuple[str | None, ...] = ()


def brief_with(*benefits: BenefitOption) -> Brief:
    """The brief with these benefits."""
    return dataclasses.replace(BRIEF, benefits=benefits)


def connect(members: list[Member], threads: int = 2) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"set threads = {threads}")
    history.create_tables(con)
    con.execute(
        """
        create table member_features (
            member_id varchar, wanted bool, joined bool, has_left bool, age int, tier varchar
        );
        attach ':memory:' as snap;
        create table snap.stg_members (member_id varchar, joined_at timestamp);
        create table snap.stg_contact_points (
            member_id varchar, channel varchar, address varchar, consented_at timestamp, withdrawn_at timestamp,
            withdrawal_unread bool, bound_at timestamp, unbound_at timestamp
        );
        create table snap.stg_consents (
            member_id varchar, channel varchar, purpose varchar, given_at timestamp, withdrawn_at timestamp,
            withdrawal_unread bool
        )
        """
    )
    early = datetime(2026, 1, 1)
    append_rows(
        con,
        "member_features",
        [(m.member_id, m.wanted, m.joined, m.has_left, m.age, m.tier) for m in members],
    )
    append_rows(con, "snap.stg_members", [(m.member_id, early if m.joined else None) for m in members])
    points = [
        (m.member_id, channel, None, early if consented else None, early if withdrawn else None, False, None, None)
        for m in members
        for channel, consented, withdrawn in m.points
    ]
    append_rows(con, "snap.stg_contact_points", points)
    contacts = [
        (m.member_id, channel, "cal", "burst", play, AT - timedelta(hours=hours), None)
        for m in members
        for channel, play, hours in m.contacts
    ]
    history.load_contacts(con, contacts)
    history.load_suppressions(con, [(m.member_id, channel) for m in members for channel in m.suppressed])
    define_consent(con)
    engine.prepare(con)
    return con


def decided(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None, str | None, str | None, str | None]]:
    rows = con.execute("select member_id, status, arm, reason, channel, benefit from decisions").fetchall()
    assert len({row[0] for row in rows}) == len(rows), "a candidate has more than one row"
    return {row[0]: row[1:] for row in rows}


def decide(members: list[Member], brief: Brief = BRIEF) -> dict[str, tuple[str | None, ...]]:
    con = connect(members)
    counts = engine.decide_play(con, brief)
    outcome = decided(con)
    assert counts.candidates == counts.chosen + sum(counts.held_out.values()) + sum(counts.excluded.values())
    assert counts.candidates == len(outcome)
    return outcome
