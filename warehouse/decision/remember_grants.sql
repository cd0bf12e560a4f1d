insert into grants
select d.member_id, d.calendar, d.phase, d.play, d.benefit, o.pool, d.occurrence_at, d.cost_cents, o.usable_until
from decisions as d
inner join benefit_options as o on o.benefit = d.benefit
where d.status = 'chosen' and d.calendar = $calendar and d.phase = $phase and d.play = $play and d.occurrence_at = $at
