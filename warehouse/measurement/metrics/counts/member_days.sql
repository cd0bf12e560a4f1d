-- Sales to members on the shop's member days, and on the other days of the window; whole local days.
with
    days as (
        select
            c.cell,
            unnest(generate_series(
                timezone($zone, timezone('UTC', c.starts_at))::date,
                timezone($zone, timezone('UTC', c.ends_at - interval 1 microsecond))::date,
                interval 1 day
            ))::date as "day"
        from cells as c
    ),

    told as (
        select
            d.cell,
            list_contains($member_days, day(d."day")) as special,
            count(distinct d."day") as days,
            coalesce(sum(o.net_cents) filter (o.by_member), 0) as cents
        from days as d
        left join m_orders as o on o.counts and o.local_at::date = d."day"
        group by d.cell, special
    )

select
    cell,
    {group} as grp,
    []::varchar[] as part,
    coalesce(sum(cents) filter (special), 0)::bigint as special_cents,
    coalesce(sum(days) filter (special), 0)::bigint as special_days,
    coalesce(sum(cents) filter (not special), 0)::bigint as other_cents,
    coalesce(sum(days) filter (not special), 0)::bigint as other_days
from told
group by cell, grp
