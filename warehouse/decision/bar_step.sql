-- Whom a step of a sequence is not for: it comes too late, or what ends the sequence has happened since day zero.
update fresh
set barred = case
    /*if goal*/
    when exists (
        select 1
        from (/*goals*/) as g
        where g.member_id = fresh.member_id and g."at" > fresh.event_at and g."at" < $at::timestamp
    ) then 'goal_reached'
    /*end*/
    /*if tag*/
    when exists (
        select 1
        from snap.stg_tags as t
        where t.member_id = fresh.member_id
            and t.tag = $tag
            and t."at" < $at::timestamp
            and (t.until is null or t.until > $at::timestamp)
    ) then 'goal_reached'
    /*end*/
    when due_at <= $at::timestamp - $grace then 'step_late'
end
