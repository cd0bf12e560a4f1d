-- What members paid for orders since a moment, less what they got back, as a challenge adds it up.
select
    o.member_id,
    sum(
        o.amount_cents
        - given_back($at::timestamp, o.refunded_at, o.refunded_cents, o.part_refunded_at, o.part_refunded_cents)
    )::bigint
from snap.stg_orders as o
where o.member_id is not null
    and o.paid_at >= $since::timestamp
    and is_bought($at::timestamp, o.ordered_at, o.paid_at, o.refunded_at, o.refunded_cents, o.amount_cents)
group by o.member_id
