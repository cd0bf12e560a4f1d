"""Tags the store makes: by rule, by merging; read at the moment of the run (A1#20)."""

from __future__ import annotations

import duckdb
import pytest

from campaign_calendars.audiences.language import AudienceExpr, parse_audience, to_predicate
from campaign_calendars.audiences.names import AudienceNames, MadeTag
from campaign_calendars.checks import load_store
from warehouse.engines.rows import append_rows

TAGS = (
    MadeTag("big", "items_per_basket >= 2.5 or has_tag('big')"),
    MadeTag("loyal", "has_tag('big') and orders_365d >= 3"),
    MadeTag("tea", merge=("green-tea", "black-tea")),
)
NAMES = AudienceNames(tags=TAGS)


@pytest.mark.parametrize(
    ("where", "members"),
    [
        ("has_tag('big')", "ann bob"),
        ("has_tag('loyal')", "ann"),
        ("not has_tag('loyal')", "bob cy"),
        ("has_tag('tea')", "bob cy"),
        ("has_tag('green-tea')", "bob"),
    ],
)
def test_made_tags_are_carried_while_their_rule_holds(where: str, members: str) -> None:
    parsed = parse_audience(where, names=NAMES)
    assert isinstance(parsed, AudienceExpr)
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as snap")
        con.execute("create table params as select timestamp '2026-03-08' as as_of")
        con.execute("create table member_features (member_id varchar, items_per_basket bigint, orders_365d integer)")
        append_rows(con, "member_features", [("ann", 250, 3), ("bob", 249, 2), ("cy", None, 9)])
        con.execute('create table snap.stg_tags (member_id varchar, tag varchar, "at" timestamp, until timestamp)')
        con.execute(
            "insert into snap.stg_tags values ('bob', 'big', '2026-01-01', null), ('bob', 'green-tea', null, null),"
            # Moved to another tag: the old one ends where the new one begins.
            " ('cy', 'green-tea', '2026-01-01', '2026-02-01'), ('cy', 'black-tea', '2026-02-01', null)"
        )
        found = con.execute(f"select member_id from member_features as f where {to_predicate(parsed)} order by 1")
        assert " ".join(row[0] for row in found.fetchall()) == members


def test_fields_of_a_rule_are_fields_of_the_audience() -> None:
    parsed = parse_audience("has_tag('loyal')", names=NAMES)
    assert isinstance(parsed, AudienceExpr)
    assert parsed.fields == {"items_per_basket", "orders_365d"}
    assert ("has_tag", "big") in parsed.functions


def test_rules_that_name_each_other_end() -> None:
    circle = (MadeTag("a", "has_tag('b')"), MadeTag("b", "has_tag('a')"))
    parsed = parse_audience("has_tag('a')", names=AudienceNames(tags=circle))
    assert isinstance(parsed, AudienceExpr)
    assert parsed.sql.count("snap.stg_tags") == 1


def test_family_and_merge_of_a_tag_of_the_store_are_what_an_audience_asks() -> None:
    store = (
        "store: s\ntiers: {window: 365d, levels: [{id: basic}]}\nchannels: {push: {consent: implied}}\n"
        "tags: {big: {family: purchase, where: orders_365d > 3}, tea: {merge: [green-tea]}}\n"
    )

    def sql(where: str, text: str = store) -> str:
        loaded = load_store(text)
        assert loaded.model is not None, loaded.problems
        parsed = parse_audience(where, names=AudienceNames.of_the_store(loaded.model))
        assert isinstance(parsed, AudienceExpr)
        return parsed.sql

    purchase, tea = "has_tag_family('purchase')", "has_tag('tea')"
    assert "orders_365d" in sql(purchase)
    assert "orders_365d" not in sql(purchase, store.replace("family: purchase, ", ""))
    assert "green-tea" in sql(tea)
    assert "green-tea" not in sql(tea, store.replace("merge: [green-tea]", "where: joined"))
