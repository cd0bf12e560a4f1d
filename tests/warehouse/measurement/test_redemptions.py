"""Redemptions are judged against grants and phase windows."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from warehouse.measurement.redemptions import audit_redemptions


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        """
        attach ':memory:' as snap;
        create table snap.stg_redemptions (
            redemption_id varchar, member_id varchar, benefit varchar, calendar varchar, redeemed_at timestamp
        );
        create table grants (member_id varchar, benefit varchar, phase varchar, granted_at timestamp);
        create table phase_windows (phase varchar, starts_at timestamp, ends_at timestamp);
        insert into phase_windows values
            ('presale', '2026-03-01', '2026-03-05'), ('burst', '2026-03-05', '2026-03-09');
        """
    )
    return con


def redeem(con: duckdb.DuckDBPyConnection, member: str, at: str, benefit: str = "coupon", calendar: str = "c") -> None:
    count = con.execute("select count(*) from snap.stg_redemptions").fetchall()[0][0]
    con.execute("insert into snap.stg_redemptions values (?, ?, ?, ?, ?)", [f"r{count}", member, benefit, calendar, at])


def grant(con: duckdb.DuckDBPyConnection, member: str, phase: str = "burst", benefit: str = "coupon") -> None:
    con.execute("insert into grants values (?, ?, ?, timestamp '2026-03-01')", [member, benefit, phase])


def test_a_granted_redemption_inside_its_window_is_fine(con: duckdb.DuckDBPyConnection) -> None:
    grant(con, "a")
    redeem(con, "a", "2026-03-05")  # the first moment belongs to the window
    assert audit_redemptions(con, calendar="c") == []


def test_a_redemption_nobody_granted_is_d401(con: duckdb.DuckDBPyConnection) -> None:
    grant(con, "a", benefit="gift")
    for member in "gfedcba":
        redeem(con, member, "2026-03-06")
    redeem(con, "a", "2026-03-07")
    (problem,) = audit_redemptions(con, calendar="c")
    assert problem.code == "D401"
    assert "8 of 8 redemptions by 7 members (a, b, c, d, e …)" in problem.message
    assert "a, b, c, d, e" in problem.zh


@pytest.mark.parametrize("at", ["2026-03-04 23:59:59", "2026-03-09"])
def test_a_redemption_outside_the_window_is_d402(con: duckdb.DuckDBPyConnection, at: str) -> None:
    grant(con, "a")
    redeem(con, "a", at)
    (problem,) = audit_redemptions(con, calendar="c")
    assert (problem.code, problem.severity) == ("D402", "warning")


def test_any_of_several_grants_may_cover_it(con: duckdb.DuckDBPyConnection) -> None:
    grant(con, "a", "presale")
    grant(con, "a", "burst")
    redeem(con, "a", "2026-03-02")
    redeem(con, "a", "2026-03-06")
    redeem(con, "a", "2026-03-20")
    (problem,) = audit_redemptions(con, calendar="c")
    assert (problem.code, "1 of 3 redemptions" in problem.message) == ("D402", True)


def test_other_calendars_and_the_future_are_not_judged(con: duckdb.DuckDBPyConnection) -> None:
    redeem(con, "a", "2026-03-06", calendar="another")
    redeem(con, "b", "2026-03-06")
    assert audit_redemptions(con, calendar="c", as_of=datetime(2026, 3, 6, tzinfo=UTC)) == []
    assert len(audit_redemptions(con, calendar="c", as_of=datetime(2026, 3, 7, tzinfo=UTC))) == 1


def test_table_names_are_quoted(con: duckdb.DuckDBPyConnection) -> None:
    con.execute('create table "granted rights" as from grants')
    assert audit_redemptions(con, '"granted rights"', calendar="c") == []
    with pytest.raises((duckdb.Error, ValueError)):
        audit_redemptions(con, "grants; drop table grants", calendar="c")
    assert con.execute("select count(*) from grants").fetchall() == [(0,)]
