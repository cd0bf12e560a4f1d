-- What was decided counts at once for caps, limits and money of the plays that follow.
insert into contacts
select d.member_id, d.channel, d.calendar, d.phase, d.play, d.occurrence_at, d.benefit
from decisions as d
where d.status = 'chosen' and d.calendar = $calendar and d.phase = $phase and d.play = $play and d.occurrence_at = $at
