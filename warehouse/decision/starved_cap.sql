-- Whose messages fill the caps of most members whom a cap stops here: of each member the newest message that counts
-- for the tightest cap that is full. `cap_rules` is that of this occurrence.
with rules as (select distinct counted, per, most from cap_rules),
near as (
    select d.member_id, r.per, r.most, c."at", c.phase, c.play
    from decisions as d
    inner join contacts as c on c.member_id = d.member_id
    inner join rules as r on (r.counted is null or r.counted = c.channel)
    where d.calendar = $calendar and d.phase = $phase and d.play = $play and d.occurrence_at = $at and d.reason = 'cap'
        and c."at" > $at::timestamp - r.per and c."at" <= $at::timestamp
        and (c.calendar, c.phase, c.play, c."at") is distinct from (d.calendar, d.phase, d.play, d.occurrence_at)
),
tightest as (
    select member_id, min(per) as per
    from (select member_id, per from near group by member_id, per, most having count(*) >= most)
    group by member_id
),
newest as (
    select n.member_id, arg_max(n.phase || '/' || n.play || '@' || strftime(n."at", '%Y-%m-%dT%H:%M:%S+00:00'), n."at") as taken_by
    from near as n
    inner join tightest as t on t.member_id = n.member_id and t.per = n.per
    group by n.member_id
)
select taken_by, count(*) as members
from newest
group by taken_by
order by members desc, taken_by
limit 1
