-- Members who at the start of a window had last bought long ago, by the lifecycle of the store (A5), and of them those who
-- bought in it, or did something.
with
    did as (
        select
            c.cell,
            a.member_id,
            bool_or(a.kind = 'order') as bought
        from cells as c
        inner join m_active as a
            on a."at" >= c.starts_at and a."at" < c.ends_at and a.by_joined and not a.passive
        group by c.cell, a.member_id
    )

select
    s.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) filter (s.lifecycle = 'dormant') as dormant,
    count(*) filter (s.lifecycle = 'dormant' and d.bought) as dormant_bought,
    count(*) filter (s.lifecycle = 'dormant' and d.member_id is not null) as dormant_acted,
    count(*) filter (s.lifecycle = 'lost') as lost,
    count(*) filter (s.lifecycle = 'lost' and d.bought) as lost_bought,
    count(*) filter (s.lifecycle = 'lost' and d.member_id is not null) as lost_acted
from m_starts as s
left join did as d on d.cell = s.cell and d.member_id = s.member_id
where s.joined
group by s.cell, grp
