"""Features of every member: the SQL model against the same figures in plain pandas; 10 orders and 20 events each.

The pandas reading computes the same columns the way one writes them by hand: filter, group, merge.
Both are checked against each other before a row is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import duckdb

from benchmarks import harness
from warehouse import history
from warehouse.features import FeatureParams, build_features
from warehouse.model_files import load_layer

AS_OF = datetime(2026, 3, 8, tzinfo=UTC)
CAMPAIGN = datetime(2026, 3, 1, tzinfo=UTC)
TIERS = (("regular", 0), ("silver", 100_000), ("gold", 300_000), ("platinum", 1_000_000))
PARAMS = FeatureParams(
    timezone="UTC", lifecycle_days=(30, 90, 180, 365), tier_window_days=365, tiers=TIERS, campaign_from=CAMPAIGN
)
WORLD = """
create table snap.stg_members as
select 'm' || i as member_id, 'c' || i % 300 as city, 'p' || i % 30 as province,
    date '1970-01-01' + (i * 7 % 13000)::integer as birth_on, timestamp '2024-01-01' as created_at,
    timestamp '2024-06-01' + to_days((i % 900)::integer) as joined_at,
    case when i % 50 = 0 then timestamp '2026-01-01' end as left_at
from range($members) as t(i);

create table snap.stg_orders as
select 'o' || i as order_id, 'm' || i * 7919 % $members as member_id,
    timestamp '2024-06-01' + to_seconds(i * 131071 % 57000000) as ordered_at,
    case when i % 12 > 0 then ordered_at + interval 10 minute end as paid_at,
    case when i % 24 = 0 then ordered_at + interval 1 day end as closed_at,
    100 + i * 37 % 90000 as amount_cents, case when i % 10 = 0 then amount_cents else 0 end as refunded_cents,
    case when i % 10 = 0 then paid_at + interval 3 day end as refunded_at, 1 + i % 3 as items,
    paid_at as succeeded_at
from range($members * 10) as t(i);

create table snap.stg_events as
select 'e' || i as event_id, 'm' || i * 104729 % $members as member_id,
    ['visit', 'page_view', 'cart_add', 'favourite', 'sign_in', 'interact'][i * 31 % 6 + 1] as kind,
    timestamp '2025-06-01' + to_seconds(i * 65537 % 25000000) as "at"
from range($members * 20) as t(i);
"""
COMPARED = (
    *("orders_total", "orders_30d", "orders_90d", "orders_365d", "spend_total", "spend_90d", "spend_365d"),
    *("items_365d", "recency_days", "r_score", "f_score", "m_score", "lifecycle", "tier", "visits_7d", "visits_30d"),
    *("cart_adds_7d", "cart_adds_30d", "favourites_30d", "sign_ins_30d", "interactions_30d", "last_event_days"),
    *("orders_in_campaign", "spend_in_campaign", "bought_in_campaign", "has_unpaid_order", "joined", "joined_days"),
    *("joined_in_campaign", "age", "is_birthday_month"),
)


def world(members: int) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 2})
    con.execute("attach ':memory:' as snap")
    for statement in WORLD.split(";\n"):
        if statement.strip():
            con.execute(statement, {"members": members})
    for model in load_layer("staging"):  # optional datasets nobody has
        con.execute(f"create table if not exists snap.{model.name} ({model.ddl()})")
    history.create_tables(con)
    return con


def in_pandas(members: Any, orders: Any, events: Any) -> Any:
    import pandas as pd

    now, campaign = pd.Timestamp(AS_OF).tz_localize(None), pd.Timestamp(CAMPAIGN).tz_localize(None)
    known = orders["refunded_at"] < now
    orders = orders[orders["ordered_at"] < now].assign(
        net=orders["amount_cents"] - orders["refunded_cents"].where(known, 0),
        void=known & (orders["refunded_cents"] > 0) & (orders["refunded_cents"] >= orders["amount_cents"]),
    )
    standing = orders[(orders["paid_at"] < now) & ~orders["void"]]
    waiting = orders[(orders["paid_at"].isna() | (orders["paid_at"] >= now))]
    waiting = waiting[waiting["closed_at"].isna() | (waiting["closed_at"] >= now)]
    wide = members.set_index("member_id")
    for name, since in {
        "total": pd.Timestamp.min,
        **{f"{n}d": now - pd.Timedelta(days=n) for n in (30, 90, 365)},
        "in_campaign": campaign,
    }.items():
        group = standing[standing["paid_at"] >= since].groupby("member_id")
        sums = group.agg(orders=("net", "size"), spend=("net", "sum"), items=("items", "sum")).add_suffix(f"_{name}")
        wide = wide.join(sums)
    last = standing.groupby("member_id")["paid_at"].agg(["min", "max"])
    wide["recency_days"] = (now - last["max"]).dt.days
    wide["has_unpaid_order"] = wide.index.isin(waiting["member_id"])
    seen = events[events["at"] < now]
    for days in (7, 30):
        recent = seen[seen["at"] >= now - pd.Timedelta(days=days)]
        counts = recent.groupby(["member_id", "kind"]).size().unstack(fill_value=0)
        wide = wide.join(counts.add_suffix(f"_{days}d"))
    wide["last_event_days"] = (now - seen.groupby("member_id")["at"].max()).dt.days
    return _derived(wide, now, campaign)


def _derived(wide: Any, now: Any, campaign: Any) -> Any:
    import numpy as np
    import pandas as pd

    counted = [c for c in wide.columns if c.startswith(("orders_", "spend_", "items_")) or c.endswith(("_7d", "_30d"))]
    wide[counted] = wide[counted].fillna(0)
    wide = wide.rename(
        columns={
            **{
                f"{kind}_{n}d": f"{kind}s_{n}d"
                for kind in ("visit", "cart_add", "favourite", "sign_in")
                for n in (7, 30)
            },
            "interact_30d": "interactions_30d",
        }
    )
    buyers = wide[wide["orders_365d"] > 0]
    for score, field, sign in (
        ("r_score", "recency_days", -1),
        ("f_score", "orders_365d", 1),
        ("m_score", "spend_365d", 1),
    ):
        ordered = np.sort(buyers[field].to_numpy())
        cuts = [ordered[-(-len(ordered) * fifth // 5) - 1] for fifth in (1, 2, 3, 4)]
        above = sum((buyers[field] > cut).astype(int) for cut in cuts)
        wide[score] = 1 + above if sign > 0 else 5 - above
    bounds = [-1, 30, 90, 180, 365, np.inf]
    names = ["core", "potential", "ordinary", "dormant", "lost"]
    wide["lifecycle"] = pd.cut(wide["recency_days"], bounds, labels=names).astype(object).fillna("never")
    edges = [spend for _, spend in TIERS]
    wide["tier"] = np.array([t for t, _ in TIERS])[np.searchsorted(edges, wide["spend_365d"], side="right") - 1]
    wide["bought_in_campaign"] = wide["orders_in_campaign"] > 0
    joined = (wide["joined_at"] < now) & ~(wide["left_at"] < now)
    wide["joined"] = joined
    wide["joined_days"] = (now - wide["joined_at"]).dt.days.where(joined)
    wide["joined_in_campaign"] = joined & (wide["joined_at"] >= campaign)
    born = pd.to_datetime(wide["birth_on"])
    early = (born.dt.month * 100 + born.dt.day) > now.month * 100 + now.day
    wide["age"] = now.year - born.dt.year - early
    wide["is_birthday_month"] = born.dt.month == now.month
    return wide


def agree(con: duckdb.DuckDBPyConnection, wide: Any) -> None:
    """Every compared column, every member; raises at the first difference."""
    import pandas as pd

    found = con.execute("from member_features").df().set_index("member_id")
    wide = wide.reindex(found.index)
    for name in COMPARED:
        left, right = found[name], wide[name]
        if pd.api.types.is_numeric_dtype(right):
            left, right = left.astype("Float64").fillna(-1), right.astype("Float64").fillna(-1)
        if not (left == right).all():
            raise SystemExit(f"{name} differs for {(left != right).sum()} members")


def prepare(members: int) -> Callable[[], duckdb.DuckDBPyConnection]:
    con = world(members)

    def work() -> duckdb.DuckDBPyConnection:
        build_features(con, as_of=AS_OF, params=PARAMS)
        return con

    return work


def prepare_pandas(members: int) -> Callable[[], Any]:
    with world(members) as con:
        frames = [con.execute(f"from snap.stg_{name}").df() for name in ("members", "orders", "events")]
    return lambda: in_pandas(*frames)


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    members: int = chosen.members
    both = harness.alternate(lambda: prepare(members), lambda: prepare_pandas(members), rounds=chosen.rounds)
    agree(both.result, both.expected)
    both.result.close()
    yield both.row("features: SQL model, against pandas", members, harness.peak_mb(prepare, members))


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=200_000, short=20_000), rows)
