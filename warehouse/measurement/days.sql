-- Per local day of the campaign: messages, orders, sales. Days without any are there with zeros.
with days as (
    select unnest(generate_series($first_day::date, $last_day::date, interval 1 day))::date as day
),
sold as (
    select (timezone('UTC', paid_at) at time zone $zone)::date as day, count(*) as orders, sum(net_cents)::bigint as gmv
    from paid
    where paid_at >= $starts_at and paid_at < $ends_at
    group by 1
),
sent as (
    select (timezone('UTC', "at") at time zone $zone)::date as day, count(*) as messages
    from contacts
    where calendar = $calendar
    group by 1
)
select
    d.day,
    coalesce(s.messages, 0) as messages,
    coalesce(o.orders, 0) as orders,
    coalesce(o.gmv, 0) as gmv_cents
from days as d
left join sold as o on o.day = d.day
left join sent as s on s.day = d.day
order by d.day
