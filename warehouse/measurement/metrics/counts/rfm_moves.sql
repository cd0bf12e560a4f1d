-- Members by RFM cell at the start and at the end of a window, both by the cuts of the start.
select s.cell, {group} as grp, [s.rfm, e.rfm] as part, count(*) as members
from m_rfm as s
inner join m_rfm as e on e.cell = s.cell and e.member_id = s.member_id and e.moment = 'by_start'
where s.moment = 'start'
group by s.cell, grp, part
