-- Buyers of each shop by tier at their last order and lifecycle at the end of a window.
with bought as (
    select
        c.cell,
        {group} as grp,
        f.store,
        f.member_id,
        arg_max(f.tier, (f."at", f.order_id)) as tier
    from cells as c
    inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at and f.counts
    where f.member_id is not null and f.store <> ''
    group by c.cell, grp, f.store, f.member_id
)

select
    b.cell,
    b.grp,
    [b.store, b.tier, coalesce(e.lifecycle, 'never')] as part,
    count(*) as buyers
from bought as b
left join m_ends as e on e.cell = b.cell and e.member_id = b.member_id
group by b.cell, b.grp, part
