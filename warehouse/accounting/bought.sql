-- Orders paid before the moment of members who hold a benefit that orders tell of, or to whom it is announced.
create or replace temp table holders_of as
select t.benefit, t.told_by, t.since as summed_from, w.opens, w.closes
from told as t
left join (
    select benefit, min(starts_at) as opens, max(until) as closes from online group by benefit
) as w on w.benefit = t.benefit
where t.told_by in ('orders', 'order_sums', 'refunds');

create or replace temp table held as
select g.member_id, g.benefit, min(least(g.granted_at, case when b.opens is not null then m.joined_at end)) as since
from given as g
inner join holders_of as b on b.benefit = g.benefit
left join snap.stg_members as m on m.member_id = g.member_id
where g.calendar = $calendar
group by g.member_id, g.benefit;

-- Of those who hold it every order since then. What is announced applies to every member, from joining on; nothing that was
-- paid when it was not online is a use of it, but may belong to a sum.
create or replace temp table bought as
with possible as (
    select h.benefit, o.*
    from held as h
    inner join holders_of as b on b.benefit = h.benefit
    inner join asked_orders as o on o.member_id = h.member_id and o.paid_at < $at
    where case when b.told_by = 'order_sums' then o.paid_at >= b.summed_from else o.ordered_at >= h.since end
    union all
    select b.benefit, o.*
    from holders_of as b
    inner join asked_orders as o on o.paid_at < $at
        and case b.told_by
            when 'orders' then o.paid_at >= b.opens and o.paid_at < b.closes
            when 'order_sums' then o.paid_at >= b.summed_from and o.paid_at < b.closes
            else o.refunded_at >= b.opens and o.refunded_at < b.closes
        end
        and o.joined_at is not null
        and (b.told_by = 'order_sums' or o.ordered_at >= o.joined_at)
    anti join held as h on h.benefit = b.benefit and h.member_id = o.member_id
)

select
    benefit,
    order_id,
    member_id,
    ordered_at,
    paid_at,
    refunded_at,
    amount_cents,
    items,
    case
        when refunded_at < $at then refunded_cents
        when part_refunded_at < $at then part_refunded_cents
        else 0
    end as back_cents,
    staged,
    deposit_paid_at
from possible
