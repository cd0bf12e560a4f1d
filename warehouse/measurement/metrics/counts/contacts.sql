-- Messages that left and the persons they went to, and how many arrived or were followed.
select
    s.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as messages,
    count(distinct f.member_id) as contacted,
    count(*) filter (f.delivered_at < $as_of) as delivered,
    count(*) filter (f.clicked_at < $as_of) as clicked
from j_scopes as s
inner join m_contacts as f on f.phase = s.phase and f."at" >= s.starts_at and f."at" < s.ends_at
group by s.cell, grp
