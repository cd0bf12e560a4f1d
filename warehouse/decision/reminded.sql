-- Who holds a benefit that an earlier message of the play gave, on another channel, and can still use it.
create or replace temp table reminded as
select g.member_id, arg_max(g.benefit, g.granted_at) as benefit
from grants as g
where g.calendar = $calendar
    and g.phase = $phase
    and g.play = $play
    and g.granted_at < $at::timestamp
    and ($again is null or g.granted_at > $at::timestamp - $again)
    and (g.usable_until is null or g.usable_until > $at::timestamp)
    and list_contains($benefits::varchar[], g.benefit)
group by g.member_id;

update benefit_gates
set benefits = 1::bigint << $reminder, unmet = null, fit = true /*told*/
from reminded as r
where r.member_id = benefit_gates.member_id
