-- How many tiers the buyer of an order had reached when he placed it, by what the window before had come to by then, net of
-- what had come back (A6): of orders that may be used for what is for some tiers, or for less than a tier's own price.
insert into order_ranks
with by_price as (
    -- A tier's own price matters to what is told by the prices of lines.
    select r.benefit
    from rules as r
    where exists (from tier_rates) and r.by_lines and (r.most_cents is not null or r.share is not null)
),
times as (
    -- The weeks before are asked for some: before it is online those before now.
    select
        case when a.benefit is null then w.starts_at else least(w.starts_at, $at) - $basis::interval end as first_at,
        w.until
    from online as w
    left join past_asked as a on a.phase = w.phase and a.benefit = w.benefit
    where len(w.ranks) > 0
    union all
    select starts_at, until from online where exists (from by_price)
    union all
    select min(granted_at), timestamp 'infinity' from given where calendar = $calendar and exists (from by_price)
),
for_tiers as (
    select w.benefit, p.benefit is not null and (t.seen_in in ('orders', 'order_sums') or i.benefit is not null) as with_past
    from online as w
    inner join told as t on t.benefit = w.benefit
    left join past_asked as p on p.phase = w.phase and p.benefit = w.benefit
    left join issues as i on i.benefit = w.benefit
    where len(w.ranks) > 0
),
looked_at as (
    select order_id, member_id, ordered_at, paid_at
    from bought
    where benefit in (select benefit from by_price) or benefit in (select benefit from for_tiers)
    union
    select order_id, member_id, ordered_at, paid_at from asked_orders where exists (from for_tiers where with_past)
),
asked as (
    select o.order_id, o.member_id, o.ordered_at
    from (select min(first_at) as first_at, max(until) as until from times) as w
    inner join looked_at as o on o.paid_at >= w.first_at and o.paid_at < w.until and o.paid_at < $at
),
earlier as (
    select
        a.order_id,
        sum(
            p.amount_cents
            - case
                when p.refunded_at < a.ordered_at then p.refunded_cents
                when p.part_refunded_at < a.ordered_at then p.part_refunded_cents
                else 0
            end
        ) as spend,
        count(*) as orders
    from asked as a
    inner join snap.stg_orders as p
        on p.member_id = a.member_id
        and p.succeeded_at < a.ordered_at
        and p.succeeded_at >= a.ordered_at - $window::interval
        and not coalesce(p.refunded_at < a.ordered_at and p.refunded_cents >= p.amount_cents, false)
    group by a.order_id
),
reached as (
    select a.order_id, coalesce(e.spend, 0) as spend, coalesce(e.orders, 0) as orders
    from asked as a
    left join earlier as e on e.order_id = a.order_id
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
