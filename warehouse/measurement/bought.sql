-- What each person of {members} paid: from assignment to the end, and in an equally long time before.
create or replace temp table {members}_bought as
select
    m.phase,
    m.play,
    m.member_id,
    count(*) filter (p.paid_at >= m.assigned_at) as orders,
    coalesce(sum(p.net_cents) filter (p.paid_at >= m.assigned_at), 0)::bigint as spend_cents,
    coalesce(sum(p.net_cents) filter (p.paid_at < m.assigned_at), 0)::bigint as before_cents
from {members} as m
inner join paid as p
    on p.member_id = m.member_id
    and p.paid_at >= m.assigned_at - (least(m.ends_at, $as_of) - m.assigned_at)
    and p.paid_at < m.ends_at
group by m.phase, m.play, m.member_id
