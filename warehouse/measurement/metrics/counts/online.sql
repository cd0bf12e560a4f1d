-- Of the 15 local days that end with the last one of a window those with a benefit online.
with days as (
    select
        c.cell,
        {group} as grp,
        cast(timezone($zone, timezone('UTC', c.ends_at - interval 1 microsecond)) as date) - n.back as day
    from cells as c
    cross join (select unnest(range(15))::integer as back) as n
)

select
    d.cell,
    d.grp,
    []::varchar[] as part,
    count(*) filter (
        exists (select 1 from snap.stg_offers as o where o.starts_on <= d.day and (o.ends_on is null or o.ends_on >= d.day))
    ) as days
from days as d
group by d.cell, d.grp
