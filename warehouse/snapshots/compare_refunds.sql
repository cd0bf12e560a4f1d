with
    before as (select order_id, refunded_cents from old.stg_orders),

    after as (select order_id, refunded_cents from new.stg_orders where refunded_cents > 0)

select count(*) as orders, coalesce(sum(after.refunded_cents - coalesce(before.refunded_cents, 0)), 0)::bigint as cents
from after
left join before using (order_id)
where after.refunded_cents > coalesce(before.refunded_cents, 0)
