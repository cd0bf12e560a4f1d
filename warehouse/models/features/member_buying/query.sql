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
            - case
                when refunded_at < getvariable('as_of') then refunded_cents
                when part_refunded_at < getvariable('as_of') then part_refunded_cents
                else 0
            end as net_cents
        from snap.stg_orders
        where member_id is not null
            and ordered_at < getvariable('as_of')
            and paid_at < getvariable('as_of')
            -- Given back in full and known to be: no order any more.
            and not coalesce(
                refunded_at < getvariable('as_of') and refunded_cents > 0 and refunded_cents >= amount_cents, false
            )
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
