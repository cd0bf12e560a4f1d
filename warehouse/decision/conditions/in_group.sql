f.member_id in (
    select p.member_id
    from snap.stg_contact_points as p
    where p.channel = $channel
        and p.withdrawn_at is null
        and coalesce(p.bound_at <= $at, true)
        and coalesce(p.unbound_at > $at, true)
        and p.member_id is not null
)
