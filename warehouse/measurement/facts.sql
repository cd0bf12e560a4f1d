-- Orders as known at the moment of measuring: paid, net of refunds known by then. What was given back in full is no order;
-- what cost nothing is one.
create or replace temp table paid as
select
    o.member_id,
    o.order_id,
    o.paid_at,
    (
        o.amount_cents
        - given_back($as_of, o.refunded_at, o.refunded_cents, o.part_refunded_at, o.part_refunded_cents)
    )::bigint as net_cents,
    coalesce(m.joined_at <= o.paid_at and (m.left_at is null or m.left_at < m.joined_at or m.left_at > o.paid_at), false) as by_member
from snap.stg_orders as o
left join snap.stg_members as m on m.member_id = o.member_id
where o.paid_at < $as_of
    and (
        o.amount_cents = 0
        or o.amount_cents
        > given_back($as_of, o.refunded_at, o.refunded_cents, o.part_refunded_at, o.part_refunded_cents)
    )
