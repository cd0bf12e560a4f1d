-- The recorded balance without what open offers ask for: they leave it before anything else is given, until they are
-- used or over (R5). The points source tells of a use by an entry of just that many points; whoever was given several
-- offers of as many has used the ones that ended first.
f.points_balance
- coalesce((
    select sum(g.points * greatest(least(g.still_open, g.given - coalesce(t.taken, 0)), 0))
    from (
        select
            member_id,
            points,
            count(*) as given,
            count(*) filter (ends_at is null or ends_at > $at) as still_open
        from points_granted
        group by member_id, points
    ) as g
    left join (
        select p.member_id, -p.points as points, count(*) as taken
        from snap.stg_points as p
        inner join (
            select member_id, points, min(granted_at) as first_at from points_granted group by member_id, points
        ) as o on o.member_id = p.member_id and o.points = -p.points and p."at" >= o.first_at
        where p.kind = 'redeem' and p."at" < $at
        group by p.member_id, p.points
    ) as t on t.member_id = g.member_id and t.points = g.points
    where g.member_id = f.member_id
), 0)::bigint as points_balance
