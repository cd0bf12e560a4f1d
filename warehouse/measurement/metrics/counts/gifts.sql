-- Points used in a window: how often, on which orders, by whom, for how much.
with
    used as (
        select c.cell, {group} as grp, f.entry_id, f.order_id
        from cells as c
        inner join snap.stg_points as f
            on f."at" >= c.starts_at and f."at" < c.ends_at and f."at" < $as_of and f.kind = 'redeem'
    ),

    sold as (
        select u.cell, u.grp, count(distinct p.member_id) as buyers, sum(p.net_cents)::bigint as cents
        from (select distinct cell, grp, order_id from used) as u
        inner join m_paid as p on p.order_id = u.order_id and p.counts
        group by u.cell, u.grp
    )

select
    u.cell,
    u.grp,
    []::varchar[] as part,
    count(*) as exchanges,
    coalesce(any_value(s.buyers), 0) as buyers,
    coalesce(any_value(s.cents), 0) as cents
from used as u
left join sold as s on s.cell = u.cell and s.grp = u.grp
group by u.cell, u.grp
