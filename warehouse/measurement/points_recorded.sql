select
    member_id,
    coalesce(sum(points) filter (kind = 'earn'), 0)::bigint,
    coalesce(-sum(points) filter (kind = 'refund'), 0)::bigint,
    coalesce(sum(points) filter (kind = 'referral'), 0)::bigint
from snap.stg_points
where "at" < $as_of
group by member_id
