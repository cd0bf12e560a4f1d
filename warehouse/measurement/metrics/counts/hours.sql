-- Orders by the local hour of their payment and the tier known at that moment; who is no member is a row.
select
    c.cell,
    {group} as grp,
    [lpad(hour(f.local_at)::varchar, 2, '0'), f.tier] as part,
    count(*) as orders,
    count(distinct f.member_id) as buyers,
    sum(f.net_cents)::bigint as cents
from cells as c
inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at
where f.counts
group by c.cell, grp, part
