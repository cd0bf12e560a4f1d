-- Every person in every contrast: the arm, from when to when, and what he bought and cost. Phase and play are empty for
-- the whole programme.
select
    $calendar as calendar,
    if(m.phase = '', 'programme', 'play') as contrast,
    nullif(m.phase, '') as phase,
    nullif(m.play, '') as play,
    m.member_id,
    m.arm,
    coalesce(f.assigned_at, p.assigned_at) as assigned_at,
    coalesce(f.ends_at, $ends_at::timestamp) as ends_at,
    m.joined,
    m.contacted,
    m.orders,
    m.orders > 0 as bought,
    m.spend_cents,
    m.before_cents,
    m.cost_cents
from arm_members as m
left join first_assignments as f on f.phase = m.phase and f.play = m.play and f.member_id = m.member_id
left join programme_members as p on m.phase = '' and p.member_id = m.member_id
order by m.phase, m.play, m.member_id
