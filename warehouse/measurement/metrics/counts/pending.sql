-- Persons who were imported and have not activated their card, as the members source says it.
select c.cell, {group} as grp, []::varchar[] as part, count(*) as persons
from cells as c
inner join m_members as f on f.pending and coalesce(f.created_at < c.ends_at, true)
group by c.cell, grp
