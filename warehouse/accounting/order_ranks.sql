-- How many tiers the buyer of an order had reached when he placed it, by what the window before had come to by then, net of
-- what had come back (A6).
insert into order_ranks
with by_price as (
    -- A tier's own price matters to what is told by the prices of lines.
    select 1
    from tier_rates
    where exists (from rules as r where r.by_lines and (r.most_cents is not null or r.share is not null))
),
times as (
    -- The weeks before are asked for some.
    select w.starts_at - case when a.benefit is null then interval 0 hour else $basis::interval end as first_at, w.until
    from online as w
    left join past_asked as a on a.phase = w.phase and a.benefit = w.benefit
    where len(w.ranks) > 0
    union all
    select starts_at, until from online where exists (from by_price)
    union all
    select min(granted_at), timestamp 'infinity' from given where calendar = $calendar and exists (from by_price)
),
asked as (
    select o.order_id, o.member_id, o.ordered_at
    from (select min(first_at) as first_at, max(until) as until from times) as w
    inner join snap.stg_orders as o on o.paid_at >= w.first_at and o.paid_at < w.until and o.paid_at < $at
    where o.member_id is not null
),
reached as (
    select
        a.order_id,
        coalesce(sum(
            p.amount_cents
            - case
                when p.refunded_at < a.ordered_at then p.refunded_cents
                when p.part_refunded_at < a.ordered_at then p.part_refunded_cents
                else 0
            end
        ), 0) as spend,
        count(p.order_id) as orders
    from asked as a
    left join snap.stg_orders as p
        on p.member_id = a.member_id
        and p.succeeded_at < a.ordered_at
        and p.succeeded_at >= a.ordered_at - $window::interval
        and not coalesce(p.refunded_at < a.ordered_at and p.refunded_cents >= p.amount_cents, false)
    group by a.order_id
),
ranks as (
    select
        order_id,
        len(list_filter($spends::bigint[], lambda step: spend >= step)) as by_spend,
        len(list_filter($orders::bigint[], lambda step: orders >= step)) as by_orders
    from reached
)
select order_id, case when $any_of then greatest(by_spend, by_orders) else least(by_spend, by_orders) end
from ranks
