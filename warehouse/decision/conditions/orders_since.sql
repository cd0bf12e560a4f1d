f.member_id in (
    select o.member_id
    from snap.stg_orders as o, params as p
    where o.member_id is not null
        and o.paid_at >= $since
        and is_bought(p.as_of, o.ordered_at, o.paid_at, o.refunded_at, o.refunded_cents, o.amount_cents)
    group by o.member_id
    having count(*) >= $orders
)
