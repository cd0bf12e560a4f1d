-- What every buyer bought strictly before as_of. A window of n days is [as_of - n days, as_of): its first
-- moment is in, as_of itself is out. All sums are integers, so threads cannot change a digit.
with
    orders as (
        select
            member_id,
            paid_at,
            items,
            amount_cents - case when refunded_at < getvariable('as_of') then refunded_cents else 0 end as net_cents,
            -- Given back in full and known to be: no order any more.
            paid_at < getvariable('as_of')
            and not coalesce(
                refunded_at < getvariable('as_of') and refunded_cents > 0 and refunded_cents >= amount_cents, false
            ) as stands,
            coalesce(paid_at >= getvariable('as_of'), true)
            and coalesce(closed_at >= getvariable('as_of'), true) as waits
        from snap.stg_orders
        where ordered_at < getvariable('as_of')
    )

select
    member_id,
    count(*) filter (stands) as orders_total,
    count(*) filter (stands and paid_at >= getvariable('from_30d')) as orders_30d,
    count(*) filter (stands and paid_at >= getvariable('from_90d')) as orders_90d,
    count(*) filter (stands and paid_at >= getvariable('from_365d')) as orders_365d,
    sum(net_cents) filter (stands) as spend_total,
    sum(net_cents) filter (stands and paid_at >= getvariable('from_90d')) as spend_90d,
    sum(net_cents) filter (stands and paid_at >= getvariable('from_365d')) as spend_365d,
    sum(net_cents) filter (stands and paid_at >= getvariable('from_tier')) as spend_tier,
    sum(items) filter (stands and paid_at >= getvariable('from_365d')) as items_365d,
    min(paid_at) filter (stands) as first_order_at,
    max(paid_at) filter (stands) as last_order_at,
    count(*) filter (waits) as orders_unpaid
from orders
group by member_id
