-- Lines of orders: what was bought, at which price (A7, B1). Exports of lines know neither member
-- nor time; both come from the order.
with
    orders as (select order_id, member_id, true as known from snap.stg_orders),

    cells as (
        select
            _file,
            _row,
            tidy_id(order_id) as order_id,
            tidy_id(line_id) as line_id,
            tidy_id(sku) as sku,
            tidy(title) as title,
            tidy(category) as category,
            tidy_value(price) as price,
            tidy_value(quantity) as quantity,
            tidy_value(paid) as paid,
            tidy_value(refunded) as refunded
        from raw_order_items
    ),

    typed as (
        select
            _file,
            _row,
            order_id,
            -- The old report has no id of the line: its place within the order is the same in every export.
            coalesce(
                line_id, '#' || row_number() over (partition by order_id, _file, line_id is null order by _row)
            ) as line_id,
            sku,
            title,
            category,
            as_cents(price) as price_cents,
            coalesce(as_count(quantity), 1) as quantity,
            coalesce(as_cents(paid), as_cents(price) * coalesce(as_count(quantity), 1), 0) as paid_cents,
            coalesce(as_cents(refunded), 0) as refunded_cents,
            unread(price, as_cents(price)) as _price_unread,
            unread(quantity, as_count(quantity)) as _quantity_unread,
            coalesce(unread(paid, as_cents(paid)), unread(refunded, as_cents(refunded))) as _paid_unread
        from cells
    )

select
    typed.*,
    orders.member_id,
    order_id || ' / ' || line_id as _key,
    -- Later exports know more about refunds.
    row_number() over (
        partition by order_id, line_id order by refunded_cents desc, _file desc, _row
    ) as _copy,
    case when order_id is not null then coalesce(orders.known, false) end as _order_known
from typed
left join orders using (order_id)
