"""Audiences that name audiences: sets as Python has them, circles and depth refused, arms of a split fair."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign_calendars.audiences.language import AudienceExpr, analyse, parse_audience, to_predicate
from campaign_calendars.audiences.limits import MAX_NESTING, MAX_SQL
from campaign_calendars.audiences.names import AudienceNames, NamedAudience
from campaign_calendars.audiences.references import references
from campaign_calendars.deciding.briefs import HoldoutRule
from tests.warehouse.buckets import bucket
from warehouse.decision.audiences import _in_group

Row = dict[str, bool | int | str | None]
RULES: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "gold": ("tier = 'gold'", lambda row: row["tier"] == "gold"),
    "below": ("tier < 'gold'", lambda row: row["tier"] == "basic"),
    "young": ("age < 2", lambda row: isinstance(row["age"], int) and row["age"] < 2),
    "joined": ("joined", lambda row: row["joined"] is True),
    "not' joined": ("not joined", lambda row: row["joined"] is False),
    "nobody": ("1 = 2", lambda row: False),
}
STORED = {"grown": ("age >= 2", lambda row: isinstance(row["age"], int) and row["age"] >= 2)}
NAMES = AudienceNames(
    calendar="spring",
    tiers=("basic", "gold"),
    audiences=tuple(NamedAudience(name, where) for name, (where, _) in RULES.items()),
    of_store=tuple(NamedAudience(name, where) for name, (where, _) in STORED.items()),
)
VALUES = [
    {"joined": joined, "age": age, "tier": tier}
    for joined in (True, False, None)
    for age in (None, 0, 1, 2, 3)
    for tier in (None, "basic", "gold")
]
EVERYBODY: dict[str, Row] = {f"m{number}": row for number, row in enumerate(VALUES)}


def named(**rules: str) -> AudienceNames:
    return AudienceNames(calendar="spring", audiences=tuple(NamedAudience(*rule) for rule in rules.items()))


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create table f (member_id varchar, joined bool, age int, tier varchar)")
    con.executemany("insert into f values (?, ?, ?, ?)", [[name, *row.values()] for name, row in EVERYBODY.items()])
    return con


def found(con: duckdb.DuckDBPyConnection, text: str, names: AudienceNames = NAMES) -> set[str]:
    parsed = parse_audience(text, names=names)
    assert isinstance(parsed, AudienceExpr), (text, parsed)
    return {row[0] for row in con.execute(f"select member_id from f where {to_predicate(parsed)}").fetchall()}


SETS = st.recursive(
    st.sampled_from([*RULES, *(f"store/{name}" for name in STORED)]),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or", "minus"]), inner, inner)
    ),
    max_leaves=7,
)


def written(tree: str | tuple[object, ...]) -> str:
    match tree:
        case str():
            return f"audience('{tree.replace(chr(39), chr(39) * 2)}')"
        case ("not", inner):
            return f"not {written(inner)}"  # type: ignore[arg-type]
        case (word, left, right):
            return f"({written(left)} {word} {written(right)})"  # type: ignore[arg-type]
    raise AssertionError(tree)


def in_python(tree: object) -> set[str]:
    """The members by the algebra of sets."""
    match tree:
        case str():
            holds = (RULES | {f"store/{name}": rule for name, rule in STORED.items()})[tree][1]
            return {name for name, row in EVERYBODY.items() if holds(row)}
        case ("not", inner):
            return set(EVERYBODY) - in_python(inner)
        case (word, left, right):
            one, other = in_python(left), in_python(right)
            return {"and": one & other, "or": one | other, "minus": one - other}[word]
    raise AssertionError(tree)


@settings(max_examples=120, deadline=None)
@given(tree=SETS)
@example(("minus", "joined", "gold"))
@example(("and", ("not", "gold"), ("not", "below")))
def test_named_audiences_obey_the_algebra_of_sets(con: duckdb.DuckDBPyConnection, tree: object) -> None:
    """Who has no tier is in neither `gold` nor `below`, so outside of both: a set knows its members."""
    text = written(tree)  # type: ignore[arg-type]
    expected = in_python(tree)
    assert found(con, text) == expected
    assert found(con, f"not not ({text})") == expected
    expression, _ = analyse(text, NAMES)
    assert expression is not None
    assert expression.can_hold or not expected, "an audience with members is never called empty"
    assert expression.fields <= {"joined", "age", "tier"}


def test_a_condition_stays_unknown_where_an_audience_does_not(con: duckdb.DuckDBPyConnection) -> None:
    without = {name for name, row in EVERYBODY.items() if row["tier"] is None}
    assert not found(con, "not (tier < 'gold')") & without
    assert not found(con, "joined minus tier < 'gold'") & without
    assert without <= found(con, "not audience('below')")
    assert found(con, "audience('joined') minus audience('gold')") | found(
        con, "audience('joined') and audience('gold')"
    ) == found(con, "joined")


@pytest.mark.parametrize(
    ("rules", "text", "way"),
    [
        ({"a": "audience('a')"}, "audience('a')", "a > a"),
        ({"a": "joined or audience('b')", "b": "not audience('a')"}, "audience('a')", "a > b > a"),
        ({"a": "audience('b')", "b": "audience('c')", "c": "audience('b')"}, "joined and audience('a')", "b > c > b"),
    ],
)
def test_a_circle_is_named(rules: dict[str, str], text: str, way: str) -> None:
    problems = parse_audience(text, names=named(**rules))
    assert isinstance(problems, list)
    (problem,) = problems
    assert (problem.code, problem.location.column) == ("C139", text.index("audience") + 1)
    assert problem.message.endswith(f": {way}")
    assert problem.zh.endswith(way)


def test_names_of_the_store_and_of_a_calendar_do_not_meet(con: duckdb.DuckDBPyConnection) -> None:
    both = AudienceNames(
        calendar="spring",
        tiers=("basic", "gold"),
        audiences=(NamedAudience("vip", "audience('store/vip') and joined"), NamedAudience("core", "false")),
        of_store=(NamedAudience("vip", "tier = 'gold' and audience('core')"), NamedAudience("core", "age > 1")),
    )
    expected = {
        name for name, row in EVERYBODY.items() if row["joined"] and row["tier"] == "gold" and (row["age"] or 0) > 1
    }
    assert found(con, "audience('vip')", both) == expected
    expression, _ = analyse("audience('vip') and not audience('core')", both)
    assert expression is not None
    assert expression.can_hold, "the calendar's `core` is not the one that the store's `vip` names"


def test_a_wrong_rule_is_found_where_it_stands_and_holds_for_nobody(con: duckdb.DuckDBPyConnection) -> None:
    names = named(a="joind", b="audience('a') or joined")
    assert found(con, "audience('b')", names) == set()
    assert isinstance(parse_audience("joind", names=names), list)


@pytest.mark.parametrize("count", [MAX_NESTING, 400])
def test_a_chain_may_be_so_deep(con: duckdb.DuckDBPyConnection, count: int) -> None:
    rules = {f"a{n}": f"audience('a{n + 1}')" for n in range(count)} | {f"a{count}": "joined"}
    deep = parse_audience("audience('a1')", names=named(**rules))
    if count > MAX_NESTING:
        assert isinstance(deep, list)
        assert deep[0].code == "C139"
    else:
        assert found(con, "audience('a1')", named(**rules)) == found(con, "joined")


def test_many_ways_down_are_walked_once_and_too_much_sql_is_refused() -> None:
    twice = {f"a{n}": f"audience('a{n + 1}') or not audience('a{n + 1}')" for n in range(30)} | {"a30": "joined"}
    names = named(**twice)
    found = {name: analyse(rule, names)[1] for name, rule in twice.items()}
    (wrong,) = [name for name, findings in found.items() if findings]
    assert [finding.code for finding in found[wrong]] == ["C139"], f"more than {MAX_SQL} characters, found once"
    assert analyse("audience('a0')", names)[0] is not None, "it is found where it stands"


def test_references_are_read_from_the_tree_and_not_from_texts() -> None:
    assert references("audience('a') and city = 'audience(''b'')' or AUDIENCE('c') minus audience('a')") == ("a", "c")
    assert references("audience('a'") == ()


def split(name: str, parts: int, members: list[str]) -> dict[str, int]:
    """The arms as the documentation says them: digits 9 to 16 of md5(split:name:member), modulo n, plus 1."""
    digest = {member: hashlib.md5(f"split:{name}:{member}".encode()).hexdigest() for member in members}
    return {member: 1 + int(digest[member][8:16], 16) % parts for member in members}


def test_arms_are_fair_and_independent_of_hold_outs_and_of_each_other(con: duckdb.DuckDBPyConnection) -> None:
    members = [f"m{number:08d}" for number in range(20_000)]
    con.execute(
        "create or replace table crowd as select 'm' || lpad(i::varchar, 8, '0') as member_id from range(20000) t(i)"
    )
    held = _in_group(HoldoutRule("play", "split:copy", 2_000))
    rows = con.execute(
        "select member_id, "
        + ", ".join(_sql(f"random_split({name}, {parts})") for name, parts in (("'copy'", 2), ("'o''ther'", 5)))
        + f", {held} from crowd as f"
    ).fetchall()
    assert {row[0]: row[1] for row in rows} == split("copy", 2, members)
    assert {row[0]: row[2] for row in rows} == split("o'ther", 5, members)
    assert {row[0] for row in rows if row[3]} == {m for m in members if bucket("split:copy", m) < 2_000}
    cells = Counter((row[1], row[2], row[3]) for row in rows)
    # Chi-square of independence, even where a hold-out has the very salt of the split: 19 cells are free.
    shares = {True: 0.2, False: 0.8}
    expected = {cell: 20_000 / 2 / 5 * shares[cell[2]] for cell in cells}
    assert len(cells) == 20
    assert sum((count - expected[cell]) ** 2 / expected[cell] for cell, count in cells.items()) < 43.8  # p = 0.001


def _sql(call: str) -> str:
    parsed = parse_audience(f"{call} = 1", names=AudienceNames())
    assert isinstance(parsed, AudienceExpr)
    return parsed.sql.removesuffix(" = 1")


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("random_split('t', 2) = 3", False),
        ("random_split('t', 2) = 1 and random_split('t', 2) = 2", False),
        ("random_split('t', 2) = 1 and random_split('t', 3) = 2", True),
        ("random_split('t', 2) <> 1", True),
        ("random_split('t', 2) not in (1)", True),
        ("tag_value('x') = 'a' and tag_value('x') = 'b'", False),
        ("tag_number('x') > 1.2 and tag_number('x') < 1.3", True),
        ("tag_number('x') < -1", True),
        ("recency_of_article('x') < 0", False),
        ("recency_of_article('x') is null and recency_of_article('x') > 3", False),
        ("audience('gold') and tier = 'basic'", False),
        ("audience('gold') and not audience('gold')", False),
        ("not audience('gold') and tier = 'gold'", True),
        ("audience('gold') minus audience('store/grown')", True),
    ],
)
def test_contradictions_of_calls(text: str, possible: bool) -> None:
    expression, findings = analyse(text, NAMES)
    assert expression is not None, findings
    assert expression.can_hold == possible
