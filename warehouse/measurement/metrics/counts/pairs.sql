-- The ten pairs of articles that are bought together most by lift: orders with both, with each, and all orders with lines.
-- Pairs of fewer orders than asked for are not shown.
with
    mine as (
        select c.cell, {group} as grp, f.order_id, f.sku
        from cells as c
        inner join m_lines as f on f."at" >= c.starts_at and f."at" < c.ends_at
    ),

    singles as (select cell, grp, sku, count(*) as orders from mine group by cell, grp, sku),
    wholes as (select cell, grp, count(distinct order_id) as orders from mine group by cell, grp),

    pairs as (
        select a.cell, a.grp, a.sku as one, b.sku as other, count(*) as both
        from mine as a
        inner join mine as b on b.cell = a.cell and b.grp = a.grp and b.order_id = a.order_id and b.sku > a.sku
        group by a.cell, a.grp, a.sku, b.sku
        having count(*) >= $min_pair_orders
    )

select
    p.cell,
    p.grp,
    [p.one, p.other] as part,
    p.both,
    x.orders as first_orders,
    y.orders as second_orders,
    w.orders
from pairs as p
inner join singles as x on x.cell = p.cell and x.grp = p.grp and x.sku = p.one
inner join singles as y on y.cell = p.cell and y.grp = p.grp and y.sku = p.other
inner join wholes as w on w.cell = p.cell and w.grp = p.grp
qualify row_number() over (
    partition by p.cell, p.grp order by p.both::double * w.orders / (x.orders * y.orders) desc, p.one, p.other
) <= 10
