-- Who has joined, by the tier known at the end of a window.
select f.cell, {group} as grp, [f.tier] as part, count(*) as members
from m_held as f
where f.at_end
group by f.cell, grp, f.tier
