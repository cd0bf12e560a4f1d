select m.member_id, m.by_rules, m.recorded, d.reasons
from point_members as m
inner join (
    select member_id, list_sort(list_distinct(list(reason))) as reasons, sum(abs(points)) as points
    from point_differences
    group by member_id
) as d using (member_id)
order by abs(m.difference) desc, d.points desc, m.member_id
limit $most
