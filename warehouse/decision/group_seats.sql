-- Groups of a channel, and who is in them at a moment.
select
    count(distinct coalesce(group_id, '')),
    count(distinct (member_id, coalesce(group_id, ''))) filter (
        where coalesce(bound_at <= $at::timestamp, true)
            and coalesce(unbound_at > $at::timestamp, true)
            and withdrawn_at is null
    )
from snap.stg_contact_points
where channel = $channel
