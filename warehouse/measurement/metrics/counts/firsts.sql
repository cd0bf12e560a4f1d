-- Buyers whose first order ever lies in a window, and of those whose N days are over, who bought again within them.
with
    firsts as (
        select
            c.cell,
            {group} as grp,
            f.member_id,
            g.first_at,
            (
                select min(o.paid_at) from m_paid as o
                where o.counts and o.member_id = f.member_id and o.paid_at > g.first_at
            ) as second_at
        from cells as c
        inner join m_firsts as g on g.first_at >= c.starts_at and g.first_at < c.ends_at
        inner join m_orders as f on f.member_id = g.member_id and f."at" = g.first_at and f.counts
        qualify row_number() over (partition by c.cell, f.member_id order by f.order_id) = 1
    )

select
    cell,
    grp,
    []::varchar[] as part,
    count(*) as newcomers,
    count(*) filter (first_at + interval 14 days <= $as_of) as judged_14,
    count(*) filter (first_at + interval 14 days <= $as_of and second_at < first_at + interval 14 days) as again_14,
    count(*) filter (first_at + interval 30 days <= $as_of) as judged_30,
    count(*) filter (first_at + interval 30 days <= $as_of and second_at < first_at + interval 30 days) as again_30,
    count(*) filter (first_at + interval 60 days <= $as_of) as judged_60,
    count(*) filter (first_at + interval 60 days <= $as_of and second_at < first_at + interval 60 days) as again_60,
    count(*) filter (first_at + interval 90 days <= $as_of) as judged_90,
    count(*) filter (first_at + interval 90 days <= $as_of and second_at < first_at + interval 90 days) as again_90
from firsts
group by cell, grp
