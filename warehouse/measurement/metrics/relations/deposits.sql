-- Orders paid in stages whose deposit was paid before the moment of measuring. `lost`: closed, or its balance is no longer
-- to be paid. `by_member`: member when the deposit was paid; `settled_by_member`: when the balance was.
create or replace temp table m_deposits as
select
    o.order_id,
    o.member_id,
    o.deposit_paid_at as "at",
    o.deposit_cents,
    o.amount_cents
    - given_back($as_of, o.refunded_at, o.refunded_cents, o.part_refunded_at, o.part_refunded_cents) as net_cents,
    p.order_id is not null as settled,
    coalesce(o.paid_at < $as_of, false) as balance_paid,
    not coalesce(o.paid_at < $as_of, false) and (
        is_closed($as_of, o.closed_at, o.status, o.paid_at) or coalesce(coalesce(o.balance_until, d.due_until) <= $as_of, false)
    ) as lost,
    coalesce(a.by_member, false) as by_member,
    coalesce(p.by_member, false) as settled_by_member,
    coalesce(a.tier, 'non_member') as tier
from snap.stg_orders as o
left join m_orders as p on p.order_id = o.order_id and p.counts
left join m_acts as a on a.act = 'deposit' and a.id = o.order_id
left join j_dues as d on o.ordered_at >= d.placed_from and o.ordered_at < d.placed_until
where o.deposit_paid_at < $as_of
