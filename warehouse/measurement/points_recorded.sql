-- By kind, and as expired what is void, written off or not: the larger of the two for each member.
with written as (
    select member_id, -sum(points) as points
    from snap.stg_points
    where kind = 'expire' and "at" < $as_of
    group by member_id
),

told as (select member_id, points from point_void where side = 'told')

select kind, sum(points) from snap.stg_points where "at" < $as_of and kind <> 'expire' group by kind
union all
select 'expire', -sum(greatest(coalesce(w.points, 0), coalesce(t.points, 0)))
from written as w
full join told as t using (member_id)
having count(*) > 0
order by 1
