select
    member_id,
    succeeded_at,
    amount_cents,
    case
        when refunded_at < $as_of then refunded_cents
        when part_refunded_at < $as_of then part_refunded_cents
        else 0
    end
from snap.stg_orders
where member_id is not null and succeeded_at < $as_of
order by member_id, succeeded_at, order_id
