"""An audience taken apart: the clauses are the audience, whatever it looks like."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import example, given, settings

from campaign_calendars.audiences.clauses import MOST, take_apart
from campaign_calendars.audiences.language import AudienceExpr, parse_audience
from campaign_calendars.audiences.names import AudienceNames, NamedAudience
from tests.campaign_calendars.audiences.test_tree import EXPRESSIONS

NAMES = AudienceNames(
    calendar="spring",
    tiers=("basic", "gold"),
    audiences=(
        NamedAudience("a", " (joined or\n has_left) and not (age > 3)"),
        NamedAudience("b", "not audience('a')"),
    ),
)


def outline(text: str) -> list[str]:
    return [f"{'  ' * c.depth}{c.joint} {c.text}{' !' * c.denies_named}" for c in take_apart(text, NAMES)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("joined", ["and joined"]),
        ("(joined and age > 3)", ["and joined", "and age > 3"]),
        (
            " joined\n and (age > 3 or (age < 2 and not has_left)) -- not all",
            [
                "and joined",
                "and (age > 3 or (age < 2 and not has_left))",
                "  or age > 3",
                "  or (age < 2 and not has_left)",
                "    and age < 2",
                "    and not has_left",
            ],
        ),
        (
            "joined minus audience('b')",
            [
                "and joined",
                "and not audience('b') !",
                "  is not audience('a') !",
                "    is (joined or has_left) and not (age > 3)",
                "      and (joined or has_left)",
                "        or joined",
                "        or has_left",
                "      and not (age > 3)",
            ],
        ),
        (
            "not not (joined or ((has_left) ))",
            ["and not not (joined or ((has_left) ))", "  or joined", "  or ((has_left) )"],
        ),
        ("( not (joined) )", ["and ( not (joined) )"]),
    ],
)
def test_outline(text: str, expected: list[str]) -> None:
    assert outline(text) == expected


def test_a_long_audience_keeps_all_its_steps() -> None:
    steps = " and ".join(f"(age = {n} or age = {n + 1})" for n in range(90))
    found = take_apart(steps, NAMES)
    assert [c.depth for c in found].count(0) == 90
    assert len(found) <= MOST


@pytest.fixture(scope="module")
def everybody() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(
        "create table f as select *"
        " from (values (true), (false), (null)) a(joined), (values (true), (false)) b(has_left),"
        " (values (null), (-1), (0), (1), (2)) c(age), (values (0), (1), (3)) d(orders_total),"
        " (values ('basic'), ('gold'), (null)) e(tier)"
    )
    return con


@settings(max_examples=80, deadline=None)
@given(text=EXPRESSIONS)
@example("joined minus tier < 'gold' or has_left")
def test_the_steps_together_are_the_audience(everybody: duckdb.DuckDBPyConnection, text: str) -> None:
    """Not only as many members, but the same truth, unknown included, for everybody."""
    whole = parse_audience(text, names=NAMES)
    assert isinstance(whole, AudienceExpr)
    steps = " and ".join(f"({c.expression.sql})" for c in take_apart(text, NAMES) if c.depth == 0)
    query = f"select count(*) from f where ({whole.sql}) is distinct from ({steps})"
    assert everybody.execute(query).fetchone() == (0,)
