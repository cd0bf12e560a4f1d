-- One row per member with points on either side: both balances, and what the differences come to.
create or replace temp table point_members as
with ours as (
    select member_id, sum(points) as points from point_entries group by member_id
),

theirs as (
    select
        member_id,
        sum(points) filter (kind <> 'expire')::decimal(18, 1) as points,
        -coalesce(sum(points) filter (kind = 'expire'), 0) as written
    from snap.stg_points
    where "at" < $as_of
    group by member_id
),

void as (
    select
        member_id,
        coalesce(max(points) filter (side = 'rules'), 0) as by_rules,
        coalesce(max(points) filter (side = 'told'), 0) as told
    from point_void
    group by member_id
),

differing as (
    select member_id, sum(points) as points, count(*) as reasons from point_differences group by member_id
)

select
    member_id,
    coalesce(o.points, 0) - coalesce(v.by_rules, 0) as by_rules,
    coalesce(t.points, 0) - greatest(coalesce(t.written, 0), coalesce(v.told, 0)) as recorded,
    coalesce(d.points, 0) as difference,
    coalesce(d.reasons, 0) as reasons
from ours as o
full join theirs as t using (member_id)
left join void as v using (member_id)
left join differing as d using (member_id)
