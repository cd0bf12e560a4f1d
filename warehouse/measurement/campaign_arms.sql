-- The whole programme: members ever assigned, control against treated, from first assignment on.
-- Members of a play's own control group are treated by the other plays, so they count as treated.
with members as (
    select
        member_id,
        case
            when bool_or(arm = 'global_control') then 'global_control'
            when bool_or(arm = 'campaign_control') then 'campaign_control'
            else 'treated'
        end as arm,
        min(assigned_at) as assigned_at
    from first_assignments
    group by member_id
),
outcomes as (
    select
        m.arm,
        m.member_id,
        coalesce(sum(p.net_cents), 0)::bigint as spend_cents,
        count(p.order_id) > 0 as bought
    from members as m
    left join paid as p on p.member_id = m.member_id and p.paid_at >= m.assigned_at and p.paid_at < $ends_at
    group by m.arm, m.member_id
)
select
    arm,
    count(*) as members,
    count(*) filter (where bought) as buyers,
    sum(spend_cents)::bigint as spend_cents
from outcomes
group by arm
order by arm
