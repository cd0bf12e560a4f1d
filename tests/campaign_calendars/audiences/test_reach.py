"""Contradictory audiences are found; an audience that somebody can be in is never called empty."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign_calendars.audiences.language import analyse
from campaign_calendars.audiences.names import AudienceNames

NAMES = AudienceNames(
    phases=("burst",), plays=("p",), benefits=("c",), tiers=("basic", "silver", "gold"), timezone=ZoneInfo("UTC")
)


def can_hold(text: str) -> bool:
    expression, findings = analyse(text, NAMES)
    assert expression is not None, findings
    return expression.can_hold


@pytest.mark.parametrize(
    "text",
    [
        "joined and not joined",
        "joined and (not joined and age > 3)",
        "not (joined or not joined)",
        "age < 18 and age > 30",
        "age > 30 and age < 31",
        "18 > age and age >= 18",
        "orders_total < 0",
        "r_score > 5",
        "birth_month = 13",
        "recency_days is null and recency_days > 3",
        "age between 40 and 30",
        "age = 3 and age <> 3",
        "spend_90d > 10.00 and spend_90d <= 10.00",
        "tier > 'gold'",
        "tier >= 'gold' and tier = 'basic'",
        "tier in ('gold') and tier not in ('gold', 'silver')",
        "lifecycle = 'lost' and lifecycle = 'core'",
        "city = 'A' and city in ('B', 'C')",
        "joined_at > '2026-03-08' and joined_at < '2026-03-01 10:00'",
        "has_tag('tea') and not has_tag('tea')",
        "false",
        "joined = true and joined = false",
        "(joined and not joined) or (age < 3 and age > 5)",
    ],
)
def test_contradiction_is_found(text: str) -> None:
    assert not can_hold(text)


@pytest.mark.parametrize(
    "text",
    [
        "joined or not joined",
        "age < 18 or age > 30",
        "age > 30 and age < 32",
        "not (age < 18 and age > 30)",
        "recency_days is null or recency_days > 30",
        "recency_days is not null and recency_days > 3",
        "tier >= 'silver' and tier < 'gold'",
        "city <> 'A' and city <> 'B'",
        "has_tag('tea') and not has_tag('wine')",
        "has_tag('Tea') and not has_tag('tea')",
        "spend_90d > spend_365d and spend_365d > spend_90d",
        "city like 'A%' and city = 'B'",
        "age >= 3 and age <= 3",
        "orders_total * 2 < 0",
        " and ".join(f"(age = {n} or orders_total = {n})" for n in range(12)),
    ],
)
def test_what_may_hold_is_left_alone(text: str) -> None:
    assert can_hold(text)


atoms = st.sampled_from(
    [
        "joined", "has_left", "age < 2", "age > 1", "age = 1", "age <> 2", "age >= 3", "age is null",
        "age between 1 and 2", "orders_total > 1", "orders_total <= 1", "2 > orders_total", "tier = 'gold'",
        "tier < 'gold'", "tier >= 'silver'", "tier in ('basic', 'gold')", "tier <> 'basic'",
    ]
)  # fmt: skip
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def everybody() -> duckdb.DuckDBPyConnection:
    """One member for every combination of the values the conditions tell apart."""
    con = duckdb.connect()
    con.execute(
        "create table f as select * from (values (true), (false)) a(joined), (values (true), (false)) b(has_left),"
        " (values (null), (0), (1), (2), (3), (4)) c(age), (values (0), (1), (2), (3)) d(orders_total),"
        " (values ('basic'), ('silver'), ('gold')) e(tier)"
    )
    return con


@settings(max_examples=150, deadline=None)
@given(text=expressions)
def test_it_agrees_with_asking_every_possible_member(everybody: duckdb.DuckDBPyConnection, text: str) -> None:
    expression, _ = analyse(text, NAMES)
    assert expression is not None
    row = everybody.execute(f"select count(*) from f where coalesce({expression.sql}, false)").fetchone()
    assert row is not None
    assert expression.can_hold == (row[0] > 0)
