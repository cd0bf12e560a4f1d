-- What became of every member who was assigned to an arm of a play: one row, under a pseudonym, for later campaigns. Of a
-- held-out member the benefit is the one he would have had.
with assigned as (
    select
        a.phase,
        a.play,
        a.member_id,
        a.arm,
        a.assigned_at,
        a.ends_at,
        any_value(coalesce(d.benefit, d.ghost_benefit) order by d.benefit, d.ghost_benefit) as benefit,
        any_value(d.tier order by d.tier) as tier,
        bool_or(d.explored) as explored,
        min(d.propensity) as propensity,
        bool_or(d.status = 'chosen' or d.ghost_channel is not null) as reached
    from first_assignments as a
    inner join decisions as d
        on d.phase = a.phase and d.play = a.play and d.member_id = a.member_id and d.occurrence_at = a.assigned_at
    group by all
    having reached
),
contacted as (
    select distinct phase, play, member_id from contacts where calendar = $calendar
)
select
    substr(sha256($salt || ':' || a.member_id), 1, 16) as member,
    $calendar as calendar,
    a.phase,
    k.kind as phase_kind,
    a.play,
    a.benefit,
    f.face_cents,
    a.tier,
    a.arm,
    coalesce(a.explored, false) as explored,
    a.propensity,
    a.assigned_at,
    c.member_id is not null as contacted,
    coalesce(sum(p.net_cents), 0)::bigint as spend_cents,
    count(p.order_id) > 0 as bought,
    $as_of::timestamp as known_when
from assigned as a
inner join phase_kinds as k on k.phase = a.phase
left join benefit_faces as f on f.benefit = a.benefit
left join contacted as c on c.member_id = a.member_id and c.phase = a.phase and c.play = a.play
left join paid as p on p.member_id = a.member_id and p.paid_at >= a.assigned_at and p.paid_at < a.ends_at
group by all
