-- Who left before joining was a member once.
f.member_id not in (
    select m.member_id from snap.stg_members as m where m.member_id is not null and m.left_at < m.joined_at
)
