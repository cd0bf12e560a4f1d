-- Buyers from before a window who were no members at its start, and of them those who joined in it.
select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as buyers,
    count(*) filter (m.joined_at >= c.starts_at and m.joined_at < c.ends_at) as joined
from cells as c
inner join m_firsts as f on f.first_at < c.starts_at
inner join m_members as m
    on m.member_id = f.member_id
    and not coalesce(m.joined_at < c.starts_at and (m.left_at is null or m.left_at >= c.starts_at), false)
group by c.cell, grp
