-- Whose messages fill the caps of most members whom a cap stops here.
select
    c.phase || '/' || c.play || '@' || strftime(c."at", '%Y-%m-%dT%H:%M:%S+00:00') as taken_by,
    count(distinct c.member_id) as members
from decisions as d
inner join contacts as c on c.member_id = d.member_id and c."at" > $at::timestamp - $per and c."at" <= $at::timestamp
where d.calendar = $calendar and d.phase = $phase and d.play = $play and d.occurrence_at = $at and d.reason = 'cap'
    and (c.calendar, c.phase, c.play, c."at") is distinct from (d.calendar, d.phase, d.play, d.occurrence_at)
group by taken_by
order by members desc, taken_by
limit 1
