-- What became of each phase, and of each of its plays: who was contacted and bought, what was granted and used, what it cost.
-- The definitions are those of the funnel, of redemptions and of costs; a post in a group is no contact of a member.
with reached as (
    select phase, play, member_id, min("at") as first_at
    from contacts
    anti join posts using (phase, play)
    where calendar = $calendar
    group by all
),
units as (
    select phase, play, member_id, first_at from reached
    union all
    select phase, '' as play, member_id, min(first_at) from reached group by phase, member_id
),
bought as (
    select
        u.phase,
        u.play,
        count(distinct u.member_id) as contacted,
        count(distinct p.member_id) as buyers,
        coalesce(sum(p.net_cents), 0)::bigint as sales_cents
    from units as u
    inner join phase_windows as w on w.phase = u.phase
    left join paid as p on p.member_id = u.member_id and p.paid_at >= u.first_at and p.paid_at < w.ends_at
    group by u.phase, u.play
),
of_plays as (
    select member_id, phase, benefit, granted_at, min(play) as play
    from grants
    group by member_id, phase, benefit, granted_at
),
used as (select key, count(*) filter (not is_child) as uses from charged group by key),
given_away as (
    select
        g.phase,
        p.play,
        coalesce(u.uses, 0) as uses,
        coalesce(f.cost_cents, 0) as worst_cents,
        case coalesce(t.told_by, 'redemptions')
            when 'redemptions' then $redemptions
            when 'points' then $points
            else true
        end as is_told
    from given as g
    inner join of_plays as p
        on p.member_id = g.member_id and p.phase = g.phase and p.benefit = g.benefit and p.granted_at = g.granted_at
    left join used as u on u.key = g.key
    left join full_costs as f on f.benefit = g.benefit
    left join told as t on t.benefit = g.benefit
    where g.calendar = $calendar
),
granted as (
    select
        phase,
        coalesce(play, '') as play,
        count(*) as granted,
        -- A pack of several coupons is one benefit, used or not; what no source tells is not 0.
        case when bool_and(is_told) then count(*) filter (uses > 0) end as redemptions,
        sum(worst_cents)::bigint as worst_cents
    from given_away
    group by grouping sets ((phase, play), (phase))
),
spent as (
    select
        phase,
        coalesce(play, '') as play,
        coalesce(sum(spent_cents + late_cents) filter (kind = 'benefit'), 0)::bigint as benefit_cents,
        coalesce(sum(spent_cents + late_cents) filter (kind = 'message'), 0)::bigint as message_cents
    from costs
    where play <> '' -- what applies itself belongs to no play and is not in a forecast
    group by grouping sets ((phase, play), (phase))
)
select
    $calendar as calendar,
    $store as store,
    w.phase,
    b.play,
    k.kind,
    w.starts_at,
    w.ends_at,
    b.contacted,
    b.buyers,
    b.sales_cents,
    coalesce(g.granted, 0) as granted,
    if(g.granted is null, 0, g.redemptions) as redemptions,
    coalesce(g.worst_cents, 0) as worst_cents,
    coalesce(s.benefit_cents, 0) as benefit_cents,
    coalesce(s.message_cents, 0) as message_cents,
    $currency as currency
from bought as b
inner join phase_windows as w on w.phase = b.phase
inner join phase_kinds as k on k.phase = b.phase
left join granted as g on g.phase = b.phase and g.play = b.play
left join spent as s on s.phase = b.phase and s.play = b.play
order by w.starts_at, w.phase, b.play
