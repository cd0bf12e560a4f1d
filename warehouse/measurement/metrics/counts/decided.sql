-- Persons in an audience, those who got an arm, and those held out, by phase and play.
select
    s.cell,
    {group} as grp,
    []::varchar[] as part,
    count(distinct f.member_id) as candidates,
    count(distinct f.member_id) filter (f.eligible) as eligible,
    count(distinct f.member_id) filter (f.held_out) as held_out
from j_scopes as s
inner join m_assigned as f on f.phase = s.phase
group by s.cell, grp
