-- The category a member spent most on within 365 days; of equal ones the first by name.
with
    orders as (
        select order_id, member_id
        from snap.stg_orders
        where member_id is not null
            and paid_at >= getvariable('from_365d')
            and is_bought(getvariable('as_of'), ordered_at, paid_at, refunded_at, refunded_cents, amount_cents)
    ),

    lines as (
        select order_id, category, paid_cents
        from snap.stg_order_items
        where category is not null
    ),

    spent as (
        select orders.member_id, lines.category, sum(lines.paid_cents) as spend
        from orders
        inner join lines on orders.order_id = lines.order_id
        group by orders.member_id, lines.category
    ),

    placed as (
        select member_id, category, row_number() over (partition by member_id order by spend desc, category) as place
        from spent
    )

select member_id, category as favourite_category
from placed
where place = 1
