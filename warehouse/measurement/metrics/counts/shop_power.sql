-- What the buyers of each shop spent in a window and in the equally long one before; of the local months that the 365 days
-- up to its end touch, the highest and the lowest spend of a buyer.
with
    bought as (
        select
            c.cell,
            {group} as grp,
            f.store,
            f.member_id,
            f.net_cents,
            f."at" >= c.starts_at as inside,
            f."at" >= c.before_at as counted,
            date_trunc('month', f.local_at) as month
        from cells as c
        inner join m_orders as f
            on f."at" < c.ends_at and f."at" >= least(c.before_at, c.ends_at - interval '365 days') and f.counts
        where f.member_id is not null and f.store <> ''
    ),

    months as (
        select cell, grp, store, month, round(sum(net_cents) / count(distinct member_id))::bigint as each
        from bought
        group by cell, grp, store, month
    ),

    spread as (
        select cell, grp, store, max(each) as highest, min(each) as lowest
        from months
        group by cell, grp, store
    ),

    sums as (
        select
            cell,
            grp,
            store,
            coalesce(sum(net_cents) filter (inside), 0)::bigint as cents,
            count(distinct member_id) filter (inside) as buyers,
            coalesce(sum(net_cents) filter (counted and not inside), 0)::bigint as before_cents,
            count(distinct member_id) filter (counted and not inside) as before_buyers
        from bought
        group by cell, grp, store
    )

select
    s.cell,
    s.grp,
    [s.store] as part,
    s.cents,
    s.buyers,
    s.before_cents,
    s.before_buyers,
    p.highest as highest_each_cents,
    p.lowest as lowest_each_cents
from sums as s
inner join spread as p on p.cell = s.cell and p.grp = s.grp and p.store = s.store
where s.buyers > 0
