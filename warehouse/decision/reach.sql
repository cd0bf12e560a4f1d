-- Candidates that no gate stops get this channel, in fair order, as far as its capacity goes.
insert into reached
select k.member_id, g.channel
from gates as g
inner join candidates as k on k.member_id = g.member_id
anti join reached as r on r.member_id = g.member_id
where g.position = $position
    and g.held is null
    and k.control is null
    and not k.has_left
    and not k.under_age
    and not k.already_reached
order by k.turn, k.member_id
limit $room
