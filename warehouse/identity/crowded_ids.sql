-- Ids of members that can hardly be those of one person: a word for nobody, or so many of the orders.
with
    counted as (
        select member_id, count(*) as orders, sum(count(*)) over () as all_orders
        from snap.stg_orders
        where member_id is not null
        group by member_id
    )

select case when stands_for_nobody(member_id) then member_id else masked(member_id) end as shown, orders, all_orders
from counted
where stands_for_nobody(member_id) or (all_orders >= $least and orders * 10 >= all_orders)
order by orders desc, member_id
