-- Persons who did anything on each local day of a window, added over its days, beside those of the whole window times its
-- days: their ratio is how many of the window's people a day brings.
with
    seen as (
        select c.cell, f.member_id, timezone($zone, timezone('UTC', f."at"))::date as day
        from cells as c
        inner join m_active as f on f."at" >= c.starts_at and f."at" < c.ends_at and f.by_member
    ),

    lengths as (
        select
            cell,
            timezone($zone, timezone('UTC', ends_at - interval 1 microsecond))::date
            - timezone($zone, timezone('UTC', starts_at))::date
            + 1 as days
        from cells
    )

select
    s.cell,
    {group} as grp,
    []::varchar[] as part,
    count(distinct (s.member_id, s.day)) as person_days,
    count(distinct s.member_id) * any_value(l.days) as persons_by_days
from seen as s
inner join lengths as l on l.cell = s.cell
group by s.cell, grp
