-- Buyers by whether their orders hold more pieces than the orders of the store do in that window.
with
    buyers as (
        select
            c.cell,
            {group} as grp,
            f.member_id,
            sum(f.items) as pieces,
            count(f.items) as orders,
            sum(f.net_cents) as cents
        from cells as c
        inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at
        where f.counts and f.member_id is not null
        group by c.cell, grp, f.member_id
        having count(f.items) > 0
    ),

    wholes as (
        select c.cell, sum(f.items) as pieces, count(f.items) as orders
        from cells as c
        inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at
        where f.counts
        group by c.cell
    )

select
    b.cell,
    b.grp,
    [case when b.pieces * w.orders > w.pieces * b.orders then 'more' else 'less' end] as part,
    count(*) as buyers,
    sum(b.cents)::bigint as cents
from buyers as b
inner join wholes as w on w.cell = b.cell
group by b.cell, b.grp, part
