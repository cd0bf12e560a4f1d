-- For each candidate: the first condition that he does not meet on each benefit of the play (`held_n`, null: none), the
-- last of them, and the benefits that are open to him, as bits.
-- An unknown tier is no tier of the list: what would stay as it is must not be told as something that may pass.
create or replace temp table benefit_gates as
with granted as (
    select member_id, benefit, count(*) as times
    from grants
    where calendar = $calendar
    group by member_id, benefit
),
spent as (
    select member_id, sum(cost_cents) as campaign, sum(cost_cents) filter (where phase = $phase) as phase
    from grants
    where calendar = $calendar and coalesce($spend, $spend_per_phase) is not null
    group by member_id
)
select
    member_id,
    max(held) as unmet,
    bit_or(1::bigint << position) filter (where held is null) as benefits
    /*held*/
from (
    select
        k.member_id,
        o.position,
        o.benefit,
        (case
            when not (o.any_tier or coalesce(list_contains(o.tiers, k.tier), false)) then 'benefit_tier'
            when coalesce(g.times, 0) >= o.per_member then 'benefit_limit'
            when o.cost_cents > 0 and coalesce(t.campaign, 0) + o.cost_cents > $spend then 'benefit_spend'
            when o.cost_cents > 0 and coalesce(t.phase, 0) + o.cost_cents > $spend_per_phase then 'benefit_spend'
            -- Without a points source nobody's balance is known, and it stops nobody.
            when k.points_balance < o.points then 'benefit_points'
        end)::reason as held
    from candidates as k
    cross join benefit_options as o
    left join granted as g on g.member_id = k.member_id and g.benefit = o.benefit
    left join spent as t on t.member_id = k.member_id
)
group by member_id
