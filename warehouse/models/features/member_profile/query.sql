-- Who is known before as_of; a join or a leaving at or after as_of is not known yet.
select
    member_id,
    city,
    province,
    birth_on,
    created_at,
    case when joined_at < getvariable('as_of') then joined_at end as joined_at,
    coalesce(left_at < getvariable('as_of'), false) as has_left
from snap.stg_members
where created_at is null or created_at < getvariable('as_of')
