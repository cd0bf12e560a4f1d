-- Members at the start and at the end of a window by tier; who joined or left in it has no tier on one side.
select
    coalesce(s.cell, e.cell) as cell,
    {group} as grp,
    [coalesce(s.tier, 'joined'), coalesce(e.tier, 'left')] as part,
    count(*) as members
from (select * from m_starts where joined) as s
full join (select * from m_ends where joined) as e on e.cell = s.cell and e.member_id = s.member_id
group by coalesce(s.cell, e.cell), grp, part
