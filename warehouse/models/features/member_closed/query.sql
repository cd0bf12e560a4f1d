-- Orders closed before as_of without having been paid: few, so they are looked for apart.
select
    member_id,
    count(*) filter (closed_at >= getvariable('from_30d')) as orders_closed_30d,
    count(*) as orders_closed_90d
from snap.stg_orders
where member_id is not null
    and ordered_at < getvariable('as_of')
    and closed_at < getvariable('as_of')
    and closed_at >= getvariable('from_90d')
    and (paid_at is null or paid_at >= getvariable('as_of'))
group by member_id
