-- Members who did anything within the 365 days before the end of a window.
select c.cell, {group} as grp, []::varchar[] as part, count(distinct f.member_id) as members
from cells as c
inner join m_active as f on f."at" >= c.ends_at - interval 365 days and f."at" < c.ends_at and f.by_member
group by c.cell, grp
