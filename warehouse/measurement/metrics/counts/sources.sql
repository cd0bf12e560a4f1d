-- Joins of a window by where they happened; all of them together are its joins.
select c.cell, {group} as grp, [f.join_channel] as part, count(*) as joins
from cells as c
inner join m_acts as f on f.act = 'join' and f."at" >= c.starts_at and f."at" < c.ends_at
group by c.cell, grp, f.join_channel
