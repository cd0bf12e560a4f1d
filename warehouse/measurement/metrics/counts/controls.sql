-- Persons of the campaign's hold-out, and of them those who bought without any message of it, from their first assignment
-- to the end of the calendar.
with
    firsts as (
        select member_id, arg_min(arm, row(occurrence_at, account_id)) as arm, min(occurrence_at) as assigned_at
        from candidates
        where arm is not null and occurrence_at < $as_of
        group by member_id
    )

select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(distinct f.member_id) as controls,
    count(distinct o.member_id) as buyers
from cells as c
inner join firsts as f on f.arm = 'campaign_control'
left join m_orders as o
    on o.member_id = f.member_id and o.counts and o."at" >= f.assigned_at and o."at" < c.ends_at
group by c.cell, grp
