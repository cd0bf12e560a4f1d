-- Grants and redemptions by phase and benefit. A redemption belongs to a phase when the member was
-- granted the benefit there and redeemed it after the phase began.
with given as (
    select phase, benefit, member_id, count(*) as grants, sum(cost_cents)::bigint as cost_cents
    from grants
    where calendar = $calendar
    group by phase, benefit, member_id
),
used as (
    select g.phase, g.benefit, g.member_id, count(r.redemption_id) as redemptions
    from given as g
    inner join phase_windows as w on w.phase = g.phase
    inner join known_redemptions as r
        on r.member_id = g.member_id and r.benefit = g.benefit and r.redeemed_at >= w.starts_at
        and r.redeemed_at < $as_of and (r.calendar is null or r.calendar = $calendar)
    group by g.phase, g.benefit, g.member_id
)
select
    g.phase,
    g.benefit,
    sum(g.grants)::bigint as granted,
    count(*) as holders,
    count(u.member_id) as redeemers,
    coalesce(sum(u.redemptions), 0)::bigint as redemptions,
    sum(g.cost_cents)::bigint as reserved_cents
from given as g
left join used as u on u.phase = g.phase and u.benefit = g.benefit and u.member_id = g.member_id
group by g.phase, g.benefit
order by g.phase, g.benefit
