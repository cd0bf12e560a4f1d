-- The recorded balance without what we promised since the points source last told of anything: a benefit given at ten
-- is paid by noon, and the export of the night before does not know (A6).
f.points_balance
- coalesce((
    select sum(g.points)
    from points_granted as g
    where g.member_id = f.member_id
        and g.granted_at >= (select max(p."at") from snap.stg_points as p where p."at" < $at)
), 0)::bigint as points_balance
