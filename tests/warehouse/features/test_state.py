"""The state carried on equals a full computation, to the digit: refunds, late rows, windows, people who come and go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.drawing import drawn
from tests.warehouse.conftest import AS_OF, PARAMS
from warehouse.features import history
from warehouse.features.graph import steps_for
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.features.state import MOST_DAYS, models_over_state, state_key, usable_state, write_state
from warehouse.models.catalogue import load_layer

from .test_members_oracle import COLUMNS, NOW, PEOPLE, Row, contacts, events, feature_params, fill, members, orders

STEPS = [timedelta(0), timedelta(microseconds=1), timedelta(hours=5)]
STEPS += [timedelta(days=days) for days in (1, 7, 23, 30, 59)]
FIGURES = sorted(load_layer("features")[-1].columns)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(config={"threads": 2})
    con.execute("attach ':memory:' as snap")
    for model in load_layer("staging"):
        con.execute(f"create table snap.{model.name} ({model.ddl()})")
    history.create_tables(con)
    yield con
    con.close()


def put(con: duckdb.DuckDBPyConnection, people: Sequence[Row], **facts: Sequence[Row]) -> None:
    named = [{**person, "member_id": name} for name, person in zip(PEOPLE, people, strict=False)]
    fill(con, "stg_members", named)
    for table, rows in facts.items():
        fill(con, table, rows)


def features(con: duckdb.DuckDBPyConnection, as_of: datetime, params: FeatureParams, **how: Any) -> tuple[str, Any]:
    use = build_features(con, as_of=as_of, params=params, **how)
    return use.mode, con.execute("from member_features order by member_id").fetchall()


@drawn(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(members, min_size=3, max_size=6),
    orders=orders,
    events=events,
    contacts=contacts,
    params=feature_params,
    step=st.sampled_from(STEPS),
    some=st.sets(st.sampled_from(FIGURES), min_size=1, max_size=4),
)
def test_a_state_carried_on_is_a_full_computation(  # noqa: PLR0917
    con: duckdb.DuckDBPyConnection,
    people: list[Row],
    orders: list[Row],
    events: list[Row],
    contacts: list[Row],
    params: FeatureParams,
    step: timedelta,
    some: set[str],
) -> None:
    now = NOW.replace(tzinfo=UTC)
    put(con, people, stg_orders=orders, stg_events=events, contacts=contacts)
    write_state(con, as_of=now - step, params=params)
    assert features(con, now, params, incremental=False) == ("full", features(con, now, params)[1])
    assert features(con, now, params)[0] == "incremental"
    few = features(con, now, params, columns=some, incremental=False)[1]
    assert features(con, now, params, columns=some, as_view=True) == ("incremental", few)


@st.composite
def later_facts(draw: st.DrawFn, rows: list[Row], fresh: st.SearchStrategy[list[Row]]) -> list[Row]:
    """The same facts some time later: some are gone, some say something else, some are new."""
    other = draw(fresh)
    keep = draw(st.lists(st.sampled_from(["same", "same", "same", "gone", "other"]), min_size=len(rows)))
    kept = [dict(row) for row, fate in zip(rows, keep, strict=False) if fate != "gone"]
    for index, (row, fate) in enumerate(zip(kept, keep, strict=False)):
        if fate == "other" and index < len(other):
            row |= {name: value for name, value in other[index].items() if name != "member_id"}
    return kept + other[: draw(st.integers(0, 6))]


@drawn(20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    people=st.lists(members, min_size=3, max_size=6),
    before=orders,
    seen=events,
    params=feature_params,
    step=st.sampled_from(STEPS),
)
def test_late_and_changed_rows_are_taken_in(  # noqa: PLR0917
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    data: st.DataObject,
    people: list[Row],
    before: list[Row],
    seen: list[Row],
    params: FeatureParams,
    step: timedelta,
) -> None:
    new = data.draw(later_facts(before, orders)), data.draw(later_facts(seen, events))
    assert_carried_on(con, tmp_path, people, (before, seen), new, params=params, step=step)


Facts = tuple[list[Row], list[Row]]
"""Orders and events."""


def assert_carried_on(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    people: Sequence[Row],
    old: Facts,
    new: Facts,
    *,
    params: FeatureParams,
    step: timedelta,
) -> None:
    """The state of `old`, `step` before now, carried on to what is known now is that of a full computation."""
    now = NOW.replace(tzinfo=UTC)
    put(con, people, stg_orders=old[0], stg_events=old[1], contacts=[])
    write_state(con, as_of=now - step, params=params)
    path = tmp_path / "previous.duckdb"
    path.unlink(missing_ok=True)
    con.execute(f"attach '{path}' as made")
    con.execute("create table made.member_state as from snap.member_state")
    con.execute("create table made.state_meta as from snap.state_meta")
    con.execute("detach made")
    put(con, people, stg_orders=new[0], stg_events=new[1], contacts=[])
    changed = {row["member_id"] for pair in zip(old, new, strict=True) for row in _differing(*pair)}
    con.execute("create or replace temp table touched (member_id varchar)")
    con.executemany("insert into touched values (?)", [[name] for name in sorted(changed)] or [["nobody"]])
    assert write_state(con, as_of=now, params=params, previous=path, touched="touched").mode == "incremental"
    carried = con.execute("from snap.member_state order by member_id").fetchall()
    assert write_state(con, as_of=now, params=params).mode == "full"
    wanted = {row[0]: row for row in con.execute("from snap.member_state").fetchall()}
    empty = {row[0] for row in carried} - wanted.keys()
    assert [row for row in carried if row[0] not in empty] == [wanted[name] for name in sorted(wanted)]
    for row in carried:
        if row[0] in empty:  # nothing is left of what the member did; the row says so
            assert not any(row[1:])


def _differing(old: list[Row], new: list[Row]) -> list[Row]:
    """Rows that appeared, vanished or changed; a row told twice that is told once now has changed, too."""
    counts = Counter(map(_cells, old))
    counts.subtract(map(_cells, new))
    return [row for row in [*old, *new] if counts[_cells(row)]]


def _cells(row: Row) -> tuple[Any, ...]:
    return tuple(sorted(row.items()))


def test_a_row_told_once_less_is_a_change(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Equal rows count each: `find_touched` compares with `except all`, and so must whoever names the touched."""
    before = NOW - timedelta(days=1)
    twice: list[Row] = [{"member_id": "m0", "kind": "visit", "at": before - timedelta(hours=1)}] * 2
    person: Row = dict.fromkeys(COLUMNS["stg_members"])
    old, new = ([], twice), ([], twice[:1])
    assert_carried_on(con, tmp_path, [person], old, new, params=PARAMS, step=timedelta(days=1))


def test_when_a_state_is_used(con: duckdb.DuckDBPyConnection) -> None:
    from dataclasses import replace

    now = AS_OF.replace(tzinfo=None)
    con.execute("drop table if exists snap.state_meta")
    assert usable_state(con, "snap", now, PARAMS).reason == "there is no state"
    assert write_state(con, as_of=AS_OF, params=PARAMS).reason == "no snapshot to build on"
    assert usable_state(con, "snap", now + timedelta(days=MOST_DAYS), PARAMS).mode == "incremental"
    for moment, params, reason in (
        (now - timedelta(seconds=1), PARAMS, "later moment"),
        (now + timedelta(days=MOST_DAYS, seconds=1), PARAMS, "older than"),
        (now, replace(PARAMS, tier_window_days=90), "rules of the figures"),
    ):
        use = usable_state(con, "snap", moment, params)
        assert (use.mode, reason in use.reason) == ("full", True)
    # Bounds of the lifecycle and the tiers' spend are no part of it: they are derived anew each time.
    other = replace(PARAMS, lifecycle_days=(1, 2, 3, 4), tiers=(("regular", 0), ("black", 5)), timezone="UTC")
    assert state_key(other) == state_key(PARAMS)


def test_a_tier_changes_with_the_state_as_it_is(con: duckdb.DuckDBPyConnection) -> None:
    from dataclasses import replace

    ordered = AS_OF.replace(tzinfo=None) - timedelta(days=300)
    order = dict.fromkeys(COLUMNS["stg_orders"]) | {"member_id": "m0", "amount_cents": 150_000, "refunded_cents": 0}
    people = [dict.fromkeys(COLUMNS["stg_members"])]
    put(
        con,
        people,
        stg_orders=[order | dict.fromkeys(("ordered_at", "paid_at", "succeeded_at"), ordered)],
        stg_events=[],
        contacts=[],
    )
    write_state(con, as_of=AS_OF, params=PARAMS)
    found = {}
    for days in (0, 50):
        for lower in (False, True):
            params = replace(PARAMS, tiers=(("regular", 0), ("silver", 150_000 if lower else 150_001)))
            use = build_features(con, as_of=AS_OF + timedelta(days=days), params=params, columns=["tier"])
            assert use.mode == "incremental"
            found[days, lower] = con.execute("select tier from member_features").fetchall()[0][0]
    assert found == {(0, False): "regular", (0, True): "silver", (50, False): "regular", (50, True): "silver"}
    params = replace(PARAMS, tiers=(("regular", 0), ("silver", 150_000)), tier_window_days=340)
    write_state(con, as_of=AS_OF, params=params)
    build_features(con, as_of=AS_OF + timedelta(days=40, microseconds=1), params=params, columns=["tier"])
    assert con.execute("select tier from member_features").fetchall() == [("regular",)], "the order left the window"


def test_only_the_changes_a_column_needs_are_read() -> None:
    made = {step.model.name: step.wanted for step in steps_for(["visits_7d"], models_over_state())}
    assert made["member_state"] == ("member_id", "visits_7d")
    assert {"member_buying", "member_acting"} & made.keys() == set()
