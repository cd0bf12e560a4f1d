-- Presale orders whose deposit was paid in the calendar, as known when measuring: of them balances paid, deposits lost.
-- A deposit is no sale until its balance is paid.
with staged as (
    select
        o.order_id,
        o.deposit_cents,
        p.order_id is not null as settled,
        p.net_cents,
        coalesce(m.joined_at <= p.paid_at and (m.left_at is null or m.left_at < m.joined_at or m.left_at > p.paid_at), false)
            as settled_by_member,
        coalesce(m.joined_at <= o.deposit_paid_at and (m.left_at is null or m.left_at < m.joined_at or m.left_at > o.deposit_paid_at), false) as by_member,
        p.order_id is null and (
            is_closed($as_of, o.closed_at, o.status, o.paid_at)
            or coalesce(o.balance_until, w.due_until) <= $as_of
        ) as forfeited
    from snap.stg_orders as o
    left join paid as p on p.order_id = o.order_id
    left join snap.stg_members as m on m.member_id = o.member_id
    left join balance_windows as w on o.ordered_at >= w.placed_from and o.ordered_at < w.placed_until
    where o.deposit_paid_at >= $starts_at and o.deposit_paid_at < $ends_at and o.deposit_paid_at < $as_of
)
select
    count(*) as deposits,
    coalesce(sum(deposit_cents), 0)::bigint as deposit_cents,
    coalesce(sum(deposit_cents) filter (where by_member), 0)::bigint as member_deposit_cents,
    count(*) filter (where settled) as balances_paid,
    coalesce(sum(net_cents) filter (where settled), 0)::bigint as settled_cents,
    coalesce(sum(net_cents) filter (where settled and settled_by_member), 0)::bigint as member_settled_cents,
    count(*) filter (where forfeited) as forfeited,
    coalesce(sum(deposit_cents) filter (where forfeited), 0)::bigint as forfeited_cents
from staged
