-- Members who were active in the equally long window before, and of them those who are in this one.
with
    earlier as (
        select distinct c.cell, a.member_id
        from cells as c
        inner join m_active as a on a."at" >= c.before_at and a."at" < c.starts_at and a.by_member and not a.passive
    ),

    later as (
        select distinct c.cell, a.member_id
        from cells as c
        inner join m_active as a on a."at" >= c.starts_at and a."at" < c.ends_at and a.by_member and not a.passive
    )

select
    e.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as active_before,
    count(l.member_id) as active_again
from earlier as e
left join later as l on l.cell = e.cell and l.member_id = e.member_id
group by e.cell, grp
