-- Who is known before as_of; a join or a leaving at or after as_of is not known yet.
select
    member_id,
    city,
    province,
    gender,
    birth_on,
    created_at,
    case when joined_at < getvariable('as_of') then joined_at end as joined_at,
    case when joined_at < getvariable('as_of') then join_source end as join_source,
    -- Who joined again after leaving is back.
    coalesce(left_at < getvariable('as_of'), false)
    and not coalesce(joined_at > left_at and joined_at < getvariable('as_of'), false) as has_left
from snap.stg_members
where created_at is null or created_at < getvariable('as_of')
