"""Features against a slow, plain Python reading of their definitions, on random small worlds.

Everything lies near the boundaries of the windows on purpose: that is where readings differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.drawing import drawn
from tests.warehouse.features.members_oracle import Row, features
from tests.warehouse.features.stages_oracle import (
    COLUMNS as STAGES,
)
from tests.warehouse.features.stages_oracle import UNSTAGED, staged
from warehouse.engines.rows import append_rows
from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import load_layer

NOW = datetime(2026, 3, 8, 4)
CAMPAIGN = datetime(2026, 3, 1, tzinfo=UTC)
_SOON = NOW.replace(tzinfo=UTC)
BALANCES = (
    (_SOON - timedelta(days=40), _SOON - timedelta(days=8), _SOON - timedelta(days=8), _SOON - timedelta(days=1)),
    (_SOON - timedelta(days=8), _SOON - timedelta(days=1), _SOON, _SOON + timedelta(days=2)),
)
KINDS = ("visit", "page_view", "cart_add", "favourite", "sign_in", "interact", "review", "odd kind")
COLUMNS: dict[str, tuple[str, ...]] = {
    "stg_members": (
        *("member_id", "city", "province", "gender", "birth_on"),
        *("created_at", "joined_at", "join_source", "left_at"),
    ),
    "stg_orders": (
        *("member_id", "ordered_at", "paid_at", "closed_at"),
        *("amount_cents", "refunded_cents", "refunded_at", "items", "succeeded_at"),
        *("part_refunded_cents", "part_refunded_at"),
        *STAGES,
    ),
    "stg_events": ("member_id", "kind", "at"),
    "contacts": ("member_id", "at"),
}
PEOPLE = [f"m{n}" for n in range(6)]

moments = st.builds(
    lambda days, nudge: NOW - timedelta(days=days) + nudge,
    st.sampled_from([-1, 0, 1, 7, 8, 30, 31, 90, 91, 180, 181, 365, 366, 400]),
    st.sampled_from(
        [timedelta(0), timedelta(0), timedelta(microseconds=1), -timedelta(microseconds=1), timedelta(hours=5)]
    ),
)
maybe = st.none() | moments
members = st.fixed_dictionaries(
    {
        "city": st.sampled_from([None, "杭州"]),
        "province": st.none(),
        "gender": st.sampled_from([None, "female", "male"]),
        "join_source": st.sampled_from([None, "live"]),
        "birth_on": st.none()
        | st.sampled_from([date(2004, 2, 29), date(1990, 3, 8), date(1990, 3, 9), date(2027, 1, 1)]),
        "created_at": maybe,
        "joined_at": maybe,
        "left_at": st.none() | moments,
    }
)


@st.composite
def placed_order(draw: st.DrawFn) -> Row:
    ordered = draw(moments)
    paid = draw(st.sampled_from([None, ordered, ordered, ordered, ordered + timedelta(hours=30)]))
    amount = draw(st.sampled_from([0, 1, 999, 1000, 100_000]))
    refunded = draw(st.sampled_from([0, 0, amount // 2, amount]))
    refunded_at = draw(moments) if refunded else None
    part_at = (
        refunded_at - draw(st.sampled_from([timedelta(microseconds=1), timedelta(days=20)])) if refunded_at else None
    )
    part_at = draw(st.sampled_from([None, part_at]))
    order = UNSTAGED | {
        "member_id": draw(st.sampled_from(PEOPLE)),
        "ordered_at": ordered,
        "paid_at": paid,
        "closed_at": draw(maybe),
        "amount_cents": amount,
        "refunded_cents": refunded,
        "refunded_at": refunded_at,
        "part_refunded_cents": refunded // 3 if part_at else None,
        "part_refunded_at": part_at,
        "items": draw(st.sampled_from([None, 1, 3])),
        "succeeded_at": draw(st.sampled_from([None, paid, paid and paid + timedelta(days=9)])),
    }
    return draw(staged(order, moments)) if draw(st.integers(0, 2)) == 0 else order


orders = st.lists(placed_order(), min_size=5, max_size=40)
events = st.lists(
    st.fixed_dictionaries({"member_id": st.sampled_from(PEOPLE), "kind": st.sampled_from(KINDS), "at": moments}),
    max_size=25,
)
contacts = st.lists(st.fixed_dictionaries({"member_id": st.sampled_from(PEOPLE), "at": moments}), max_size=10)
feature_params = st.builds(
    FeatureParams,
    timezone=st.sampled_from(["Asia/Shanghai", "America/Los_Angeles"]),
    lifecycle_days=st.sampled_from([(30, 90, 180, 365), (7, 8, 30, 31)]),
    tier_window_days=st.sampled_from([90, 365]),
    tiers=st.sampled_from([(("regular", 0), ("silver", 1000), ("gold", 100_000)), (("silver", 999),), ()]),
    member_definition=st.sampled_from(["1.0", "2.0", "3.0"]),
    campaign_from=st.sampled_from([None, CAMPAIGN]),
    bought_from=st.sampled_from([None, CAMPAIGN + timedelta(days=3)]),
    balance_windows=st.sampled_from([(), BALANCES]),
)


@pytest.fixture(scope="module")
def con() -> Any:
    con = duckdb.connect(config={"threads": 2})
    con.execute("attach ':memory:' as snap")
    for model in load_layer("staging"):
        con.execute(f"create table snap.{model.name} ({model.ddl()})")
    history.create_tables(con)
    yield con
    con.close()


def fill(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    names = COLUMNS[table]
    target = table if table == "contacts" else f"snap.{table}"
    con.execute(f"delete from {target}")
    con.execute(f"create or replace temp table incoming as select {', '.join(_quoted(names))} from {target} limit 0")
    append_rows(con, "incoming", (tuple(row[name] for name in names) for row in rows))
    con.execute(f"insert into {target} by name from incoming")


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


@drawn(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(members, min_size=3, max_size=6), orders, events, contacts, feature_params)
def test_sql_and_plain_python_agree(  # noqa: PLR0917
    con: duckdb.DuckDBPyConnection,
    people: list[Row],
    orders: list[Row],
    events: list[Row],
    contacts: list[Row],
    params: FeatureParams,
) -> None:
    people = [{"member_id": name, **person} for name, person in zip(PEOPLE, people, strict=False)]
    orders = [order for order in orders if order["member_id"] in PEOPLE[: len(people)]]  # as staging keeps them
    for table, rows in {
        "stg_members": people,
        "stg_orders": orders,
        "stg_events": events,
        "contacts": contacts,
    }.items():
        fill(con, table, rows)
    as_of = NOW.replace(tzinfo=UTC)
    build_features(con, as_of=as_of, params=params)
    result = con.execute("from member_features order by member_id")
    names = [column[0] for column in result.description]
    found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    expected = features(people, orders, events, contacts, as_of=as_of, params=params)
    assert [row["member_id"] for row in found] == [row["member_id"] for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        assert row == wanted


@pytest.mark.parametrize("buyers", [1, 2, 4, 5, 7, 10, 23])
def test_quintiles_of_any_number_of_buyers(con: duckdb.DuckDBPyConnection, buyers: int) -> None:
    people = [dict.fromkeys(COLUMNS["stg_members"]) | {"member_id": f"b{n:02}"} for n in range(buyers + 3)]
    orders = [
        dict.fromkeys(COLUMNS["stg_orders"])
        | {"member_id": f"b{n:02}", "amount_cents": 100 * (n % 9), "refunded_cents": 0}
        | dict.fromkeys(("ordered_at", "paid_at", "succeeded_at"), NOW - timedelta(days=1 + n % 4))
        for n in range(buyers)
        for _ in range(1 + n % 3)
    ]
    for table, rows in {"stg_members": people, "stg_orders": orders, "stg_events": [], "contacts": []}.items():
        fill(con, table, rows)
    params = FeatureParams("UTC", (30, 90, 180, 365), 365, (("regular", 0),))
    build_features(con, as_of=NOW.replace(tzinfo=UTC), params=params)
    found = con.execute("select member_id, r_score, f_score, m_score from member_features order by 1").fetchall()
    expected = features(people, orders, [], [], as_of=NOW.replace(tzinfo=UTC), params=params)
    assert found == [(row["member_id"], row["r_score"], row["f_score"], row["m_score"]) for row in expected]
