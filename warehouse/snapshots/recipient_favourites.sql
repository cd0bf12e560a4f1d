-- As member_favourite has it for audiences; of equal ones the first by name.
with spent as (
    select o.member_id, l.category, sum(l.paid_cents) as spend
    from snap.stg_orders as o
    inner join snap.stg_order_items as l on l.order_id = o.order_id
    where o.member_id in (select unnest($members::varchar[]))
        and l.category is not null
        and o.paid_at >= $at::timestamp - interval 365 days
        and is_bought($at::timestamp, o.ordered_at, o.paid_at, o.refunded_at, o.refunded_cents, o.amount_cents)
    group by o.member_id, l.category
)
select member_id, category
from spent
qualify row_number() over (partition by member_id order by spend desc, category) = 1
