-- Orders paid before the moment of measuring, with what had come back by then. `counts`: not given back in full; what
-- cost nothing is an order, what is below `min_order` is none.
create or replace temp table m_paid as
with
    paid as (
        select
            order_id,
            member_id,
            paid_at,
            amount_cents,
            given_back($as_of, refunded_at, refunded_cents, part_refunded_at, part_refunded_cents) as back_cents,
            items,
            coalesce(store, '') as store
        from snap.stg_orders
        where paid_at < $as_of
    )

select
    *,
    amount_cents - back_cents as net_cents,
    (amount_cents = 0 or amount_cents > back_cents) and amount_cents >= $min_order as counts
from paid
