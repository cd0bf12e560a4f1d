select
    member_id,
    succeeded_at,
    amount_cents,
    given_back($as_of, refunded_at, refunded_cents, part_refunded_at, part_refunded_cents)
from snap.stg_orders
where member_id is not null and succeeded_at < $as_of
order by member_id, succeeded_at, order_id
