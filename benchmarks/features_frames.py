"""The job of `benchmarks.features` as one writes it with data frames: Polars (streaming) and pandas."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from benchmarks.features_job import AS_OF, CAMPAIGN, TIERS, Overlaps, overlaps_of, plain_rules

NOW, SINCE = AS_OF.replace(tzinfo=None), CAMPAIGN.replace(tzinfo=None)
SCORED = (("r_score", "recency_days", -1), ("f_score", "orders_365d", 1), ("m_score", "spend_365d", 1))
LIFE = ((30, "core"), (90, "potential"), (180, "ordinary"), (365, "dormant"))


def _ago(days: int) -> Any:
    return NOW - timedelta(days=days)


def in_polars(members: Any, orders: Any, events: Any) -> Overlaps:
    """Lazy frames, the streaming engine, one expression for each rule."""
    import polars as pl

    c = pl.col
    wide = (
        members.lazy()
        .join(_polars_buying(orders), on="member_id", how="left")
        .join(_polars_acting(events), on="member_id", how="left")
    )
    left = (c("left_at") < NOW).fill_null(False)
    joined = (c("joined_at") < NOW).fill_null(False) & ~left
    born = c("birth_on").dt.month().cast(pl.Int32) * 100 + c("birth_on").dt.day()
    counted = ["^orders_.*$", "^spend_.*$", "^items_.*$", "^.*_7d$", "^.*_30d$", "^in_campaign$", "^unpaid$"]
    wide = wide.with_columns(pl.col(counted).fill_null(0)).with_columns(
        joined=joined,
        joined_in_campaign=joined & (c("joined_at") >= SINCE).fill_null(False),
        age=NOW.year - c("birth_on").dt.year() - (born > NOW.month * 100 + NOW.day).cast(pl.Int32),
        is_birthday_month=c("birth_on").dt.month() == NOW.month,
        recency_days=(pl.lit(NOW) - c("last_order_at")).dt.total_days(),
        last_event_days=(pl.lit(NOW) - c("last_event_at")).dt.total_days(),
        bought_in_campaign=c("in_campaign") > 0,
        has_unpaid_order=c("unpaid") > 0,
        avg_order=pl.when(c("orders_365d") > 0).then(c("spend_365d") // c("orders_365d")),
    )
    known = wide.collect(engine="streaming")
    buyers = known.filter(c("orders_365d") > 0)
    life = pl.when(c("recency_days").is_null()).then(pl.lit("never"))
    for bound, name in LIFE:
        life = life.when(c("recency_days") <= bound).then(pl.lit(name))
    tier = pl.when(c("spend_365d") >= TIERS[-1][1]).then(pl.lit(TIERS[-1][0]))
    for name, least in TIERS[-2:0:-1]:
        tier = tier.when(c("spend_365d") >= least).then(pl.lit(name))
    scores = {}
    for score, field, sign in SCORED:
        above = sum((c(field) > cut).cast(pl.Int32) for cut in _cuts(buyers[field].to_numpy()))
        scores[score] = pl.when(c("orders_365d") > 0).then(1 + above if sign > 0 else 5 - above)
    bits = [
        pl.when(pl.sql_expr(rule)).then(pl.lit(1 << bit, pl.Int64)).otherwise(pl.lit(0, pl.Int64))
        for bit, rule in enumerate(plain_rules())
    ]
    masks = (
        known.lazy()
        .with_columns(lifecycle=life.otherwise(pl.lit("lost")), tier=tier.otherwise(pl.lit(TIERS[0][0])), **scores)
        .select(mask=pl.sum_horizontal(bits))
        .group_by("mask")
        .agg(members=pl.len())
        .collect(engine="streaming")
    )
    return overlaps_of(masks["mask"].to_numpy(), masks["members"].to_numpy().astype(np.int64))


def _polars_buying(orders: Any) -> Any:
    import polars as pl

    c = pl.col
    known = (c("refunded_at") < NOW).fill_null(False)
    placed = orders.lazy().filter(c("ordered_at") < NOW)
    standing = placed.filter(
        (c("paid_at") < NOW) & ~(known & (c("refunded_cents") > 0) & (c("refunded_cents") >= c("amount_cents")))
    ).with_columns(net=c("amount_cents") - pl.when(known).then(c("refunded_cents")).otherwise(0))
    windows = {days: c("paid_at") >= _ago(days) for days in (30, 90, 365)}
    buying = standing.group_by("member_id").agg(
        orders_total=pl.len(),
        **{f"orders_{days}d": inside.sum() for days, inside in windows.items()},
        in_campaign=(c("paid_at") >= SINCE).sum(),
        spend_total=c("net").sum(),
        spend_90d=c("net").filter(windows[90]).sum(),
        spend_365d=c("net").filter(windows[365]).sum(),
        items_365d=c("items").filter(windows[365]).sum(),
        last_order_at=c("paid_at").max(),
    )
    waits = (c("paid_at").is_null() | (c("paid_at") >= NOW)) & (c("closed_at").is_null() | (c("closed_at") >= NOW))
    unpaid = placed.filter(waits).group_by("member_id").agg(unpaid=pl.len())
    return buying.join(unpaid, on="member_id", how="full", coalesce=True)


def _polars_acting(events: Any) -> Any:
    import polars as pl

    c = pl.col
    seen = events.lazy().filter(c("at") < NOW)
    kinds = {"visits": "visit", "cart_adds": "cart_add", "favourites": "favourite", "sign_ins": "sign_in"}
    kinds["interactions"] = "interact"
    recent = (
        seen.filter(c("at") >= _ago(30))
        .group_by("member_id")
        .agg(
            **{
                f"{name}_30d": (c("kind") == kind).sum() for name, kind in {**kinds, "interactions": "interact"}.items()
            },
            visits_7d=((c("kind") == "visit") & (c("at") >= _ago(7))).sum(),
            cart_adds_7d=((c("kind") == "cart_add") & (c("at") >= _ago(7))).sum(),
        )
    )
    last = seen.group_by("member_id").agg(last_event_at=c("at").max())
    return last.join(recent, on="member_id", how="left")


def in_pandas(members: Any, orders: Any, events: Any) -> Overlaps:
    """Filter, group, join; one `eval` for each rule."""
    import pandas as pd

    now, campaign = pd.Timestamp(NOW), pd.Timestamp(SINCE)
    known = orders["refunded_at"] < now
    orders = orders[orders["ordered_at"] < now].assign(
        net=orders["amount_cents"] - orders["refunded_cents"].where(known, 0),
        void=known & (orders["refunded_cents"] > 0) & (orders["refunded_cents"] >= orders["amount_cents"]),
    )
    standing = orders[(orders["paid_at"] < now) & ~orders["void"]]
    waiting = orders[orders["paid_at"].isna() | (orders["paid_at"] >= now)]
    waiting = waiting[waiting["closed_at"].isna() | (waiting["closed_at"] >= now)]
    wide = members.set_index("member_id")
    starts = {"total": pd.Timestamp.min, **{f"{n}d": now - pd.Timedelta(days=n) for n in (30, 90, 365)}}
    for name, since in {**starts, "in_campaign": campaign}.items():
        group = standing[standing["paid_at"] >= since].groupby("member_id")
        sums = group.agg(orders=("net", "size"), spend=("net", "sum"), items=("items", "sum")).add_suffix(f"_{name}")
        wide = wide.join(sums)
    wide["recency_days"] = (now - standing.groupby("member_id")["paid_at"].max()).dt.days
    wide["has_unpaid_order"] = wide.index.isin(waiting["member_id"])
    seen = events[events["at"] < now]
    words = {"visit": "visits", "cart_add": "cart_adds", "favourite": "favourites", "sign_in": "sign_ins"}
    for days in (7, 30):
        recent = seen[seen["at"] >= now - pd.Timedelta(days=days)]
        counts = recent.groupby(["member_id", "kind"]).size().unstack(fill_value=0)
        wide = wide.join(counts.rename(columns={**words, "interact": "interactions"}).add_suffix(f"_{days}d"))
    wide["last_event_days"] = (now - seen.groupby("member_id")["at"].max()).dt.days
    wide = _pandas_derived(wide, now, campaign)
    masks = np.zeros(len(wide), np.int64)
    for bit, rule in enumerate(plain_rules()):
        held = wide.eval(rule.replace(" = ", " == ").replace("false", "False"))
        masks |= held.to_numpy(dtype=np.int64, na_value=0) << bit
    return overlaps_of(*np.unique(masks, return_counts=True))


def _pandas_derived(wide: Any, now: Any, campaign: Any) -> Any:
    import pandas as pd

    counted = [c for c in wide.columns if c.startswith(("orders_", "spend_", "items_")) or c.endswith(("_7d", "_30d"))]
    wide[counted] = wide[counted].fillna(0)
    buyers = wide[wide["orders_365d"] > 0]
    for score, field, sign in SCORED:
        above = sum((buyers[field] > cut).astype(int) for cut in _cuts(buyers[field].to_numpy()))
        wide[score] = 1 + above if sign > 0 else 5 - above
    bounds = [-1, *(bound for bound, _ in LIFE), np.inf]
    names = [*(name for _, name in LIFE), "lost"]
    wide["lifecycle"] = pd.cut(wide["recency_days"], bounds, labels=names).astype(object).fillna("never")
    edges = [spend for _, spend in TIERS]
    wide["tier"] = np.array([t for t, _ in TIERS])[np.searchsorted(edges, wide["spend_365d"], side="right") - 1]
    wide["bought_in_campaign"] = wide["orders_in_campaign"] > 0
    wide["avg_order"] = wide["spend_365d"] // wide["orders_365d"].where(wide["orders_365d"] > 0)
    wide["joined"] = (wide["joined_at"] < now) & ~(wide["left_at"] < now)
    wide["joined_in_campaign"] = wide["joined"] & (wide["joined_at"] >= campaign)
    born = pd.to_datetime(wide["birth_on"])
    early = (born.dt.month * 100 + born.dt.day) > now.month * 100 + now.day
    wide["age"] = now.year - born.dt.year - early
    wide["is_birthday_month"] = born.dt.month == now.month
    return wide


def _cuts(values: Any) -> list[Any]:
    ordered = np.sort(values)
    return [ordered[-(-len(ordered) * fifth // 5) - 1] for fifth in (1, 2, 3, 4)]
