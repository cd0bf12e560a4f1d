-- Distinct members per phase: in an audience, contactable, contacted, and buying after the contact, with what they bought.
with looked_at as (
    select phase, member_id, bool_or(arm is not null) as eligible, bool_or(status = 'held_out') as held_out
    from candidates
    anti join posts using (phase, play) -- a post in a group is no contact of a member
    group by phase, member_id
),
decided as (
    select
        phase,
        count(*) as candidates,
        count(*) filter (where eligible) as eligible,
        count(*) filter (where held_out) as held_out
    from looked_at
    group by phase
),
reached as (
    select phase, member_id, min("at") as first_at
    from contacts
    anti join posts using (phase, play)
    where calendar = $calendar
    group by phase, member_id
),
bought as (
    select
        r.phase,
        count(distinct r.member_id) as contacted,
        count(distinct p.member_id) as buyers,
        count(p.order_id) as orders,
        coalesce(sum(p.net_cents), 0)::bigint as spend_cents
    from reached as r
    inner join phase_windows as w on w.phase = r.phase
    left join paid as p on p.member_id = r.member_id and p.paid_at >= r.first_at and p.paid_at < w.ends_at
    group by r.phase
)
select
    w.phase,
    coalesce(d.candidates, 0) as candidates,
    coalesce(d.eligible, 0) as eligible,
    coalesce(d.held_out, 0) as held_out,
    coalesce(b.contacted, 0) as contacted,
    coalesce(b.buyers, 0) as buyers,
    coalesce(b.orders, 0) as orders,
    coalesce(b.spend_cents, 0) as spend_cents
from phase_windows as w
left join decided as d on d.phase = w.phase
left join bought as b on b.phase = w.phase
order by w.starts_at, w.phase
