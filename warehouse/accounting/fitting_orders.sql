-- Orders paid before the moment that are what a benefit asks for, of members who hold it or to whom it is announced: placed
-- after they got it, or joined. What is left of an order that came back in part has to be enough; a whole order that came
-- back does not take back the gift that went with it. Of orders paid in stages the deposit has to lie in the deposit
-- windows.
create or replace temp table lines as
select b.benefit, i.order_id, sum(i.quantity) as pieces
from (select distinct benefit, order_id from bought) as b
inner join told as t on t.benefit = b.benefit and t.by_lines
inner join snap.stg_order_items as i on i.order_id = b.order_id
left join order_ranks as k on k.order_id = b.order_id
left join tier_rates as d on d.rank = k.rank
where (len(t.goods) = 0 or list_contains(t.goods, i.sku))
    and (t.most_cents is null or i.paid_cents * t.of_pieces <= t.most_cents * i.quantity)
    -- Of prices the best counts: a line that was cheaper by the buyer's tier is no use of the benefit.
    and not coalesce((i.price_cents * d.rate + 5000) // 10000 * t.of_pieces < t.most_cents, false)
    and not coalesce(d.rate < t.share, false)
    and (t.share is null or i.paid_cents <= i.quantity * ((i.price_cents * t.share + 9999) // 10000))
group by b.benefit, i.order_id;

create or replace temp table fitting_orders as
select b.benefit, b.order_id, b.member_id, b.ordered_at, b.paid_at
from bought as b
inner join told as t on t.benefit = b.benefit and t.told_by = 'orders'
left join lines as l on l.benefit = b.benefit and l.order_id = b.order_id
where case when t.by_lines then coalesce(l.pieces, 0) else b.items end >= t.items
    and (
        b.amount_cents - b.back_cents >= t.amount_cents
        or (b.amount_cents >= t.amount_cents and b.back_cents >= b.amount_cents)
    )
    and (t.staged is null or t.staged = b.staged)
    and (
        t.staged is distinct from true
        or not exists (from spans as s where s.benefit = t.benefit and s.of_what = 'placed')
        or exists (
            from spans as s
            where s.benefit = t.benefit and s.of_what = 'placed'
                and b.deposit_paid_at >= s.starts_at and b.deposit_paid_at < s.ends_at
        )
    )
union all
-- A sum of orders, of all or of each day, is reached with the order that makes it so; what came back counts for nothing.
select benefit, order_id, member_id, paid_at, paid_at
from (
    select
        b.*,
        t.amount_cents as goal,
        sum(b.amount_cents - b.back_cents) over (
            partition by b.benefit, b.member_id, d.starts_at order by b.paid_at, b.order_id rows unbounded preceding
        ) as reached
    from bought as b
    inner join told as t on t.benefit = b.benefit and t.told_by = 'order_sums' and b.paid_at >= t.since
    left join spans as d
        on d.benefit = b.benefit and d.of_what = 'summed' and b.paid_at >= d.starts_at and b.paid_at < d.ends_at
)
where reached >= goal and reached - (amount_cents - back_cents) < goal
union all
-- A free order is one that was given back as a whole.
select b.benefit, b.order_id, b.member_id, b.ordered_at, b.refunded_at
from bought as b
inner join told as t on t.benefit = b.benefit and t.told_by = 'refunds'
where b.amount_cents > 0 and b.back_cents >= b.amount_cents
