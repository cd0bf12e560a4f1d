-- One row per basket. Lines are cents stored as doubles (some with dust behind): rounded one by one,
-- summed as integers. Quantities of petrol are volumes, so such a line is one item.
with
    fuel as (
        select product_id from products where product_type = 'GASOLINE-REG UNLEADED'
    ),
    lines as (
        select
            transactions.basket_id,
            transactions.household_id,
            transactions.transaction_timestamp,
            cast(round(transactions.sales_value * 100) as bigint) as cents,
            case when fuel.product_id is null then transactions.quantity else 1 end as items
        from transactions left join fuel using (product_id)
    ),
    baskets as (
        select
            basket_id,
            any_value(household_id) as household_id,
            any_value(transaction_timestamp) as bought_at,
            cast(sum(cents) as bigint) as cents,
            cast(sum(items) as bigint) as items
        from lines
        group by basket_id
    )
select
    cast(basket_id as varchar) as order_id,
    'h' || lpad(cast(household_id as varchar), 4, '0') as member_id,
    cast(bought_at as timestamp) as ordered_at,
    cast(bought_at as timestamp) as paid_at,
    cast(cents as decimal(14, 0)) * cast(0.01 as decimal(3, 2)) as amount,
    items
from baskets
order by bought_at, basket_id
