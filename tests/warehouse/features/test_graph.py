"""A build of a few columns gives the same figures as a build of all, and makes nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import duckdb
import pytest

from warehouse.features.graph import needed_names, steps_for
from warehouse.features.members import build_features
from warehouse.models.catalogue import Column, Model, facts_model, load_layer

from .test_members import AS_OF, PARAMS, filled


@pytest.fixture(scope="module")
def whole() -> Iterator[duckdb.DuckDBPyConnection]:
    """All figures in the table `whole`; what is built after that is built anew."""
    with closing(filled()) as con:
        build_features(con, as_of=AS_OF, params=PARAMS)
        con.execute("create table whole as from member_features")
        yield con


@pytest.mark.parametrize("column", list(load_layer("features")[-1].columns))
def test_one_column_alone_is_what_it_is_among_all(whole: duckdb.DuckDBPyConnection, column: str) -> None:
    build_features(whole, as_of=AS_OF, params=PARAMS, columns=[column])
    names = [name for name, *_ in whole.execute("describe member_features").fetchall()]
    assert names == list(dict.fromkeys(["member_id", column]))
    query = f'select member_id, "{column}" from {{}} order by member_id'
    assert whole.execute(query.format("member_features")).fetchall() == whole.execute(query.format("whole")).fetchall()


def test_only_what_is_needed_is_made() -> None:
    made = {step.model.name: step.wanted for step in steps_for(["lifecycle"])}
    assert made["member_buying"] == ("member_id", "last_order_at")
    assert not {"member_acting", "member_contacts", "rfm_cuts"} & made.keys()
    assert "rfm_cuts" in {step.model.name for step in steps_for(["f_score"])}
    assert [step.model.name for step in steps_for()] == [model.name for model in load_layer("features")]


def test_a_column_there_is_not() -> None:
    with pytest.raises(ValueError, match="no column shoe_size"):
        steps_for(["shoe_size"])


def test_names_are_followed_through_ctes_and_conditions() -> None:
    query = """
        with a as (select member_id, x + y as xy, z from t where live), b as (select *, xy * 2 as twice from a)
        select member_id, twice as out, z as other from b order by rank
    """
    assert needed_names(query, frozenset({"out"})) >= {"x", "y", "live", "rank"}
    assert "z" not in needed_names(query, frozenset({"out"}))


def _model(name: str, joins: str | None, **columns: Column) -> Model:
    key = Column(type="varchar", description="who")
    return Model.model_validate(
        {"name": name, "grain": "g", "depends_on": [], "joins": joins, "columns": {"member_id": key, **columns}}
        | {"query": "select 1"}
    )


def test_a_model_joins_by_being_there() -> None:
    points = Column(type="integer", default=0, description="points")
    spine, extra = _model("member_profile", "spine"), _model("member_points", "by_member", points=points)
    facts = facts_model([extra, spine])
    assert list(facts.columns) == ["member_id", "points"]
    assert 'coalesce(member_points."points", 0) as "points"' in facts.query
    narrow = facts_model([extra, spine], {"member_id"})
    assert "join" not in narrow.query
    assert 'cast(null as integer) as "points"' in narrow.query
    with pytest.raises(ValueError, match="has \\['points'\\] already"):
        facts_model([spine, extra, _model("member_credit", "by_member", points=points)])
