-- Which part of a member's spend was bought with a discount: an order on which a benefit was used, or
-- whose lines were paid at least 1% below their list price (A1#17, S1).
with
    orders as (
        select
            order_id,
            member_id,
            amount_cents
            - given_back(getvariable('as_of'), refunded_at, refunded_cents, part_refunded_at, part_refunded_cents)
            as net_cents
        from snap.stg_orders
        where member_id is not null
            and paid_at >= getvariable('from_365d')
            and is_bought(getvariable('as_of'), ordered_at, paid_at, refunded_at, refunded_cents, amount_cents)
    ),

    lines as (
        select order_id, sum(price_cents * quantity) as listed, sum(paid_cents) as paid
        from snap.stg_order_items
        where price_cents is not null
        group by order_id
    ),

    used as (
        select distinct order_id
        from snap.stg_redemptions
        where order_id is not null and redeemed_at < getvariable('as_of')
    ),

    spent as (
        select
            orders.member_id,
            sum(orders.net_cents) as spend,
            sum(orders.net_cents) filter (
                used.order_id is not null or (lines.listed > 0 and lines.paid * 100 <= lines.listed * 99)
            ) as reduced
        from orders
        left join lines on orders.order_id = lines.order_id
        left join used on orders.order_id = used.order_id
        where orders.net_cents > 0
        group by orders.member_id
    )

select
    member_id,
    coalesce(reduced, 0) * 100 // spend as discount_share_365d
from spent
where spend > 0
