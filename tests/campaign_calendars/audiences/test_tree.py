"""Expressions are read as SQL reads them: DuckDB, given the text itself, selects the same members."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaign_calendars.audiences.fields.vocabulary import FIELDS, FUNCTIONS
from campaign_calendars.audiences.language import AudienceExpr, parse_audience
from campaign_calendars.audiences.names import AudienceNames
from campaign_calendars.audiences.tree import (
    _FOREIGN,
    _OPERATORS,
    MAX_OPERATORS,
    Arithmetic,
    Between,
    Bracket,
    Call,
    Compare,
    In,
    Is,
    Like,
    Logic,
    Name,
    Negative,
    Node,
    Not,
    Null,
    Number,
    Text,
    Truth,
    UnreadableError,
    read_expression,
)

NAMES = AudienceNames(tiers=("basic", "gold"))


def shown(node: Node) -> str:  # noqa: C901, PLR0911, PLR0912 - one case for each kind of node
    """The tree with every operation in brackets."""
    match node:
        case Logic(_, word, parts):
            return "(" + f" {word} ".join(map(shown, parts)) + ")"
        case Not(_, inner):
            return f"(not {shown(inner)})"
        case Bracket(_, inner):
            return f"[{shown(inner)}]"
        case Compare(_, sign, left, right) | Arithmetic(_, sign, left, right):
            return f"({shown(left)} {sign} {shown(right)})"
        case Is(_, left, right):
            return f"({shown(left)} is {shown(right)})"
        case In(_, left, options):
            return f"({shown(left)} in {', '.join(map(shown, options)) or 'nothing'})"
        case Between(_, left, low, high):
            return f"({shown(left)} between {shown(low)} {shown(high)})"
        case Like(_, left, right):
            return f"({shown(left)} like {shown(right)})"
        case Negative(_, inner):
            return f"(-{shown(inner)})"
        case Call(_, name, argument, number):
            behind = f", {shown(number)}" if number else ""
            return f"{name}({shown(argument) if argument else 'no text'}{behind})"
        case Name(_, text) | Number(_, text):
            return text
        case Text(_, value):
            return repr(value)
        case Truth(_, value):
            return str(value).lower()
        case Null():
            return "null"
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a or b and not c", "(a or (b and (not c)))"),
        ("a and b and (c or d)", "(a and b and [(c or d)])"),
        ("not not a", "(not (not a))"),
        ("NOT a = b", "(not (a = b))"),
        ("a + 1 * 2 - b > -3", "(((a + (1 * 2)) - b) > (-3))"),
        ("a == +1 or a != - -2", "((a = 1) or (a <> (-(-2))))"),
        ("a between 1 and 2 + 3 and b", "((a between 1 (2 + 3)) and b)"),
        ("a not between 1 and 2", "(not (a between 1 2))"),
        ("t not like 'x%' or t like '%''y'", "((not (t like 'x%')) or (t like \"%'y\"))"),
        ("t in ('a', 'b',) and t not in ('c')", "((t in 'a', 'b') and (not (t in 'c')))"),
        ("t in (select 'a')", "(t in nothing)"),
        ("t in 'a' and a", "((t in nothing) and a)"),
        ("a is null and b is not true", "((a is null) and (not (b is true)))"),
        ("a > 1 is true", "((a > 1) is true)"),
        ("j = a > 1", "(j = (a > 1))"),
        ("has_tag('x') and f(a, (b)) and has_tag()", "(has_tag('x') and f(no text) and has_tag(no text))"),
        ("a minus b or c minus (d or e) and g", "((a and (not b)) or (c and (not [(d or e)]) and g))"),
        ("f('x', 2) = 1 and f('x' 2) and f('x', -2)", "((f('x', 2) = 1) and f(no text) and f(no text))"),
        ("a -- not this\n and /* nor\n this */ b", "(a and b)"),
        ("a > .5 and a < 1_000 and a > 1.5e3", "((a > .5) and (a < 1_000) and (a > 1.5e3))"),
        ('f.a or "b"', '(f.a or "b")'),
    ],
)
def test_operators_bind_as_in_sql(text: str, tree: str) -> None:
    assert shown(read_expression(text)) == tree


@pytest.mark.parametrize(
    ("text", "at", "is_foreign"),
    [
        ("a b", "b", False),
        ("a and", "and", False),
        ("(a", "a", False),
        ("a)", ")", False),
        ("a > 1d", "d", False),
        ("a between 1 or b", "or", False),
        ("a = 'x", "'", False),
        ("has_tag('x'", "'x'", False),
        ("a; b", ";", False),
        ("a || b", "||", True),
        ("case when a then b end", "case", True),
        ("a like 'x' escape '!'", "escape", True),
        ("a[1]", "[", True),
        ("+".join(["a"] * (MAX_OPERATORS + 2)), "+", False),
    ],
)
def test_what_cannot_be_read_is_pointed_at(text: str, at: str, is_foreign: bool) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_expression(text)
    token = caught.value.token
    assert token.text == at
    assert text[token.start :].startswith(at)
    assert caught.value.is_foreign == is_foreign


def test_no_field_or_function_is_called_like_a_word_of_sql() -> None:
    assert not {*FIELDS, *FUNCTIONS} & (_FOREIGN | _OPERATORS)


NUMBERS = st.recursive(
    st.sampled_from(["age", "orders_total", "0", "1", "2", "- age", "(age)"]),
    lambda inner: st.builds("{}{}{}".format, inner, st.sampled_from([" + ", " - "]), inner),
    max_leaves=3,
)
SIGNS = st.sampled_from(["=", "<>", ">", ">=", "<", "<=", "!="])
CONDITIONS = st.one_of(
    st.sampled_from(["joined", "has_left", "true", "joined is not true", "age is null", "tier is not null"]),
    st.sampled_from(["tier like 'g%'", "tier not like 'g%'", "tier in ('gold')", "tier not in ('gold', 'basic')"]),
    st.sampled_from(["tier = 'gold'", "not tier <> 'gold'", "joined = has_left"]),
    st.builds("{} {} {}".format, NUMBERS, SIGNS, NUMBERS),
    st.builds("{}{}between {} and {}".format, NUMBERS, st.sampled_from([" ", " not "]), NUMBERS, NUMBERS),
)
EXPRESSIONS = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        st.builds("not {}".format, inner),
        st.builds("({})".format, inner),
        st.builds("{}{}{}".format, inner, st.sampled_from([" and ", " or ", "\nAND ", " -- so\n or "]), inner),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def everybody() -> duckdb.DuckDBPyConnection:
    """One member for every combination of the values the conditions tell apart."""
    con = duckdb.connect()
    con.execute(
        "create table f as select row_number() over () as number, * from (values (true), (false), (null)) a(joined),"
        " (values (true), (false)) b(has_left), (values (null), (-1), (0), (1), (2)) c(age),"
        " (values (0), (1), (3)) d(orders_total), (values ('basic'), ('gold'), (null)) e(tier)"
    )
    return con


@settings(max_examples=200, deadline=None)
@given(text=EXPRESSIONS)
@example("tier not like 'g%' and joined")
@example("not joined or age > 1 and has_left")
def test_the_predicate_selects_whom_the_text_itself_selects(everybody: duckdb.DuckDBPyConnection, text: str) -> None:
    parsed = parse_audience(text, names=NAMES)
    assert isinstance(parsed, AudienceExpr), (text, parsed)
    query = "select count(*), coalesce(sum(number), 0) from f where coalesce({}\n, false)"
    expected = everybody.execute(query.format(text)).fetchone()
    assert everybody.execute(query.format(parsed.sql)).fetchone() == expected
