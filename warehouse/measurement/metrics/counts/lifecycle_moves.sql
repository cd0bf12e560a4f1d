-- Members who were there at the start and at the end of a window, by lifecycle at both.
select s.cell, {group} as grp, [s.lifecycle, e.lifecycle] as part, count(*) as members
from m_starts as s
inner join m_ends as e on e.cell = s.cell and e.member_id = s.member_id and e.joined
where s.joined
group by s.cell, grp, part
