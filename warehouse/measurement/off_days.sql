-- Goods that were had at an early-bird price on a day that is none of its own, by local day: the lowest price paid for one
-- piece, and its list price, as far as order lines tell.
select
    u.benefit,
    i.sku,
    (u.moment at time zone 'UTC' at time zone $zone)::date as day,
    min((i.paid_cents + i.quantity - 1) // i.quantity) as paid_cents,
    min(i.price_cents) as list_cents,
    count(distinct u.id) as uses
from uses as u
inner join off_day_goods as g on g.benefit = u.benefit
inner join snap.stg_order_items as i on i.order_id = u.order_id and i.sku = g.sku and i.quantity > 0
where not u.in_time and not u.void and u.belongs_to = $calendar
group by u.benefit, i.sku, day
order by u.benefit, day, i.sku
