-- Members of a window by the number of orders they paid in it as members; five and more together.
with
    bought as (
        select c.cell, f.member_id, count(*) as orders
        from cells as c
        inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at
        where f.counts and f.by_member
        group by c.cell, f.member_id
    ),

    counted as (
        select
            f.cell,
            {group} as grp,
            case when b.orders >= 5 then '5+' else coalesce(b.orders, 0)::varchar end as orders
        from m_held as f
        left join bought as b on b.cell = f.cell and b.member_id = f.member_id
    )

select cell, grp, [orders] as part, count(*) as members
from counted
group by cell, grp, orders
