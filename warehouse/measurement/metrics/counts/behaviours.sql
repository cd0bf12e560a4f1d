-- Members of a window by what they did; who did several things is in several rows.
select
    c.cell,
    {group} as grp,
    [case when f.kind = 'redeem' then 'points_used' else f.kind end] as part,
    count(distinct f.member_id) as members
from cells as c
inner join m_active as f on f."at" >= c.starts_at and f."at" < c.ends_at and f.by_member and not f.passive
group by c.cell, grp, part
