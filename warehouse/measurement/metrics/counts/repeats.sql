-- Buyers of a window by how often they bought in it. Orders of one day may count as one (`days`).
with
    bought as (
        select
            c.cell,
            {group} as grp,
            f.member_id,
            f.by_member,
            f.local_at::date as day,
            f.net_cents,
            row_number() over (
                partition by c.cell, grp, f.member_id, f.by_member order by f."at", f.order_id
            ) as place
        from cells as c
        inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at
        where f.counts and f.member_id is not null
    ),

    buyers as (
        select
            cell,
            grp,
            member_id,
            count(*) as orders,
            count(distinct day) as days,
            count(*) filter (by_member) as member_orders,
            count(distinct day) filter (by_member) as member_days,
            coalesce(sum(net_cents) filter (by_member and place > 1), 0) as again_cents
        from bought
        group by cell, grp, member_id
    )

select
    cell,
    grp,
    []::varchar[] as part,
    count(*) as buyers,
    count(*) filter (orders >= 2) as repeaters,
    count(*) filter (days >= 2) as day_repeaters,
    count(*) filter (member_orders >= 1) as member_buyers,
    count(*) filter (member_orders >= 2) as member_repeaters,
    count(*) filter (member_days >= 2) as member_day_repeaters,
    sum(again_cents)::bigint as again_cents,
    sum(orders - 1)::bigint as later_orders
from buyers
group by cell, grp
