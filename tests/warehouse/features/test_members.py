"""Every feature column against a figure worked out by hand, and the boundaries it must respect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import pytest

from campaign_calendars.audiences.fields.vocabulary import FIELDS
from warehouse.features import history
from warehouse.features.members import build_features
from warehouse.features.params import FeatureParams, set_variables
from warehouse.models.catalogue import load_layer

AS_OF = datetime(2026, 3, 8, 4, tzinfo=UTC)  # noon in Shanghai
PARAMS = FeatureParams(
    timezone="Asia/Shanghai",
    lifecycle_days=(30, 90, 180, 365),
    tier_window_days=365,
    tiers=(("regular", 0), ("silver", 100_000), ("gold", 300_000)),
    campaign_from=datetime(2026, 3, 1, tzinfo=UTC),
    phases=(("burst", datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)),),
)


def filled() -> duckdb.DuckDBPyConnection:
    """Three members and what they did, as a snapshot has them."""
    con = duckdb.connect()
    con.execute("attach ':memory:' as snap")
    for model in load_layer("staging"):
        con.execute(f"create table snap.{model.name} ({model.ddl()})")
    history.create_tables(con)
    con.execute(
        """
        insert into snap.stg_members by name
            select 'ann' as member_id, '杭州' as city, '浙江' as province, date '1996-03-09' as birth_on,
                'female' as gender, 'live' as join_source, timestamp '2024-01-01' as created_at,
                timestamp '2026-03-01' as joined_at
            union all by name
            select 'ben' as member_id, date '2008-03-08' as birth_on, timestamp '2025-03-08 04:00' as joined_at,
                timestamp '2026-03-08 03:59:59' as left_at
            union all by name
            select 'eve' as member_id, timestamp '2026-03-08 04:00' as created_at;

        insert into snap.stg_orders
            (order_id, member_id, ordered_at, paid_at, closed_at, amount_cents, refunded_cents, refunded_at, items)
        values
            ('a1', 'ann', '2025-03-01', '2025-03-01', null, 7777777, 0, null, 9),           -- beyond a year
            ('a2', 'ann', '2025-03-08 04:00', '2025-03-08 04:00', null, 90000, 0, null, 2), -- 365 days, to the moment
            ('a3', 'ann', '2026-01-01', '2026-01-02', null, 20000, 5001, '2026-02-01', 1),  -- partly given back
            ('a4', 'ann', '2026-02-10', '2026-02-10', null, 30000, 30000, '2026-03-09', 3), -- given back after as_of
            ('a5', 'ann', '2026-03-02', '2026-03-02', null, 10000, 10000, '2026-03-05', 4), -- given back: no order
            ('a6', 'ann', '2026-03-01', '2026-03-01', null, 4002, 0, null, null),           -- first of the campaign
            ('a7', 'ann', '2026-03-08 03:00', '2026-03-08 04:00', null, 50000, 0, null, 1), -- paid at as_of: unpaid
            ('b1', 'ben', '2025-12-08 04:00:01', '2025-12-08 04:00:01', null, 5000, 0, null, 1),
            ('b2', 'ben', '2026-03-01', null, '2026-03-02', 6000, 0, null, 1);              -- closed unpaid

        update snap.stg_orders set succeeded_at = paid_at;

        insert into snap.stg_events (event_id, member_id, kind, "at") values
            ('1', 'ann', 'visit', '2026-03-01 04:00'), ('2', 'ann', 'visit', '2026-03-01 03:59:59'),
            ('3', 'ann', 'visit', '2026-02-06 04:00'), ('4', 'ann', 'visit', '2026-02-06 03:59:59'),
            ('5', 'ann', 'cart_add', '2026-03-07'), ('6', 'ann', 'cart_add', '2026-02-20'),
            ('7', 'ann', 'favourite', '2026-02-20'), ('8', 'ann', 'sign_in', '2026-02-21'),
            ('9', 'ann', 'review', '2026-02-22'), ('10', 'ann', 'interact', '2026-02-23'),
            ('11', 'ann', 'page_view', '2026-03-07 05:00'), ('12', 'ann', 'visit', '2026-03-08 04:00');

        insert into contacts (member_id, channel, "at") values
            ('ann', 'sms', '2026-03-01 04:00'), ('ann', 'group', '2026-02-27'), ('ann', 'sms', '2026-01-01'),
            ('ann', 'sms', '2026-03-08 04:00'), ('ben', 'sms', '2026-02-28 23:59:59');
        """
    )
    return con


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(filled()) as con:
        yield con


def built(con: duckdb.DuckDBPyConnection, *columns: str, **changes: Any) -> dict[str, dict[str, Any]]:
    """The rows by member; only these columns of them, if any are named."""
    from dataclasses import replace

    as_of = changes.pop("as_of", AS_OF)
    build_features(con, as_of=as_of, params=replace(PARAMS, **changes), columns=columns or None)
    result = con.execute("from member_features order by member_id")
    names = [column[0] for column in result.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in result.fetchall()}


def test_every_column_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    rows = built(con)
    assert list(rows) == ["ann", "ben"], "eve becomes known at as_of, which is too late"
    assert rows["ann"] == {
        "member_id": "ann",
        "city": "杭州",
        "province": "浙江",
        "gender": "female",
        "age": 29,
        "birth_month": 3,
        "is_birthday_month": True,
        "created_at": datetime(2024, 1, 1),
        "joined": True,
        "has_left": False,
        "joined_at": datetime(2026, 3, 1),
        "join_source": "live",
        "joined_days": 7,
        "is_member": True,
        "joined_in_campaign": True,
        "orders_total": 5,
        "orders_30d": 2,
        "orders_90d": 3,
        "orders_365d": 4,
        "orders_closed_30d": 0,
        "orders_closed_90d": 0,
        "spend_total": 7777777 + 90000 + 14999 + 30000 + 4002,
        "spend_90d": 14999 + 30000 + 4002,
        "spend_365d": 90000 + 14999 + 30000 + 4002,
        "items_365d": 6,
        "avg_order": 139001 // 4,
        "first_order_at": datetime(2025, 3, 1),
        "last_order_at": datetime(2026, 3, 1),
        "recency_days": 7,
        "order_interval_days": 365 // 4,
        "r_score": 5,
        "f_score": 3,  # of two buyers: above two thresholds of four
        "m_score": 3,
        "lifecycle": "core",
        "tier": "silver",
        "tier_is_manual": False,
        "may_join": False,
        "value_score": 4 * 10 + 13 + 3 + 2 * 2 + 2 + 1 + 2 * 3 + 10,
        "items_per_basket": 150,
        "discount_share_365d": 0,
        "favourite_category": None,
        "points_balance": 0,
        "points_earned_365d": 0,
        "points_redeemed_365d": 0,
        "points_expiring_30d": 0,
        "active_hour": 8,
        "active_day_part": "morning",
        "visits_7d": 1,
        "visits_30d": 3,
        "cart_adds_7d": 1,
        "cart_adds_30d": 2,
        "favourites_30d": 1,
        "sign_ins_30d": 1,
        "interactions_30d": 2,
        "last_event_at": datetime(2026, 3, 7, 5),
        "last_event_days": 0,
        "contacts_7d": 1,
        "contacts_30d": 2,
        "last_contact_days": 7,
        "contacted_in_campaign": True,
        "bought_in_campaign": True,
        "orders_in_campaign": 1,
        "spend_in_campaign": 4002,
        "has_unpaid_order": True,
        "has_staged_order": False,
        "balance_open": False,
        "balance_due": False,
        "balance_due_amount": None,
        "forfeited_orders": 0,
    }
    assert rows["ben"] == rows["ben"] | {
        "age": 18,
        "joined": False,
        "has_left": True,
        "joined_days": None,
        "is_member": False,
        "orders_total": 1,
        "orders_90d": 1,
        "orders_closed_30d": 1,
        "orders_closed_90d": 1,
        "order_interval_days": None,
        "gender": None,
        "recency_days": 89,
        "r_score": 3,
        "f_score": 1,
        "m_score": 1,
        "lifecycle": "potential",
        "tier": "regular",
        "contacts_30d": 1,
        "contacted_in_campaign": False,
        "bought_in_campaign": False,
        "has_unpaid_order": False,
    }


def test_a_second_later_the_world_is_another(con: duckdb.DuckDBPyConnection) -> None:
    rows = built(con, as_of=AS_OF.replace(second=1))
    assert rows["ann"]["orders_in_campaign"] == 2
    assert rows["ann"]["orders_365d"] == 4  # a7 came in, a2 fell out
    assert rows["ann"]["has_unpaid_order"] is False
    assert rows["ann"]["visits_7d"] == 1  # the visit at noon came in, the one seven days ago fell out
    assert "eve" in rows


def test_what_was_known_then_is_what_counts(con: duckdb.DuckDBPyConnection) -> None:
    then = built(con, as_of=datetime(2026, 1, 15, tzinfo=UTC))
    assert then["ann"]["spend_90d"] == 20000, "the refund of 1 February was not known"
    assert (then["ann"]["joined"], then["ann"]["joined_at"]) == (False, None)
    assert (then["ben"]["joined"], then["ben"]["has_left"]) == (True, False)


WINDOWS = {
    "insert into snap.stg_orders (member_id, ordered_at, paid_at, amount_cents, refunded_cents, items) "
    "values ('ann', $at, $at, 7, 0, 7)": {
        "orders_30d": 30,
        "orders_90d": 90,
        "orders_365d": 365,
        "spend_90d": 90,
        "spend_365d": 365,
        "items_365d": 365,
    },
    "insert into snap.stg_events (member_id, kind, at) values ('ann', 'visit', $at)": {
        "visits_7d": 7,
        "visits_30d": 30,
    },
    "insert into snap.stg_events (member_id, kind, at) values ('ann', 'cart_add', $at)": {
        "cart_adds_7d": 7,
        "cart_adds_30d": 30,
    },
    "insert into snap.stg_events (member_id, kind, at) values ('ann', 'favourite', $at)": {"favourites_30d": 30},
    "insert into snap.stg_events (member_id, kind, at) values ('ann', 'sign_in', $at)": {"sign_ins_30d": 30},
    "insert into snap.stg_events (member_id, kind, at) values ('ann', 'lottery', $at)": {"interactions_30d": 30},
    "insert into contacts (member_id, at) values ('ann', $at)": {"contacts_7d": 7, "contacts_30d": 30},
}


@pytest.mark.parametrize(
    ("fact", "column", "days"), [(fact, *window) for fact, windows in WINDOWS.items() for window in windows.items()]
)
def test_a_window_holds_its_first_moment_and_not_its_end(
    con: duckdb.DuckDBPyConnection, fact: str, column: str, days: int
) -> None:
    con.execute("delete from snap.stg_orders; delete from snap.stg_events; delete from contacts")
    end = AS_OF.replace(tzinfo=None)
    start, instant = end - timedelta(days=days), timedelta(microseconds=1)
    found = [built(con, column)["ann"][column]]
    for at in (start - instant, start, end - instant, end):
        con.execute(fact.replace(" at)", ' "at")'), {"at": at})
        found.append(built(con, column)["ann"][column])
    counted = [after > before for before, after in pairwise(found)]
    assert counted == [False, True, True, False]


@pytest.mark.parametrize(
    ("days", "lifecycle"),
    [
        *[(0, "core"), (30, "core"), (31, "potential"), (90, "potential"), (91, "ordinary")],
        *[(180, "ordinary"), (181, "dormant"), (365, "dormant"), (366, "lost")],
    ],
)
def test_lifecycle_bounds_are_inclusive(con: duckdb.DuckDBPyConnection, days: int, lifecycle: str) -> None:
    con.execute("delete from snap.stg_orders")
    con.execute(
        """
        insert into snap.stg_orders (member_id, ordered_at, paid_at, amount_cents, refunded_cents)
        select 'ann', moment, moment, 100, 0
        from (select $now - to_days($days::integer) - interval 1 second as moment)
        """,
        {"now": AS_OF.replace(tzinfo=None), "days": days},
    )
    row = built(con, "recency_days", "lifecycle")["ann"]
    assert (row["recency_days"], row["lifecycle"]) == (days, lifecycle)


def test_who_never_bought_has_no_recency(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("delete from snap.stg_orders")
    row = built(con)["ann"]
    assert (row["lifecycle"], row["recency_days"], row["r_score"], row["avg_order"], row["tier"]) == (
        "never",
        None,
        None,
        None,
        "regular",
    )


@pytest.mark.parametrize(("spend", "tier"), [(99_999, "regular"), (100_000, "silver"), (300_000, "gold")])
def test_a_tier_is_reached_inclusively(con: duckdb.DuckDBPyConnection, spend: int, tier: str) -> None:
    con.execute("delete from snap.stg_orders")
    con.execute(
        """
        insert into snap.stg_orders (member_id, ordered_at, paid_at, succeeded_at, amount_cents, refunded_cents)
        values ('ann', '2026-01-01', '2026-01-01', '2026-01-01', ?, 0)
        """,
        [spend],
    )
    assert built(con, "tier")["ann"]["tier"] == tier


@pytest.mark.parametrize(
    ("born", "as_of", "age"),
    [
        (date(2008, 2, 29), datetime(2026, 2, 28, 12, tzinfo=UTC), 17),
        (date(2008, 2, 29), datetime(2026, 3, 1, tzinfo=UTC), 18),
        (date(2008, 3, 8), datetime(2026, 3, 7, 15, 59, tzinfo=UTC), 17),
        (date(2008, 3, 8), datetime(2026, 3, 7, 16, 0, tzinfo=UTC), 18),  # midnight in Shanghai
        (date(2030, 1, 1), datetime(2026, 3, 7, tzinfo=UTC), None),
    ],
)
def test_ages_follow_the_local_day(
    con: duckdb.DuckDBPyConnection, born: date, as_of: datetime, age: int | None
) -> None:
    con.execute("update snap.stg_members set birth_on = ? where member_id = 'ann'", [born])
    assert built(con, "age", as_of=as_of)["ann"]["age"] == age


@pytest.mark.parametrize(("definition", "members"), [("1.0", {"ann"}), ("2.0", {"ann", "cid"}), ("3.0", {"ann"})])
def test_member_definitions(con: duckdb.DuckDBPyConnection, definition: str, members: set[str]) -> None:
    con.execute("insert into snap.stg_members (member_id, joined_at) values ('cid', '2025-01-01')")
    rows = built(con, "is_member", member_definition=definition)
    assert {name for name, row in rows.items() if row["is_member"]} == members


def test_without_a_campaign_nothing_happened_in_it(con: duckdb.DuckDBPyConnection) -> None:
    row = built(con, campaign_from=None)["ann"]
    assert not any(row[f] for f in ("joined_in_campaign", "bought_in_campaign", "contacted_in_campaign"))
    assert row["spend_in_campaign"] == 0


def test_the_small_tables_of_audience_predicates(con: duckdb.DuckDBPyConnection) -> None:
    built(con)
    built(con)  # again replaces them
    assert con.execute("from params").fetchall() == [(datetime(2026, 3, 8, 4), datetime(2026, 3, 1))]
    assert con.execute("from phase_windows").fetchall() == [("burst", datetime(2026, 3, 7), datetime(2026, 3, 9))]


def test_columns_are_those_audiences_may_use(con: duckdb.DuckDBPyConnection) -> None:
    built(con)
    columns = {name: kind.lower() for name, kind, *_ in con.execute("describe member_features").fetchall()}
    del columns["member_id"]
    assert columns == {field.name: field.column_type for field in FIELDS.values()}


def test_a_naive_as_of_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(ValueError, match="time zone"):
        build_features(con, as_of=datetime(2026, 3, 8), params=PARAMS)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"tiers": (("a", 5), ("b", 5))}, "strictly increase"),
        ({"member_definition": "4.0"}, "not a member definition"),
        ({"lifecycle_days": (30, 20, 180, 365)}, "lifecycle days must increase"),
    ],
)
def test_params_that_make_no_sense(changes: dict[str, Any], says: str) -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match=says):
        replace(PARAMS, **changes)


def test_variables_follow_every_change() -> None:
    moment = datetime(2026, 3, 8, 4, 0, 0, 120_000)
    steps: list[tuple[str, Any]] = [
        *[("varchar", "NULL"), ("varchar", None), ("varchar", "NULL"), ("varchar", "o'k"), ("varchar", "o'k")],
        *[("bigint", 1), ("bigint", None), ("varchar", "1"), ("boolean", True), ("boolean", False), ("boolean", None)],
        *[("timestamp", moment), ("timestamp", moment), ("timestamp", AS_OF.replace(tzinfo=None)), ("date", date.max)],
    ]
    con = duckdb.connect()
    for kind, value in steps:
        set_variables(con, {"said": (kind, value)})
        assert con.execute("select getvariable('said'), typeof(getvariable('said'))").fetchone() == (
            value,
            kind.upper(),
        )
