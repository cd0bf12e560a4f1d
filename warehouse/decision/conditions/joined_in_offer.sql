-- Who joined while it was on offer has it, who may still join is invited. Joined, and nobody knows when: not known.
case
    when f.joined then f.joined_at >= $since and f.joined_at < $until
    when f.member_id in (select m.member_id from snap.stg_members as m where m.joined_at is null and m.join_source is not null)
        then null
    else f.may_join
end
