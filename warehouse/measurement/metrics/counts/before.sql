-- Buyers of the equally long window before, and of them those who bought in the window again.
with
    earlier as (
        select distinct c.cell, f.member_id
        from cells as c
        inner join m_orders as f on f."at" >= c.before_at and f."at" < c.starts_at
        where f.counts and f.member_id is not null
    ),

    later as (
        select distinct c.cell, f.member_id
        from cells as c
        inner join m_orders as f on f."at" >= c.starts_at and f."at" < c.ends_at
        where f.counts and f.member_id is not null
    )

select
    e.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as buyers_before,
    count(l.member_id) as buyers_again
from earlier as e
left join later as l on l.cell = e.cell and l.member_id = e.member_id
group by e.cell, grp
