-- Orders that bring announced cash-back: of members, paid (or successful) while it is online and large enough, and from when
-- on too little of that was left (null: enough).
select
    w.benefit,
    o.member_id,
    o.order_id,
    case when i.on_success then o.succeeded_at else o.paid_at end,
    case
        when o.amount_cents - o.part_refunded_cents < t.amount_cents and o.part_refunded_at < $at then o.part_refunded_at
        when o.amount_cents - o.refunded_cents < t.amount_cents and o.refunded_at < $at then o.refunded_at
    end as lost_at
from online as w
inner join told as t on t.benefit = w.benefit
inner join issues as i on i.benefit = w.benefit
inner join asked_orders as o
    on case when i.on_success then o.succeeded_at else o.paid_at end >= w.starts_at
    and case when i.on_success then o.succeeded_at else o.paid_at end < least($at, w.ends_at)
    and o.amount_cents >= t.amount_cents
    and o.items >= t.items
where o.was_member
