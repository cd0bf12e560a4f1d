-- Members at the end of a window who did something within the 365 days before: more than a visit.
select c.cell, {group} as grp, []::varchar[] as part, count(distinct f.member_id) as members
from cells as c
inner join m_held as f on f.cell = c.cell and f.at_end
inner join m_active as a
    on a.member_id = f.member_id and a."at" < c.ends_at and a."at" >= c.ends_at - interval 365 days and not a.passive
group by c.cell, grp
