-- Persons who authorised the shop to make them members, by the place.
select c.cell, {group} as grp, []::varchar[] as part, count(distinct f.member_id) as persons
from cells as c
inner join (
    select member_id, "at", coalesce(position, '') as channel
    from snap.stg_events
    where kind = 'join_authorise' and "at" < $as_of
) as f on f."at" >= c.starts_at and f."at" < c.ends_at
group by c.cell, grp
