-- What the calendars' benefits gave: plays and referrals as entries, days as what they added to the orders paid on them.
with doubled as (
    select d.calendar, d.benefit, o.kept - o.without_day as points
    from point_orders as o
    inner join point_doubles as d
        on o.paid_at >= d.starts
        and o.paid_at < d.ends
        and o.multiplier = d.multiplier
        and (len(d.ranks) = 0 or list_contains(d.ranks, o.rank))
    where o.is_credited and o.kept > o.without_day
    -- A day on which the store gives as much by itself costs the calendar nothing.
    qualify row_number() over (partition by o.order_id order by d.calendar, d.benefit) = 1
)

select calendar, benefit, sum(points)
from (
    select calendar, benefit, points from point_entries where reason <> 'order'
    union all
    select calendar, benefit, points from doubled
)
where benefit <> ''
group by all
order by all
