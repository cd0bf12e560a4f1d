-- Paid orders with who bought: `counts` is false for what was given back in full. `arm`: of the buyer, from his assignment
-- on; what he bought before is nobody's doing.
create or replace temp table m_orders as
select
    p.order_id,
    p.member_id,
    p.paid_at as "at",
    timezone($zone, timezone('UTC', p.paid_at)) as local_at,
    p.amount_cents,
    p.back_cents,
    p.net_cents,
    p.items,
    p.counts,
    p.store,
    coalesce(a.by_member, false) as by_member,
    coalesce(a.by_joined, false) as by_joined,
    a.joined_at,
    coalesce(a.tier, 'non_member') as tier,
    coalesce(a.join_channel, '') as channel,
    /*if arms*/
    case when p.paid_at >= m.assigned_at then m.arm else 'not_assigned' end as arm
    /*else*/
    '' as arm
    /*end*/
from m_paid as p
left join m_acts as a on a.act in ('order', 'returned') and a.id = p.order_id
/*if arms*/
left join m_arms as m on m.member_id = p.member_id
/*end*/
where p.paid_at >= $from_at
