-- Who had joined at the start of a window, and who of them left in it; tier when they left or, of who stayed, when measuring.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as at_start,
    count(*) filter (f.left_at >= c.starts_at and f.left_at < c.ends_at) as "left"
from cells as c
inner join m_joined as f on f.joined_at < c.starts_at and (f.left_at is null or f.left_at >= c.starts_at)
group by c.cell, grp
