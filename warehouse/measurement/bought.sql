-- What each person of {members} paid: from assignment to the end, and in an equally long time before.
create or replace temp table {members}_bought as
with looked_at as (
    select min(assigned_at - (least(ends_at, $as_of) - assigned_at)) as since, max(ends_at) as until from {members}
),
near as (
    select member_id, paid_at, net_cents
    from paid
    where paid_at >= (select since from looked_at) and paid_at < (select until from looked_at)
)
select
    m.phase,
    m.play,
    m.member_id,
    count(*) filter (p.paid_at >= m.assigned_at) as orders,
    coalesce(sum(p.net_cents) filter (p.paid_at >= m.assigned_at), 0)::bigint as spend_cents,
    coalesce(sum(p.net_cents) filter (p.paid_at < m.assigned_at), 0)::bigint as before_cents
from {members} as m
inner join near as p
    on p.member_id = m.member_id
    and p.paid_at >= m.assigned_at - (least(m.ends_at, $as_of) - m.assigned_at)
    and p.paid_at < m.ends_at
group by m.phase, m.play, m.member_id
