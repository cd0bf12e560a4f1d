-- Of each place: what the board says of visitors who are no members, and who joined there. Visitors are those of a day,
-- added over days: a person counts once a day. `both`: of places of which both is known.
with
    views as (
        select
            position as channel,
            timezone('UTC', timezone($zone, "day"::timestamp)) as "at",
            visitors
        from snap.stg_traffic
        where audience = 'non_member' and not whole_store and visitors is not null
    ),

    seen as (
        select c.cell, v.channel, sum(v.visitors) as visitors
        from cells as c
        inner join views as v on v."at" >= c.starts_at and v."at" < c.ends_at
        group by c.cell, v.channel
    ),

    joined as (
        select c.cell, a.join_channel as channel, count(*) as joins
        from cells as c
        inner join m_acts as a on a.act = 'join' and a."at" >= c.starts_at and a."at" < c.ends_at
        group by c.cell, a.join_channel
    ),

    places as (
        select
            coalesce(s.cell, j.cell) as cell,
            coalesce(s.channel, j.channel) as channel,
            s.visitors,
            coalesce(j.joins, 0) as joins
        from seen as s
        full join joined as j on j.cell = s.cell and j.channel = s.channel
    )

select
    f.cell,
    {group} as grp,
    []::varchar[] as part,
    coalesce(sum(f.visitors), 0)::bigint as visitors,
    coalesce(sum(f.joins) filter (f.visitors is not null), 0)::bigint as both_joins,
    coalesce(sum(f.joins) filter (f.visitors is null), 0)::bigint as other_joins
from places as f
group by f.cell, grp
