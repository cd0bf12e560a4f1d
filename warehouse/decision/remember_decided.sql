-- What a triggered play has decided about members: their events are answered, but for passing gates
-- and for messages that were stopped before they left (then no contact says that one arrived).
insert into decided
select
    d.member_id,
    d.calendar,
    d.play,
    d.occurrence_at,
    d.status = 'chosen' or (d.status = 'excluded' and list_contains($passing, d.reason))
from decisions as d
where d.calendar = $calendar and d.phase = $phase and d.play = $play and d.occurrence_at = $at
