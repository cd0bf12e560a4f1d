-- The latest figure of peers for the repeat rate before the end of a window, beside ours: their difference in millionths.
with
    said as (
        select value_millionths, coalesce("at", timestamp '1970-01-01') as "at"
        from all_benchmarks
        where metric = 'repeat_rate'
    ),

    ours as (
        select c.cell, any_value(c.ends_at) as ends_at, o.member_id, count(*) as orders
        from cells as c
        inner join m_orders as o on o."at" >= c.starts_at and o."at" < c.ends_at and o.counts and o.by_member
        group by c.cell, o.member_id
    ),

    rates as (
        select cell, any_value(ends_at) as ends_at, count(*) as buyers, count(*) filter (orders >= 2) as repeaters
        from ours
        group by cell
    )

select
    r.cell,
    {group} as grp,
    []::varchar[] as part,
    (r.repeaters * 1000000 - s.value_millionths * r.buyers)::bigint as difference,
    (r.buyers * 1000000)::bigint as millionths
from rates as r
asof inner join said as s on r.ends_at > s."at"
