with
    before as (select member_id, joined_at is not null as joined, left_at is not null as has_left from old.stg_members),

    after as (select member_id, joined_at is not null as joined, left_at is not null as has_left from new.stg_members)

select
    count(*) filter (after.joined and not coalesce(before.joined, false)) as joined,
    count(*) filter (after.has_left and not coalesce(before.has_left, false)) as has_left
from after
left join before using (member_id)
