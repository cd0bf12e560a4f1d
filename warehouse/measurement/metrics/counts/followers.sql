-- Persons with a tag of the family `fan` in force at the start of a window who were no members then, and of them those who
-- joined in it.
with fans as (
    select distinct c.cell, c.starts_at, c.ends_at, t.member_id
    from cells as c
    inner join snap.stg_tags as t
        on t.family = 'fan'
        and (t."at" is null or t."at" < c.starts_at)
        and (t.until is null or t.until > c.starts_at)
)

select
    f.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) as fans,
    count(*) filter (m.joined_at >= f.starts_at and m.joined_at < f.ends_at) as joined
from fans as f
inner join m_members as m
    on m.member_id = f.member_id
    and not coalesce(m.joined_at < f.starts_at and (m.left_at is null or m.left_at >= f.starts_at), false)
group by f.cell, grp
