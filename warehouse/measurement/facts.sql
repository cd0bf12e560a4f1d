-- Orders as known at the moment of measuring: paid, net of refunds known by then. What was given back in full is no order;
-- what cost nothing is one.
create or replace temp table paid as
select
    member_id,
    order_id,
    paid_at,
    (
        amount_cents - given_back($as_of, refunded_at, refunded_cents, part_refunded_at, part_refunded_cents)
    )::bigint as net_cents
from snap.stg_orders
where paid_at < $as_of
    and (
        amount_cents = 0
        or amount_cents > given_back($as_of, refunded_at, refunded_cents, part_refunded_at, part_refunded_cents)
    )
