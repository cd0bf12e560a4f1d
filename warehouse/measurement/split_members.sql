-- What each person in the audience of a random split came to, in the columns of arm_members, whether he could be contacted
-- or not.
create or replace temp table split_members as
select
    m.phase,
    m.play as split,
    m.arm::varchar as arm,
    m.member_id,
    m.joined,
    coalesce(b.orders, 0) as orders,
    coalesce(b.spend_cents, 0) as spend_cents,
    coalesce(b.before_cents, 0) as before_cents,
    0::bigint as cost_cents,
    exists (
        from contacts as r
        inner join split_plays as s on s.phase = r.phase and s.play = r.play
        where r.member_id = m.member_id
            and r.calendar = $calendar
            and r."at" < $as_of
            and s.phase = m.phase
            and s.split = m.play
    ) as contacted
from assigned_to_splits as m
left join assigned_to_splits_bought as b on b.phase = m.phase and b.play = m.play and b.member_id = m.member_id
