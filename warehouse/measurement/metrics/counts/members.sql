-- Members at the end of a window, at its start, and at some moment of it. Where a person has one span of membership
-- and neither tier nor region is asked for, spans are counted as they are.
/*if whole*/
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) filter (f.ends_at >= c.ends_at) as at_end,
    count(*) filter (f.starts_at < c.starts_at and f.ends_at >= c.starts_at) as at_start,
    count(*) as members
from cells as c
inner join m_spans as f on f.starts_at < c.ends_at and f.ends_at > c.starts_at
group by c.cell, grp
/*else*/
select
    f.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) filter (f.at_end) as at_end,
    count(*) filter (f.at_start) as at_start,
    count(*) as members
from m_held as f
group by f.cell, grp
/*end*/
