-- Articles of orders that count, each once in its order.
create or replace temp table m_lines as
select o.order_id, o.member_id, o."at", o.tier, o.store, o.channel, i.sku, sum(i.quantity)::bigint as pieces
from m_orders as o
inner join snap.stg_order_items as i on i.order_id = o.order_id
where o.counts and i.sku is not null
group by all
