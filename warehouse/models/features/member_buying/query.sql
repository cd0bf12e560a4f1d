-- What every buyer bought strictly before as_of. A window of n days is [as_of - n days, as_of): its first
-- moment is in, as_of itself is out. All sums are integers, so threads cannot change a digit.
with
    orders as (
        select
            member_id,
            paid_at,
            succeeded_at,
            items,
            amount_cents
            - given_back(getvariable('as_of'), refunded_at, refunded_cents, part_refunded_at, part_refunded_cents)
            as net_cents
        from snap.stg_orders
        where member_id is not null
            and is_bought(getvariable('as_of'), ordered_at, paid_at, refunded_at, refunded_cents, amount_cents)
    )

select
    member_id,
    count(*) as orders_total,
    count(*) filter (paid_at >= getvariable('from_30d')) as orders_30d,
    count(*) filter (paid_at >= getvariable('from_90d')) as orders_90d,
    count(*) filter (paid_at >= getvariable('from_365d')) as orders_365d,
    sum(net_cents) as spend_total,
    sum(net_cents) filter (paid_at >= getvariable('from_90d')) as spend_90d,
    sum(net_cents) filter (paid_at >= getvariable('from_365d')) as spend_365d,
    sum(net_cents) filter (
        succeeded_at >= getvariable('from_tier') and succeeded_at < getvariable('as_of')
    ) as spend_tier,
    count(*) filter (succeeded_at >= getvariable('from_tier') and succeeded_at < getvariable('as_of')) as orders_tier,
    sum(items) filter (paid_at >= getvariable('from_365d')) as items_365d,
    min(paid_at) as first_order_at,
    max(paid_at) as last_order_at
from orders
group by member_id
