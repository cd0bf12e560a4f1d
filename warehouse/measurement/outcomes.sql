-- What became of every member who was assigned to an arm of a play: one row, under a pseudonym, for later campaigns. Of a
-- held-out member the benefit is the one he would have had.
with contacted as (
    select distinct phase, play, member_id from contacts where calendar = $calendar
),
near as (
    select member_id, paid_at, net_cents from paid where paid_at >= (select min(assigned_at) from first_assignments)
),
bought as (
    select f.phase, f.play, f.member_id, sum(p.net_cents)::bigint as spend_cents
    from first_assignments as f
    semi join first_offers as o on o.phase = f.phase and o.play = f.play and o.member_id = f.member_id
    inner join near as p on p.member_id = f.member_id and p.paid_at >= f.assigned_at and p.paid_at < f.ends_at
    group by f.phase, f.play, f.member_id
)
select
    substr(sha256($salt || ':' || o.member_id), 1, 16) as member,
    $calendar as calendar,
    o.phase,
    k.kind as phase_kind,
    o.play,
    o.benefit,
    f.face_cents,
    o.tier,
    a.arm,
    o.explored,
    o.propensity,
    a.assigned_at,
    c.member_id is not null as contacted,
    coalesce(b.spend_cents, 0) as spend_cents,
    b.member_id is not null as bought,
    $as_of::timestamp as known_when
from first_offers as o
inner join first_assignments as a on a.phase = o.phase and a.play = o.play and a.member_id = o.member_id
inner join phase_kinds as k on k.phase = o.phase
left join benefit_faces as f on f.benefit = o.benefit
left join contacted as c on c.phase = o.phase and c.play = o.play and c.member_id = o.member_id
left join bought as b on b.phase = o.phase and b.play = o.play and b.member_id = o.member_id
