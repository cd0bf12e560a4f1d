-- Grants and their uses by phase and benefit, by the rules of the books: a use is charged to one grant, and belongs to
-- the phase in which that was given.
with used as (
    select key, count(*) filter (not is_child) as uses, count(*) filter (is_child) as friends
    from charged
    group by key
)
select
    g.phase,
    g.benefit,
    count(*) as granted,
    count(distinct g.member_id) as holders,
    count(distinct g.member_id) filter (u.uses > 0) as redeemers,
    coalesce(sum(u.uses), 0)::bigint as redemptions,
    coalesce(sum(u.friends), 0)::bigint as friends,
    sum(g.cost_cents)::bigint as reserved_cents
from given as g
left join used as u on u.key = g.key
where g.calendar = $calendar
group by g.phase, g.benefit
order by g.phase, g.benefit
