-- New customers whose first year is over at the end of a window (they came in the equally long window a year before), and
-- what they bought in that year, at the margin of the store.
with
    newcomers as (
        select c.cell, f.member_id, f.first_at
        from cells as c
        inner join m_firsts as f
            on f.first_at >= c.starts_at - interval 365 days and f.first_at < c.ends_at - interval 365 days
    )

select
    n.cell,
    {group} as grp,
    []::varchar[] as part,
    count(distinct n.member_id) as persons,
    count(*) as orders,
    (sum(o.net_cents) * $margin_bp)::bigint as margin_cents,
    (count(distinct n.member_id) * 10000)::bigint as persons_bp
from newcomers as n
inner join m_paid as o
    on o.member_id = n.member_id and o.counts and o.paid_at < n.first_at + interval 365 days
group by n.cell, grp
