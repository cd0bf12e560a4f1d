-- Of each audience: persons its plays wrote to before the moment, and of them those who bought from then to the end.
with reached as (
    select a.number, c.member_id, min(c."at") as first_at
    from contacts as c
    inner join play_audiences as a on a.phase = c.phase and a.play = c.play
    anti join posts as o on o.phase = c.phase and o.play = c.play -- a post in a group is no contact of a member
    where c.calendar = $calendar and c."at" < $as_of
    group by a.number, c.member_id
)
select
    r.number,
    count(distinct r.member_id) as contacted,
    count(distinct p.member_id) as buyers,
    coalesce(sum(p.net_cents), 0)::bigint as spend_cents
from reached as r
left join paid as p on p.member_id = r.member_id and p.paid_at >= r.first_at and p.paid_at < $ends_at
group by r.number
order by r.number
