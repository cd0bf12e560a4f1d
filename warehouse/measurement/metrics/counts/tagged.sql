-- Members at the end of a window who carry any tag then.
select c.cell, {group} as grp, []::varchar[] as part, count(distinct f.member_id) as members
from cells as c
inner join m_held as f on f.cell = c.cell and f.at_end
inner join snap.stg_tags as t
    on t.member_id = f.member_id and t."at" < c.ends_at and (t.until is null or t.until >= c.ends_at)
group by c.cell, grp
