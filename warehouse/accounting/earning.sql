-- Of each grant that an order has to earn: the first one placed after it that is large enough when it is paid, or succeeds,
-- and from when on too little of that was left (null: enough).
with fitting as (
    select
        g.key,
        g.benefit,
        o.order_id,
        case when i.on_success then o.succeeded_at else o.paid_at end as paid_at,
        case
            when o.amount_cents - o.part_refunded_cents < t.amount_cents and o.part_refunded_at < $at
                then o.part_refunded_at
            when o.amount_cents - o.refunded_cents < t.amount_cents and o.refunded_at < $at then o.refunded_at
        end as lost_at,
        row_number() over (partition by g.key order by case when i.on_success then o.succeeded_at else o.paid_at end, o.order_id) as turn
    from given as g
    inner join told as t on t.benefit = g.benefit
    inner join issues as i on i.benefit = g.benefit
    inner join asked_orders as o
        on o.member_id = g.member_id
        and o.ordered_at >= g.granted_at
        and case when i.on_success then o.succeeded_at else o.paid_at end < least($at, i.until)
        and o.amount_cents >= t.amount_cents
        and o.items >= t.items
    where g.calendar = $calendar
)
select g.key, i.benefit, i.until, f.order_id, f.paid_at, f.lost_at
from given as g
inner join issues as i on i.benefit = g.benefit
left join fitting as f on f.key = g.key and f.turn = 1
where g.calendar = $calendar
