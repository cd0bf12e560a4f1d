-- Orders placed, not paid and not closed before as_of: few, so they are looked for apart.
select
    member_id,
    count(*) as orders_unpaid
from snap.stg_orders
where member_id is not null
    and ordered_at < getvariable('as_of')
    and (paid_at is null or paid_at >= getvariable('as_of'))
    and (closed_at is null or closed_at >= getvariable('as_of'))
group by member_id
