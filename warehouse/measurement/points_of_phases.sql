-- What the benefits of a calendar gave in points, by the phase that began last before: how often, and how many points. Points
-- that were taken back lower the sum.
with doubled as (
    select d.benefit, o.paid_at as "at", o.kept - o.without_day as points
    from point_orders as o
    inner join point_doubles as d
        on o.paid_at >= d.starts
        and o.paid_at < d.ends
        and o.multiplier = d.multiplier
        and (len(d.ranks) = 0 or list_contains(d.ranks, o.rank))
    where d.calendar = $calendar and o.is_credited and o.kept > o.without_day
    qualify row_number() over (partition by o.order_id order by d.benefit) = 1
),

given as (
    select benefit, "at", points from point_plays where points > 0 and calendar = $calendar
    union all
    select benefit, "at", points from point_friends where calendar = $calendar
    union all
    select benefit, "at", -taken_back from point_friends where taken_back > 0 and calendar = $calendar
    union all
    select benefit, "at", points from doubled
)

select w.phase, w.benefit, count(*) filter (g.points > 0), sum(g.points)
from given as g
asof inner join point_phases as w on w.benefit = g.benefit and w.starts <= g."at"
group by w.phase, w.benefit
