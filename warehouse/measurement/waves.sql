-- Distinct members of each wave: contacted in any of its phases, and of them those who paid an order after the first
-- contact and before its last phase ended.
with spans as (
    select v.wave, max(w.ends_at) as ends_at
    from wave_phases as v
    inner join phase_windows as w on w.phase = v.phase
    group by v.wave
),
reached as (
    select v.wave, c.member_id, min(c."at") as first_at
    from contacts as c
    inner join wave_phases as v on v.phase = c.phase
    anti join posts as o on o.phase = c.phase and o.play = c.play
    where c.calendar = $calendar
    group by v.wave, c.member_id
)
select
    s.wave,
    count(distinct r.member_id) as contacted,
    count(distinct p.member_id) as buyers
from spans as s
left join reached as r on r.wave = s.wave
left join paid as p on p.member_id = r.member_id and p.paid_at >= r.first_at and p.paid_at < s.ends_at
group by s.wave
order by s.wave
