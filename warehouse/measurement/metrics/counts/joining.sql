-- Who joined and who left in a window; tier as known then, region of the member, channel where he joined.
with
    moves as (
        select act, "at", tier, region as store, join_channel as channel
        from m_acts
        where act in ('join', 'leave')
    )

select
    c.cell,
    {group} as grp,
    []::varchar[] as part,
    count(*) filter (f.act = 'join') as joins,
    count(*) filter (f.act = 'leave') as leaves,
    (count(*) filter (f.act = 'join')) - (count(*) filter (f.act = 'leave')) as net_joins
from cells as c
inner join moves as f on f."at" >= c.starts_at and f."at" < c.ends_at
group by c.cell, grp
