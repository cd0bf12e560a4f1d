-- Reached candidates without a benefit get this one, in fair order, as far as stock and money go.
insert into given
select k.member_id, $benefit, $cost_cents
from reached as r
inner join candidates as k on k.member_id = r.member_id
anti join given as g on g.member_id = k.member_id
where ($any_tier or list_contains($tiers, k.tier))
    -- Without a points source nobody's balance is known, and it stops nobody.
    and (k.points_balance is null or k.points_balance >= $points)
    and (
        select count(*) from grants as h
        where h.member_id = k.member_id and h.calendar = $calendar and h.benefit = $benefit
    ) < $per_member
order by k.turn, k.member_id
limit $room
