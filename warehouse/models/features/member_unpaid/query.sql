-- Orders placed, not paid and not closed before as_of: few, so they are looked for apart. Of those that are paid in
-- stages only the ones whose deposit can still be paid.
with
    waiting as (
        select member_id
        from snap.stg_orders
        where member_id is not null
            and stage is null
            and ordered_at < getvariable('as_of')
            and (paid_at is null or paid_at >= getvariable('as_of'))
            and not is_closed(getvariable('as_of'), closed_at, status, paid_at)
        union all
        select member_id
        from staged_orders
        where stage_now = 'deposit_unpaid'
    )

select
    member_id,
    count(*) as orders_unpaid
from waiting
group by member_id
