-- Members who had bought and were not lost at the start of a window, and of them those who are lost at its end.
select
    s.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as buyers,
    count(*) filter (e.lifecycle = 'lost') as lost
from m_starts as s
inner join m_ends as e on e.cell = s.cell and e.member_id = s.member_id
where s.joined and s.lifecycle not in ('never', 'lost')
group by s.cell, grp
