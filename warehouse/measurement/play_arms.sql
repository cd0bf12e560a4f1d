-- Buyers and spend per play and arm, from assignment to the end of the phase.
with outcomes as (
    select
        a.phase,
        a.play,
        a.arm,
        a.member_id,
        coalesce(sum(p.net_cents), 0)::bigint as spend_cents,
        count(p.order_id) > 0 as bought
    from first_assignments as a
    left join paid as p on p.member_id = a.member_id and p.paid_at >= a.assigned_at and p.paid_at < a.ends_at
    group by a.phase, a.play, a.arm, a.member_id
)
select
    phase,
    play,
    arm,
    count(*) as members,
    count(*) filter (where bought) as buyers,
    sum(spend_cents)::bigint as spend_cents
from outcomes
group by phase, play, arm
order by phase, play, arm
