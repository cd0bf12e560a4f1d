insert into points_granted
select d.member_id, d.occurrence_at, o.points, null
from decisions as d
inner join benefit_options as o on o.benefit = d.benefit
where o.points > 0
    and d.status = 'chosen' and d.calendar = $calendar and d.phase = $phase and d.play = $play and d.occurrence_at = $at
