"""What members said about messages, carried from moment to moment, is what asking everybody anew would say (B7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from tests.drawing import drawn
from warehouse.decision.consents import consents_known, forget_consents, keep_consents
from warehouse.engines.rows import append_rows

from .cases import Member, connect

DAY = datetime(2026, 3, 1)
MEMBERS = ("a", "b", "c", "d")

words = st.one_of(st.none(), st.integers(0, 6).map(lambda days: DAY + timedelta(days=days)))
points = st.lists(
    st.tuples(
        st.sampled_from(MEMBERS),
        st.sampled_from(["sms", "group"]),
        st.sampled_from([None, "13900000001", "13900000002"]),
        words,
        words,
        st.booleans(),
        words,
        words,
    ),
    max_size=8,
)
consents = st.lists(
    st.tuples(
        st.sampled_from(MEMBERS),
        st.sampled_from(["sms", "push"]),
        st.sampled_from(["marketing", "service"]),
        words,
        words,
        st.booleans(),
    ),
    max_size=6,
)
moments = st.lists(st.integers(-1, 14).map(lambda halves: DAY + timedelta(hours=12 * halves)), min_size=2, max_size=6)


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)


def _store(
    of_points: Sequence[tuple[object, ...]], of_consents: Sequence[tuple[object, ...]]
) -> duckdb.DuckDBPyConnection:
    con = connect([Member(name, points=()) for name in MEMBERS], threads=1)
    append_rows(con, "snap.stg_contact_points", of_points)
    append_rows(con, "snap.stg_consents", of_consents)
    return con


def _asked(con: duckdb.DuckDBPyConnection, relation: str) -> set[tuple[object, ...]]:
    return set(con.execute(f"select member_id, channel, has_point, consented, withdrawn from {relation}").fetchall())


@drawn(60)
@given(points, consents, moments)
def test_consents_that_were_carried_on_are_those_asked_anew(
    of_points: Sequence[tuple[object, ...]], of_consents: Sequence[tuple[object, ...]], at: list[datetime]
) -> None:
    con = _store(of_points, of_consents)
    for moment in at:  # forwards, backwards, to the same one again
        keep_consents(con, aware(moment))
        assert consents_known(con, aware(moment))
        anew = _asked(con, f"consent_at(timestamp '{moment}', 'snap.stg_members')")
        assert _asked(con, "consents") == anew, moment


def test_a_later_moment_asks_only_whoever_spoke_and_shares_an_address() -> None:
    early, later = DAY, DAY + timedelta(days=3)
    told = [(name, "sms", phone, early, None, False, None, None) for name, phone in zip(MEMBERS, "1123", strict=True)]
    con = _store(told, [("a", "sms", "marketing", early, later, False)])
    keep_consents(con, aware(DAY + timedelta(days=1)))
    con.execute("update consents set has_point = null")  # so that what is asked again can be told
    keep_consents(con, aware(later))
    again = con.execute("select member_id from consents where has_point is not null order by 1").fetchall()
    assert again == [("a",), ("b",)]
    assert con.execute("select consented from consents where member_id in ('a', 'b')").fetchall() == [(False,)] * 2


def test_another_snapshot_is_asked_whole() -> None:
    con = _store([("a", "sms", None, DAY, None, False, None, None)], [])
    keep_consents(con, aware(DAY))
    append_rows(con, "snap.stg_contact_points", [("b", "sms", None, DAY, None, False, None, None)])
    forget_consents(con)
    keep_consents(con, aware(DAY + timedelta(days=1)))
    assert {row[0] for row in _asked(con, "consents")} == {"a", "b"}
