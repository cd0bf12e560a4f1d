-- What the buyers of each shop spent in a window and in the equally long one before; of the last twelve whole local months
-- before its end, none of which began a year before its start or earlier, the highest and the lowest spend of a buyer. A month
-- that is not over, or of which only the end is known, has fewer orders of each.
with
    spans as (
        select
            *,
            timezone($zone, timezone('UTC', starts_at)) - interval '365 days' as known_from,
            date_trunc('month', timezone($zone, timezone('UTC', ends_at))) as whole_until
        from cells
    ),

    bought as (
        select
            c.cell,
            {group} as grp,
            f.store,
            f.member_id,
            f.net_cents,
            f."at" >= c.starts_at as inside,
            f."at" >= c.before_at as counted,
            date_trunc('month', f.local_at) as month,
            date_trunc('month', f.local_at) >= greatest(c.whole_until - interval '12 months', c.known_from)
            and f.local_at < c.whole_until as whole
        from spans as c
        inner join m_orders as f
            on f."at" < c.ends_at and f."at" >= least(c.before_at, c.starts_at - interval '365 days') and f.counts
        where f.member_id is not null and f.store <> ''
    ),

    months as (
        select cell, grp, store, month, round(sum(net_cents) / count(distinct member_id))::bigint as each
        from bought
        where whole
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
    coalesce(p.highest, 0) as highest_each_cents,
    coalesce(p.lowest, 0) as lowest_each_cents
from sums as s
left join spread as p on p.cell = s.cell and p.grp = s.grp and p.store = s.store
where s.buyers > 0
