-- Who was given most of the benefits that ran out here, the occurrence itself left out.
select
    g.phase || '/' || g.play || '@' || strftime(g.granted_at, '%Y-%m-%dT%H:%M:%S+00:00') as taken_by,
    count(*) as members
from grants as g
where g.calendar = $calendar and list_contains($benefits, g.benefit) and g.granted_at <= $at::timestamp
    and (g.phase, g.play, g.granted_at) is distinct from ($phase, $play, $at::timestamp)
group by taken_by
order by members desc, taken_by
limit 1
